"""Links from e-mails: confirm an address, choose a new password."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts import passwords, throttles
from app.accounts.enums import AccountKind, AccountStatus, TokenPurpose
from app.accounts.events import PasswordChanged, PasswordResetAsked
from app.accounts.limits import RESET_PER_ADDRESS
from app.accounts.models import Account
from app.accounts.queries import AccountRow, account_row
from app.accounts.services.registration import may_mail
from app.accounts.services.sign_in import end_sign_ins, throttle_key
from app.accounts.store import actor_of, find_by_email, issue_link, use_link, void_links
from app.audit import services as audit
from app.kernel.events import publish


def confirm_email(session: Session, token: str, *, now: datetime) -> AccountRow:
    """The owner of the address says yes. Raises NotFound for a link that does not work."""
    account = use_link(session, token, TokenPurpose.CONFIRM_EMAIL, now=now)
    account.email_confirmed_at = now
    session.flush()
    audit.record(session, actor_of(account), "account.email_confirmed", "account", account.id, now=now)
    return account_row(account)


def request_reset(
    session: Session, email: str, *, now: datetime, address: str | None = None, kind: AccountKind | None = None
) -> None:
    """Send a link for a new password to an address that has an account; the answer is the same for one that has none."""
    if address:
        throttles.count(session, f"reset-from:{address}", RESET_PER_ADDRESS, now=now)
    account = find_by_email(session, email)
    if account is None or account.status is AccountStatus.SUSPENDED or account.kind is AccountKind.SERVICE:
        return
    if (kind is None or account.kind is kind) and may_mail(session, account, now):
        token = issue_link(session, account.id, TokenPurpose.RESET_PASSWORD, now)
        publish(
            session,
            PasswordResetAsked(account.id, account.kind, account.email or "", account.name, account.locale, now, token),
        )


def reset_password(session: Session, token: str, new_password: str, *, now: datetime) -> AccountRow:
    """Set the password by a reset link or an invitation, and sign every browser out.

    Raises NotFound for a link that does not work; Invalid for a password that is too weak, leaving the link usable when the
    transaction rolls back.
    """
    account = use_link(session, token, TokenPurpose.RESET_PASSWORD, TokenPurpose.INVITATION, now=now)
    passwords.check(new_password, email=account.email or "", name=account.name)
    first = account.password_hash is None
    set_password(session, account, new_password, now)
    account.email_confirmed_at = account.email_confirmed_at or now
    void_links(session, account.id, *TokenPurpose, now=now)
    end_sign_ins(session, account.id, now=now)
    throttles.forget(session, throttle_key(account.email or ""))
    audit.record(session, actor_of(account), "account.password_reset", "account", account.id, now=now)
    if not first:
        tell_of_change(session, account, now)
    return account_row(account)


def set_password(session: Session, account: Account, password: str, now: datetime) -> None:
    account.password_hash, account.password_changed_at = passwords.hash_password(password), now
    session.flush()


def tell_of_change(session: Session, account: Account, now: datetime) -> None:
    publish(
        session,
        PasswordChanged(account.id, account.kind, account.email or "", account.name, account.locale, now),
    )
