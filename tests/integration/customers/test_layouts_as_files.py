"""A layout that was made in the console, whatever the sample was, is a file that can be committed; and 31 February is none in any of them."""

import json
import sqlite3
import tomllib
from io import BytesIO
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.config import Settings
from app.customers import queries, services
from app.customers.enums import ConnectorKind, LawfulBasis
from app.customers.layout import read_layout
from app.customers.loading.register import registered
from app.customers.rows import Entry
from app.customers.services import Reach, fetcher_of
from app.kernel.actors import Actor
from app.kernel.paging import PageRequest
from app.runtime import Runtime
from tests.conftest import SECRET
from tests.support.peers import Peer, answers

ROWS = [
    {"Ref": "P1", "Forename": "Ada", "Surname": "Tallis", "Born": "12/03/1980", "Home": "14 Marine Parade"},
    {"Ref": "P2", "Forename": "Bo", "Surname": "Okafor", "Born": "31/02/1979", "Home": "3 Ferry “Lane”"},
]
KINDS = {"Ref": "key", "Forename": "given_name", "Surname": "family_name", "Born": "date_of_birth", "Home": "address"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "sources").mkdir()
    return Settings(
        _env_file=None, SECRET_KEY=SECRET, DATABASE_URL="postgresql://given-by-the-fixture/", data_dir=tmp_path, log_level="ERROR",
        outbound_allowed="127.0.0.0/8",
    )  # fmt: skip


def sample(form: str) -> bytes:
    match form:
        case "csv":
            lines = [",".join(KINDS), *(",".join(row.values()) for row in ROWS)]
            return "\r\n".join(lines).encode()
        case "tsv":
            lines = ["\t".join(KINDS), *("\t".join(row.values()) for row in ROWS)]
            return "\n".join(lines).encode("cp1252")
        case "jsonl":
            return "\n".join(json.dumps(row) for row in ROWS).encode()
        case "xlsx":
            book, out = openpyxl.Workbook(), BytesIO()
            page = book.active
            assert page is not None
            for row in (["Members"], [], list(KINDS), *(list(row.values()) for row in ROWS)):
                page.append(row)
            book.save(out)
            return out.getvalue()
    out = BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), out)
    return out.getvalue()


def made(runtime: Runtime, steward: Actor, form: str) -> str:
    now = runtime.clock.now()
    with runtime.database.transaction() as session:
        draft = services.draft(session, steward, f"members.{form}", BytesIO(sample(form)), now=now)
        services.choose(session, steward, draft, KINDS)
        entry = Entry("Members", "Libraries", "To lend books", LawfulBasis.CONTRACT, "lib@example.com")
        return services.register_draft(session, steward, draft, entry, now=now)


@pytest.mark.parametrize("form", ["csv", "tsv", "jsonl", "xlsx", "parquet"])
def test_a_layout_of_any_sample_is_read_back_from_its_file_as_it_is(
    runtime: Runtime, steward: Actor, form: str
) -> None:
    slug = made(runtime, steward, form)
    with runtime.database.transaction() as session:
        written = queries.register_entry(session, slug, now=runtime.clock.now()).layout
        kept = registered(session, slug, now=runtime.clock.now()).layout
    assert read_layout(tomllib.loads(written)) == kept


@pytest.mark.parametrize("way", ["xlsx", "jsonl", "sql", "http"])
def test_the_31st_of_february_is_rejected_whichever_way_it_comes(runtime: Runtime, steward: Actor, way: str) -> None:
    slug, folder = made(runtime, steward, way if way in {"xlsx", "jsonl"} else "jsonl"), runtime.settings.sources_folder
    reach, now = Reach.of(runtime.settings), runtime.clock.now()
    with Peer(behaviour=answers(body=json.dumps({"items": ROWS}).encode())) as peer:
        match way:
            case "sql":
                with sqlite3.connect(folder / "m.db") as other:
                    other.execute('CREATE TABLE m ("Ref" TEXT PRIMARY KEY, "Forename", "Surname", "Born", "Home")')
                    other.executemany("INSERT INTO m VALUES (?, ?, ?, ?, ?)", [tuple(row.values()) for row in ROWS])
                other.close()
                kind, given, secret = ConnectorKind.SQL, {"query": "m", "key": "Ref"}, "sqlite:///m.db"
            case "http":
                kind, given, secret = ConnectorKind.HTTP, {"url": peer.url, "items": "items", "paging": "none"}, None
            case _:
                (folder / f"m.{way}").write_bytes(sample(way))
                kind, given, secret = ConnectorKind.FILE, {"path": f"m.{way}"}, None
        with runtime.database.transaction() as session:
            services.connect(session, steward, slug, kind, given, secret=secret, reach=reach, now=now)
        [report] = fetcher_of(runtime).refresh(slug)
    assert (report.rows, report.new, report.rejected) == (2, 1, 1)
    with runtime.database.reading() as session:
        [flaw] = queries.rejects(session, report.load_id, PageRequest()).items
    assert (flaw.field, flaw.reason.value) == ("Born", "impossible_date")
