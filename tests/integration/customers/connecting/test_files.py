"""Sources that are fetched from a folder: a single file, a watched folder, and no path that leads out of it."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.customers import queries, services
from app.customers.enums import ConnectorKind
from app.kernel.actors import Actor
from app.kernel.errors import DomainError, Invalid
from app.kernel.paging import PageRequest
from app.runtime import Runtime
from tests.conftest import TEST_DAY
from tests.support.customers import card, party, write_crm, write_tax
from tests.support.fetching import connect, keys, refreshed


def test_a_single_file_is_read_again_when_it_has_changed(runtime: Runtime, steward: Actor, folder: Path) -> None:
    write_tax(folder / "tax.csv", [party()])
    connect(runtime, steward, "council-tax", ConnectorKind.FILE, path="tax.csv", full=True)
    assert [report.new for report in refreshed(runtime, "council-tax")] == [1]
    assert refreshed(runtime, "council-tax")[0].already_loaded
    write_tax(folder / "tax.csv", [party(), party(PARTY_NO="2")])
    assert [report.new for report in refreshed(runtime, "council-tax")] == [1]


def test_a_watched_folder_gives_each_file_once_in_the_order_of_names(
    runtime: Runtime, steward: Actor, folder: Path
) -> None:
    connect(runtime, steward, "legacy-crm", ConnectorKind.FOLDER, path=".", pattern="*.jsonl", full=False)
    write_crm(folder / "b.jsonl", [card(2)])
    write_crm(folder / "a.jsonl", [card(1)])
    write_crm(folder / "c.jsonl.part", [card(3)])
    (folder / "notes.txt").write_text("not for us")
    refreshed(runtime, "legacy-crm")
    with runtime.database.reading() as session:
        names = [load.file_name for load in queries.loads(session, "legacy-crm", PageRequest()).items]
    assert names == ["b.jsonl", "a.jsonl"]
    assert keys(runtime.database) == ["CRM-0000001", "CRM-0000002"]
    assert refreshed(runtime, "legacy-crm") == []


def test_a_bad_file_in_a_folder_holds_up_nobody(runtime: Runtime, steward: Actor, folder: Path) -> None:
    connect(runtime, steward, "legacy-crm", ConnectorKind.FOLDER, path=".", pattern="*", full=False)
    (folder / "a.jsonl").write_bytes(b"\x89PNG\r\n" + bytes(99))
    write_crm(folder / "b.jsonl", [card(2)])
    with pytest.raises(DomainError, match=r"a\.jsonl: This is a PNG file"):
        refreshed(runtime, "legacy-crm")
    assert keys(runtime.database) == ["CRM-0000002"]
    assert refreshed(runtime, "legacy-crm") == [], "a bad file is told of once"


@pytest.mark.parametrize("path", ["../secret.csv", "/etc/passwd", "link/secret.csv"])
def test_no_path_leads_out_of_the_folder_for_sources(
    runtime: Runtime, steward: Actor, folder: Path, tmp_path: Path, path: str
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Invalid, match="Name a file or a folder below"):
        connect(runtime, steward, "council-tax", ConnectorKind.FILE, path=path)


def test_parquet_is_read_with_its_own_types(runtime: Runtime, steward: Actor, folder: Path, members: str) -> None:
    from datetime import date
    from io import BytesIO

    table = pa.table({"id": [1, 2], "Surname": ["Tallis", "Okafor"], "Born": pa.array([date(1980, 3, 12), None])})
    pq.write_table(table, folder / "people.parquet")
    with runtime.database.transaction() as session:
        draft = services.draft(
            session, steward, "people.parquet", BytesIO((folder / "people.parquet").read_bytes()), now=TEST_DAY
        )
        services.choose(session, steward, draft, {"id": "key", "Surname": "family_name", "Born": "date_of_birth"})
        shown = services.look_at(session, steward, draft)
    assert [row.standard for row in shown.rows] == [
        {"family_name": "Tallis", "date_of_birth": "1980-03-12"}, {"family_name": "Okafor"},
    ]  # fmt: skip
