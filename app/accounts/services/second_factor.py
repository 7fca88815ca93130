"""The second factor: six digits from an authenticator (TOTP, RFC 6238), or one of ten recovery codes."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.accounts import throttles
from app.accounts.enums import Refusal
from app.accounts.limits import SECOND_FACTOR
from app.accounts.models import Account, RecoveryCode
from app.accounts.policy import Permission, authorize
from app.accounts.services.sign_in import Refused, SignedIn, end_sign_ins, finish, pending
from app.accounts.store import actor_of, locked
from app.audit import services as audit
from app.kernel.actors import Actor
from app.kernel.crypto import Sealer, token_hash
from app.kernel.errors import Conflict, NotAllowed, SignInNeeded
from app.kernel.events import provided
from app.kernel.i18n import N_

ISSUER = "Firstpoint"
STEP = 30
DRIFT = 1
CODES = 10
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 16


@dataclass(frozen=True, slots=True)
class TotpEnrolment:
    """What an authenticator needs, shown once; recovery codes come with a confirmed one."""

    secret: str
    uri: str
    recovery_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The authenticator works, and its owner is in."""

    signed_in: SignedIn
    recovery_codes: tuple[str, ...]


def second_factor(session: Session, token: str, code: str, *, now: datetime) -> SignedIn | Refused:
    """Check a code from the authenticator or a recovery code; the answer carries a new token. Raises TooMany, SignInNeeded."""
    account = _half_way_in(session, token, now)
    if account.totp_confirmed_at is None:
        raise Conflict(N_("Set up your authenticator app first"))
    if not (_totp_is_right(session, account, code, now) or _use_recovery_code(session, account, code, now)):
        return _wrong(session, account, now)
    return _let_in(session, account, token, now)


def begin_enrolment(session: Session, token: str, *, now: datetime) -> TotpEnrolment:
    """The secret to put into an authenticator; the same one until a code from it has been given."""
    account = _half_way_in(session, token, now, counted=False)
    if account.totp_confirmed_at is not None:
        raise Conflict(N_("This account has an authenticator app already"))
    sealer = provided(session, Sealer)
    if account.totp_sealed is None:
        account.totp_sealed = sealer.seal(pyotp.random_base32())
        session.flush()
    secret = sealer.open(account.totp_sealed)
    return TotpEnrolment(secret, _uri(account, secret))


def confirm_enrolment(session: Session, token: str, code: str, *, now: datetime) -> Enrolled | Refused:
    """The first code from the authenticator finishes the enrolment and the sign-in. Raises TooMany, SignInNeeded."""
    account = _half_way_in(session, token, now)
    if account.totp_confirmed_at is not None or account.totp_sealed is None:
        raise Conflict(N_("This account has an authenticator app already"))
    if not _totp_is_right(session, account, code, now):
        return _wrong(session, account, now)
    account.totp_confirmed_at = now
    codes = _issue_recovery_codes(session, account.id, now)
    audit.record(session, actor_of(account), "account.second_factor_enrolled", "account", account.id, now=now)
    return Enrolled(_let_in(session, account, token, now), codes)


def enrol_at_once(session: Session, account: Account, secret: str | None, *, now: datetime) -> TotpEnrolment:
    """Give an account an authenticator secret without asking for a code: for whoever hands the secret over in person."""
    secret = secret or pyotp.random_base32()
    account.totp_sealed = provided(session, Sealer).seal(secret)
    account.totp_confirmed_at = now
    session.flush()
    return TotpEnrolment(secret, _uri(account, secret), _issue_recovery_codes(session, account.id, now))


def new_recovery_codes(session: Session, actor: Actor, *, now: datetime) -> tuple[str, ...]:
    """Ten fresh codes for the actor; the old ones stop working."""
    if actor.account_id is None:
        raise SignInNeeded
    if locked(session, actor.account_id).totp_confirmed_at is None:
        raise NotAllowed
    audit.record(session, actor, "account.recovery_codes_renewed", "account", actor.account_id, now=now)
    return _issue_recovery_codes(session, actor.account_id, now)


def reset_second_factor(session: Session, actor: Actor, account_id: UUID, *, now: datetime) -> None:
    """An administrator lets somebody who lost their phone enrol again at the next sign-in."""
    authorize(actor, Permission.USERS_MANAGE)
    account = locked(session, account_id)
    account.totp_sealed = account.totp_confirmed_at = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    end_sign_ins(session, account_id, now=now)
    audit.record(session, actor, "account.second_factor_reset", "account", account_id, now=now)


def code_at(secret: str, now: datetime) -> str:
    """What an authenticator with this secret shows at that time."""
    return pyotp.TOTP(secret, interval=STEP).generate_otp(_step(now))


def current_code(session: Session, account_id: UUID, *, now: datetime) -> str:
    """The code an account's authenticator shows; for demo accounts, whose codes the command line prints."""
    account = session.get(Account, account_id)
    sealed = account.totp_sealed if account else None
    if sealed is None:
        raise Conflict(N_("This account has no authenticator app"))
    return code_at(provided(session, Sealer).open(sealed), now)


def _half_way_in(session: Session, token: str, now: datetime, *, counted: bool = True) -> Account:
    """The account behind a pending sign-in, locked so that one code cannot be used twice at once; the try is counted."""
    waiting = pending(session, token, now=now)
    if waiting is None:
        raise SignInNeeded
    account = locked(session, waiting.account_id)
    if counted:
        throttles.count(session, _throttle_key(account), SECOND_FACTOR, now=now)
    return account


def _let_in(session: Session, account: Account, token: str, now: datetime) -> SignedIn:
    throttles.forget(session, _throttle_key(account))
    done = finish(session, token, now=now)
    if done is None:
        raise SignInNeeded
    return done


def _wrong(session: Session, account: Account, now: datetime) -> Refused:
    audit.record(session, actor_of(account), "account.second_factor_refused", "account", account.id, now=now)
    return Refused(Refusal.WRONG)


def _totp_is_right(session: Session, account: Account, code: str, now: datetime) -> bool:
    """True for a code of this half minute or a neighbouring one that is newer than the last one used."""
    if account.totp_sealed is None:
        return False
    totp = pyotp.TOTP(provided(session, Sealer).open(account.totp_sealed), interval=STEP)
    given = "".join(code.split()).encode()
    for step in range(_step(now) - DRIFT, _step(now) + DRIFT + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), given) and step > account.last_totp_step:
            account.last_totp_step = step
            session.flush()
            return True
    return False


def _use_recovery_code(session: Session, account: Account, code: str, now: datetime) -> bool:
    use = (
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account.id,
            RecoveryCode.code_hash == _code_hash(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    used = session.scalar(use) is not None
    if used:
        audit.record(session, actor_of(account), "account.recovery_code_used", "account", account.id, now=now)
    return used


def _issue_recovery_codes(session: Session, account_id: UUID, now: datetime) -> tuple[str, ...]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = tuple(_new_code() for _ in range(CODES))
    session.add_all(RecoveryCode(account_id=account_id, code_hash=_code_hash(code), created_at=now) for code in codes)
    session.flush()
    return codes


def _new_code() -> str:
    """Sixteen symbols (79 bits of chance) in fours: enough that a plain hash cannot be turned round."""
    symbols = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return "-".join(symbols[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def _code_hash(code: str) -> str:
    return token_hash("".join(code.split()).replace("-", "").lower())


def _step(now: datetime) -> int:
    return int(now.timestamp()) // STEP


def _uri(account: Account, secret: str) -> str:
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=account.email or account.name, issuer_name=ISSUER)


def _throttle_key(account: Account) -> str:
    return f"second-factor:{account.id}"
