"""Links, joining, taking apart and splitting: no reference is ever lost, and the customers of both hear."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.enquiries import queries, services
from app.enquiries.enums import CustomerStatus, Disposition, EntryKind, LinkKind, State
from app.enquiries.rows import EnquiryRow, Raiser
from app.kernel.clock import FixedClock
from app.kernel.errors import Conflict, Invalid, NotFound
from app.notifications import queries as notifications
from tests.support.council import MISSED_BIN, Council, missed_bin

NEIGHBOUR = Raiser("Ned Neighbour", "ned@example.com")


@pytest.fixture
def first(session: Session, council: Council, clock: FixedClock) -> EnquiryRow:
    return missed_bin(session, council.resident, now=clock.now())


@pytest.fixture
def second(session: Session, council: Council, clock: FixedClock) -> EnquiryRow:
    clock.advance(timedelta(hours=1))
    return missed_bin(session, council.neighbour, raiser=NEIGHBOUR, now=clock.now())


def join(session: Session, council: Council, clock: FixedClock, one: EnquiryRow, to: EnquiryRow) -> EnquiryRow:
    return services.mark_duplicate(
        session, council.leader, one.reference, of=to.reference, reason="The same street", version=None, now=clock.now()
    )


def told(session: Session, row: EnquiryRow) -> list[str]:
    return [message.template.value for message in notifications.messages_about(session, "enquiry", row.id)]


def test_a_link_is_read_from_both_ends(
    session: Session, council: Council, clock: FixedClock, first: EnquiryRow, second: EnquiryRow
) -> None:
    for _ in range(2):
        services.link(
            session, council.advisor, second.reference, to=first.reference, kind=LinkKind.CAUSED_BY, now=clock.now()
        )
    (there,), (back,) = (queries.links(session, council.advisor, row.reference) for row in (second, first))
    assert (there.reference, there.text) == (first.reference, "Was caused by")
    assert (back.reference, back.text) == (second.reference, "Was the cause of")
    services.unlink(session, council.advisor, first.reference, back.id, now=clock.now())
    assert queries.links(session, council.advisor, second.reference) == ()
    kinds = [entry.kind for entry in queries.entries(session, council.advisor, second.reference)]
    assert {EntryKind.LINKED, EntryKind.UNLINKED} <= set(kinds), "that they were linked stays on the timeline"


@pytest.mark.parametrize("to", ["itself", "FP-0000-0000", "nonsense"])
def test_a_link_needs_another_enquiry(
    session: Session, council: Council, clock: FixedClock, first: EnquiryRow, to: str
) -> None:
    other = first.reference if to == "itself" else to
    with pytest.raises(Invalid) as refused:
        services.link(session, council.advisor, first.reference, to=other, kind=LinkKind.RELATED, now=clock.now())
    assert refused.value.errors.keys() == {"to"}


def test_the_customers_of_both_hear_of_the_joining_and_of_the_end(
    session: Session, council: Council, clock: FixedClock, first: EnquiryRow, second: EnquiryRow
) -> None:
    joined = join(session, council, clock, second, first)
    assert (joined.state, joined.duplicate_of) == (State.DUPLICATE, first.reference)
    assert told(session, second)[-1] == "enquiry_finished"
    assert told(session, first)[-1] == "enquiry_joined"
    before = len(told(session, second))
    services.resolve(
        session,
        council.leader,
        first.reference,
        disposition=Disposition.DONE,
        text="Emptied",
        version=None,
        now=clock.now(),
    )
    assert told(session, second)[before:] == ["enquiry_finished"]


def test_the_joined_reference_shows_how_the_survivor_stands_and_nothing_of_its_raiser(
    session: Session, council: Council, clock: FixedClock, first: EnquiryRow, second: EnquiryRow
) -> None:
    join(session, council, clock, second, first)
    shown = queries.my_enquiry(session, council.neighbour, second.reference)
    assert (shown.reference, shown.joined, shown.status) == (second.reference, True, CustomerStatus.RECEIVED)
    assert "Josephine" not in str(shown)
    assert first.reference not in str(
        [entry.params for entry in shown.entries if entry.kind is not EntryKind.DUPLICATE]
    )
    assert queries.opens_survivor(session, council.neighbour, second.reference) is None, "the other one is not theirs"
    assert queries.opens_survivor(session, council.advisor, second.reference) == first.reference


def test_ones_own_joined_reference_opens_the_survivor(
    session: Session, council: Council, clock: FixedClock, first: EnquiryRow
) -> None:
    again = missed_bin(session, council.resident, now=clock.now())
    join(session, council, clock, again, first)
    assert queries.opens_survivor(session, council.resident, again.reference) == first.reference
    assert queries.opens_survivor(session, council.resident, again.reference, email="JO@example.com") == first.reference
    with pytest.raises(NotFound):
        queries.opens_survivor(session, council.neighbour, again.reference)


def test_what_was_joined_to_one_that_is_joined_itself_goes_along(
    session: Session, council: Council, clock: FixedClock, first: EnquiryRow, second: EnquiryRow
) -> None:
    third = missed_bin(session, council.resident, now=clock.now())
    join(session, council, clock, second, first)
    join(session, council, clock, first, third)
    session.expire_all()
    assert queries.enquiry(session, council.advisor, second.reference).duplicate_of == third.reference
    assert {row.reference for row in queries.joined_to(session, council.advisor, third.reference)} == {
        first.reference, second.reference,
    }  # fmt: skip


def test_a_reply_to_a_joined_reference_reaches_whoever_has_the_survivor(
    session: Session, council: Council, clock: FixedClock, first: EnquiryRow, second: EnquiryRow
) -> None:
    join(session, council, clock, second, first)
    services.customer_replied(session, council.neighbour, second.reference, body="Still there", now=clock.now())
    assert queries.enquiry(session, council.advisor, second.reference).state is State.DUPLICATE
    line = queries.entries(session, council.advisor, first.reference)[0]
    assert (line.kind, line.public) == (EntryKind.MESSAGE_IN, False)
    assert "Still there" in line.body


def test_taking_apart_opens_it_again_with_its_promise_and_tells_the_customer(
    session: Session, council: Council, clock: FixedClock, first: EnquiryRow, second: EnquiryRow
) -> None:
    join(session, council, clock, second, first)
    back = services.undo_merge(
        session, council.leader, second.reference, reason="Another street", version=None, now=clock.now()
    )
    assert (back.state, back.duplicate_of, back.promised_at) == (State.TRIAGE, None, second.promised_at)
    assert told(session, second)[-1] == "enquiry_reassigned"
    assert queries.joined_to(session, council.advisor, first.reference) == ()
    with pytest.raises(Conflict):
        services.undo_merge(session, council.leader, second.reference, reason="x", version=None, now=clock.now())


def test_two_that_are_joined_crosswise_do_not_vanish_into_each_other(
    session: Session, council: Council, clock: FixedClock, first: EnquiryRow, second: EnquiryRow
) -> None:
    join(session, council, clock, second, first)
    with pytest.raises(Invalid):
        join(session, council, clock, first, second)


def test_splitting_makes_a_second_enquiry_that_is_owned_promised_and_known_to_the_first(
    session: Session, council: Council, clock: FixedClock, first: EnquiryRow
) -> None:
    clock.advance(timedelta(days=1))
    new = services.split(
        session, council.leader, first.reference, service="missed-bin", answers=MISSED_BIN, reason="Also the garden bin",
        version=first.version, now=clock.now(),
    )  # fmt: skip
    assert new.state is State.TRIAGE
    assert new.queue_name == "Waste intake", "routed like any other"
    assert (new.raiser, new.account_id, new.received_at) == (first.raiser, first.account_id, clock.now())
    assert new.promised_at > first.promised_at
    assert queries.enquiry(session, council.advisor, first.reference).state is first.state
    (link,) = queries.links(session, council.advisor, new.reference)
    assert (link.text, link.reference) == ("Was split from", first.reference)
    with pytest.raises(Conflict):
        services.unlink(session, council.advisor, new.reference, link.id, now=clock.now())
    assert told(session, new) == ["enquiry_received"]
    public = [entry.kind for entry in queries.entries(session, council.resident, first.reference)]
    assert EntryKind.SPLIT_OFF in public


def test_a_split_needs_the_answers_of_the_other_service(
    session: Session, council: Council, clock: FixedClock, first: EnquiryRow
) -> None:
    with pytest.raises(Invalid) as refused:
        services.split(
            session,
            council.leader,
            first.reference,
            service="missed-bin",
            answers={},
            reason="x",
            version=None,
            now=clock.now(),
        )
    assert "property" in refused.value.errors
