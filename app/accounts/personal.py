"""Residents' accounts and where they were signed in from."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from app.accounts.enums import AccountKind, AccountStatus
from app.accounts.models import Account, OneTimeToken, RecoveryCode, SignIn
from app.kernel.actors import Actor
from app.kernel.i18n import N_
from app.kernel.personal import ERASED, MACHINE, OURS, Assessed, Held, Holding, Retention, Room, Row, Subject, Thing

NOWHERE = "erased.invalid"
"""The domain of addresses that reach nobody."""


def export_accounts(session: Session, subject: Subject) -> Iterator[Row]:
    for account in session.scalars(select(Account).where(Account.id.in_(subject.accounts)).order_by(Account.id)):
        yield {
            "at": account.created_at.isoformat(), "name": account.name, "email": account.email, "phone": account.phone,
            "language": account.locale, "confirmed_at": account.email_confirmed_at.isoformat() if account.email_confirmed_at else None,
            "has_a_password": account.password_hash is not None, "has_an_authenticator": account.totp_confirmed_at is not None,
        }  # fmt: skip


def export_sign_ins(session: Session, subject: Subject) -> Iterator[Row]:
    query = select(SignIn).where(SignIn.account_id.in_(subject.accounts)).order_by(SignIn.created_at, SignIn.id)
    for one in session.scalars(query.execution_options(yield_per=500)):
        yield {
            "at": one.created_at.isoformat(), "last_seen_at": one.last_seen_at.isoformat(), "network_address": one.address,
            "browser": one.agent,
        }  # fmt: skip


def assess_accounts(session: Session, subject: Subject) -> Assessed:
    return Assessed(session.scalar(select(func.count()).select_from(Account).where(_standing(subject))) or 0)


def erase_accounts(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    """The account opens no door any more and says nobody's name. Its id stays, for what was filed under it."""
    found = session.scalars(
        select(Account).where(_standing(subject)).order_by(Account.id).with_for_update(of=Account)
    ).all()
    for account in found:
        account.email, account.name, account.phone = f"{account.id}@{NOWHERE}", ERASED, None
        account.password_hash = account.totp_sealed = account.totp_confirmed_at = None
        account.locale, account.status = "en", AccountStatus.SUSPENDED
    ids = [account.id for account in found]
    for table in (OneTimeToken, RecoveryCode, SignIn):
        session.execute(delete(table).where(table.account_id.in_(ids)))
    session.flush()
    return len(found)


def assess_sign_ins(session: Session, subject: Subject) -> Assessed:
    query = select(func.count()).select_from(SignIn).where(SignIn.account_id.in_(subject.accounts))
    return Assessed(session.scalar(query) or 0)


def erase_sign_ins(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    count = assess_sign_ins(session, subject).erase
    session.execute(delete(SignIn).where(SignIn.account_id.in_(subject.accounts)))
    return count


def count_old(session: Session, before: datetime, held: Held) -> int:
    return session.scalar(select(func.count()).select_from(SignIn).where(_old(before, held))) or 0


def expire_old(session: Session, before: datetime, held: Held, most: int, _now: datetime) -> int:
    ids = list(session.scalars(select(SignIn.id).where(_old(before, held)).limit(most)))
    session.execute(delete(SignIn).where(SignIn.id.in_(ids)))
    return len(ids)


def things(_session: Session, subject: Subject) -> Iterator[Thing]:
    for account in subject.accounts:
        yield Thing("account", account)


def own(session: Session, subject: Subject) -> Iterator[str]:
    for account in session.scalars(select(Account).where(Account.id.in_(subject.accounts))):
        yield from (account.name, *account.name.split(), account.email or "", account.phone or "")


def shown(session: Session, subject: Subject) -> Iterator[str]:
    """E-mail addresses that a message of ours has reached, and been answered from. Telephone numbers are only said."""
    for email in session.scalars(
        select(Account.email).where(Account.id.in_(subject.accounts), Account.email_confirmed_at.is_not(None))
    ):
        yield (email or "").lower()


def _standing(subject: Subject) -> ColumnElement[bool]:
    return Account.id.in_(subject.accounts) & (Account.kind == AccountKind.RESIDENT) & (Account.name != ERASED)


def _old(before: datetime, held: Held) -> ColumnElement[bool]:
    return (SignIn.expires_at < before) & SignIn.account_id.not_in(held.accounts)


ROOM = Room(
    "accounts",
    (
        Holding(
            "account", N_("Your account"),
            ("account.email", "account.name", "account.phone", "account.locale", "account.password_hash", "account.totp_sealed"),
            Retention(None, N_("as long as you have the account"), N_("blanked and closed"), N_("You asked for it")),
            N_("So that you can see your enquiries"), export=export_accounts, assess=assess_accounts, erase=erase_accounts,
        ),
        Holding(
            "sign-ins", N_("Where you signed in"), ("sign_in.address", "sign_in.agent"),
            Retention(12, N_("the sign-in ended"), N_("deleted"), N_("To find out about break-ins"), count_old, expire_old),
            N_("To keep your account safe"), export=export_sign_ins, assess=assess_sign_ins, erase=erase_sign_ins,
        ),
    ),
    {
        "api_key.*": OURS, "one_time_token.token_hash": MACHINE, "recovery_code.code_hash": MACHINE, "sign_in.token_hash": MACHINE,
        "throttle.key_hash": MACHINE, "throttle.hits": MACHINE,
    },
    things=things, own=own, shown=shown,
)  # fmt: skip
