"""Files that are not what they should be: a clear message each, and nothing taken that is not right."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import text

from app.customers import queries
from app.customers.errors import BadFile
from app.customers.rows import RejectRow
from app.customers.services import ingest_file
from app.kernel.clock import FixedClock
from app.kernel.db import Database
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


MEASURE = """
import re, sys
from pathlib import Path
from app.customers.services import ingest_file
from app.kernel.clock import SystemClock
from app.kernel.db import Database
import app.accounts.models, app.audit.models, app.customers.models
report = ingest_file(Database(sys.argv[1]), "legacy-crm", Path(sys.argv[2]), clock=SystemClock())
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


def rejects(db: Database, load_id: object) -> tuple[RejectRow, ...]:
    with db.reading() as session:
        return queries.rejects(session, load_id, PageRequest()).items


def assert_nothing_taken(db: Database) -> None:
    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM source_record")) == 0
