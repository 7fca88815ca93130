"""A PostgreSQL of our own, for machines that have none: started with us, ended with us, reached by socket only.

    with EmbeddedPostgres(Path("var/postgres")) as url:      # durable: the demo
        ...
    server = EmbeddedPostgres(scratch_directory(), durable=False)   # no fsync: tests
    url = server.start()
    ...
    server.stop(); server.remove()

As root the server runs as `postgres` or `nobody`, because PostgreSQL refuses root.
"""

from app.kernel.postgres.binaries import find_binaries
from app.kernel.postgres.errors import PostgresError
from app.kernel.postgres.places import default_data_directory, remove_directory, scratch_directory
from app.kernel.postgres.server import EmbeddedPostgres, running_url

__all__ = [
    "EmbeddedPostgres",
    "PostgresError",
    "default_data_directory",
    "find_binaries",
    "remove_directory",
    "running_url",
    "scratch_directory",
]
