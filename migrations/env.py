"""Alembic's entry: one connection, one transaction per migration, the metadata of all rooms."""

from alembic import context
from sqlalchemy import Connection, create_engine

from app.config import Settings
from migrations.metadata import load

config = context.config
metadata = load().metadata


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=metadata, transaction_per_migration=True, compare_server_default=True
    )
    with context.begin_transaction():
        context.run_migrations()


given = config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    engine = create_engine(config.get_main_option("sqlalchemy.url") or Settings().sqlalchemy_url)
    with engine.connect() as connection:
        _run(connection)
        connection.commit()
    engine.dispose()
