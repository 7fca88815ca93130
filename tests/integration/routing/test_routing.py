"""Routing: by the table, never nowhere, and taking from a queue only what one may read."""

import pytest
from sqlalchemy.orm import Session

from app.enquiries.enums import Channel, State
from app.kernel.actors import SYSTEM, Role
from app.kernel.clock import FixedClock
from app.kernel.errors import Invalid, NotAllowed, Unavailable
from app.organisation import services as organisation
from app.routing import queries, services
from tests.support.council import UPRN, Council, missed_bin, person

POTHOLE = {"property": UPRN, "where": "Left lane", "surface": "road", "depth": "deep"}


def test_a_service_without_a_queue_goes_to_the_monitoring_desk(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.resident, now=clock.now(), service="pothole", answers=POTHOLE)
    assert (row.state, row.queue_name) == (State.TRIAGE, "Monitoring desk")


def test_a_rule_is_followed_counted_and_can_be_tried(session: Session, council: Council, clock: FixedClock) -> None:
    services.set_rule(
        session, council.administrator, service="pothole", queue="waste-intake", channel=Channel.WEB, now=clock.now()
    )
    row = missed_bin(session, council.resident, now=clock.now(), service="pothole", answers=POTHOLE)
    assert row.queue_name == "Waste intake"
    assert queries.where_would_it_go(session, "pothole", Channel.PHONE).queue_slug == "monitoring-desk"
    assert "this channel" in queries.where_would_it_go(session, "pothole", Channel.WEB).why
    session.expire_all()
    assert [rule.hits for rule in queries.rules(session)] == [1]


def test_a_rule_leads_to_an_active_queue_and_is_set_by_who_may(
    session: Session, council: Council, clock: FixedClock
) -> None:
    with pytest.raises(Invalid):
        services.set_rule(session, council.administrator, service="pothole", queue="nowhere", now=clock.now())
    with pytest.raises(NotAllowed):
        services.set_rule(session, council.advisor, service="pothole", queue="waste-intake", now=clock.now())


def test_the_next_one_comes_only_from_queues_that_i_read(session: Session, council: Council, clock: FixedClock) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    with pytest.raises(NotAllowed):
        services.pick_next(session, council.roads, now=clock.now())
    taken = services.pick_next(session, council.officer, now=clock.now())
    assert taken is not None
    assert (taken.reference, taken.owner_name, taken.state) == (row.reference, "Wes Teofficer", State.ASSIGNED)
    assert services.pick_next(session, council.officer, now=clock.now()) is None


def test_taking_one_by_its_reference_needs_the_same_right(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    outsider = person(session, "Out Sider", Role.OFFICER, now=clock.now())
    with pytest.raises(NotAllowed):
        services.assign_to_me(session, outsider, row.reference, version=row.version, now=clock.now())
    assert (
        services.assign_to_me(session, council.advisor, row.reference, version=row.version, now=clock.now()).owner_name
        == "Ada Visor"
    )


def test_before_the_monitoring_desk_is_open_nothing_is_taken_in(session: Session, clock: FixedClock) -> None:
    organisation.load_catalogue(session, SYSTEM, now=clock.now())
    resident = person(session, "Early Bird", Role.RESIDENT, now=clock.now())
    with pytest.raises(Unavailable, match="monitoring desk"):
        missed_bin(session, resident, now=clock.now(), service="complaint", answers={"about": "late", "what": "x"})
