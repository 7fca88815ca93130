"""Services' systems come in with a key. `fpk_<prefix>_<secret>`: the prefix finds it, the secret proves it and is never kept."""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import checks
from app.accounts.enums import AccountKind, AccountStatus, Scope
from app.accounts.limits import API_KEY_LASTS, SEEN_EVERY
from app.accounts.models import Account, AccountRole, ApiKey
from app.accounts.policy import Permission, authorize
from app.accounts.queries import AccountRow, ApiKeyRow, account_row, api_key_row
from app.accounts.store import actor_of, locked
from app.audit import services as audit
from app.kernel.actors import Actor, Role
from app.kernel.crypto import new_token, token_hash
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.i18n import N_

MARK = "fpk"


@dataclass(frozen=True, slots=True)
class ApiCaller:
    """Who calls with a key, and what the key is for."""

    actor: Actor
    scopes: frozenset[Scope]
    key_id: UUID


def create_service_account(session: Session, actor: Actor, name: str, *, now: datetime) -> AccountRow:
    """Make an account for a service's system; it has keys and no password."""
    authorize(actor, Permission.USERS_MANAGE)
    account = Account(
        kind=AccountKind.SERVICE,
        name=checks.clean_name(name),
        locale="en",
        created_at=now,
        role_rows=[AccountRole(role=Role.SERVICE)],
    )
    session.add(account)
    session.flush()
    audit.record(session, actor, "account.service_created", "account", account.id, now=now)
    return account_row(account)


def create_api_key(
    session: Session,
    actor: Actor,
    account_id: UUID,
    scopes: Iterable[Scope | str],
    *,
    now: datetime,
    lasts: timedelta = API_KEY_LASTS,
) -> tuple[ApiKeyRow, str]:
    """Make a key for a service account. The second value is the whole key, which cannot be had again."""
    authorize(actor, Permission.USERS_MANAGE)
    account = locked(session, account_id)
    if account.kind is not AccountKind.SERVICE:
        raise Conflict(N_("Only service accounts have API keys"))
    wanted = _checked(scopes)
    prefix, secret = secrets.token_hex(4), new_token()
    key = ApiKey(
        account_id=account_id,
        prefix=prefix,
        secret_hash=token_hash(secret),
        scopes=sorted(wanted),
        created_at=now,
        created_by=actor.account_id,
        expires_at=now + lasts,
    )
    session.add(key)
    session.flush()
    audit.record(session, actor, "api_key.created", "account", account_id, now=now, prefix=prefix, scopes=wanted)
    return api_key_row(key), f"{MARK}_{prefix}_{secret}"


def resolve_api_key(session: Session, secret: str, *, now: datetime) -> ApiCaller | None:
    """Who calls with this key; None if it is unknown, revoked, expired, or its account suspended."""
    mark, _, rest = secret.partition("_")
    prefix, _, proof = rest.partition("_")
    key = session.scalar(select(ApiKey).where(ApiKey.prefix == prefix)) if mark == MARK else None
    if key is None or not hmac.compare_digest(key.secret_hash, token_hash(proof)):
        return None
    account = session.get_one(Account, key.account_id)
    if key.revoked_at is not None or key.expires_at <= now or account.status is AccountStatus.SUSPENDED:
        return None
    if key.last_used_at is None or key.last_used_at <= now - SEEN_EVERY:
        key.last_used_at = now
    return ApiCaller(actor_of(account), frozenset(Scope(scope) for scope in key.scopes), key.id)


def revoke_api_key(session: Session, actor: Actor, key_id: UUID, *, now: datetime) -> None:
    """Make a key useless, at once and for good."""
    authorize(actor, Permission.USERS_MANAGE)
    key = session.get(ApiKey, key_id, with_for_update=True)
    if key is None:
        raise NotFound
    if key.revoked_at is None:
        key.revoked_at = now
        audit.record(session, actor, "api_key.revoked", "account", key.account_id, now=now, prefix=key.prefix)


def _checked(scopes: Iterable[Scope | str]) -> frozenset[Scope]:
    known = {scope.value for scope in Scope}
    wanted = {str(scope) for scope in scopes}
    if not wanted or not wanted <= known:
        raise Invalid({"scopes": N_("Choose what the key may be used for")})
    return frozenset(Scope(scope) for scope in wanted)
