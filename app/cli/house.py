"""Opening the house for a command: a database that runs, everything wired."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.cli import migrations
from app.cli.configuration import embedded, load_settings
from app.config import Settings
from app.kernel import logging
from app.kernel.postgres import running_url
from app.runtime import Runtime, build_runtime


@contextmanager
def open_runtime() -> Iterator[Runtime]:
    """The wired house for one command."""
    settings = load_settings()
    logging.configure(settings.log_level, as_json=settings.log_json)
    with database_url(settings) as url:
        runtime = build_runtime(settings.model_copy(update={"database_url": url}))
        try:
            yield runtime
        finally:
            runtime.database.close()


@contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """DATABASE_URL, else the embedded database: the one that another command has running, else our own for a while, migrated."""
    url = settings.sqlalchemy_url or running_url(settings.data_dir / "postgres")
    if url:
        yield url
        return
    server = embedded(settings)
    try:
        url = server.start()
        migrations.upgrade(url)
        yield url
    finally:
        server.stop(patience=10)
