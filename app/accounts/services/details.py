"""People keep their own details up to date."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts import checks, passwords, throttles
from app.accounts.limits import SIGN_IN_PER_ACCOUNT
from app.accounts.models import Account
from app.accounts.queries import AccountRow, account_row
from app.accounts.services.one_time import set_password, tell_of_change
from app.accounts.services.sign_in import end_sign_ins
from app.accounts.store import locked
from app.audit import services as audit
from app.kernel.actors import Actor
from app.kernel.errors import SignInNeeded


def change_details(
    session: Session, actor: Actor, *, name: str, phone: str | None, locale: str, now: datetime
) -> AccountRow:
    """Set the actor's own name, phone number and language."""
    account = _own(session, actor)
    checks.together(lambda: checks.clean_name(name), lambda: checks.clean_phone(phone))
    before = (account.name, account.phone, account.locale)
    account.name, account.phone, account.locale = checks.clean_name(name), checks.clean_phone(phone), locale
    after = (account.name, account.phone, account.locale)
    fields = ("name", "phone", "locale")
    changed = [field for field, old, new in zip(fields, before, after, strict=True) if old != new]
    if changed:
        session.flush()
        audit.record(session, actor, "account.details_changed", "account", account.id, now=now, fields=changed)
    return account_row(account)


def set_locale(session: Session, actor: Actor, locale: str) -> None:
    """Remember the language that somebody who is signed in has chosen."""
    _own(session, actor).locale = locale


def change_password(
    session: Session, actor: Actor, old: str, new: str, *, now: datetime, keep: str | None = None
) -> bool:
    """False if the old password is wrong, which is counted. Ends every other sign-in; `keep` is this browser's token."""
    account = _own(session, actor)
    throttles.count(session, f"change-password:{account.id}", SIGN_IN_PER_ACCOUNT, now=now)
    if not passwords.verify(account.password_hash, old):
        return False
    passwords.check(new, email=account.email or "", name=account.name, field="new")
    throttles.forget(session, f"change-password:{account.id}")
    set_password(session, account, new, now)
    end_sign_ins(session, account.id, now=now, but=keep)
    audit.record(session, actor, "account.password_changed", "account", account.id, now=now)
    tell_of_change(session, account, now)
    return True


def _own(session: Session, actor: Actor) -> Account:
    if actor.account_id is None:
        raise SignInNeeded
    return locked(session, actor.account_id)
