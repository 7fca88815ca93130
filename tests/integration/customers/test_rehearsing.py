"""Rehearsals, the question before too much vanishes, and taking a load back."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import text

from app.customers import queries, services
from app.customers.enums import LoadStatus
from app.customers.loading.effects import _of_some as of_some
from app.customers.loading.register import registered
from app.customers.rows import LoadReport, LoadRow
from app.customers.services import ingest_file
from app.customers.source_jobs import forget_leftovers, load_waiting
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Conflict, Invalid
from app.kernel.paging import PageRequest
from app.runtime import Runtime
from tests.support.customers import party, write_housing, write_tax


def tenants(count: int, **changes: str) -> list[dict[str, str]]:
    return [party(ACCOUNT_REF=f"8{number:08d}", **changes) for number in range(count)]


def load_tax(
    db: Database, folder: Path, clock: FixedClock, rows: list[dict[str, str]], **options: object
) -> LoadReport:
    clock.advance(timedelta(minutes=1))
    return ingest_file(db, "council-tax", write_tax(folder / "tax.csv", rows), clock=clock, **options)


def queue(
    db: Database, actor: Actor, rows: list[dict[str, str]], folder: Path, clock: FixedClock, **options: bool
) -> object:
    content = write_tax(folder / "queued.csv", rows).read_bytes()
    wanted = {"full": True, "rehearsal": True} | options
    with db.transaction() as session:
        return services.queue_file(
            session,
            actor,
            "council-tax",
            "upload.csv",
            BytesIO(content),
            now=clock.advance(timedelta(minutes=1)),
            **wanted,
        )


def load_row(db: Database, load_id: object) -> LoadRow:
    with db.reading() as session:
        return queries.load(session, load_id)


def state(db: Database) -> list[tuple[object, ...]]:
    with db.reading() as session:
        query = "SELECT key, sha256, attributes::text, gone_since IS NULL FROM source_record ORDER BY key"
        return [tuple(row) for row in session.execute(text(query))]


def test_a_rehearsal_tells_what_would_happen_and_does_nothing(
    runtime: Runtime, steward: Actor, tmp_path: Path, clock: FixedClock
) -> None:
    db = runtime.database
    load_tax(db, tmp_path, clock, tenants(30))
    before = state(db)
    rows = [*tenants(29)[1:], party(NAME="NEW, ADA"), party(ACCOUNT_REF="800000001", DOB="31/02/1980")]
    rows[0] = rows[0] | {"TELEPHONE": "01632 960960"}
    load_id = queue(db, steward, rows, tmp_path, clock)
    load_waiting(runtime)
    seen = load_row(db, load_id)
    assert (seen.status, seen.rows, seen.new, seen.changed, seen.gone, seen.rejected) == (
        LoadStatus.REHEARSED, 30, 1, 1, 2, 1,
    )  # fmt: skip
    assert state(db) == before
    with db.reading() as session:
        [flaw] = queries.rejects(session, seen.id, PageRequest()).items
        assert (flaw.line, flaw.field, flaw.reason.value) == (31, "DOB", "impossible_date")
        assert "31,DOB,impossible_date" in list(queries.rejects_csv(session, seen.id))[1]


@pytest.mark.parametrize("whole", [True, False])
def test_a_rehearsal_tells_what_would_become_of_golden_records(
    runtime: Runtime, steward: Actor, tmp_path: Path, clock: FixedClock, *, whole: bool
) -> None:
    """Both ways of foreseeing say the same: matching everything, and matching some as if in earnest and rolling it back."""
    db = runtime.database
    people = [
        party(
            ACCOUNT_REF=f"8{n:08d}", NAME=f"{name} MR {first}", DOB=f"{n % 28 + 1:02d}/03/19{n % 70 + 20}", UPRN=f"9990100{n:05d}",
            ADDR2=f"{n + 1} MARINE PARADE", TELEPHONE=f"07700 9{n:05d}", EMAIL=f"{first.lower()}.{n}@resident.example",
        )
        for n, (name, first) in enumerate((name, first) for name in NAMES for first in FIRST)
    ]  # fmt: skip
    load_tax(db, tmp_path, clock, people)
    services.match_all(db, clock=clock)
    before = golden(db)
    again = people[0] | {"ACCOUNT_REF": "900000001"}
    changed = people[1] | {"BAND": "H"}
    stranger = party(
        ACCOUNT_REF="900000002", NAME="ZYWIEC MS QUEENIE", DOB="05/06/1955", UPRN="999010099999", TELEPHONE="", EMAIL=""
    )
    load_id = queue(db, steward, [*people[2:], people[0], changed, again, stranger], tmp_path, clock)
    if whole:
        load_waiting(runtime)
        told = load_row(db, load_id).effects["golden"]
    else:
        load_waiting(runtime)
        with db.reading() as session:
            source = registered(session, "council-tax", now=clock.now())
        told = of_some(db, source, {"source": source.id, "load": load_id}, clock.now())
    assert {name: told[name] for name in ("created", "touched", "grown", "merged", "split")} == {
        "created": 1, "touched": 1, "grown": 1, "merged": 0, "split": 0,
    }  # fmt: skip
    assert golden(db) == before
    assert counted(db, "match_due WHERE record_id NOT IN (SELECT id FROM source_record)") == 0


NAMES = ("TALLIS", "OKAFOR", "QUILL", "BRANDRETH", "MACKENZIE", "FERNANDES")
FIRST = ("JOSEPHINE", "DANIEL", "EDMUND", "PRIYA", "OLUMIDE", "GRETA", "HAMISH", "BEATRIZ")


def golden(db: Database) -> list[tuple[object, ...]]:
    with db.reading() as session:
        return [tuple(row) for row in session.execute(text("SELECT source_record_id, golden_id FROM link ORDER BY 1"))]


def test_what_was_rehearsed_is_loaded_without_being_read_again(
    runtime: Runtime, steward: Actor, tmp_path: Path, clock: FixedClock
) -> None:
    db = runtime.database
    load_id = queue(db, steward, tenants(5), tmp_path, clock)
    load_waiting(runtime)
    assert load_row(db, load_id).status is LoadStatus.REHEARSED
    with db.transaction() as session:
        services.let_in(session, steward, load_id, now=clock.now())
    load_waiting(runtime)
    done = load_row(db, load_id)
    assert (done.status, done.new, done.rows) == (LoadStatus.DONE, 5, 5)
    assert len(state(db)) == 5
    assert counted(db, "source_file") == counted(db, "load_row") == 0, "nothing stays behind but the books"


def test_a_rehearsal_is_compared_anew_when_it_is_loaded_after_another_file(
    runtime: Runtime, steward: Actor, tmp_path: Path, clock: FixedClock
) -> None:
    db = runtime.database
    load_id = queue(db, steward, tenants(5), tmp_path, clock)
    load_waiting(runtime)
    load_tax(db, tmp_path, clock, tenants(3, NAME="OTHER, ONE"))
    with db.transaction() as session:
        services.let_in(session, steward, load_id, now=clock.advance(timedelta(minutes=1)))
    load_waiting(runtime)
    done = load_row(db, load_id)
    assert (done.status, done.new, done.changed) == (LoadStatus.DONE, 2, 3)


def test_a_full_load_in_which_too_much_vanishes_stops_and_asks(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    load_tax(db, tmp_path, clock, tenants(40))
    before = state(db)
    stopped = load_tax(db, tmp_path, clock, tenants(30, NAME="CHANGED, ALSO"))
    assert (stopped.status, stopped.gone) == (LoadStatus.WAITING, 10)
    assert state(db) == before, "nothing is taken before somebody has said that it is meant"


def test_a_person_confirms_with_a_reason_and_it_goes_on(
    runtime: Runtime, steward: Actor, tmp_path: Path, clock: FixedClock
) -> None:
    db = runtime.database
    load_tax(db, tmp_path, clock, tenants(40))
    load_id = queue(db, steward, tenants(20), tmp_path, clock, rehearsal=False)
    load_waiting(runtime)
    assert load_row(db, load_id).status is LoadStatus.WAITING
    with pytest.raises(Invalid, match="Say why"), db.transaction() as session:
        services.confirm_gone(session, steward, load_id, reason="  ", now=clock.now())
    with db.transaction() as session:
        services.confirm_gone(session, steward, load_id, reason="The harbour flats are gone", now=clock.now())
    load_waiting(runtime)
    done = load_row(db, load_id)
    assert (done.status, done.gone, done.confirmed_by) == (LoadStatus.DONE, 20, "Stu Ward")
    assert sum(here for *_, here in state(db)) == 20
    with db.reading() as session:
        reasons = session.scalars(
            text("SELECT detail->>'reason' FROM audit_entry WHERE action = 'load.gone_confirmed'")
        )
        assert reasons.all() == ["The harbour flats are gone"]


@pytest.mark.parametrize(
    ("percent", "left", "stops"), [(10, 36, False), (10, 35, True), (50, 21, False), (0, 37, True)]
)
def test_the_share_that_may_vanish_is_the_sources_own(
    db: Database, steward: Actor, tmp_path: Path, clock: FixedClock, *, percent: int, left: int, stops: bool
) -> None:
    load_tax(db, tmp_path, clock, tenants(40))
    with db.transaction() as session:
        entry = queries.register_entry(session, "council-tax", now=clock.now()).entry
        changed = type(entry)(**{**{name: getattr(entry, name) for name in entry.__slots__}, "gone_percent": percent})
        services.edit_entry(session, steward, "council-tax", changed, now=clock.now())
    assert (load_tax(db, tmp_path, clock, tenants(left)).status is LoadStatus.WAITING) == stops


def test_the_command_line_can_confirm_too(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    load_tax(db, tmp_path, clock, tenants(40))
    assert load_tax(db, tmp_path, clock, tenants(20)).status is LoadStatus.WAITING
    report = load_tax(db, tmp_path, clock, tenants(20), confirm_gone="Cleaned up")
    assert (report.status, report.gone) == (LoadStatus.DONE, 20)


def test_a_load_is_discarded_and_leaves_nothing(
    runtime: Runtime, steward: Actor, tmp_path: Path, clock: FixedClock
) -> None:
    db = runtime.database
    load_id = queue(db, steward, tenants(5), tmp_path, clock)
    load_waiting(runtime)
    with db.transaction() as session:
        services.discard(session, steward, load_id, now=clock.now())
    assert load_row(db, load_id).status is LoadStatus.DISCARDED
    assert (counted(db, "load_row"), counted(db, "source_file"), counted(db, "source_file_chunk")) == (0, 0, 0)
    with pytest.raises(Conflict), db.transaction() as session:
        services.let_in(session, steward, load_id, now=clock.now())


def test_what_nobody_came_back_to_is_forgotten_after_a_week(
    runtime: Runtime, steward: Actor, tmp_path: Path, clock: FixedClock
) -> None:
    load_id = queue(runtime.database, steward, tenants(5), tmp_path, clock)
    load_waiting(runtime)
    clock.advance(timedelta(days=6))
    assert forget_leftovers(runtime) == ""
    clock.advance(timedelta(days=2))
    assert forget_leftovers(runtime) == "1 loads and 0 drafts forgotten"
    assert load_row(runtime.database, load_id).status is LoadStatus.DISCARDED


def test_the_last_load_can_be_taken_back_and_nothing_is_lost(
    runtime: Runtime, steward: Actor, tmp_path: Path, clock: FixedClock
) -> None:
    db = runtime.database
    load_tax(db, tmp_path, clock, tenants(40))
    before = state(db)
    bad = [*tenants(38, NAME="WRONG, ALL"), *(party(ACCOUNT_REF=f"9{n:08d}") for n in range(7))]
    report = load_tax(db, tmp_path, clock, bad)
    assert (report.changed, report.new, report.gone) == (38, 7, 2)
    with db.transaction() as session:
        undoing = services.take_back(
            session, steward, report.load_id, reason="The wrong file", now=clock.advance(timedelta(minutes=1))
        )
    load_waiting(runtime)
    after = state(db)
    assert [row for row in after if row[0].startswith("8")] == before
    assert [here for key, *_, here in after if key.startswith("9")] == [False] * 7
    undone, done = load_row(db, report.load_id), load_row(db, undoing)
    assert (undone.status, undone.undone_reason) == (LoadStatus.UNDONE, "The wrong file")
    assert (done.status, done.changed, done.gone) == (LoadStatus.DONE, 38, 7)
    assert counted(db, "source_record_version WHERE number = 3") == 38, "history grows and is never rewritten"


def test_one_of_two_people_in_a_row_goes_back_by_themselves(
    runtime: Runtime, steward: Actor, tmp_path: Path, clock: FixedClock
) -> None:
    db = runtime.database
    rows = [{"Tenancy Ref": "T1", "House No": "14", "Street": "Marine Parade", "Main Surname": "Tallis", "Main DOB": "12/03/1980",
             "Joint Surname": "Okafor", "Last Changed": "01/02/2020"}]  # fmt: skip
    ingest_file(db, "housing", write_housing(tmp_path / "one.xlsx", rows), clock=clock)
    before = state(db)
    rows[0] |= {"Joint Surname": "Okafor-Tallis"}
    clock.advance(timedelta(minutes=1))
    report = ingest_file(db, "housing", write_housing(tmp_path / "two.xlsx", rows), clock=clock)
    with db.transaction() as session:
        services.take_back(
            session, steward, report.load_id, reason="Not yet married", now=clock.advance(timedelta(minutes=1))
        )
    load_waiting(runtime)
    assert state(db) == before


@pytest.mark.parametrize("name", ["TALLIS MRS JOSEPHINE A", "CHANGED, TOO"])
def test_what_a_load_brought_back_is_gone_again_when_it_is_taken_back(
    runtime: Runtime, steward: Actor, tmp_path: Path, clock: FixedClock, name: str
) -> None:
    """Whether the record came back as it was or saying something else; since when it is gone is as it was too."""
    db = runtime.database
    load_tax(db, tmp_path, clock, tenants(5))
    load_tax(db, tmp_path, clock, tenants(4))
    before = since(db)
    assert sum(gone is not None for _, gone in before) == 1
    report = load_tax(db, tmp_path, clock, tenants(5, NAME=name))
    assert all(gone is None for _, gone in since(db))
    with db.transaction() as session:
        services.take_back(
            session, steward, report.load_id, reason="It had gone", now=clock.advance(timedelta(minutes=1))
        )
    load_waiting(runtime)
    assert since(db) == before


def since(db: Database) -> list[tuple[object, ...]]:
    """Since when each record has been gone."""
    with db.reading() as session:
        return [tuple(row) for row in session.execute(text("SELECT key, gone_since FROM source_record ORDER BY key"))]


def test_only_the_last_load_can_be_taken_back(db: Database, steward: Actor, tmp_path: Path, clock: FixedClock) -> None:
    first = load_tax(db, tmp_path, clock, tenants(3))
    load_tax(db, tmp_path, clock, tenants(3, NAME="LATER, ONE"))
    with pytest.raises(Conflict, match="Only the last load"), db.transaction() as session:
        services.take_back(session, steward, first.load_id, reason="Too late", now=clock.now())


def counted(db: Database, table: str) -> int:
    with db.reading() as session:
        return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)
