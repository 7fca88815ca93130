"""Coming in with a password, staying in, and going out.

A wrong password is an outcome and no exception: the caller's transaction commits, and with it the count of tries. Only TooMany is
raised, and it writes nothing.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session, joinedload

from app.accounts import passwords, throttles
from app.accounts.enums import AccountKind, AccountStatus, Refusal
from app.accounts.limits import (
    ABSOLUTE,
    IDLE,
    SECOND_FACTOR_WITHIN,
    SEEN_EVERY,
    SIGN_IN_PER_ACCOUNT,
    SIGN_IN_PER_ADDRESS,
)
from app.accounts.models import Account, SignIn
from app.accounts.policy import Permission, may
from app.accounts.services.registration import confirm_again
from app.accounts.store import actor_of, find_by_email
from app.audit import services as audit
from app.kernel.actors import Actor
from app.kernel.crypto import new_token, token_hash
from app.kernel.errors import NotFound, TooMany


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The way in is open: all of it, or the half that leads to the second factor."""

    token: str
    needs_second_factor: bool
    account_id: UUID
    kind: AccountKind
    locale: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """The way in stays shut."""

    reason: Refusal


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody who knew the password and still owes the second factor; `enrolled` says whether they have set one up."""

    account_id: UUID
    name: str
    email: str
    enrolled: bool


def sign_in(
    session: Session,
    email: str,
    password: str,
    address: str | None,
    agent: str | None,
    *,
    now: datetime,
    kind: AccountKind | None = None,
) -> SignedIn | Refused:
    """Check the password. With a `kind`, an account of another kind is refused as if it did not exist. Raises TooMany."""
    from_here = f"sign-in-from:{address}"
    throttles.check(session, from_here, SIGN_IN_PER_ADDRESS, now=now)
    throttles.count(session, throttle_key(email), SIGN_IN_PER_ACCOUNT, now=now)
    account = find_by_email(session, email)
    if account is not None and (kind or account.kind) is not account.kind:
        account = None
    right = passwords.verify(account.password_hash if account else None, password)
    if account is None or not right:
        with suppress(TooMany):
            throttles.count(session, from_here, SIGN_IN_PER_ADDRESS, now=now)
        return _refused(session, account, Refusal.WRONG, address, now)
    if account.status is AccountStatus.SUSPENDED:
        return _refused(session, account, Refusal.SUSPENDED, address, now)
    if account.email_confirmed_at is None:
        confirm_again(session, account, now)
        return _refused(session, account, Refusal.UNCONFIRMED, address, now)
    throttles.forget(session, throttle_key(email))
    if account.password_hash and passwords.is_outdated(account.password_hash):
        account.password_hash = passwords.hash_password(password)
    return _begin(session, account, address, agent, now)


def resolve(session: Session, token: str, *, now: datetime) -> Actor | None:
    """Who the bearer of this token is; None if it is unknown, ended, idle for too long, or owes a second factor. One query: every page asks it."""
    query = select(SignIn, Account).join(Account, Account.id == SignIn.account_id).where(*_lives(token, now))
    found = session.execute(query.options(joinedload(Account.role_rows))).unique().first()
    if found is None or (found[0].needs_second_factor and found[0].second_factor_at is None):
        return None
    row, account = found
    if row.last_seen_at <= now - IDLE[account.kind] or account.status is AccountStatus.SUSPENDED:
        return None
    if row.last_seen_at <= now - SEEN_EVERY:
        row.last_seen_at = now
    return actor_of(account)


def pending(session: Session, token: str, *, now: datetime) -> Pending | None:
    """Who is half-way in with this token, if anybody."""
    row = _live(session, token, now)
    if row is None or not row.needs_second_factor or row.second_factor_at is not None:
        return None
    account = session.get_one(Account, row.account_id)
    if account.status is AccountStatus.SUSPENDED:
        return None
    return Pending(account.id, account.name, account.email or "", account.totp_confirmed_at is not None)


def sign_out(session: Session, token: str, *, now: datetime) -> None:
    """End this browser's sign-in; a token that is already useless is no error."""
    row = _live(session, token, now)
    if row is not None:
        row.revoked_at = now
        account = session.get_one(Account, row.account_id)
        audit.record(session, actor_of(account), "account.signed_out", "account", account.id, now=now)


def revoke_sign_in(session: Session, actor: Actor, sign_in_id: UUID, *, now: datetime) -> None:
    """End one of the actor's own sign-ins; an administrator may end anybody's. Another's is NotFound."""
    row = session.get(SignIn, sign_in_id)
    if row is None or not _may_end(actor, row.account_id):
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at = now
        audit.record(session, actor, "account.sign_in_revoked", "account", row.account_id, now=now)


def revoke_all(session: Session, actor: Actor, account_id: UUID, *, now: datetime, but: str | None = None) -> int:
    """End every sign-in of an account, but the one with this token; says how many there were."""
    if not _may_end(actor, account_id):
        raise NotFound
    ended = end_sign_ins(session, account_id, now=now, but=but)
    audit.record(session, actor, "account.sign_ins_revoked", "account", account_id, now=now, ended=ended)
    return ended


def end_sign_ins(session: Session, account_id: UUID, *, now: datetime, but: str | None = None) -> int:
    live = update(SignIn).where(SignIn.account_id == account_id, SignIn.revoked_at.is_(None), SignIn.expires_at > now)
    if but is not None:
        live = live.where(SignIn.token_hash != token_hash(but))
    return len(session.scalars(live.values(revoked_at=now).returning(SignIn.id)).all())


def finish(session: Session, token: str, *, now: datetime) -> SignedIn | None:
    """Open the second half of the way in, under a new token: the old one was known before the second factor was given."""
    row = _live(session, token, now)
    if row is None:
        return None
    account = session.get_one(Account, row.account_id)
    fresh = new_token()
    row.token_hash, row.second_factor_at, row.last_seen_at = token_hash(fresh), now, now
    row.expires_at = now + ABSOLUTE[account.kind]
    session.flush()
    audit.record(session, actor_of(account), "account.signed_in", "account", account.id, now=now)
    return SignedIn(fresh, False, account.id, account.kind, account.locale, row.expires_at)


def throttle_key(email: str) -> str:
    """One key for each address that is tried, whether or not it has an account."""
    return f"sign-in:{email.strip().lower()}"


def _begin(session: Session, account: Account, address: str | None, agent: str | None, now: datetime) -> SignedIn:
    token = new_token()
    second = account.kind is AccountKind.STAFF
    row = SignIn(
        account_id=account.id,
        token_hash=token_hash(token),
        created_at=now,
        last_seen_at=now,
        expires_at=now + (SECOND_FACTOR_WITHIN if second else ABSOLUTE[account.kind]),
        needs_second_factor=second,
        address=address,
        agent=(agent or "")[:300] or None,
    )
    session.add(row)
    session.flush()
    if not second:
        audit.record(session, actor_of(account), "account.signed_in", "account", account.id, now=now)
    return SignedIn(token, second, account.id, account.kind, account.locale, row.expires_at)


def _refused(session: Session, account: Account | None, reason: Refusal, address: str | None, now: datetime) -> Refused:
    if account is not None:
        nobody = Actor(kind=actor_of(account).kind, name=account.name, address=address)
        audit.record(session, nobody, "account.sign_in_refused", "account", account.id, now=now, reason=reason)
    return Refused(reason)


def _live(session: Session, token: str, now: datetime) -> SignIn | None:
    return session.scalar(select(SignIn).where(*_lives(token, now)))


def _lives(token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return SignIn.token_hash == token_hash(token), SignIn.revoked_at.is_(None), SignIn.expires_at > now


def _may_end(actor: Actor, account_id: UUID) -> bool:
    return actor.account_id == account_id or may(actor, Permission.USERS_MANAGE)
