"""How long things are kept: counted until switched on, holds skipped, a report each time."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Invalid
from app.kernel.events import provided
from app.kernel.personal import ERASED, PersonalData
from app.rights import queries, services
from tests.integration.rights.conftest import Life

LATER = timedelta(days=366 * 7)


def due(db: Database) -> dict[str, int | None]:
    with db.reading() as session:
        return {line.holding: line.due for line in queries.schedule(session)}


def enforce(db: Database, life: Life, clock: FixedClock) -> None:
    with db.transaction() as session:
        for holding in provided(session, PersonalData).holdings:
            if holding.retention.expire:
                services.set_rule(
                    session, life.steward, holding.slug, months=holding.retention.months or 1, enforced=True,
                    reason="As the records manager proposed", now=clock.now(),
                )  # fmt: skip


@pytest.fixture
def gone(loaded: Database, life: Life, clock: FixedClock) -> Database:
    """The council tax no longer has Josephine; seven years go by."""
    with loaded.transaction() as session:
        session.execute(
            text("UPDATE source_record SET gone_since = :now WHERE id = :r"), {"now": clock.now(), "r": life.tax}
        )
        session.execute(text("UPDATE message SET status = 'sent', sent_at = created_at"))
    clock.advance(LATER)
    return loaded


def test_until_it_is_switched_on_it_is_only_counted(gone: Database, life: Life, clock: FixedClock) -> None:
    services.run_schedule(gone, SYSTEM, clock=clock, rehearsal=False)
    counted = due(gone)
    assert counted["source-records"] == 1
    assert counted["enquiries"] == 1, "the other is open"
    assert counted["messages"]
    assert counted["lookups"]
    with gone.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM source_record WHERE id = :r"), {"r": life.tax}) == 1
        assert queries.runs(session).items[0].erased == 0


def test_what_is_over_its_time_goes_and_the_rest_stays(gone: Database, life: Life, clock: FixedClock) -> None:
    enforce(gone, life, clock)
    services.run_schedule(gone, SYSTEM, clock=clock, rehearsal=True)
    with gone.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM source_record WHERE id = :r"), {"r": life.tax}) == 1
    services.run_schedule(gone, SYSTEM, clock=clock, rehearsal=False)
    with gone.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM source_record WHERE id = :r"), {"r": life.tax}) == 0
        assert session.scalar(text("SELECT count(*) FROM source_record WHERE id = :r"), {"r": life.tenancy}) == 1
        assert session.scalar(text("SELECT raiser_name FROM enquiry WHERE id = :e"), {"e": life.done.id}) == ERASED
        assert session.scalar(text("SELECT raiser_name FROM enquiry WHERE id = :e"), {"e": life.open.id}) != ERASED
        assert (
            session.scalar(text("SELECT count(*) FROM golden_version WHERE until_at < now() - interval '100 years'"))
            == 0
        )
        assert (
            session.scalar(
                text("SELECT count(*) FROM audit_entry WHERE at < :b"), {"b": clock.now() - timedelta(days=1)}
            )
            == 0
        )
        assert queries.runs(session).items[0].erased > 5
    assert not any(due(gone).values())


def test_a_hold_keeps_what_it_stands_on_whatever_its_age(gone: Database, life: Life, clock: FixedClock) -> None:
    enforce(gone, life, clock)
    with gone.transaction() as session:
        services.place_hold(session, life.steward, "source_record", life.tax, reason="A claim", now=clock.now())
        services.place_hold(session, life.steward, "enquiry", life.done.id, reason="A claim", now=clock.now())
    services.run_schedule(gone, SYSTEM, clock=clock, rehearsal=False)
    with gone.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM source_record WHERE id = :r"), {"r": life.tax}) == 1
        assert session.scalar(text("SELECT raiser_name FROM enquiry WHERE id = :e"), {"e": life.done.id}) != ERASED
        assert session.scalar(text("SELECT count(*) FROM audit_entry WHERE object_id = :e"), {"e": life.done.id}) > 0
        assert queries.runs(session).items[0].holds == 2


def test_a_hold_ends_with_its_last_day(gone: Database, life: Life, clock: FixedClock) -> None:
    enforce(gone, life, clock)
    with gone.transaction() as session:
        until = clock.now() + timedelta(days=10)
        services.place_hold(
            session, life.steward, "source_record", life.tax, reason="A claim", until=until, now=clock.now()
        )
    services.run_schedule(gone, SYSTEM, clock=clock, rehearsal=False)
    clock.advance(timedelta(days=11))
    services.run_schedule(gone, SYSTEM, clock=clock, rehearsal=False)
    with gone.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM source_record WHERE id = :r"), {"r": life.tax}) == 0


def test_a_time_needs_a_ground_and_a_class_that_has_one(loaded: Database, life: Life, clock: FixedClock) -> None:
    for holding, months, reason in (
        ("enquiries", 0, "x"),
        ("enquiries", 12, " "),
        ("timeline", 12, "x"),
        ("nothing", 12, "x"),
    ):
        with pytest.raises(Invalid), loaded.transaction() as session:
            services.set_rule(
                session, life.steward, holding, months=months, enforced=True, reason=reason, now=clock.now()
            )
