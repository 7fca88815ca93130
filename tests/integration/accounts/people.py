"""Accounts for the tests of this room, made the way that people make them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.accounts import events, services
from app.accounts.queries import AccountRow
from app.accounts.services import SignedIn, TotpEnrolment
from app.kernel.actors import SYSTEM, Role
from app.kernel.clock import FixedClock
from app.kernel.events import Bus, Event

PASSWORD = "three blue otters"
RESIDENT = "riley@example.org"
STAFF = "sam@hallowmere.example"
NO_CODE = "000000"
HALF_A_MINUTE = timedelta(seconds=30)


@dataclass
class Post:
    """What the accounts room told the house: the tokens that go out by e-mail."""

    told: list[Event] = field(default_factory=list)

    def listen(self, session: Session) -> "Post":
        bus: Bus = session.info["firstpoint.bus"]
        for kind in (
            events.ConfirmationAsked,
            events.RegistrationRepeated,
            events.PasswordResetAsked,
            events.StaffInvited,
            events.PasswordChanged,
        ):
            bus.on(kind, lambda _session, event: self.told.append(event))
        return self

    def token(self) -> str:
        """The token of the newest message."""
        last = self.told[-1]
        assert isinstance(last, events.ConfirmationAsked | events.PasswordResetAsked | events.StaffInvited)
        return last.token

    def names(self) -> list[str]:
        return [event.name for event in self.told]


def a_resident(session: Session, now: datetime, email: str = RESIDENT, name: str = "Riley Stone") -> AccountRow:
    """A resident who has confirmed the address."""
    post = Post().listen(session)
    services.register_resident(session, email, name, PASSWORD, "en", now=now)
    return services.confirm_email(session, post.token(), now=now)


def a_member_of_staff(
    session: Session, now: datetime, *roles: Role, email: str = STAFF
) -> tuple[AccountRow, TotpEnrolment]:
    return services.create_staff(session, SYSTEM, email, "Sam Porter", roles or (Role.ADVISOR,), PASSWORD, now=now)


def signed_in(session: Session, now: datetime, email: str = RESIDENT) -> SignedIn:
    outcome = services.sign_in(session, email, PASSWORD, "192.0.2.1", "A browser", now=now)
    assert isinstance(outcome, SignedIn)
    return outcome


def codes_differ(secret: str, clock: FixedClock) -> None:
    """Go on until each half minute around has a code of its own, and none NO_CODE: of a million codes two are the same by chance."""

    def around() -> list[str]:
        return [services.code_at(secret, clock.now() + steps * HALF_A_MINUTE) for steps in range(-4, 5)]

    while len({NO_CODE, *around()}) < 10:
        clock.advance(9 * HALF_A_MINUTE)


def through_both(session: Session, enrolment: TotpEnrolment, now: datetime, email: str = STAFF) -> SignedIn:
    """A member of staff who has given the password and the code of this half minute."""
    half = signed_in(session, now, email)
    whole = services.second_factor(session, half.token, services.code_at(enrolment.secret, now), now=now)
    assert isinstance(whole, SignedIn)
    return whole
