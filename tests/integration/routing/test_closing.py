"""Closing a queue loses nothing: what is in it moves, what arrives is sent on, and it can be undone."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.enquiries.enums import Channel
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.errors import Conflict, Invalid, NotAllowed
from app.organisation import queries as organisation
from app.organisation import services as register
from app.organisation.enums import QueueStatus
from app.routing import closing, queries, services
from app.routing.services import RuleCard
from tests.support.council import Council, missed_bin, queue


def test_the_preview_counts_what_is_there_and_what_leads_there(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    services.enter_rule(session, council.administrator, RuleCard("waste-intake", "pothole"), now=clock.now())
    seen = closing.preview_closing(session, "waste-intake")
    assert (seen.waiting, seen.references, len(seen.rules)) == (1, (row.reference,), 1)
    assert "missed-bin" in {service.slug for service in seen.services}
    assert not seen.empty


def test_closing_moves_sends_on_and_leaves_a_tombstone(session: Session, council: Council, clock: FixedClock) -> None:
    first = missed_bin(session, council.resident, now=clock.now())
    services.enter_rule(session, council.administrator, RuleCard("waste-intake", "pothole"), now=clock.now())
    done = services.close_safely(
        session, council.administrator, "waste-intake", reason="Joined", move_to="monitoring-desk", now=clock.now()
    )
    assert (done.moved, done.rules) == (1, 1)
    where = text("SELECT q.slug FROM enquiry e JOIN queue q ON q.id = e.queue_id WHERE e.reference = :r")
    assert session.execute(where, {"r": first.reference}).scalar_one() == "monitoring-desk"
    tomb = organisation.register_entry(session, "waste-intake")
    assert (tomb.status, tomb.closed_reason, tomb.closed_by) == (QueueStatus.CLOSED, "Joined", "Adam Inistrator")
    assert tomb.closed_at == clock.now()
    assert queries.where_would_it_go(session, "pothole", Channel.PHONE).queue_slug == "monitoring-desk"
    assert organisation.queue_by_slug(session, "waste-intake").slug == "monitoring-desk"
    assert missed_bin(session, council.resident, now=clock.now()).queue_name == "Monitoring desk"


def test_closing_is_undone_but_for_what_was_sent_elsewhere_since(
    session: Session, council: Council, clock: FixedClock
) -> None:
    queue(session, council, "second", "waste", now=clock.now())
    services.enter_rule(session, council.administrator, RuleCard("waste-intake", "pothole"), now=clock.now())
    services.close_safely(
        session, council.administrator, "waste-intake", reason="Joined", move_to="second", now=clock.now()
    )
    register.point_intake(session, SYSTEM, "bin-order", "monitoring-desk", now=clock.now())
    services.reopen_safely(session, council.administrator, "waste-intake", now=clock.now())
    assert organisation.queue_by_slug(session, "waste-intake").status is QueueStatus.ACTIVE
    assert queries.where_would_it_go(session, "pothole", Channel.PHONE).queue_slug == "waste-intake"
    assert queries.where_would_it_go(session, "missed-bin", Channel.PHONE).queue_slug == "waste-intake"
    assert queries.where_would_it_go(session, "bin-order", Channel.PHONE).queue_slug == "monitoring-desk"


def test_nothing_closes_without_a_reason_a_place_and_the_right(
    session: Session, council: Council, clock: FixedClock
) -> None:
    missed_bin(session, council.resident, now=clock.now())
    with pytest.raises(Invalid) as refused:
        services.close_safely(session, council.administrator, "waste-intake", reason=" ", now=clock.now())
    assert refused.value.errors.keys() == {"reason", "move_to"}
    with pytest.raises(Invalid):
        services.close_safely(
            session, council.administrator, "waste-intake", reason="x", move_to="waste-intake", now=clock.now()
        )
    with pytest.raises(NotAllowed):
        services.close_safely(
            session, council.leader, "waste-intake", reason="x", move_to="monitoring-desk", now=clock.now()
        )


def test_the_monitoring_desk_cannot_be_closed(session: Session, council: Council, clock: FixedClock) -> None:
    with pytest.raises(Conflict, match="cannot be closed"):
        services.close_safely(
            session, council.administrator, "monitoring-desk", reason="x", move_to="waste-intake", now=clock.now()
        )


def test_a_queue_to_which_the_table_leads_does_not_close_behind_its_back(
    session: Session, council: Council, clock: FixedClock
) -> None:
    queue(session, council, "roads", "highways", now=clock.now())
    services.enter_rule(session, council.administrator, RuleCard("roads", "pothole"), now=clock.now())
    with pytest.raises(Conflict, match="routing table"):
        register.close_queue(session, SYSTEM, "roads", reason="Done", now=clock.now())


def test_a_chain_of_closed_queues_still_leads_somewhere(session: Session, council: Council, clock: FixedClock) -> None:
    for slug in ("first", "second"):
        queue(session, council, slug, "waste", now=clock.now())
    services.close_safely(session, council.administrator, "first", reason="x", move_to="second", now=clock.now())
    services.close_safely(session, council.administrator, "second", reason="x", move_to="waste-intake", now=clock.now())
    assert organisation.queue_by_slug(session, "first").slug == "waste-intake"
