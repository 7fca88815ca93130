"""Somebody asks to have something put right: it is shown right at once, the source is told, and its answer is waited for."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.customers import queries as customers
from app.customers import services as customer_services
from app.customers.events import SourceLoaded
from app.customers.source_jobs import load_waiting
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Conflict, Invalid, NotFound, Stale
from app.rights import queries, services
from app.rights.enums import CorrectionState, RequestState, RightKind
from app.rights.rows import CorrectionRow
from app.runtime import Runtime
from tests.integration.rights.conftest import Life
from tests.support.customers import party, write_tax


@pytest.fixture
def request_id(loaded: Database, life: Life, clock: FixedClock) -> UUID:
    with loaded.transaction() as session:
        return services.ask(
            session, life.jo, RightKind.RECTIFICATION, said="My name is Tallis-Quint now", now=clock.now()
        )


def correct(db: Database, life: Life, request: UUID, clock: FixedClock) -> UUID:
    with db.transaction() as session:
        return services.correct(
            session, life.steward, request, life.tax, "family_name", should_say="Tallis-Quint", reason="Marriage certificate seen",
            now=clock.now(),
        )  # fmt: skip


def test_the_right_value_is_shown_at_once_and_the_source_is_told(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock
) -> None:
    correct(loaded, life, request_id, clock)
    with loaded.transaction() as session:
        golden = customers.golden_of_source_record(session, life.tax)
        assert golden
        view = customer_services.single_view(session, life.steward, golden, purpose="A correction", now=clock.now())
        told = session.execute(text("SELECT to_address, text FROM message WHERE template = 'rights_correction'")).one()
        row = queries.request(session, request_id, now=clock.now()).corrections[0]
    assert "Tallis-Quint" in view.name
    assert "@" in told.to_address
    assert "Tallis-Quint" in told.text
    assert (row.state, row.says, row.pinned, row.overdue) == (CorrectionState.TOLD, "Tallis", True, False)
    assert row.due_at == clock.now() + timedelta(days=14)


def test_a_source_that_does_not_answer_is_reminded_and_shows_as_overdue(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock
) -> None:
    correct(loaded, life, request_id, clock)
    clock.advance(timedelta(days=15))
    with loaded.transaction() as session:
        assert queries.overdue_count(session, clock.now()) == 1
        assert services.remind(session, SYSTEM, now=clock.now()) == 1
        assert services.remind(session, SYSTEM, now=clock.now()) == 0, "not twice in a week"
        row = queries.request(session, request_id, now=clock.now()).corrections[0]
    assert (row.overdue, row.reminders) == (True, 1)
    with loaded.transaction() as session:
        for _ in range(6):
            services.remind(session, SYSTEM, now=clock.advance(timedelta(days=8)))
        assert session.scalar(text("SELECT count(*) FROM message WHERE template = 'rights_correction'")) == 5


@pytest.mark.parametrize(("accepted", "state"), [(True, CorrectionState.ACCEPTED), (False, CorrectionState.REFUSED)])
def test_its_answer_is_written_down_once(  # noqa: PLR0917 - fixtures
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock, accepted: bool, state: CorrectionState
) -> None:
    made = correct(loaded, life, request_id, clock)
    if not accepted:
        with pytest.raises(Invalid, match="why the source refuses"), loaded.transaction() as session:
            services.source_answered(session, life.steward, made, accepted=False, now=clock.now())
    with loaded.transaction() as session:
        services.source_answered(
            session, life.steward, made, accepted=accepted, answer="As on the deed", now=clock.now()
        )
        row = queries.request(session, request_id, now=clock.now()).corrections[0]
    assert (row.state, row.answer, row.overdue) == (state, "As on the deed", False)
    with pytest.raises(Stale), loaded.transaction() as session:
        services.source_answered(session, life.steward, made, accepted=True, now=clock.now())


def test_nothing_of_a_restricted_record_is_written_to_the_source(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock
) -> None:
    with loaded.transaction() as session:
        customer_services.restrict(session, life.steward, life.tax, reason="A refuge", now=clock.now())
    correct(loaded, life, request_id, clock)
    with loaded.reading() as session:
        told = session.scalar(text("SELECT text FROM message WHERE template = 'rights_correction'"))
    assert "Tallis-Quint" not in told
    assert "restricted" in told


def test_only_records_that_are_theirs_are_put_right(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock
) -> None:
    with pytest.raises(NotFound), loaded.transaction() as session:
        services.correct(
            session, life.steward, request_id, life.barnaby, "family_name", should_say="X", reason="x", now=clock.now()
        )


def test_a_month_is_a_calendar_month_and_can_be_made_longer_once_and_in_time(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock
) -> None:
    with loaded.transaction() as session:
        assert queries.request(session, request_id, now=clock.now()).due_at.isoformat() == "2026-04-11T22:59:59+00:00"
        due = services.extend(
            session, life.steward, request_id, months=2, reason="Three systems to ask", now=clock.now()
        )
        assert due.isoformat() == "2026-06-11T22:59:59+00:00"
        told = session.scalar(text("SELECT text FROM message WHERE template = 'rights_extended'"))
        assert "Three systems to ask" in told
    with pytest.raises(Conflict, match="already"), loaded.transaction() as session:
        services.extend(session, life.steward, request_id, months=1, reason="Again", now=clock.now())


def test_more_time_is_too_late_after_the_month(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock
) -> None:
    clock.advance(timedelta(days=40))
    with pytest.raises(Conflict, match="month is over"), loaded.transaction() as session:
        services.extend(session, life.steward, request_id, months=1, reason="Late", now=clock.now())


def test_a_refusal_says_why_and_where_to_complain(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock
) -> None:
    with pytest.raises(Invalid, match="Give the reason"), loaded.transaction() as session:
        services.refuse(session, life.steward, request_id, reason=" ", now=clock.now())
    with loaded.transaction() as session:
        services.refuse(session, life.steward, request_id, reason="The certificate shows another name", now=clock.now())
        assert queries.request(session, request_id, now=clock.now()).state is RequestState.REFUSED
        told = session.scalar(text("SELECT text FROM message WHERE template = 'rights_answered'"))
    assert "another name" in told
    assert "Information Commissioner" in told


def test_nobody_asks_for_the_same_twice_at_once(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock
) -> None:
    with pytest.raises(Conflict), loaded.transaction() as session:
        services.ask(session, life.jo, RightKind.RECTIFICATION, said="Again", now=clock.now())
    with loaded.transaction() as session:
        services.withdraw(session, life.jo, request_id, now=clock.now())
        services.ask(session, life.jo, RightKind.RECTIFICATION, said="Again", now=clock.now())
    with pytest.raises(NotFound), loaded.transaction() as session:
        services.withdraw(session, life.council.neighbour, request_id, now=clock.now())


def sends(db: Database, folder: Path, clock: FixedClock, **changes: str) -> None:
    """The next extract of the source: with these changes, or as it was."""
    clock.advance(timedelta(days=1))
    number = len(list(folder.glob("again*.csv")))
    rows = [party(**changes), party(ACCOUNT_REF=f"79{number:07d}", NAME="NOBODY MR ELSE")]
    customer_services.ingest_file(
        db, "council-tax", write_tax(folder / f"again{number}.csv", rows), clock=clock, full=False
    )


RIGHT = {"NAME": "TALLIS-QUINT MRS JOSEPHINE A"}


def told_of(db: Database, request: UUID, clock: FixedClock) -> tuple[CorrectionRow, list[str]]:
    with db.reading() as session:
        row = queries.request(session, request, now=clock.now())
    return row.corrections[0], [
        event.what for event in reversed(row.events) if event.what.startswith(("source", "pin"))
    ]


def test_a_source_that_sends_the_right_value_has_answered_and_the_pin_is_offered_to_be_lifted(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock, tmp_path: Path
) -> None:
    made = correct(loaded, life, request_id, clock)
    with pytest.raises(Conflict, match="not sent by the source yet"), loaded.transaction() as session:
        services.lift_pin(session, life.steward, made, now=clock.now())
    sends(loaded, tmp_path, clock, **RIGHT)
    row, events = told_of(loaded, request_id, clock)
    assert (row.state, row.right_at, row.answered_by_name) == (CorrectionState.ACCEPTED, clock.now(), "Firstpoint")
    assert (row.pinned, row.pin_may_go, row.overdue) == (True, True, False), "nothing is lifted by itself"
    assert events == ["source_told", "source_put_right"]
    with loaded.transaction() as session:
        golden = customers.golden_of_source_record(session, life.tax)
        assert golden
        assert pinned(session, golden) == ["Tallis-Quint"]
        services.lift_pin(session, life.steward, made, now=clock.now())
        assert pinned(session, golden) == []
    row, events = told_of(loaded, request_id, clock)
    assert (row.pinned, row.pin_may_go, events[-1]) == (False, False, "pin_lifted")


def pinned(session: Session, golden: UUID) -> list[str]:
    return [one.value for one in customers.pins_of(session, customers.source_records_of_golden(session, golden))]


def test_a_source_that_sends_the_old_value_again_is_counted_and_told_of_once(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock, tmp_path: Path
) -> None:
    correct(loaded, life, request_id, clock)
    sends(loaded, tmp_path, clock)
    first = clock.now()
    row, events = told_of(loaded, request_id, clock)
    assert (row.state, row.sent_old, row.sent_old_at) == (CorrectionState.TOLD, 1, first), "though the row is the same"
    sends(loaded, tmp_path, clock, TELEPHONE="07700 900999")
    row, events = told_of(loaded, request_id, clock)
    assert (row.sent_old, row.sent_old_at) == (2, clock.now())
    assert events == ["source_told", "source_sent_again"]


def test_a_load_without_the_record_says_nothing_of_it(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock, tmp_path: Path
) -> None:
    correct(loaded, life, request_id, clock)
    sends(loaded, tmp_path, clock, ACCOUNT_REF="790000999", NAME="TALLIS-QUINT MRS JOSEPHINE A")
    row, events = told_of(loaded, request_id, clock)
    assert (row.sent_old, row.right_at, events) == (0, None, ["source_told"])


def test_a_source_that_goes_back_to_the_old_value_is_waited_for_again(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock, tmp_path: Path
) -> None:
    correct(loaded, life, request_id, clock)
    sends(loaded, tmp_path, clock, **RIGHT)
    sends(loaded, tmp_path, clock)
    row, events = told_of(loaded, request_id, clock)
    assert (row.state, row.right_at, row.answered_at, row.pin_may_go) == (CorrectionState.TOLD, None, None, False)
    assert row.due_at == clock.now() + timedelta(days=14)
    assert events == ["source_told", "source_put_right", "source_went_back"]
    clock.advance(timedelta(days=15))
    with loaded.transaction() as session:
        assert services.remind(session, SYSTEM, now=clock.now()) == 1
        assert session.scalar(text("SELECT count(*) FROM message WHERE template = 'rights_correction'")) == 2


@pytest.mark.parametrize("accepted", [True, False])
def test_whatever_it_has_answered_what_it_sends_is_what_counts(  # noqa: PLR0917 - fixtures
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock, tmp_path: Path, accepted: bool
) -> None:
    made = correct(loaded, life, request_id, clock)
    with loaded.transaction() as session:
        services.source_answered(session, life.steward, made, accepted=accepted, answer="Done", now=clock.now())
    sends(loaded, tmp_path, clock)
    row, events = told_of(loaded, request_id, clock)
    assert (row.sent_old, row.right_at) == (1, None)
    assert events[-1] == "source_sent_again"
    sends(loaded, tmp_path, clock, **RIGHT)
    row, events = told_of(loaded, request_id, clock)
    assert (row.state, row.right_at) == (CorrectionState.ACCEPTED, clock.now())
    assert events[-1] == "source_put_right"


def test_taking_a_load_back_is_nothing_that_the_source_has_sent(  # noqa: PLR0917 - fixtures
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock, tmp_path: Path, runtime: Runtime
) -> None:
    correct(loaded, life, request_id, clock)
    sends(loaded, tmp_path, clock, **RIGHT)
    with loaded.transaction() as session:
        load = session.scalar(text("SELECT id FROM source_load ORDER BY started_at DESC, id DESC LIMIT 1"))
        assert load
        customer_services.take_back(session, life.steward, load, reason="Wrong file", now=clock.now())
    assert load_waiting(runtime) == "1 loads"
    row, events = told_of(loaded, request_id, clock)
    assert (row.state, events[-1]) == (CorrectionState.ACCEPTED, "source_put_right")


def test_what_a_source_sends_is_noted_with_its_load_or_not_at_all(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock, tmp_path: Path
) -> None:
    """In one transaction: a load that fails to close has told nobody."""
    correct(loaded, life, request_id, clock)

    def breaks(_: Session, event: SourceLoaded) -> None:
        raise RuntimeError(event.source)

    loaded.bus.on(SourceLoaded, breaks)
    with pytest.raises(RuntimeError, match="council-tax"):
        sends(loaded, tmp_path, clock, **RIGHT)
    row, events = told_of(loaded, request_id, clock)
    assert (row.state, events) == (CorrectionState.TOLD, ["source_told"])
