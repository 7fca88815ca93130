"""Reading accounts, their sign-ins and their keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.accounts.enums import AccountKind, AccountStatus, Scope, TokenPurpose
from app.accounts.limits import IDLE
from app.accounts.models import Account, AccountRole, ApiKey, OneTimeToken, RecoveryCode, SignIn
from app.kernel.actors import Role
from app.kernel.crypto import token_hash
from app.kernel.errors import NotFound
from app.kernel.paging import Page, PageRequest, fetch_page


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as others may see it: nothing in it proves anything."""

    id: UUID
    kind: AccountKind
    email: str | None
    name: str
    phone: str | None
    locale: str
    status: AccountStatus
    roles: frozenset[Role]
    email_confirmed_at: datetime | None
    has_password: bool
    has_second_factor: bool
    created_at: datetime

    @property
    def active(self) -> bool:
        return self.status is AccountStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class SignInRow:
    """A browser that is signed in."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str | None
    agent: str | None
    current: bool


@dataclass(frozen=True, slots=True)
class ApiKeyRow:
    """A key without its secret."""

    id: UUID
    account_id: UUID
    prefix: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


def account(session: Session, account_id: UUID) -> AccountRow:
    """Raises NotFound."""
    found = session.get(Account, account_id)
    if found is None:
        raise NotFound
    return account_row(found)


def by_email(session: Session, email: str) -> AccountRow | None:
    """The account of an address, whatever its case."""
    found = session.scalar(select(Account).where(func.lower(Account.email) == email.strip().lower()))
    return account_row(found) if found else None


def staff_with_role(session: Session, role: Role) -> tuple[AccountRow, ...]:
    """Active staff who hold a role, by name."""
    query = (
        select(Account)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(Account.kind == AccountKind.STAFF, Account.status == AccountStatus.ACTIVE, AccountRole.role == role)
        .order_by(Account.name, Account.id)
    )
    return tuple(account_row(found) for found in session.scalars(query))


def list_accounts(
    session: Session,
    page: PageRequest | None = None,
    search: str = "",
    *,
    kinds: Iterable[AccountKind] = (AccountKind.STAFF, AccountKind.SERVICE),
) -> Page[AccountRow]:
    """Accounts by name; `search` is a part of a name or an address."""
    query = select(Account).where(Account.kind.in_(list(kinds))).order_by(Account.name, Account.id)
    if text := search.strip():
        query = query.where(
            or_(Account.name.icontains(text, autoescape=True), Account.email.icontains(text, autoescape=True))
        )
    found = fetch_page(session, query, page or PageRequest())
    return Page(tuple(account_row(item) for item in found.items), found.total, found.number, found.size)


def names(session: Session, account_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """The names of several accounts at once."""
    wanted = {account_id for account_id in account_ids if account_id}
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted))) if wanted else ()
    return {row.id: row.name for row in rows}


def sign_ins_of(
    session: Session, account_id: UUID, *, now: datetime, token: str | None = None
) -> tuple[SignInRow, ...]:
    """Browsers that are signed in just now, latest first; the one with this token is marked as current."""
    kind = account(session, account_id).kind
    query = (
        select(SignIn)
        .where(
            SignIn.account_id == account_id,
            SignIn.revoked_at.is_(None),
            SignIn.expires_at > now,
            SignIn.last_seen_at > now - IDLE.get(kind, timedelta()),
            or_(~SignIn.needs_second_factor, SignIn.second_factor_at.is_not(None)),
        )
        .order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
    )
    mine = token_hash(token) if token else None
    return tuple(
        SignInRow(
            row.id, row.created_at, row.last_seen_at, row.expires_at, row.address, row.agent, row.token_hash == mine
        )
        for row in session.scalars(query)
    )


def link_works(session: Session, token: str, *purposes: TokenPurpose, now: datetime) -> bool:
    """True if a link from an e-mail can still be used; looking does not use it up."""
    query = select(OneTimeToken.id).where(
        OneTimeToken.token_hash == token_hash(token),
        OneTimeToken.purpose.in_(purposes),
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > now,
    )
    return session.scalar(query) is not None


def recovery_codes_left(session: Session, account_id: UUID) -> int:
    query = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return session.scalar(query) or 0


def api_keys_of(session: Session, account_id: UUID) -> tuple[ApiKeyRow, ...]:
    """An account's keys, newest first, revoked ones included."""
    query = select(ApiKey).where(ApiKey.account_id == account_id).order_by(ApiKey.created_at.desc(), ApiKey.id.desc())
    return tuple(api_key_row(key) for key in session.scalars(query))


def account_row(found: Account) -> AccountRow:
    return AccountRow(
        found.id,
        found.kind,
        found.email,
        found.name,
        found.phone,
        found.locale,
        found.status,
        found.roles,
        found.email_confirmed_at,
        found.password_hash is not None,
        found.totp_confirmed_at is not None,
        found.created_at,
    )


def api_key_row(key: ApiKey) -> ApiKeyRow:
    return ApiKeyRow(
        key.id,
        key.account_id,
        key.prefix,
        frozenset(Scope(scope) for scope in key.scopes),
        key.created_at,
        key.expires_at,
        key.revoked_at,
        key.last_used_at,
    )
