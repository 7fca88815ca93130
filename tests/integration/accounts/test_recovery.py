"""Ways back in: reset links, and changing a password that is known."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.accounts import services
from app.accounts.enums import AccountKind, Refusal
from app.accounts.services import Refused
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Invalid, NotFound, TooMany
from tests.integration.accounts.people import PASSWORD, RESIDENT, STAFF, Post, a_member_of_staff, a_resident, signed_in

NEW = "seven green herons"


def test_a_reset_sets_the_password_and_signs_every_browser_out(session: Session, clock: FixedClock) -> None:
    a_resident(session, clock.now())
    token = signed_in(session, clock.now()).token
    post = Post().listen(session)
    services.request_reset(session, RESIDENT, now=clock.now())

    services.reset_password(session, post.token(), NEW, now=clock.now())

    assert services.resolve(session, token, now=clock.now()) is None
    assert services.sign_in(session, RESIDENT, PASSWORD, None, None, now=clock.now()) == Refused(Refusal.WRONG)
    assert services.sign_in(session, RESIDENT, NEW, None, None, now=clock.now())
    assert post.names()[-1] == "account.password_changed"


def test_a_reset_link_works_once(session: Session, clock: FixedClock) -> None:
    a_resident(session, clock.now())
    post = Post().listen(session)
    services.request_reset(session, RESIDENT, now=clock.now())
    link = post.token()
    services.reset_password(session, link, NEW, now=clock.now())

    with pytest.raises(NotFound):
        services.reset_password(session, link, "nine yellow wrens", now=clock.now())


def test_a_reset_link_expires(session: Session, clock: FixedClock) -> None:
    a_resident(session, clock.now())
    post = Post().listen(session)
    services.request_reset(session, RESIDENT, now=clock.now())

    with pytest.raises(NotFound):
        services.reset_password(session, post.token(), NEW, now=clock.advance(timedelta(hours=2)))


def test_only_the_newest_reset_link_works(session: Session, clock: FixedClock) -> None:
    a_resident(session, clock.now())
    post = Post().listen(session)
    services.request_reset(session, RESIDENT, now=clock.now())
    older = post.token()
    services.request_reset(session, RESIDENT, now=clock.now())

    with pytest.raises(NotFound):
        services.reset_password(session, older, NEW, now=clock.now())
    services.reset_password(session, post.token(), NEW, now=clock.now())


def test_a_confirmation_link_does_not_reset(session: Session, clock: FixedClock) -> None:
    post = Post().listen(session)
    services.register_resident(session, RESIDENT, "Riley Stone", PASSWORD, "en", now=clock.now())

    with pytest.raises(NotFound):
        services.reset_password(session, post.token(), NEW, now=clock.now())


def test_a_weak_new_password_leaves_the_link_usable(db: Database, clock: FixedClock) -> None:
    post = Post()
    with db.transaction() as session:
        a_resident(session, clock.now())
        post.listen(session)
        services.request_reset(session, RESIDENT, now=clock.now())
    link = post.token()

    with pytest.raises(Invalid), db.transaction() as session:
        services.reset_password(session, link, "short", now=clock.now())

    with db.transaction() as session:
        services.reset_password(session, link, NEW, now=clock.now())


def test_an_unknown_address_gets_the_same_answer_and_no_message(session: Session, clock: FixedClock) -> None:
    account = a_resident(session, clock.now(), "gone@example.org")
    services.suspend(session, SYSTEM, account.id, now=clock.now())
    post = Post().listen(session)

    for email in ("nobody@example.org", "gone@example.org", "not an address", ""):
        services.request_reset(session, email, now=clock.now())

    assert post.told == []


def test_the_portal_resets_no_staff_account(session: Session, clock: FixedClock) -> None:
    a_member_of_staff(session, clock.now())
    post = Post().listen(session)

    services.request_reset(session, STAFF, now=clock.now(), kind=AccountKind.RESIDENT)
    assert post.told == []
    services.request_reset(session, STAFF, now=clock.now(), kind=AccountKind.STAFF)
    assert post.names() == ["account.password_reset_asked"]


def test_a_reset_does_not_replace_the_second_factor(session: Session, clock: FixedClock) -> None:
    a_member_of_staff(session, clock.now())
    post = Post().listen(session)
    services.request_reset(session, STAFF, now=clock.now())
    services.reset_password(session, post.token(), NEW, now=clock.now())

    half = services.sign_in(session, STAFF, NEW, None, None, now=clock.now())

    assert isinstance(half, services.SignedIn)
    assert half.needs_second_factor
    waiting = services.pending(session, half.token, now=clock.now())
    assert waiting is not None
    assert waiting.enrolled


def test_a_reset_lifts_the_block_of_wrong_tries(session: Session, clock: FixedClock) -> None:
    a_resident(session, clock.now())
    for _ in range(5):
        services.sign_in(session, RESIDENT, "forgotten again", None, None, now=clock.now())
    post = Post().listen(session)
    services.request_reset(session, RESIDENT, now=clock.now())

    services.reset_password(session, post.token(), NEW, now=clock.now())

    assert isinstance(services.sign_in(session, RESIDENT, NEW, None, None, now=clock.now()), services.SignedIn)


def test_a_mailbox_cannot_be_flooded_with_resets(session: Session, clock: FixedClock) -> None:
    a_resident(session, clock.now())
    post = Post().listen(session)
    clock.advance(timedelta(hours=2))

    for _ in range(8):
        services.request_reset(session, RESIDENT, now=clock.now())

    assert len(post.told) == 3


def test_changing_the_password_needs_the_old_one_and_ends_the_other_browsers(
    session: Session, clock: FixedClock
) -> None:
    a_resident(session, clock.now())
    here, there = signed_in(session, clock.now()).token, signed_in(session, clock.now()).token
    me = services.resolve(session, here, now=clock.now())
    assert me is not None

    assert services.change_password(session, me, "not the old one", NEW, now=clock.now(), keep=here) is False
    assert services.change_password(session, me, PASSWORD, NEW, now=clock.now(), keep=here) is True

    assert services.resolve(session, here, now=clock.now()) is not None
    assert services.resolve(session, there, now=clock.now()) is None


def test_the_old_password_cannot_be_guessed_by_whoever_finds_the_browser_open(
    session: Session, clock: FixedClock
) -> None:
    a_resident(session, clock.now())
    me = services.resolve(session, signed_in(session, clock.now()).token, now=clock.now())
    assert me is not None
    for _ in range(5):
        services.change_password(session, me, "a guess", NEW, now=clock.now())

    with pytest.raises(TooMany):
        services.change_password(session, me, PASSWORD, NEW, now=clock.now())


def test_details_are_cleaned_and_kept(session: Session, clock: FixedClock) -> None:
    a_resident(session, clock.now())
    me = services.resolve(session, signed_in(session, clock.now()).token, now=clock.now())
    assert me is not None

    account = services.change_details(
        session, me, name="  Riley   Stone-Hart ", phone="07700 900 982", locale="es", now=clock.now()
    )

    assert (account.name, account.phone, account.locale) == ("Riley Stone-Hart", "+447700900982", "es")
    with pytest.raises(Invalid) as refused:
        services.change_details(session, me, name="", phone="12", locale="en", now=clock.now())
    assert refused.value.errors.keys() == {"name", "phone"}
