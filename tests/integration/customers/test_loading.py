"""Loading: nothing lost, nothing twice, nothing overwritten."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.customers import queries
from app.customers.enums import LoadStatus
from app.customers.errors import LoadInProgress, UnknownSource
from app.customers.loading.batch import MOST_ROWS
from app.customers.locks import only_one
from app.customers.rows import LoadReport
from app.customers.services import ingest_file
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Conflict
from app.kernel.paging import PageRequest
from tests.support.customers import LoadedCity, card, party, write_crm, write_housing, write_tax


def load_tax(db: Database, path: Path, clock: FixedClock, *rows: dict[str, str], full: bool = True) -> LoadReport:
    return ingest_file(db, "council-tax", write_tax(path / "tax.csv", rows), clock=clock, full=full)


def test_every_planned_reject_of_the_city_is_found_and_no_other(city: LoadedCity) -> None:
    found = set()
    with city.database.reading() as session:
        for slug in ("council-tax", "housing", "legacy-crm"):
            load = queries.loads(session, slug, PageRequest()).items[0]
            for row in queries.rejects(session, load.id, PageRequest(1, 100)).items:
                found.add((slug, row.line, {"not_json": "too_short"}.get(row.reason.value, row.reason.value)))
    assert found == set(city.planned)


def test_rows_taken_and_rows_rejected_are_all_the_rows(city: LoadedCity) -> None:
    with city.database.reading() as session:
        load = queries.loads(session, "legacy-crm", PageRequest()).items[0]
    lines = (city.folder / "crm.jsonl").read_text("utf-8").count("\n")
    assert load.new + load.rejected == load.rows == lines


def test_a_row_is_kept_as_it_came(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    ingest_file(
        db, "legacy-crm", write_crm(tmp_path / "crm.jsonl", [card(name={"full": "Élise Núñez  "})]), clock=clock
    )
    with db.reading() as session:
        content, digest = session.execute(text("SELECT content, sha256 FROM source_record_version")).one()
    assert content == card(name={"full": "Élise Núñez  "})
    assert len(digest) == 64


def test_the_same_file_again_changes_nothing_and_says_so(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    first = load_tax(db, tmp_path, clock, party(), party(PARTY_NO="2", NAME="TALLIS, TOM"))
    before = everything(db)
    again = load_tax(db, tmp_path, clock, party(), party(PARTY_NO="2", NAME="TALLIS, TOM"))
    assert (first.new, first.already_loaded, again.already_loaded) == (2, False, True)
    assert again.load_id == first.load_id
    assert everything(db) == before


def test_the_same_rows_in_another_file_make_no_new_versions(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    load_tax(db, tmp_path, clock, party(), party(PARTY_NO="2"))
    report = load_tax(db, tmp_path, clock, party(PARTY_NO="2"), party())
    assert (report.new, report.changed, report.same) == (0, 0, 2)
    assert count(db, "source_record_version") == 2


def test_a_changed_row_makes_a_new_version_beside_the_old(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    load_tax(db, tmp_path, clock, party())
    report = load_tax(db, tmp_path, clock, party(TELEPHONE="01632 960960"))
    with db.reading() as session:
        phones = session.execute(
            text("SELECT number, content->>'TELEPHONE' FROM source_record_version ORDER BY number")
        ).all()
        current = session.scalar(text("SELECT attributes->>'phone' FROM source_record"))
    assert report.changed == 1
    assert [tuple(row) for row in phones] == [(1, "07700 900123"), (2, "01632 960960")]
    assert current == "01632 960960"


def test_a_record_that_a_full_load_lacks_is_noted_and_kept(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    load_tax(db, tmp_path, clock, party(), party(PARTY_NO="2"))
    assert load_tax(db, tmp_path, clock, party()).gone == 1
    assert count(db, "source_record") == 2
    assert count(db, "source_record WHERE gone_since IS NOT NULL") == 1
    load_tax(db, tmp_path, clock, party(), party(PARTY_NO="2"))
    assert count(db, "source_record WHERE gone_since IS NOT NULL") == 0


def test_a_part_load_says_nothing_about_the_others(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    load_tax(db, tmp_path, clock, party(), party(PARTY_NO="2"))
    assert load_tax(db, tmp_path, clock, party(), full=False).gone == 0


def test_a_key_that_comes_twice_is_rejected_the_second_time(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    near, far = party(NAME="TALLIS, NEAR"), party(NAME="TALLIS, FAR")
    others = [party(ACCOUNT_REF=f"8{number:08d}") for number in range(MOST_ROWS)]
    report = load_tax(db, tmp_path, clock, party(), near, *others, far)
    with db.reading() as session:
        rejects = queries.rejects(session, report.load_id, PageRequest()).items
    assert [(row.line, row.reason.value, row.detail) for row in rejects] == [
        (3, "duplicate_key", "700000001-1"),
        (MOST_ROWS + 4, "duplicate_key", "700000001-1"),
    ]
    assert "TALLIS, FAR" in rejects[1].content


def test_one_tenancy_can_be_two_people(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    row = {
        "Tenancy Ref": "T0000001", "House No": "14", "Street": "Marine Parade", "Main Surname": "Tallis", "Main DOB": "12/03/1980",
        "Joint Surname": "Okafor", "Last Changed": "01/02/2020",
    }  # fmt: skip
    report = ingest_file(db, "housing", write_housing(tmp_path / "h.xlsx", [row]), clock=clock)
    with db.reading() as session:
        found = session.execute(text("SELECT key, attributes->>'family_name' FROM source_record ORDER BY key")).all()
    assert (report.rows, report.new) == (1, 2)
    assert [tuple(row) for row in found] == [("T0000001/1", "Tallis"), ("T0000001/2", "Okafor")]


def test_a_load_that_was_killed_is_completed_by_loading_again(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    rows = [party(ACCOUNT_REF=f"8{number:08d}") for number in range(MOST_ROWS + 10)]
    path = write_tax(tmp_path / "tax.csv", rows)

    def die_after_the_first_batch(stage: str, done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest_file(db, "council-tax", path, clock=clock, progress=die_after_the_first_batch)
    assert count(db, "load_row") == MOST_ROWS
    report = ingest_file(db, "council-tax", path, clock=clock)
    assert (report.status, report.new, report.rows) == (LoadStatus.DONE, MOST_ROWS + 10, MOST_ROWS + 10)
    assert count(db, "load_row") == 0
    with db.reading() as session:
        states = [load.status for load in queries.loads(session, "council-tax", PageRequest()).items]
    assert states == [LoadStatus.DONE]


def test_a_load_that_nobody_completes_is_given_up_for_the_next_file(
    db: Database, tmp_path: Path, clock: FixedClock
) -> None:
    path = write_tax(tmp_path / "tax.csv", [party(ACCOUNT_REF=f"8{number:08d}") for number in range(MOST_ROWS + 10)])

    def die(stage: str, done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest_file(db, "council-tax", path, clock=clock, progress=die)
    assert ingest_file(db, "council-tax", write_tax(tmp_path / "other.csv", [party()]), clock=clock).new == 1
    assert count(db, "load_row") == 0
    with db.reading() as session:
        states = [load.status for load in queries.loads(session, "council-tax", PageRequest()).items]
    assert sorted(states) == [LoadStatus.DONE, LoadStatus.INTERRUPTED]


def test_two_loads_of_one_source_do_not_run_at_once(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    with only_one(db, "load.council-tax", Conflict("held")), pytest.raises(LoadInProgress):
        load_tax(db, tmp_path, clock, party())
    assert load_tax(db, tmp_path, clock, party()).new == 1


def test_a_source_that_is_not_known_is_named_with_those_that_are(
    db: Database, tmp_path: Path, clock: FixedClock
) -> None:
    with pytest.raises(UnknownSource, match=r"no source called parking.*council-tax, housing, legacy-crm"):
        ingest_file(db, "parking", tmp_path / "x.csv", clock=clock)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE source_record_version SET content = '{}'",
        "DELETE FROM source_record_version",
        "TRUNCATE source_record_version",
        "DELETE FROM source_record",
        "UPDATE source_record SET key = 'other'",
        "UPDATE source_record SET version = 0",
    ],
)
def test_the_database_itself_refuses_to_alter_or_lose_a_record(
    db: Database, tmp_path: Path, clock: FixedClock, change: str
) -> None:
    load_tax(db, tmp_path, clock, party())
    with pytest.raises(IntegrityError, match="never altered or lost"), db.transaction() as session:
        session.execute(text(change))
    assert count(db, "source_record_version") == 1


def test_rejects_can_be_downloaded_and_start_no_formula(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    report = load_tax(db, tmp_path, clock, party(DOB="=1+1"), party(PARTY_NO="2"))
    with db.reading() as session:
        lines = list(queries.rejects_csv(session, report.load_id))
    assert lines[0] == "line,field,reason,explanation,detail,row\r\n"
    assert lines[1].startswith("2,DOB,impossible_date,")
    assert "'=1+1" in lines[1]


def test_a_record_gets_the_property_of_its_uprn_or_else_of_its_address(
    db: Database, tmp_path: Path, clock: FixedClock
) -> None:
    load_tax(db, tmp_path, clock, party())
    ingest_file(db, "legacy-crm", write_crm(tmp_path / "crm.jsonl", [card()]), clock=clock)
    with db.reading() as session:
        places = session.scalars(text("SELECT property_id FROM source_record")).all()
        found = queries.property_by_uprn(session, "999010000001")
    assert found is not None
    assert set(places) == {found.id}
    assert found.one_line == "Flat 2, 14 Marine Parade, Hallowmere, ZF1 2AB"


def count(db: Database, table: str) -> int:
    with db.reading() as session:
        return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def everything(db: Database) -> str:
    tables = (
        "source_system",
        "source_load",
        "source_record",
        "source_record_version",
        "load_reject",
        "property",
        "audit_entry",
    )
    with db.reading() as session:
        return json.dumps(
            {
                table: session.scalars(text(f"SELECT to_jsonb(t) FROM {table} t ORDER BY t::text")).all()
                for table in tables
            }
        )
