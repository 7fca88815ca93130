"""Finding accounts for change, and one-time links: shared by this room's services."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app.accounts.enums import AccountKind, TokenPurpose
from app.accounts.limits import LIFETIMES
from app.accounts.models import Account, OneTimeToken
from app.kernel.actors import Actor, ActorKind
from app.kernel.crypto import new_token, token_hash
from app.kernel.errors import NotFound
from app.kernel.i18n import N_

SPENT = N_("This link has been used already, or it has expired. Ask for a new one")


def locked(session: Session, account_id: UUID) -> Account:
    """The account, locked until the end of the transaction. Raises NotFound."""
    query = select(Account).where(Account.id == account_id).with_for_update(of=Account)
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def find_by_email(session: Session, email: str) -> Account | None:
    return session.scalar(select(Account).where(func.lower(Account.email) == email.strip().lower()))


def one_at_a_time(session: Session, email: str) -> None:
    """Make two transactions about one address wait for each other, whether or not it has an account."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"account:{email.lower()}"}
    )


def actor_of(account: Account) -> Actor:
    """The account as somebody who does things."""
    kinds = {
        AccountKind.RESIDENT: ActorKind.RESIDENT,
        AccountKind.STAFF: ActorKind.STAFF,
        AccountKind.SERVICE: ActorKind.SERVICE,
    }
    return Actor(kinds[account.kind], account.id, account.name, account.roles)


def issue_link(
    session: Session, account_id: UUID, purpose: TokenPurpose, now: datetime, *, keep_earlier: bool = False
) -> str:
    """A fresh token for a link; earlier ones for the same purpose stop working, unless they may as well be used."""
    if not keep_earlier:
        void_links(session, account_id, purpose, now=now)
    token = new_token()
    session.add(
        OneTimeToken(
            purpose=purpose,
            token_hash=token_hash(token),
            account_id=account_id,
            created_at=now,
            expires_at=now + LIFETIMES[purpose],
        )
    )
    session.flush()
    return token


def use_link(session: Session, token: str, *purposes: TokenPurpose, now: datetime) -> Account:
    """The link's account, the link being used up. Raises NotFound for a link that does not work (any more)."""
    use = (
        update(OneTimeToken)
        .where(
            OneTimeToken.token_hash == token_hash(token),
            OneTimeToken.purpose.in_(purposes),
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > now,
        )
        .values(used_at=now)
        .returning(OneTimeToken.account_id)
    )
    account_id = session.scalar(use)
    if account_id is None:
        raise NotFound(SPENT)
    return locked(session, account_id)


def void_links(session: Session, account_id: UUID, *purposes: TokenPurpose, now: datetime) -> None:
    """Make unused links of these purposes useless."""
    session.execute(
        update(OneTimeToken)
        .where(
            OneTimeToken.account_id == account_id, OneTimeToken.purpose.in_(purposes), OneTimeToken.used_at.is_(None)
        )
        .values(used_at=now)
    )
