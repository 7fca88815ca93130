"""Files that are not what they should be: a clear message each, and nothing taken that is not right."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import text

from app.customers import queries
from app.customers.errors import BadFile
from app.customers.layout import FileShape, Layout, RecordShape
from app.customers.models import SourceSystem
from app.customers.rows import RejectRow
from app.customers.services import ingest_file
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.ids import new_id
from app.kernel.paging import PageRequest
from tests.support.customers import TAX, card, party, write_crm, write_housing

HEADER = ",".join(TAX) + "\r\n"


def row(**changes: str) -> str:
    values = party(**changes)
    return ",".join(values.get(column, "") for column in TAX) + "\r\n"


def save(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "This is a PNG file, not a text file"),
        (bytes(range(256)) * 40, "This is a binary file"),
        (b"PK\x03\x04" + bytes(100), "ZIP or Excel file"),
        (HEADER.encode("utf-16"), "The file is in UTF-16"),
        ("NAME,DOB,UPRN\r\nSmith,,\r\n", "not the file that this source sends. Missing columns: ACCOUNT_REF, PARTY_NO"),
        (HEADER.replace("BAND", "NAME,BAND", 1) + row(), "appear more than once: NAME"),
        (HEADER + row(NAME="NÚÑEZ, ÉLISE"), "UTF-8, seen first on line 2, but this source sends CP1252"),
    ],
)
def test_a_wrong_file_is_refused_with_the_reason(
    db: Database, tmp_path: Path, clock: FixedClock, content: bytes | str, message: str
) -> None:
    with pytest.raises(BadFile) as refused:
        ingest_file(db, "council-tax", save(tmp_path / "tax.csv", content), clock=clock)
    assert message in str(refused.value)
    assert_nothing_taken(db)


def test_a_file_that_is_not_there_is_named(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    with pytest.raises(BadFile, match=r"There is no file at .*gone\.csv"):
        ingest_file(db, "council-tax", tmp_path / "gone.csv", clock=clock)


def test_cp1252_where_utf8_is_due_says_which_byte_of_which_line(
    db: Database, tmp_path: Path, clock: FixedClock
) -> None:
    path = write_crm(tmp_path / "crm.jsonl", [card(1), card(2, notes="Café")])
    save(path, path.read_text("utf-8").encode("cp1252"))
    with pytest.raises(BadFile, match=r"Line 2 is not UTF-8 \(byte 0xE9 at position \d+\). The file looks like CP1252"):
        ingest_file(db, "legacy-crm", path, clock=clock)


def test_one_undecodable_row_is_a_reject_and_the_rest_is_taken(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    path = write_crm(tmp_path / "crm.jsonl", [card(1, notes="Café"), card(2, notes="Thé"), card(3)])
    save(path, path.read_bytes().replace("Thé".encode(), b"Th\xe9"))
    report = ingest_file(db, "legacy-crm", path, clock=clock)
    assert (report.new, report.rejected) == (2, 1)
    [flaw] = rejects(db, report.load_id)
    assert (flaw.line, flaw.reason.value) == (2, "bad_encoding")
    assert flaw.detail.startswith("byte 0xE9")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("700000009,1,P\r\n", "too_short"),
        (row().rstrip() + ",extra,more\r\n", "too_long"),
        (row(NAME="TAL\0LIS"), "control_character"),
        (row(NAME="TALLIS\x81"), "bad_encoding"),
        (row(DOB="31/02/1975"), "impossible_date"),
        (row(LIABLE_FROM="soon"), "impossible_date"),
        (row(ACCOUNT_REF=""), "missing_id"),
        (row(PARTY_TYPE="X"), "unknown_kind_of_row"),
        ("x" * (1 << 20) + "\r\n", "line_too_long"),
    ],
)
def test_a_bad_row_is_a_reject_with_its_line_and_reason(
    db: Database, tmp_path: Path, clock: FixedClock, line: str, reason: str
) -> None:
    content = (HEADER + row(PARTY_NO="8") + line + row(PARTY_NO="9")).encode("latin-1")
    report = ingest_file(db, "council-tax", save(tmp_path / "tax.csv", content), clock=clock)
    assert (report.rows, report.new, report.rejected) == (3, 2, 1)
    [flaw] = rejects(db, report.load_id)
    assert (flaw.line, flaw.reason.value) == (3, reason)


def test_a_stray_quote_spoils_its_own_line_only(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    lines = [row(PARTY_NO=str(number)) for number in range(1, 200)]
    lines[10] = row(PARTY_NO="11").replace("MARINE", '"MARINE')
    report = ingest_file(db, "council-tax", save(tmp_path / "tax.csv", HEADER + "".join(lines)), clock=clock)
    assert report.new + report.rejected == report.rows == 199
    assert report.new >= 198


def test_a_quoted_field_may_run_over_the_line_end(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    content = HEADER + row(ADDR1='"FLAT 2\r\nMARINE COURT, EAST"') + row(PARTY_NO="2")
    report = ingest_file(db, "council-tax", save(tmp_path / "tax.csv", content), clock=clock)
    assert (report.rows, report.new) == (2, 2)


def test_a_byte_order_mark_is_no_part_of_the_first_column(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    path = write_crm(tmp_path / "crm.jsonl", [card()])
    save(path, b"\xef\xbb\xbf" + path.read_bytes())
    assert ingest_file(db, "legacy-crm", path, clock=clock).new == 1


@pytest.mark.parametrize("line", ["[1, 2]", '{"contact_id": NaN}', "{" * 3000, "nonsense", '"text"'])
def test_a_line_that_is_no_object_is_a_reject(db: Database, tmp_path: Path, clock: FixedClock, line: str) -> None:
    path = write_crm(tmp_path / "crm.jsonl", [card()])
    save(path, path.read_text() + line + "\n")
    report = ingest_file(db, "legacy-crm", path, clock=clock)
    assert (report.new, [flaw.reason.value for flaw in rejects(db, report.load_id)]) == (1, ["not_json"])


@pytest.mark.parametrize("escape", ["\\u0000", "\\ud800"])
def test_what_postgresql_cannot_hold_is_a_reject(db: Database, tmp_path: Path, clock: FixedClock, escape: str) -> None:
    path = write_crm(tmp_path / "crm.jsonl", [card(1), card(2, notes="HERE")])
    save(path, path.read_text().replace("HERE", escape))
    report = ingest_file(db, "legacy-crm", path, clock=clock)
    assert (report.new, report.rejected) == (1, 1)


def test_a_file_of_other_objects_is_refused(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    with pytest.raises(BadFile, match="Missing columns: contact_id"):
        ingest_file(db, "legacy-crm", save(tmp_path / "x.jsonl", '{"id": 1, "name": "x"}\n'), clock=clock)
    with pytest.raises(BadFile, match="not a file of JSON objects"):
        ingest_file(db, "legacy-crm", save(tmp_path / "y.jsonl", "name,dob\nx,y\n"), clock=clock)


def test_a_workbook_that_is_none_is_refused(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    good = write_housing(tmp_path / "good.xlsx", [{"Tenancy Ref": "T1", "Main Surname": "Tallis"}])
    broken = save(tmp_path / "broken.xlsx", good.read_bytes()[:-400])
    with pytest.raises(BadFile, match="damaged"):
        ingest_file(db, "housing", broken, clock=clock)
    with pytest.raises(BadFile, match="not an Excel workbook"):
        ingest_file(db, "housing", save(tmp_path / "csv.xlsx", HEADER), clock=clock)
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    with pytest.raises(BadFile, match="ZIP file but not an Excel workbook"):
        ingest_file(db, "housing", tmp_path / "zip.xlsx", clock=clock)
    other = write_housing(tmp_path / "other.xlsx", [], sheet="Garages")
    with pytest.raises(BadFile, match=r"no sheet called Tenancies\. It has: Garages"):
        ingest_file(db, "housing", other, clock=clock)
    assert_nothing_taken(db)


def test_a_workbook_that_would_unpack_to_gigabytes_is_refused(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    path = write_housing(tmp_path / "bomb.xlsx", [])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/zeros", "w") as member:
        for _ in range(300):
            member.write(bytes(1 << 20))
    with pytest.raises(BadFile, match="unpacks to 300 MB"):
        ingest_file(db, "housing", path, clock=clock)


def test_a_failed_load_stays_in_the_list_with_its_reason(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    with pytest.raises(BadFile):
        ingest_file(db, "council-tax", save(tmp_path / "tax.csv", "NAME\r\nx\r\n"), clock=clock)
    with db.reading() as session:
        [failed] = queries.loads(session, "council-tax", PageRequest()).items
    assert failed.status.value == "failed"
    assert "Missing columns" in (failed.error or "")


def typed(clock: FixedClock, db: Database) -> str:
    """A source whose layout reads Parquet; its name."""
    shape = FileShape("parquet", ("id", "surname", "born"))
    layout = Layout("typed", "Typed", "Tests", shape, {"born": "%d/%m/%Y"}, {}, (RecordShape(["id"], {"family_name": "surname", "date_of_birth": "born"}),))  # fmt: skip
    with db.transaction() as session:
        session.add(
            SourceSystem(
                id=new_id(), slug="typed", name="Typed", unit_name="Tests", layout=layout.as_json(), committed=False,
                registered_at=clock.now(), layout_changed_at=clock.now(), connector_settings={}, watermark={},
            )
        )  # fmt: skip
    return "typed"


def people(path: Path, rows: dict[str, list[object]]) -> Path:
    pq.write_table(pa.table({name: pa.array(values) for name, values in rows.items()}), path, compression="zstd")
    return path


def test_parquet_is_read_and_its_bad_rows_are_rejects(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    rows: dict[str, list[object]] = {
        "id": [1, 2, None, 4], "surname": ["Tallis", "NUL\0", "Quill", "Vane"], "born": ["12/03/1980", None, None, "31/02/1980"],
    }  # fmt: skip
    report = ingest_file(db, typed(clock, db), people(tmp_path / "p.parquet", rows), clock=clock)
    assert (report.rows, report.new, report.rejected) == (4, 1, 3)
    assert [flaw.reason.value for flaw in rejects(db, report.load_id)] == [
        "control_character", "missing_id", "impossible_date",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda whole: whole[:-40], "damaged"),
        (lambda _: b"PAR1" + bytes(500) + b"PAR1", "damaged"),
        (lambda _: b"id,surname,born\n1,Tallis,\n", "This is not a Parquet file"),
        (lambda whole: whole[:20] + bytes(len(whole) - 200) + whole[-180:], "damaged|Missing columns"),
    ],
)
def test_parquet_that_is_none_is_refused(
    db: Database, tmp_path: Path, clock: FixedClock, *, spoil: Callable[[bytes], bytes], message: str
) -> None:
    good = people(
        tmp_path / "good.parquet", {"id": [1, 2], "surname": ["Tallis", "Vane"], "born": [None, "12/03/1980"]}
    )
    with pytest.raises(BadFile, match=message):
        ingest_file(db, typed(clock, db), save(tmp_path / "bad.parquet", spoil(good.read_bytes())), clock=clock)
    assert_nothing_taken(db)


def test_parquet_of_other_columns_is_refused(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    with pytest.raises(BadFile, match="Missing columns: surname, born"):
        ingest_file(db, typed(clock, db), people(tmp_path / "o.parquet", {"id": [1]}), clock=clock)


def test_parquet_that_would_unpack_to_hundreds_of_megabytes_is_refused(
    db: Database, tmp_path: Path, clock: FixedClock
) -> None:
    noise = [f"{number:09d}" * 2_000 for number in range(8_000)]
    path = people(tmp_path / "bomb.parquet", {"id": list(range(8_000)), "surname": noise, "born": [""] * 8_000})
    assert path.stat().st_size < 4 << 20
    with pytest.raises(BadFile, match=r"row group of 1[0-9][0-9] MB"):
        ingest_file(db, typed(clock, db), path, clock=clock)


@pytest.mark.parametrize(
    ("line", "taken"),
    [
        ('{"contact_id": "CRM-9", "notes": 1e999}', False),
        ('{"contact_id": "CRM-9", "notes": ' + "9" * 5000 + "}", False),
        ('{"contact_id": "CRM-9", "notes": ' + "[" * 900 + "]" * 900 + "}", True),
        ('{"contact_id": "' + "K" * 500 + '"}', True),
        ('{"contact_id": ["not", "text"]}', False),
        ('{"contact_id": "CRM-9", "contact_id": "CRM-10"}', True),
        ('{"contact_id": "CRM-9", "name": {"full": "' + "long " * 3000 + '"}}', True),
        ('{"contact_id": "CRM-9", "address": {"postcode": "' + "Z" * 5000 + '", "uprn": "' + "9" * 400 + '"}}', True),
        ('{"contact_id": "CRM-9", "name": {"last": "<script>alert(1)</script>"}}', True),
        ('{"contact_id": "CRM-9", "name": {"last": "=cmd|\' /C calc\'!A0"}}', True),
        ('{"contact_id": "CRM-9", "dob": "0000-00-00"}', False),
        ('{"contact_id": "CRM-9", "dob": "9999-99-99"}', False),
        ('{"contact_id": "CRM-9", "name": "\\u202edrowssap\\u202c"}', True),
        ("{}", False),
        ("null", False),
        ('{"contact_id": "CRM-9"', False),
    ],
)
def test_strange_objects_are_taken_or_rejected_and_the_rest_is_taken(
    db: Database, tmp_path: Path, clock: FixedClock, *, line: str, taken: bool
) -> None:
    path = write_crm(tmp_path / "crm.jsonl", [card(1), card(2)])
    save(path, path.read_text("utf-8") + line + "\n")
    report = ingest_file(db, "legacy-crm", path, clock=clock)
    assert report.rows == 3
    assert report.new + report.rejected == 3
    assert report.new == 2 + taken


@pytest.mark.parametrize(
    "content",
    [
        HEADER
        + row(PARTY_NO="1").replace("\r\n", "\n")
        + row(PARTY_NO="2").replace("\r\n", "\r\n\r\n\r\n")
        + row(PARTY_NO="3"),
        HEADER.replace("\r\n", "\n")
        + row(PARTY_NO="1").replace("\r\n", "\n")
        + row(PARTY_NO="2")
        + row(PARTY_NO="3").rstrip(),
        HEADER
        + row(PARTY_NO="1")
        + row(PARTY_NO="2", NAME='"TALLIS, ""JO"""')
        + row(PARTY_NO="3", NAME="=HYPERLINK(A1)"),
        HEADER
        + row(PARTY_NO="1", ADDR1=" \t ")
        + row(PARTY_NO="2", UPRN="12.0")
        + row(PARTY_NO="3", POSTCODE="NOT A CODE"),
        HEADER
        + row(PARTY_NO="1", TELEPHONE="7.7009E+10")
        + row(PARTY_NO="2", EMAIL="@")
        + row(PARTY_NO="3", NAME=",".strip(",")),
    ],
    ids=["mixed line ends", "no last line end", "quotes and formulas", "odd values", "spreadsheet's numbers"],
)
def test_files_that_only_look_bad_are_taken_whole(
    db: Database, tmp_path: Path, clock: FixedClock, content: str
) -> None:
    report = ingest_file(db, "council-tax", save(tmp_path / "tax.csv", content.encode("cp1252")), clock=clock)
    assert (report.rows, report.new, report.rejected) == (3, 3, 0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"%PDF-1.7" + bytes(100), "PDF"),
        (b"\x1f\x8b" + bytes(100), "gzip"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "Excel 97"),
        (b"\xff\xfe" + HEADER.encode("utf-16-le"), "UTF-16"),
        (HEADER.replace(",", ";").encode(), "Missing columns"),
        (b"\r\n\r\n", "not the file that this source sends|no header line"),
    ],
    ids=["PDF", "gzip", "old Excel", "UTF-16 with its mark", "another delimiter", "blank lines"],
)
def test_more_wrong_files_are_refused_with_the_reason(
    db: Database, tmp_path: Path, clock: FixedClock, *, content: bytes, message: str
) -> None:
    with pytest.raises(BadFile, match=message):
        ingest_file(db, "council-tax", save(tmp_path / "tax.csv", content), clock=clock)
    assert_nothing_taken(db)


def test_a_header_without_rows_is_a_load_of_nothing(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    assert ingest_file(db, "council-tax", save(tmp_path / "tax.csv", HEADER), clock=clock).rows == 0


def test_a_formula_in_a_workbook_is_never_computed(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    rows = [
        {
            "Tenancy Ref": "T1",
            "Street": "=1+1",
            "Town": "H",
            "Main Surname": '=HYPERLINK("http://x")',
            "Last Changed": "01/02/2020",
        }
    ]
    report = ingest_file(db, "housing", write_housing(tmp_path / "f.xlsx", rows), clock=clock)
    assert (report.rows, report.new + report.rejected) == (1, 1)
    with db.reading() as session:
        names = session.scalars(text("SELECT attributes->>'family_name' FROM source_record")).all()
    assert names in ([None], []), "a formula without a saved result says nothing"


MEASURE = """
import re, sys
from pathlib import Path
from app.customers.services import ingest_file
from app.kernel.clock import SystemClock
from app.kernel.db import Database
import app.accounts.models, app.audit.models, app.customers.models
report = ingest_file(Database(sys.argv[1], connect_wait=60), "legacy-crm", Path(sys.argv[2]), clock=SystemClock())
print(report.new, int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


@pytest.mark.slow
def test_memory_stays_flat_however_large_the_file_is(db: Database, tmp_path: Path) -> None:
    notes = "Rang about the bin again. " * 320
    used = {}
    for megabytes, rows in ((10, 1_150), (200, 23_000)):
        path = write_crm(tmp_path / f"{megabytes}.jsonl", (card(number, notes=notes) for number in range(rows)))
        assert abs(path.stat().st_size / 1e6 - megabytes) < megabytes * 0.1
        command = [sys.executable, "-c", MEASURE, db.engine.url.render_as_string(hide_password=False), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"PYTHONPATH": "."})
        used[megabytes] = int(done.stdout.split()[-1])
    assert used[200] < 300, used
    assert used[200] - used[10] < 80, used


TWO_MILLION = """
import re, sys
from pathlib import Path
import app.accounts.models, app.audit.models, app.customers.models
from app.customers.services import ingest_file
from app.kernel.clock import SystemClock
from app.kernel.db import Database
report = ingest_file(Database(sys.argv[1], connect_wait=60), sys.argv[3], Path(sys.argv[2]), clock=SystemClock())
print(report.rows, report.new, report.rejected, int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


@pytest.mark.slow
def test_a_text_that_is_said_a_thousand_times_is_held_once(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    """Parquet keeps three gigabytes of the same words in a few kilobytes. Its rows are too long, and the others are taken."""
    endless = pa.array(["Tallis", "x" * (3 << 20)])
    which = pa.array([0] + [1] * 1_000, pa.int32())
    rows = {
        "id": pa.array(range(1_001)),
        "surname": pa.DictionaryArray.from_arrays(which, endless),
        "born": pa.nulls(1_001, pa.string()),
    }
    pq.write_table(pa.table(rows), tmp_path / "endless.parquet", compression="zstd")
    assert (tmp_path / "endless.parquet").stat().st_size < 1 << 20
    slug, url = typed(clock, db), db.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", TWO_MILLION, url, str(tmp_path / "endless.parquet"), slug]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"PYTHONPATH": "."})
    *counts, megabytes = (int(word) for word in done.stdout.split()[-4:])
    assert counts == [1_001, 1, 1_000]
    assert megabytes < 300


@pytest.mark.slow
def test_two_million_rows_are_counted_to_the_last_one_in_300_megabytes(
    db: Database, tmp_path: Path, clock: FixedClock
) -> None:
    """Written and read as a stream. Nearly all rows repeat an identifier: each of those is a reject with its line."""
    slug, path = typed_csv(clock, db), tmp_path / "two-million.csv"
    with path.open("w", encoding="ascii", newline="") as file:
        file.write("id,surname\n")
        for number in range(200):
            file.write("".join(f"{(number * 10_000 + place) % 25_000},Tallis\n" for place in range(10_000)))
    command = [sys.executable, "-c", TWO_MILLION, db.engine.url.render_as_string(hide_password=False), str(path), slug]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"PYTHONPATH": "."})
    rows, new, rejected, megabytes = (int(word) for word in done.stdout.split()[-4:])
    assert (rows, new, rejected) == (2_000_000, 25_000, 1_975_000)
    assert megabytes < 300


def typed_csv(clock: FixedClock, db: Database) -> str:
    layout = Layout("wide", "Wide", "Tests", FileShape("csv", ("id", "surname")), {}, {}, (RecordShape(["id"], {"family_name": "surname"}),))  # fmt: skip
    with db.transaction() as session:
        session.add(
            SourceSystem(
                id=new_id(), slug="wide", name="Wide", unit_name="Tests", layout=layout.as_json(), committed=False,
                registered_at=clock.now(), layout_changed_at=clock.now(), connector_settings={}, watermark={},
            )
        )  # fmt: skip
    return "wide"


def rejects(db: Database, load_id: object) -> tuple[RejectRow, ...]:
    with db.reading() as session:
        return queries.rejects(session, load_id, PageRequest()).items


def assert_nothing_taken(db: Database) -> None:
    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM source_record")) == 0
