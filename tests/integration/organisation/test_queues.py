"""The queue register: a queue goes live complete or not at all, in the service and in the database."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.errors import Conflict, Invalid
from app.organisation import queries, services
from app.organisation.enums import QueueKind, QueueStatus
from tests.support.council import Council, missed_bin, queue


def check_deferred(session: Session) -> None:
    """What a commit would check."""
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def test_every_missing_part_is_named_at_once(session: Session, council: Council, clock: FixedClock) -> None:
    with pytest.raises(Invalid) as refused:
        services.open_queue(
            session, SYSTEM, slug="empty", name=" ", purpose="", unit="waste", owner_id=None, deputy_id=None, monitor_id=None,
            kind=QueueKind.PROJECT, now=clock.now(),
        )  # fmt: skip
    assert refused.value.errors.keys() == {"name", "purpose", "owner", "deputy", "monitor", "readers", "ends_on"}


def test_a_unit_without_people_is_nobody_who_reads(session: Session, council: Council, clock: FixedClock) -> None:
    with pytest.raises(Invalid) as refused:
        queue(session, council, "housing-intake", "housing", now=clock.now())
    assert refused.value.errors.keys() == {"readers"}


def test_a_complete_queue_is_active_and_its_readers_find_it(
    session: Session, council: Council, clock: FixedClock
) -> None:
    queue(session, council, "roads", "highways", now=clock.now())
    check_deferred(session)
    assert queries.queue_by_slug(session, "roads").status is QueueStatus.ACTIVE
    assert _slugs(session, council.roads.account_id) == {"roads"}
    assert "roads" not in _slugs(session, council.officer.account_id)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE queue SET owner_id = NULL WHERE slug = 'roads'",
        "UPDATE queue SET deputy_id = NULL WHERE slug = 'roads'",
        "UPDATE queue SET monitor_id = NULL WHERE slug = 'roads'",
        "UPDATE queue SET purpose = ' ' WHERE slug = 'roads'",
        "UPDATE queue SET deputy_id = owner_id WHERE slug = 'roads'",
        "UPDATE queue SET kind = 'project', ends_on = NULL WHERE slug = 'roads'",
        "DELETE FROM queue_reader WHERE queue_id = (SELECT id FROM queue WHERE slug = 'roads')",
        "DELETE FROM membership WHERE unit_id = (SELECT id FROM unit WHERE slug = 'highways')",
        """INSERT INTO queue (id, slug, name, purpose, kind, status, created_at, closed_reason, owner_id, deputy_id, monitor_id, unit_id)
        SELECT gen_random_uuid(), 'blind', 'Blind', 'x', kind, status, created_at, '', owner_id, deputy_id, monitor_id, unit_id FROM queue WHERE slug = 'roads'""",
    ],
)
def test_the_database_itself_refuses_a_queue_that_is_no_longer_complete(
    session: Session, council: Council, clock: FixedClock, damage: str
) -> None:
    queue(session, council, "roads", "highways", now=clock.now())
    check_deferred(session)
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    with pytest.raises(IntegrityError):  # noqa: PT012 - some are refused at once, some when the transaction ends
        session.execute(text(damage))
        check_deferred(session)


def test_the_last_reader_cannot_leave(session: Session, council: Council, clock: FixedClock) -> None:
    queue(session, council, "roads", "highways", now=clock.now())
    assert council.roads.account_id is not None
    with pytest.raises(Conflict, match="last person"):
        services.remove_member(session, SYSTEM, council.roads.account_id, "highways", now=clock.now())


def test_a_queue_in_which_something_waits_does_not_close(session: Session, council: Council, clock: FixedClock) -> None:
    missed_bin(session, council.resident, now=clock.now())
    with pytest.raises(Conflict, match="still arrive"):
        services.close_queue(session, SYSTEM, "waste-intake", reason="Done", now=clock.now())
    services.point_intake(session, SYSTEM, "missed-bin", "monitoring-desk", now=clock.now())
    with pytest.raises(IntegrityError, match="still holds"):
        session.execute(text("UPDATE queue SET status = 'closed' WHERE slug = 'waste-intake'"))


def test_an_empty_queue_closes_with_a_reason(session: Session, council: Council, clock: FixedClock) -> None:
    queue(session, council, "roads", "highways", now=clock.now())
    with pytest.raises(Invalid):
        services.close_queue(session, SYSTEM, "roads", reason=" ", now=clock.now())
    services.close_queue(session, SYSTEM, "roads", reason="Joined with another", now=clock.now())
    assert "roads" not in {row.slug for row in queries.queues(session)}


def test_a_project_queue_ends_in_the_future(session: Session, council: Council, clock: FixedClock) -> None:
    with pytest.raises(Invalid) as refused:
        services.open_queue(
            session, SYSTEM, slug="project", name="Project", purpose="A project", unit="waste",
            owner_id=council.leader.account_id, deputy_id=council.advisor.account_id, monitor_id=council.monitor.account_id,
            reader_units=["waste"], kind=QueueKind.PROJECT, ends_on=date(2026, 3, 10), now=clock.now(),
        )  # fmt: skip
    assert refused.value.errors.keys() == {"ends_on"}


def _slugs(session: Session, account_id: UUID | None) -> set[str]:
    assert account_id is not None
    return {row.slug for row in queries.queues_readable_by(session, account_id)}
