"""Somebody asks to have something put right: it is shown right at once, the source is told, and its answer is waited for."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from app.customers import queries as customers
from app.customers import services as customer_services
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Conflict, Invalid, NotFound, Stale
from app.rights import queries, services
from app.rights.enums import CorrectionState, RequestState, RightKind
from tests.integration.rights.conftest import Life


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
