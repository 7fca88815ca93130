"""Bringing a database to the newest migration, safely from any number of processes at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import Connection

SCRIPTS = Path(__file__).parents[2] / "migrations"
_LOCK = text("SELECT pg_advisory_lock(17232, -1)")


def upgrade(url: str) -> bool:
    """Apply what is missing; True if something was. A second process waits for the first and then finds nothing to do."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        guard.execute(_LOCK)
        if current(guard) == newest():
            return False
        with engine.begin() as connection:
            command.upgrade(_config(connection), "head")
    return True


def write(url: str, name: str) -> Path:
    """Write a migration that brings the newest one to the models; the database must be at the newest one."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        number = len(list(_scripts().walk_revisions())) + 1
        script = command.revision(_config(connection), message=name, autogenerate=True, rev_id=f"{number:04d}")
    if script is None or isinstance(script, list):
        raise RuntimeError("expected one new migration")
    return Path(script.path)


def current(connection: Connection) -> str | None:
    """The migration that a database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The migration that the code expects."""
    return _scripts().get_current_head()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
