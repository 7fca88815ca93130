"""A folder for sources, a source made in the console, and a web address to fetch from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import Settings
from app.kernel.actors import Actor
from app.runtime import Runtime
from tests.conftest import SECRET, TEST_DAY
from tests.support.customers import register_members
from tests.support.fetching import Records
from tests.support.peers import Peer


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "sources").mkdir()
    return Settings(
        _env_file=None, SECRET_KEY=SECRET, DATABASE_URL="postgresql://given-by-the-fixture/", data_dir=tmp_path, log_level="ERROR",
        outbound_allowed="127.0.0.0/8",
    )  # fmt: skip


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.sources_folder


@pytest.fixture
def members(runtime: Runtime, steward: Actor) -> str:
    """A source made in the console."""
    with runtime.database.transaction() as session:
        return register_members(session, steward, now=TEST_DAY)


@pytest.fixture
def there() -> Iterator[tuple[Peer, Records]]:
    records = Records(250)
    with Peer(behaviour=records) as peer:
        yield peer, records
