"""Signing in and staying in: what opens the door, what shuts it, and that failed tries are remembered."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.accounts import queries, services
from app.accounts.enums import AccountKind, AccountStatus, Refusal
from app.accounts.models import Account, SignIn
from app.accounts.services import Refused, SignedIn
from app.audit.queries import trail
from app.kernel.actors import SYSTEM, ActorKind, Role
from app.kernel.clock import FixedClock
from app.kernel.crypto import token_hash
from app.kernel.db import Database
from app.kernel.errors import NotFound, TooMany
from tests.integration.accounts.people import (
    PASSWORD,
    RESIDENT,
    STAFF,
    a_member_of_staff,
    a_resident,
    signed_in,
    through_both,
)


def wrong(session: Session, clock: FixedClock, email: str = RESIDENT, address: str = "192.0.2.1") -> SignedIn | Refused:
    return services.sign_in(session, email, "not the password", address, None, now=clock.now())


def test_a_resident_who_signs_in_is_known_by_the_token(session: Session, clock: FixedClock) -> None:
    account = a_resident(session, clock.now())

    actor = services.resolve(session, signed_in(session, clock.now()).token, now=clock.now())

    assert actor is not None
    assert (actor.kind, actor.account_id, actor.name, actor.roles) == (
        ActorKind.RESIDENT, account.id, "Riley Stone", frozenset({Role.RESIDENT}),
    )  # fmt: skip


def test_the_address_may_be_typed_in_any_case(session: Session, clock: FixedClock) -> None:
    a_resident(session, clock.now())

    assert isinstance(services.sign_in(session, " Riley@Example.ORG ", PASSWORD, None, None, now=clock.now()), SignedIn)


def test_the_database_keeps_no_token(session: Session, clock: FixedClock) -> None:
    a_resident(session, clock.now())
    token = signed_in(session, clock.now()).token

    kept = session.scalars(select(SignIn.token_hash)).all()

    assert kept == [token_hash(token)]


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(session: Session, clock: FixedClock) -> None:
    a_resident(session, clock.now())

    assert wrong(session, clock) == wrong(session, clock, "nobody@example.org") == Refused(Refusal.WRONG)


def test_an_account_of_another_kind_is_unknown_at_this_door(session: Session, clock: FixedClock) -> None:
    a_member_of_staff(session, clock.now())

    at_the_portal = services.sign_in(session, STAFF, PASSWORD, None, None, now=clock.now(), kind=AccountKind.RESIDENT)

    assert at_the_portal == Refused(Refusal.WRONG)


def test_each_sign_in_has_a_token_of_its_own(session: Session, clock: FixedClock) -> None:
    a_resident(session, clock.now())

    assert signed_in(session, clock.now()).token != signed_in(session, clock.now()).token


def test_signing_out_ends_it_on_the_server(session: Session, clock: FixedClock) -> None:
    a_resident(session, clock.now())
    token = signed_in(session, clock.now()).token

    services.sign_out(session, token, now=clock.now())

    assert services.resolve(session, token, now=clock.now()) is None


@pytest.mark.parametrize(
    ("staff", "idle", "known"),
    [(False, 119, True), (False, 121, False), (True, 29, True), (True, 31, False)],
    ids=["resident in time", "resident too late", "staff in time", "staff too late"],
)
def test_a_browser_left_alone_is_forgotten(
    session: Session, clock: FixedClock, staff: bool, idle: int, known: bool
) -> None:
    if staff:
        _, enrolment = a_member_of_staff(session, clock.now())
        token = through_both(session, enrolment, clock.now()).token
    else:
        a_resident(session, clock.now())
        token = signed_in(session, clock.now()).token

    clock.advance(timedelta(minutes=idle))

    assert (services.resolve(session, token, now=clock.now()) is not None) is known


@pytest.mark.parametrize(("staff", "hours"), [(False, 24), (True, 12)], ids=["resident", "staff"])
def test_even_a_busy_browser_is_asked_again_in_the_end(
    session: Session, clock: FixedClock, staff: bool, hours: int
) -> None:
    if staff:
        _, enrolment = a_member_of_staff(session, clock.now())
        token = through_both(session, enrolment, clock.now()).token
    else:
        a_resident(session, clock.now())
        token = signed_in(session, clock.now()).token
    for _ in range(hours * 4 - 1):
        assert services.resolve(session, token, now=clock.advance(timedelta(minutes=15)))

    assert services.resolve(session, token, now=clock.advance(timedelta(minutes=15))) is None


def test_people_see_where_they_are_signed_in_and_end_the_others(session: Session, clock: FixedClock) -> None:
    account = a_resident(session, clock.now())
    here = signed_in(session, clock.now()).token
    there = signed_in(session, clock.advance(timedelta(minutes=1))).token
    me = services.resolve(session, here, now=clock.now())
    assert me is not None
    rows = queries.sign_ins_of(session, account.id, now=clock.now(), token=here)
    assert [row.current for row in rows] == [False, True]

    services.revoke_sign_in(session, me, rows[0].id, now=clock.now())

    assert services.resolve(session, there, now=clock.now()) is None
    assert services.resolve(session, here, now=clock.now()) is not None


def test_ending_all_the_others_keeps_this_one(session: Session, clock: FixedClock) -> None:
    account = a_resident(session, clock.now())
    here, *others = [signed_in(session, clock.now()).token for _ in range(3)]
    me = services.resolve(session, here, now=clock.now())
    assert me is not None

    assert services.revoke_all(session, me, account.id, now=clock.now(), but=here) == 2

    assert [services.resolve(session, token, now=clock.now()) for token in others] == [None, None]
    assert services.resolve(session, here, now=clock.now()) is not None


def test_anothers_sign_in_does_not_exist(session: Session, clock: FixedClock) -> None:
    victim = a_resident(session, clock.now())
    signed_in(session, clock.now())
    a_resident(session, clock.now(), "mallory@example.org", "Mallory")
    mallory = services.resolve(session, signed_in(session, clock.now(), "mallory@example.org").token, now=clock.now())
    assert mallory is not None
    (row,) = queries.sign_ins_of(session, victim.id, now=clock.now())

    with pytest.raises(NotFound):
        services.revoke_sign_in(session, mallory, row.id, now=clock.now())
    with pytest.raises(NotFound):
        services.revoke_all(session, mallory, victim.id, now=clock.now())


def test_a_suspended_account_is_out_at_once_and_stays_out(session: Session, clock: FixedClock) -> None:
    account = a_resident(session, clock.now())
    token = signed_in(session, clock.now()).token

    services.suspend(session, SYSTEM, account.id, now=clock.now())

    assert services.resolve(session, token, now=clock.now()) is None
    assert services.sign_in(session, RESIDENT, PASSWORD, None, None, now=clock.now()) == Refused(Refusal.SUSPENDED)
    assert wrong(session, clock) == Refused(Refusal.WRONG)


def test_the_state_of_the_account_counts_even_where_a_sign_in_was_left_open(
    session: Session, clock: FixedClock
) -> None:
    account = a_resident(session, clock.now())
    token = signed_in(session, clock.now()).token

    session.get_one(Account, account.id).status = AccountStatus.SUSPENDED

    assert services.resolve(session, token, now=clock.now()) is None


def test_an_old_hash_is_renewed_at_sign_in(session: Session, clock: FixedClock) -> None:
    account = session.get_one(Account, a_resident(session, clock.now()).id)
    account.password_hash = old = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)

    signed_in(session, clock.now())

    assert account.password_hash != old
    signed_in(session, clock.now())


def test_sign_ins_and_refusals_are_in_the_trail(session: Session, clock: FixedClock) -> None:
    account = a_resident(session, clock.now())
    wrong(session, clock)
    signed_in(session, clock.now())

    actions = [row.action for row in trail(session, "account", account.id).items]

    assert {"account.sign_in_refused", "account.signed_in"} <= set(actions)


def test_five_wrong_passwords_block_the_account_and_the_right_one_too(session: Session, clock: FixedClock) -> None:
    a_resident(session, clock.now())
    for _ in range(5):
        assert wrong(session, clock) == Refused(Refusal.WRONG)

    with pytest.raises(TooMany) as blocked:
        signed_in(session, clock.now())
    assert blocked.value.retry_after == 15 * 60
    clock.advance(timedelta(minutes=15))
    signed_in(session, clock.now())


def test_an_address_without_an_account_is_blocked_in_the_same_way(session: Session, clock: FixedClock) -> None:
    for _ in range(5):
        assert wrong(session, clock, "nobody@example.org") == Refused(Refusal.WRONG)

    with pytest.raises(TooMany):
        wrong(session, clock, "nobody@example.org")


def test_a_block_doubles_each_time_up_to_an_hour(session: Session, clock: FixedClock) -> None:
    waits = []
    for _ in range(4):
        for _ in range(5):
            wrong(session, clock)
        with pytest.raises(TooMany) as blocked:
            wrong(session, clock)
        waits.append(blocked.value.retry_after // 60)
        clock.advance(timedelta(seconds=blocked.value.retry_after))

    assert waits == [15, 30, 60, 60]


def test_the_right_password_forgives_the_wrong_ones(session: Session, clock: FixedClock) -> None:
    a_resident(session, clock.now())
    for _ in range(3):
        for _ in range(4):
            wrong(session, clock)
        signed_in(session, clock.now())


def test_trying_many_accounts_from_one_place_blocks_the_place_and_nobody_else(
    session: Session, clock: FixedClock
) -> None:
    a_resident(session, clock.now())
    for number in range(50):
        wrong(session, clock, f"guess{number}@example.org", "198.51.100.9")

    with pytest.raises(TooMany):
        services.sign_in(session, RESIDENT, PASSWORD, "198.51.100.9", None, now=clock.now())
    signed_in(session, clock.now())


def test_wrong_tries_are_kept_by_the_callers_transaction(db: Database, clock: FixedClock) -> None:
    """The door's own pattern: an outcome, then a commit. Another process sees the count."""
    for _ in range(5):
        with db.transaction() as session:
            assert wrong(session, clock) == Refused(Refusal.WRONG)

    for _ in range(2):
        with pytest.raises(TooMany), db.transaction() as session:
            wrong(session, clock)


def test_the_throttles_do_not_say_who_tried(session: Session, clock: FixedClock) -> None:
    wrong(session, clock, "riley@example.org", "198.51.100.9")

    kept = " ".join(str(row) for row in session.execute(text("SELECT * FROM throttle")))

    assert "riley" not in kept
    assert "198.51" not in kept
