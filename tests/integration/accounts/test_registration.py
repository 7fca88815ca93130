"""Registering: the address is confirmed by its owner, and strangers learn nothing about who has an account."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.accounts import queries, services
from app.accounts.enums import Refusal, TokenPurpose
from app.accounts.services import Refused, SignedIn
from app.kernel.actors import Role
from app.kernel.clock import FixedClock
from app.kernel.errors import Invalid, NotFound, TooMany
from tests.integration.accounts.people import PASSWORD, RESIDENT, Post, a_member_of_staff, a_resident, signed_in


def register(session: Session, clock: FixedClock, email: str = RESIDENT, **given: str) -> queries.AccountRow:
    details = {"name": "Riley Stone", "password": PASSWORD} | given
    return services.register_resident(session, email, details["name"], details["password"], "fr", now=clock.now())


def test_a_new_account_waits_for_its_confirmation(session: Session, clock: FixedClock) -> None:
    post = Post().listen(session)

    account = register(session, clock)

    assert account.email_confirmed_at is None
    assert account.roles == {Role.RESIDENT}
    assert post.names() == ["account.confirmation_asked"]
    assert services.sign_in(session, RESIDENT, PASSWORD, None, None, now=clock.now()) == Refused(Refusal.UNCONFIRMED)


def test_confirming_opens_the_account(session: Session, clock: FixedClock) -> None:
    post = Post().listen(session)
    register(session, clock)

    services.confirm_email(session, post.token(), now=clock.now())

    assert signed_in(session, clock.now()).needs_second_factor is False


def test_a_confirmation_works_once(session: Session, clock: FixedClock) -> None:
    post = Post().listen(session)
    register(session, clock)
    services.confirm_email(session, post.token(), now=clock.now())

    with pytest.raises(NotFound, match="used already"):
        services.confirm_email(session, post.token(), now=clock.now())


def test_a_confirmation_expires(session: Session, clock: FixedClock) -> None:
    post = Post().listen(session)
    register(session, clock)
    clock.advance(timedelta(hours=49))

    assert not queries.link_works(session, post.token(), TokenPurpose.CONFIRM_EMAIL, now=clock.now())
    with pytest.raises(NotFound):
        services.confirm_email(session, post.token(), now=clock.now())


def test_looking_at_a_link_does_not_use_it_up(session: Session, clock: FixedClock) -> None:
    post = Post().listen(session)
    register(session, clock)

    for _ in range(3):
        assert queries.link_works(session, post.token(), TokenPurpose.CONFIRM_EMAIL, now=clock.now())
    services.confirm_email(session, post.token(), now=clock.now())


def test_registering_a_known_address_changes_nothing_and_tells_its_owner(session: Session, clock: FixedClock) -> None:
    a_resident(session, clock.now())
    post = Post().listen(session)

    answer = register(session, clock, email=RESIDENT.upper(), name="Mallory", password="another good password")

    assert answer.name == "Riley Stone"
    assert post.names() == ["account.registration_repeated"]
    assert isinstance(services.sign_in(session, RESIDENT, PASSWORD, None, None, now=clock.now()), SignedIn)


def test_an_address_of_staff_is_answered_like_any_other(session: Session, clock: FixedClock) -> None:
    staff, _ = a_member_of_staff(session, clock.now())
    post = Post().listen(session)

    register(session, clock, email=staff.email or "")

    assert post.names() == ["account.registration_repeated"]


def test_nobody_can_keep_an_address_by_registering_it_first(session: Session, clock: FixedClock) -> None:
    post = Post().listen(session)
    register(session, clock, name="Mallory", password="a password of Mallory")
    first_link = post.token()
    register(session, clock)

    with pytest.raises(NotFound):
        services.confirm_email(session, first_link, now=clock.now())
    services.confirm_email(session, post.token(), now=clock.now())
    assert services.sign_in(session, RESIDENT, "a password of Mallory", None, None, now=clock.now()) == Refused(
        Refusal.WRONG
    )
    assert isinstance(services.sign_in(session, RESIDENT, PASSWORD, None, None, now=clock.now()), SignedIn)


def test_everything_wrong_is_said_at_once(session: Session, clock: FixedClock) -> None:
    with pytest.raises(Invalid) as refused:
        services.register_resident(session, "not an address", " ", "short", "en", now=clock.now())

    assert refused.value.errors.keys() == {"email", "name", "password"}


@pytest.mark.parametrize(
    "name", ["Win at https://evil.example", "www.evil.example", "<b>Riley</b>", "x" * 101, "Riley\x00"]
)
def test_a_name_that_could_carry_a_strangers_message_is_refused(session: Session, clock: FixedClock, name: str) -> None:
    with pytest.raises(Invalid):
        register(session, clock, name=name)


def test_a_mailbox_cannot_be_flooded_by_registering_again_and_again(session: Session, clock: FixedClock) -> None:
    post = Post().listen(session)

    for _ in range(8):
        register(session, clock)

    assert len(post.told) == 3


def test_one_network_address_cannot_register_for_ever(session: Session, clock: FixedClock) -> None:
    for number in range(10):
        services.register_resident(
            session, f"r{number}@example.org", "Riley", PASSWORD, "en", now=clock.now(), address="192.0.2.1"
        )

    with pytest.raises(TooMany):
        services.register_resident(
            session, "r11@example.org", "Riley", PASSWORD, "en", now=clock.now(), address="192.0.2.1"
        )


def test_a_link_always_confirms_the_password_it_was_sent_for(session: Session, clock: FixedClock) -> None:
    """Once the mailbox has had its fill, registering again changes nothing: the last link stays with its password."""
    post = Post().listen(session)
    for _ in range(3):
        register(session, clock)
    register(session, clock, name="Mallory", password="a password of Mallory")

    account = services.confirm_email(session, post.token(), now=clock.now())

    assert account.name == "Riley Stone"
    signed_in(session, clock.now())


def test_trying_to_sign_in_before_confirming_sends_the_link_again_and_both_work(
    session: Session, clock: FixedClock
) -> None:
    post = Post().listen(session)
    register(session, clock)
    first = post.token()
    services.sign_in(session, RESIDENT, PASSWORD, None, None, now=clock.now())

    assert post.token() != first
    services.confirm_email(session, first, now=clock.now())
