"""The second factor: a code works once, a new token comes with it, and ten recovery codes stand by."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import queries, services
from app.accounts.enums import Refusal
from app.accounts.models import Account, RecoveryCode
from app.accounts.services import Enrolled, Refused, SignedIn
from app.kernel.actors import SYSTEM, ActorKind, Role
from app.kernel.clock import FixedClock
from app.kernel.errors import Conflict, NotAllowed, SignInNeeded, TooMany
from tests.integration.accounts.people import (
    HALF_A_MINUTE,
    NO_CODE,
    PASSWORD,
    STAFF,
    Post,
    a_member_of_staff,
    a_resident,
    codes_differ,
    signed_in,
    through_both,
)


def test_the_password_alone_opens_nothing_for_staff(session: Session, clock: FixedClock) -> None:
    a_member_of_staff(session, clock.now())

    half = signed_in(session, clock.now(), STAFF)

    assert half.needs_second_factor
    assert services.resolve(session, half.token, now=clock.now()) is None


def test_both_factors_let_staff_in_under_a_new_token(session: Session, clock: FixedClock) -> None:
    account, enrolment = a_member_of_staff(session, clock.now())
    half = signed_in(session, clock.now(), STAFF)

    whole = services.second_factor(
        session, half.token, services.code_at(enrolment.secret, clock.now()), now=clock.now()
    )

    assert isinstance(whole, SignedIn)
    assert whole.token != half.token
    actor = services.resolve(session, whole.token, now=clock.now())
    assert actor is not None
    assert (actor.kind, actor.account_id) == (ActorKind.STAFF, account.id)
    assert services.resolve(session, half.token, now=clock.now()) is None


def test_a_code_works_once(session: Session, clock: FixedClock) -> None:
    _, enrolment = a_member_of_staff(session, clock.now())
    codes_differ(enrolment.secret, clock)
    through_both(session, enrolment, clock.now())
    again = signed_in(session, clock.now(), STAFF)

    replayed = services.second_factor(
        session, again.token, services.code_at(enrolment.secret, clock.now()), now=clock.now()
    )

    assert replayed == Refused(Refusal.WRONG)


def test_an_older_code_is_refused_once_a_newer_one_was_used(session: Session, clock: FixedClock) -> None:
    _, enrolment = a_member_of_staff(session, clock.now())
    codes_differ(enrolment.secret, clock)
    older = services.code_at(enrolment.secret, clock.now())
    through_both(session, enrolment, clock.advance(HALF_A_MINUTE))
    again = signed_in(session, clock.now(), STAFF)

    assert services.second_factor(session, again.token, older, now=clock.now()) == Refused(Refusal.WRONG)


@pytest.mark.parametrize(("late", "works"), [(-1, True), (0, True), (1, True), (-2, False), (2, False)])
def test_a_phone_may_be_half_a_minute_off(session: Session, clock: FixedClock, late: int, works: bool) -> None:
    _, enrolment = a_member_of_staff(session, clock.now())
    codes_differ(enrolment.secret, clock)
    half = signed_in(session, clock.now(), STAFF)
    code = services.code_at(enrolment.secret, clock.now() + late * HALF_A_MINUTE)

    assert isinstance(services.second_factor(session, half.token, code, now=clock.now()), SignedIn) is works


@pytest.mark.parametrize("code", ["", NO_CODE, "12345", "not a code", "１２３４５６"])
def test_a_wrong_code_is_refused(session: Session, clock: FixedClock, code: str) -> None:
    _, enrolment = a_member_of_staff(session, clock.now())
    codes_differ(enrolment.secret, clock)
    half = signed_in(session, clock.now(), STAFF)

    assert services.second_factor(session, half.token, code, now=clock.now()) == Refused(Refusal.WRONG)


def test_guessing_codes_is_stopped_even_across_sign_ins(session: Session, clock: FixedClock) -> None:
    _, enrolment = a_member_of_staff(session, clock.now())
    codes_differ(enrolment.secret, clock)
    for _ in range(5):
        half = signed_in(session, clock.now(), STAFF)
        assert services.second_factor(session, half.token, NO_CODE, now=clock.now()) == Refused(Refusal.WRONG)

    half = signed_in(session, clock.now(), STAFF)
    with pytest.raises(TooMany):
        services.second_factor(session, half.token, services.code_at(enrolment.secret, clock.now()), now=clock.now())


def test_the_second_half_must_follow_within_ten_minutes(session: Session, clock: FixedClock) -> None:
    _, enrolment = a_member_of_staff(session, clock.now())
    half = signed_in(session, clock.now(), STAFF)
    clock.advance(timedelta(minutes=10))

    with pytest.raises(SignInNeeded):
        services.second_factor(session, half.token, services.code_at(enrolment.secret, clock.now()), now=clock.now())


def test_a_residents_token_is_no_half_of_anything(session: Session, clock: FixedClock) -> None:
    a_resident(session, clock.now())
    token = signed_in(session, clock.now()).token

    assert services.pending(session, token, now=clock.now()) is None
    with pytest.raises(SignInNeeded):
        services.second_factor(session, token, "000000", now=clock.now())


def test_a_recovery_code_stands_in_once(session: Session, clock: FixedClock) -> None:
    account, enrolment = a_member_of_staff(session, clock.now())
    code = enrolment.recovery_codes[0].upper().replace("-", " ")
    half = signed_in(session, clock.now(), STAFF)
    assert isinstance(services.second_factor(session, half.token, code, now=clock.now()), SignedIn)

    half = signed_in(session, clock.now(), STAFF)

    assert services.second_factor(session, half.token, code, now=clock.now()) == Refused(Refusal.WRONG)
    assert queries.recovery_codes_left(session, account.id) == 9


def test_secrets_are_kept_sealed_or_hashed(session: Session, clock: FixedClock) -> None:
    account, enrolment = a_member_of_staff(session, clock.now())

    sealed = session.get_one(Account, account.id).totp_sealed or ""
    hashes = " ".join(session.scalars(select(RecoveryCode.code_hash)))

    assert enrolment.secret not in sealed
    assert not any(code.replace("-", "") in hashes for code in enrolment.recovery_codes)


def test_new_recovery_codes_replace_the_old(session: Session, clock: FixedClock) -> None:
    _, enrolment = a_member_of_staff(session, clock.now())
    me = services.resolve(session, through_both(session, enrolment, clock.now()).token, now=clock.now())
    assert me is not None

    fresh = services.new_recovery_codes(session, me, now=clock.now())

    half = signed_in(session, clock.now(), STAFF)
    assert services.second_factor(session, half.token, enrolment.recovery_codes[0], now=clock.now()) == Refused(
        Refusal.WRONG
    )
    assert isinstance(services.second_factor(session, half.token, fresh[0], now=clock.now()), SignedIn)


def test_somebody_invited_chooses_a_password_then_enrols(session: Session, clock: FixedClock) -> None:
    post = Post().listen(session)
    account = services.invite_staff(session, SYSTEM, STAFF, "Sam Porter", [Role.ADVISOR], now=clock.now())
    services.reset_password(session, post.token(), PASSWORD, now=clock.now())
    half = signed_in(session, clock.now(), STAFF)
    waiting = services.pending(session, half.token, now=clock.now())
    assert waiting is not None
    assert not waiting.enrolled
    enrolment = services.begin_enrolment(session, half.token, now=clock.now())
    assert services.begin_enrolment(session, half.token, now=clock.now()).secret == enrolment.secret

    done = services.confirm_enrolment(
        session, half.token, services.code_at(enrolment.secret, clock.now()), now=clock.now()
    )

    assert isinstance(done, Enrolled)
    assert len(set(done.recovery_codes)) == 10
    assert services.resolve(session, done.signed_in.token, now=clock.now()) is not None
    assert queries.account(session, account.id).has_second_factor


def test_an_enrolled_account_cannot_be_enrolled_again_with_the_password_alone(
    session: Session, clock: FixedClock
) -> None:
    a_member_of_staff(session, clock.now())
    half = signed_in(session, clock.now(), STAFF)

    with pytest.raises(Conflict):
        services.begin_enrolment(session, half.token, now=clock.now())
    with pytest.raises(Conflict):
        services.confirm_enrolment(session, half.token, "000000", now=clock.now())


def test_a_lost_phone_is_forgotten_by_an_administrator_only(session: Session, clock: FixedClock) -> None:
    account, enrolment = a_member_of_staff(session, clock.now())
    whole = through_both(session, enrolment, clock.now())
    me = services.resolve(session, whole.token, now=clock.now())
    assert me is not None
    with pytest.raises(NotAllowed):
        services.reset_second_factor(session, me, account.id, now=clock.now())

    services.reset_second_factor(session, SYSTEM, account.id, now=clock.now())

    assert services.resolve(session, whole.token, now=clock.now()) is None
    waiting = services.pending(session, signed_in(session, clock.now(), STAFF).token, now=clock.now())
    assert waiting is not None
    assert not waiting.enrolled


def test_the_demo_can_print_the_code_of_an_account(session: Session, clock: FixedClock) -> None:
    account, enrolment = a_member_of_staff(session, clock.now())

    assert services.current_code(session, account.id, now=clock.now()) == services.code_at(
        enrolment.secret, clock.now()
    )
