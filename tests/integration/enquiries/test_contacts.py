"""Calls: one at a time, wrapped up once, and counted as resolved at first contact only if nobody comes back."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.enquiries import queries, services
from app.enquiries.enums import Channel, WrapUp
from app.enquiries.rows import ContactRow, Fcr, Raiser
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Conflict, NotAllowed
from tests.support.council import RAISER, Council, missed_bin

STRANGER = Raiser("Somebody Else", "else@example.com", "01632 960002")


def call(
    session: Session, advisor: Actor, clock: FixedClock, *, caller: Raiser = RAISER, service: str = "missed-bin",
    code: WrapUp = WrapUp.ANSWERED, resolved: bool = True,
) -> ContactRow:  # fmt: skip
    """A call of three minutes from beginning to end."""
    opened = services.open_contact(session, advisor, channel=Channel.PHONE, caller=caller, now=clock.now())
    clock.advance(timedelta(minutes=3))
    return services.wrap_up(
        session, advisor, opened.id, code=code, resolved_here=resolved, service=service, now=clock.now()
    )


def fcr(session: Session, clock: FixedClock) -> Fcr:
    return queries.first_contact_resolution(
        session, since=clock.now() - timedelta(days=60), until=clock.now() + timedelta(seconds=1)
    )


def test_a_call_is_timed_and_wrapped_up(session: Session, council: Council, clock: FixedClock) -> None:
    row = call(session, council.advisor, clock)
    assert (row.talk_seconds, row.wrap_up, row.resolved_here, row.service_name) == (
        180, WrapUp.ANSWERED, True, "Report a missed bin",
    )  # fmt: skip


def test_an_advisor_is_in_one_call_at_a_time(session: Session, council: Council, clock: FixedClock) -> None:
    services.open_contact(session, council.advisor, channel=Channel.PHONE, now=clock.now())
    with pytest.raises(Conflict, match="Wrap it up first"):
        services.open_contact(session, council.advisor, channel=Channel.PHONE, now=clock.now())
    services.open_contact(session, council.colleague, channel=Channel.PHONE, now=clock.now())
    assert council.advisor.account_id is not None
    assert queries.open_contact_of(session, council.advisor.account_id) is not None


def test_another_advisor_cannot_go_on_with_my_call_and_nobody_wraps_it_up_twice(
    session: Session, council: Council, clock: FixedClock
) -> None:
    opened = services.open_contact(session, council.advisor, channel=Channel.PHONE, now=clock.now())
    with pytest.raises(NotAllowed):
        services.wrap_up(
            session, council.colleague, opened.id, code=WrapUp.ANSWERED, resolved_here=True, now=clock.now()
        )
    services.wrap_up(session, council.advisor, opened.id, code=WrapUp.ANSWERED, resolved_here=True, now=clock.now())
    with pytest.raises(Conflict):
        services.wrap_up(session, council.advisor, opened.id, code=WrapUp.ANSWERED, resolved_here=True, now=clock.now())


def test_resolved_at_first_contact_counts_if_nobody_comes_back(
    session: Session, council: Council, clock: FixedClock
) -> None:
    call(session, council.advisor, clock)
    call(session, council.advisor, clock, resolved=False, caller=STRANGER)
    assert fcr(session, clock) == Fcr(contacts=2, resolved_here=1, repeated=0)
    assert fcr(session, clock).rate == 0.5


def test_it_does_not_count_if_the_same_person_comes_back_about_the_same_thing(
    session: Session, council: Council, clock: FixedClock
) -> None:
    call(session, council.advisor, clock)
    clock.advance(timedelta(days=13))
    call(session, council.colleague, clock, resolved=False)
    assert fcr(session, clock) == Fcr(contacts=2, resolved_here=1, repeated=1)


@pytest.mark.parametrize("what", ["another topic", "another person", "too late"])
def test_it_counts_if_the_next_contact_is_something_else(
    session: Session, council: Council, clock: FixedClock, what: str
) -> None:
    call(session, council.advisor, clock)
    clock.advance(timedelta(days=15 if what == "too late" else 3))
    caller = STRANGER if what == "another person" else RAISER
    service = "pothole" if what == "another topic" else "missed-bin"
    call(session, council.advisor, clock, caller=caller, service=service, resolved=False)
    assert fcr(session, clock).repeated == 0


def test_a_wrong_number_is_no_contact(session: Session, council: Council, clock: FixedClock) -> None:
    call(session, council.advisor, clock, code=WrapUp.WRONG_NUMBER, resolved=False)
    assert fcr(session, clock) == Fcr(0, 0, 0)
    assert fcr(session, clock).rate is None


def test_an_enquiry_raised_in_a_call_belongs_to_it(session: Session, council: Council, clock: FixedClock) -> None:
    opened = services.open_contact(session, council.advisor, channel=Channel.PHONE, now=clock.now())
    row = missed_bin(session, council.advisor, now=clock.now(), contact_id=opened.id)
    assert row.contact_id == opened.id
    assert queries.contact(session, council.advisor, opened.id).service_slug == "missed-bin"
