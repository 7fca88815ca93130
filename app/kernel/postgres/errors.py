"""Why the embedded PostgreSQL cannot run, in words that say what to do."""


class PostgresError(Exception):
    """The embedded server cannot be found, started or stopped."""
