"""Migrations tell one straight story, and it ends where the models are."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from migrations.metadata import load
from tests.support.database import TestServer

ROOT = Path(__file__).parents[2]
BUILT_IN_CODE = text(
    """
    SELECT 'trigger ' || tgrelid::regclass || ' ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT 'function ' || pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'check ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype IN ('c', 'x') AND connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    ORDER BY 1
    """
)


def _config(url: str = "") -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def _migrate(url: str, revision: str = "head") -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def _code_of(connection: Connection) -> list[str]:
    return list(connection.scalars(BUILT_IN_CODE))


def test_the_story_is_straight() -> None:
    script = ScriptDirectory.from_config(_config())
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1
    assert not [revision for revision in script.walk_revisions() if revision.is_merge_point or revision.is_branch_point]


def test_migrated_and_modelled_are_the_same(server: TestServer) -> None:
    with server.empty() as migrated, server.empty() as modelled:
        _migrate(migrated)
        engine = create_engine(modelled)
        with engine.begin() as connection:
            load().metadata.create_all(connection)
            from_models = _code_of(connection)
        engine.dispose()
        engine = create_engine(migrated)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_server_default": True})
            assert compare_metadata(context, load().metadata) == []
            assert _code_of(connection) == from_models
        engine.dispose()
