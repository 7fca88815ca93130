"""The lists of the desk: what belongs into each, narrowing, sorting, where it has been; and what is done from them."""

from datetime import timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app.enquiries import queries as enquiries
from app.enquiries import services as working
from app.enquiries.enums import Channel, EntryKind, State
from app.handoffs import services as handoffs
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.errors import Conflict, Invalid, NotAllowed, Stale
from app.kernel.paging import Page, PageRequest
from app.notifications.enums import Template
from app.organisation import services as organisation
from app.oversight import queries, services
from app.oversight.enums import DeskList, DeskSort, Threshold
from app.oversight.rows import DeskRow, Filters
from tests.integration.oversight.conftest import Waits
from tests.support.council import Council, missed_bin


def listed(session: Session, which: DeskList, clock: FixedClock, **how: object) -> Page[DeskRow]:
    given: dict[str, object] = {"limits": queries.limits(session), "now": clock.now(), "page": PageRequest()}
    return queries.listing(session, which, **(given | how))


def messages_to(session: Session, address: str) -> list[str]:
    query = text("SELECT template FROM message WHERE to_address = :a ORDER BY created_at, id")
    return list(session.scalars(query, {"a": address}))


def test_each_figure_is_the_length_of_its_list(
    session: Session, council: Council, clock: FixedClock, waits: Waits
) -> None:
    waits(0, 3, 15)
    missed_bin(session, council.resident, now=clock.now())
    clock.advance(timedelta(days=6))
    counts = queries.counts(session, limits=queries.limits(session), now=clock.now())
    assert counts == {which: listed(session, which, clock).total for which in DeskList}
    assert counts[DeskList.UNATTENDED] == 4
    assert counts[DeskList.STUCK] == 1
    assert counts[DeskList.CUSTODY] == 0


def test_an_offer_that_nobody_accepted_is_seen_with_whom_it_was_offered_to(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.advisor, now=clock.now())
    handoffs.offer(session, council.advisor, row.reference, unit="waste", now=clock.now())
    (waiting,) = listed(session, DeskList.UNACCEPTED, clock).items
    assert (waiting.reference, waiting.note) == (row.reference, "Waste Services")
    clock.advance(timedelta(days=5))
    handoffs.expire_due(session, now=clock.now())
    (ran_out,) = listed(session, DeskList.UNACCEPTED, clock).items
    assert (ran_out.reference, ran_out.state) == (row.reference, State.RETURNED)


def test_a_message_that_has_not_left_is_a_stuck_delivery(session: Session, council: Council, clock: FixedClock) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    assert listed(session, DeskList.DELIVERIES, clock).total == 0
    clock.advance(timedelta(minutes=20))
    (stuck,) = listed(session, DeskList.DELIVERIES, clock).items
    assert (stuck.reference, stuck.note) == (row.reference, "A message has not left us")


def test_a_bounced_message_stays_until_somebody_works_on_it(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    working.customer_not_reached(session, row.id, address="jo@example.com", now=clock.advance(timedelta(minutes=1)))
    assert [found.reference for found in listed(session, DeskList.BOUNCED, clock).items] == [row.reference]
    working.add_note(session, council.advisor, row.reference, body="Rang her", now=clock.advance(timedelta(minutes=1)))
    assert listed(session, DeskList.BOUNCED, clock).total == 0


def test_a_list_is_narrowed_by_unit_queue_service_and_channel(
    session: Session, clock: FixedClock, waits: Waits
) -> None:
    (web,) = waits(5, channel=Channel.WEB)
    (other,) = waits(5, service="pothole", queue="monitoring-desk")
    for filters, expected in [
        (Filters(channel=Channel.WEB), [web]), (Filters(service="pothole"), [other]),
        (Filters(queue="monitoring-desk"), [other]), (Filters(unit="waste"), [web]), (Filters(unit="nowhere"), []),
        (Filters(unit="waste", service="pothole"), []),
    ]:  # fmt: skip
        found = listed(session, DeskList.UNATTENDED, clock, filters=filters)
        assert [row.reference for row in found.items] == expected, filters


def test_a_list_is_sorted_as_asked_and_comes_in_pages(session: Session, clock: FixedClock, waits: Waits) -> None:
    references = waits(3, 9, 6)
    in_order = [references[1], references[2], references[0]]
    found = listed(session, DeskList.UNATTENDED, clock)
    assert [row.reference for row in found.items] == in_order
    for sort in DeskSort:
        turned = listed(session, DeskList.UNATTENDED, clock, sort=sort, descending=True)
        assert [row.reference for row in turned.items] == in_order[::-1], sort
    second = listed(session, DeskList.UNATTENDED, clock, page=PageRequest(2, 2))
    assert ([row.reference for row in second.items], second.total) == ([references[0]], 3)


def test_each_line_says_where_it_has_been(session: Session, council: Council, clock: FixedClock) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    for queue in ("monitoring-desk", "waste-intake"):
        services.reroute(
            session, council.monitor, row.reference, queue=queue, reason="Looking for its place", version=None,
            now=clock.advance(timedelta(hours=1)),
        )  # fmt: skip
    (found,) = listed(session, DeskList.OWNERLESS, clock).items
    assert found.been[-3:] == ("Waste intake", "Monitoring desk", "Waste intake")


@pytest.mark.parametrize("which", DeskList)
def test_a_list_takes_the_same_queries_however_long_it_is(
    session: Session, clock: FixedClock, waits: Waits, which: DeskList
) -> None:
    counted = []
    for more in (2, 60):
        waits(*[30 + step / 10 for step in range(more)])
        with_statements: list[str] = []
        connection = session.connection()

        def note(*args: object, seen: list[str] = with_statements) -> None:
            seen.append(str(args[2]))

        event.listen(connection, "before_cursor_execute", note)
        listed(session, which, clock, page=PageRequest(1, 100))
        event.remove(connection, "before_cursor_execute", note)
        counted.append(len(with_statements))
    assert counted[0] <= 4, "limits, the count, the rows, and where they have been"
    assert counted[1] == counted[0] or (counted[0] == counted[1] - 1 and which in {DeskList.STUCK, DeskList.UNATTENDED})


def test_the_thresholds_move_the_lists(session: Session, council: Council, clock: FixedClock, waits: Waits) -> None:
    waits(3)
    assert listed(session, DeskList.STUCK, clock).total == 0
    services.set_limits(session, council.monitor, {Threshold.STUCK_DAYS: 3}, now=clock.now())
    assert listed(session, DeskList.STUCK, clock).total == 1
    with pytest.raises(Invalid):
        services.set_limits(session, council.monitor, {Threshold.STUCK_DAYS: 0}, now=clock.now())
    with pytest.raises(NotAllowed):
        services.set_limits(session, council.leader, {Threshold.STUCK_DAYS: 5}, now=clock.now())


def test_claiming_takes_it_from_wherever_it_is(
    session: Session, council: Council, clock: FixedClock, waits: Waits
) -> None:
    (reference,) = waits(12)
    row = services.claim(session, council.monitor, reference, version=1, now=clock.now())
    assert (row.state, row.owner_name) == (State.ASSIGNED, "Moni Tor")
    with pytest.raises(Stale):
        services.claim(session, council.leader, reference, version=1, now=clock.now())


def test_what_a_service_has_not_accepted_is_taken_back_and_what_it_has_is_not(
    session: Session, council: Council, clock: FixedClock
) -> None:
    first, second = (missed_bin(session, council.advisor, now=clock.now()) for _ in range(2))
    for row in (first, second):
        offer = handoffs.offer(session, council.advisor, row.reference, unit="waste", now=clock.now())
    handoffs.accept(session, council.officer, offer.id, now=clock.now())
    clock.advance(timedelta(hours=1))
    taken = services.reroute(
        session,
        council.monitor,
        first.reference,
        queue="waste-intake",
        reason="Nobody answered",
        version=None,
        now=clock.now(),
    )
    assert taken.state is State.TRIAGE
    assert listed(session, DeskList.UNACCEPTED, clock).total == 0
    with pytest.raises(Conflict):
        services.claim(session, council.monitor, second.reference, version=None, now=clock.now())


def test_escalating_tells_the_head_of_the_unit_and_brings_the_next_action_forward(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    with pytest.raises(Conflict, match="Nobody leads"):
        services.escalate(session, council.monitor, row.reference, reason="Move it", version=None, now=clock.now())
    assert council.officer.account_id is not None
    organisation.add_member(session, SYSTEM, council.officer.account_id, "waste", can_lead=True, now=clock.now())
    clock.advance(timedelta(minutes=5))
    after = services.escalate(session, council.monitor, row.reference, reason="Move it", version=None, now=clock.now())
    assert messages_to(session, "wes.teofficer@example.com") == [Template.OVERSIGHT_ESCALATED]
    assert after.next_action_at is not None
    assert after.next_action_at - clock.now() < timedelta(days=3)
    kinds = [entry.kind for entry in enquiries.entries(session, council.monitor, row.reference)]
    assert EntryKind.ESCALATED in kinds
    with pytest.raises(NotAllowed):
        services.escalate(session, council.advisor, row.reference, reason="Move it", version=None, now=clock.now())
