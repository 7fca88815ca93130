"""Residents make their own accounts. Whoever registers learns nothing about who has one already: that is told by e-mail only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts import checks, passwords, throttles
from app.accounts.enums import AccountKind, TokenPurpose
from app.accounts.events import ConfirmationAsked, RegistrationRepeated
from app.accounts.limits import MAIL_PER_ACCOUNT, REGISTER_PER_ADDRESS
from app.accounts.models import Account, AccountRole
from app.accounts.queries import AccountRow, account_row
from app.accounts.store import actor_of, find_by_email, issue_link, one_at_a_time
from app.audit import services as audit
from app.kernel.actors import Role
from app.kernel.errors import TooMany
from app.kernel.events import publish


@dataclass(frozen=True, slots=True)
class _Given:
    email: str
    name: str
    password_hash: str
    locale: str


def register_resident(
    session: Session, email: str, name: str, password: str, locale: str, *, now: datetime, address: str | None = None
) -> AccountRow:
    """Make an unconfirmed account and ask the owner of the address to confirm it.

    For an address that has a confirmed account the answer is the same, the account stays as it is, and its owner gets an
    e-mail. Unconfirmed accounts take on the newest details: nobody can keep an address by registering it first.
    """
    checks.together(
        lambda: checks.clean_email(email),
        lambda: checks.clean_name(name),
        lambda: passwords.check(password, email=email.strip(), name=name),
    )
    if address:
        throttles.count(session, f"register-from:{address}", REGISTER_PER_ADDRESS, now=now)
    given = _Given(checks.clean_email(email), checks.clean_name(name), passwords.hash_password(password), locale)
    one_at_a_time(session, given.email)
    account = find_by_email(session, given.email) or _new(session, given, now)
    if may_mail(session, account, now):
        _write_to_the_owner(session, account, given, now)
    return account_row(account)


def confirm_again(session: Session, account: Account, now: datetime) -> None:
    """Send one more confirmation link, unless several went out within the hour. Earlier ones go on working."""
    if may_mail(session, account, now):
        _ask_to_confirm(session, account, now, keep_earlier=True)


def may_mail(session: Session, account: Account, now: datetime) -> bool:
    """False once strangers have caused as many e-mails to this account as one hour allows."""
    try:
        throttles.count(session, f"mail:{account.id}", MAIL_PER_ACCOUNT, now=now)
    except TooMany:
        return False
    return True


def _write_to_the_owner(session: Session, account: Account, given: _Given, now: datetime) -> None:
    """Details change only together with a fresh link: a link always confirms the password that it was sent for."""
    if account.kind is AccountKind.RESIDENT and account.email_confirmed_at is None:
        account.name, account.locale = given.name, given.locale
        account.password_hash, account.password_changed_at = given.password_hash, now
        _ask_to_confirm(session, account, now)
    else:
        publish(
            session,
            RegistrationRepeated(account.id, account.kind, account.email or "", account.name, account.locale, now),
        )


def _ask_to_confirm(session: Session, account: Account, now: datetime, *, keep_earlier: bool = False) -> None:
    token = issue_link(session, account.id, TokenPurpose.CONFIRM_EMAIL, now, keep_earlier=keep_earlier)
    publish(
        session,
        ConfirmationAsked(account.id, account.kind, account.email or "", account.name, account.locale, now, token),
    )


def _new(session: Session, given: _Given, now: datetime) -> Account:
    account = Account(
        kind=AccountKind.RESIDENT,
        email=given.email,
        name=given.name,
        password_hash=given.password_hash,
        password_changed_at=now,
        locale=given.locale,
        created_at=now,
        role_rows=[AccountRole(role=Role.RESIDENT)],
    )
    session.add(account)
    session.flush()
    audit.record(session, actor_of(account), "account.registered", "account", account.id, now=now)
    return account
