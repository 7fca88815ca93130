"""Who may move an enquiry: whoever has it; what nobody has, who reads its queue, also only while they sit with the team."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.enquiries import queries, services
from app.enquiries.enums import State
from app.enquiries.rows import EnquiryRow
from app.kernel.actors import SYSTEM, Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import NotAllowed
from app.organisation import services as organisation
from app.organisation.enums import Authority
from app.routing import services as routing
from tests.support.council import Council, missed_bin

HOURS = timedelta(hours=1)


@pytest.fixture
def row(session: Session, council: Council, clock: FixedClock) -> EnquiryRow:
    """It waits in the intake of Waste Services, and nobody has it."""
    return missed_bin(session, council.resident, now=clock.now())


@pytest.fixture
def sitting(session: Session, council: Council, clock: FixedClock) -> Actor:
    """An officer of Highways sits with a team of Waste Services for two hours from now."""
    now = clock.now()
    assert council.roads.account_id is not None
    organisation.create_team(session, SYSTEM, unit="waste", slug="street", name="Street", now=now)
    organisation.sit_with_team(
        session, SYSTEM, council.roads.account_id, unit="waste", team="street", starts_at=now, ends_at=now + 2 * HOURS,
        now=now,
    )  # fmt: skip
    return council.roads


def test_who_reads_the_queue_by_no_way_is_refused(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    with pytest.raises(NotAllowed):
        services.start(session, council.roads, row.reference, version=None, now=clock.now())


def test_a_visiting_specialist_takes_from_the_queue_of_the_team(
    session: Session, clock: FixedClock, row: EnquiryRow, sitting: Actor
) -> None:
    services.start(session, sitting, row.reference, version=None, now=clock.now() + HOURS)
    taken = queries.enquiry(session, SYSTEM, row.reference)
    assert (taken.owner_id, taken.state) == (sitting.account_id, State.IN_PROGRESS)


def test_picking_the_next_one_and_taking_one_by_hand_agree_about_visitors(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow, sitting: Actor
) -> None:
    other = missed_bin(session, council.neighbour, now=clock.now())
    during = clock.now() + HOURS
    picked = routing.pick_next(session, sitting, now=during)
    assert picked is not None
    left = other if picked.reference == row.reference else row
    assert (
        routing.assign_to_me(session, sitting, left.reference, version=None, now=during).owner_id == sitting.account_id
    )


def test_when_the_session_is_over_the_queue_is_closed_to_them_again(
    session: Session, clock: FixedClock, row: EnquiryRow, sitting: Actor
) -> None:
    for moment in (clock.now() - HOURS, clock.now() + 2 * HOURS):
        with pytest.raises(NotAllowed):
            services.start(session, sitting, row.reference, version=None, now=moment)


def change(session: Session, actor: Actor, row: EnquiryRow, clock: FixedClock) -> EnquiryRow:
    return services.change_promise(
        session, actor, row.reference, promised_at=clock.now() + timedelta(days=9), reason="Snow", version=None, now=clock.now()
    )  # fmt: skip


@pytest.fixture
def taken(session: Session, council: Council, clock: FixedClock, row: EnquiryRow) -> EnquiryRow:
    return services.start(session, council.advisor, row.reference, version=None, now=clock.now())


def test_the_date_of_what_somebody_else_has_is_not_changed_in_passing(
    session: Session, council: Council, clock: FixedClock, taken: EnquiryRow
) -> None:
    with pytest.raises(NotAllowed):
        change(session, council.colleague, taken, clock)
    assert queries.enquiry(session, SYSTEM, taken.reference).promised_at == taken.promised_at


def test_whoever_has_it_a_team_leader_and_who_was_given_the_authority_change_the_date(
    session: Session, council: Council, clock: FixedClock, taken: EnquiryRow
) -> None:
    assert council.colleague.account_id is not None
    organisation.set_authorities(
        session, SYSTEM, council.colleague.account_id, {Authority.CHANGE_PROMISE: None}, now=clock.now()
    )
    for number, actor in enumerate((council.advisor, council.leader, council.colleague), 9):
        promised = clock.now() + timedelta(days=number)
        changed = services.change_promise(
            session, actor, taken.reference, promised_at=promised, reason="Snow", version=None, now=clock.now()
        )
        assert changed.promised_at == promised


def test_the_authority_is_nothing_without_work_on_enquiries(
    session: Session, council: Council, clock: FixedClock, taken: EnquiryRow
) -> None:
    reader = Actor(council.resident.kind, council.resident.account_id, council.resident.name, council.resident.roles)
    with pytest.raises(NotAllowed):
        change(session, reader, taken, clock)
