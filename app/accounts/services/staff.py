"""Administrators make staff accounts, give them roles, suspend them and let them back in."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.accounts import checks, passwords
from app.accounts.enums import AccountKind, AccountStatus, TokenPurpose
from app.accounts.events import AccountSuspended, StaffInvited
from app.accounts.models import Account, AccountRole
from app.accounts.policy import STAFF_ROLES, Permission, authorize
from app.accounts.queries import AccountRow, account_row
from app.accounts.services.second_factor import TotpEnrolment, enrol_at_once
from app.accounts.services.sign_in import end_sign_ins
from app.accounts.store import find_by_email, issue_link, locked, one_at_a_time, void_links
from app.audit import services as audit
from app.kernel.actors import Actor, Role
from app.kernel.errors import Conflict, Invalid
from app.kernel.events import publish
from app.kernel.i18n import N_


def create_staff(  # noqa: PLR0917 - the order in which one would say it: who, called what, doing what
    session: Session,
    actor: Actor,
    email: str,
    name: str,
    roles: Iterable[Role],
    password: str,
    *,
    now: datetime,
    locale: str = "en",
    totp_secret: str | None = None,
) -> tuple[AccountRow, TotpEnrolment]:
    """Make a staff account that is ready to use, its password and authenticator secret being handed over in person."""
    passwords.check(password, email=email, name=name)
    account = _new(session, actor, email, name, roles, locale=locale, now=now)
    account.password_hash, account.password_changed_at = passwords.hash_password(password), now
    account.email_confirmed_at = now
    enrolment = enrol_at_once(session, account, totp_secret, now=now)
    return account_row(account), enrolment


def invite_staff(
    session: Session, actor: Actor, email: str, name: str, roles: Iterable[Role], *, now: datetime, locale: str = "en"
) -> AccountRow:
    """Make a staff account whose owner chooses a password by e-mail, and enrols an authenticator at the first sign-in."""
    account = _new(session, actor, email, name, roles, locale=locale, now=now)
    token = issue_link(session, account.id, TokenPurpose.INVITATION, now)
    publish(
        session,
        StaffInvited(account.id, account.kind, account.email or "", account.name, account.locale, now, token),
    )
    return account_row(account)


def set_roles(session: Session, actor: Actor, account_id: UUID, roles: Iterable[Role], *, now: datetime) -> AccountRow:
    """Give a member of staff these roles and no others."""
    authorize(actor, Permission.USERS_MANAGE)
    account = _staff(session, account_id)
    wanted = _checked(roles)
    _keep_an_administrator(session, account, still=Role.ADMINISTRATOR in wanted)
    before = account.roles
    account.role_rows = [row for row in account.role_rows if row.role in wanted] + [
        AccountRole(role=role) for role in sorted(wanted - before)
    ]
    session.flush()
    audit.record(session, actor, "account.roles_set", "account", account_id, now=now, before=before, after=wanted)
    return account_row(account)


def suspend(session: Session, actor: Actor, account_id: UUID, *, now: datetime, reason: str = "") -> AccountRow:
    """Shut the account out at once, everywhere. Its history stays."""
    authorize(actor, Permission.USERS_MANAGE)
    account = locked(session, account_id)
    if account.id == actor.account_id:
        raise Conflict(N_("You cannot suspend your own account"))
    _keep_an_administrator(session, account, still=False)
    if account.status is not AccountStatus.SUSPENDED:
        account.status = AccountStatus.SUSPENDED
        end_sign_ins(session, account_id, now=now)
        void_links(session, account_id, *TokenPurpose, now=now)
        audit.record(session, actor, "account.suspended", "account", account_id, now=now, reason=reason)
        publish(session, AccountSuspended(account_id, now))
    return account_row(account)


def reinstate(session: Session, actor: Actor, account_id: UUID, *, now: datetime) -> AccountRow:
    """Let a suspended account in again."""
    authorize(actor, Permission.USERS_MANAGE)
    account = locked(session, account_id)
    if account.status is AccountStatus.SUSPENDED:
        account.status = AccountStatus.ACTIVE
        audit.record(session, actor, "account.reinstated", "account", account_id, now=now)
    return account_row(account)


def _new(
    session: Session, actor: Actor, email: str, name: str, roles: Iterable[Role], *, locale: str, now: datetime
) -> Account:
    authorize(actor, Permission.USERS_MANAGE)
    wanted = set(roles)
    checks.together(lambda: checks.clean_email(email), lambda: checks.clean_name(name), lambda: _checked(wanted))
    address = checks.clean_email(email)
    one_at_a_time(session, address)
    if find_by_email(session, address) is not None:
        raise Invalid({"email": N_("This address has an account already")})
    account = Account(
        kind=AccountKind.STAFF,
        email=address,
        name=checks.clean_name(name),
        locale=locale,
        created_at=now,
        role_rows=[AccountRole(role=role) for role in sorted(wanted)],
    )
    session.add(account)
    session.flush()
    audit.record(session, actor, "account.staff_created", "account", account.id, now=now, roles=wanted)
    return account


def _checked(roles: Iterable[Role]) -> frozenset[Role]:
    wanted = frozenset(roles)
    if not wanted or not wanted <= set(STAFF_ROLES):
        raise Invalid({"roles": N_("Choose at least one role for a member of staff")})
    return wanted


def _staff(session: Session, account_id: UUID) -> Account:
    account = locked(session, account_id)
    if account.kind is not AccountKind.STAFF:
        raise Conflict(N_("Only members of staff have roles to choose"))
    return account


def _keep_an_administrator(session: Session, account: Account, *, still: bool) -> None:
    """Refuse what would leave nobody who can manage accounts."""
    if still or Role.ADMINISTRATOR not in account.roles:
        return
    others = (
        exists()
        .where(AccountRole.account_id == Account.id, AccountRole.role == Role.ADMINISTRATOR)
        .where(Account.id != account.id, Account.status == AccountStatus.ACTIVE)
    )
    if not session.scalar(select(others)):
        raise Conflict(N_("There must be at least one active administrator"))
