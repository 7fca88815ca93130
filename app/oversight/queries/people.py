"""Who is told of what: those who lead a unit, and those who watch over everything."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.accounts.enums import AccountStatus
from app.accounts.models import Account, AccountRole
from app.kernel.actors import Role
from app.organisation.models import Membership, Queue


@dataclass(frozen=True, slots=True)
class Recipient:
    """A colleague who works here now and has an address."""

    id: UUID
    name: str
    email: str
    locale: str


def heads_of(session: Session, unit_id: UUID | None) -> tuple[Recipient, ...]:
    """Those who lead the unit."""
    query = _people().join(Membership, Membership.account_id == Account.id)
    return _found(session, query.where(Membership.unit_id == unit_id, Membership.can_lead))


def monitors(session: Session, queue_id: UUID | None = None) -> tuple[Recipient, ...]:
    """The queue's own monitor if it has one who works here; else everybody at the monitoring desk."""
    if queue_id is not None:
        own = _found(session, _people().join(Queue, Queue.monitor_id == Account.id).where(Queue.id == queue_id))
        if own:
            return own
    desk = _people().join(AccountRole, AccountRole.account_id == Account.id).where(AccountRole.role == Role.MONITOR)
    return _found(session, desk)


def recipients(session: Session, account_ids: Collection[UUID]) -> tuple[Recipient, ...]:
    """Those of these who work here now."""
    return _found(session, _people().where(Account.id.in_(account_ids)))


def _people() -> Select[*tuple[Any, ...]]:
    return select(Account.id, Account.name, Account.email, Account.locale).where(
        Account.status == AccountStatus.ACTIVE, Account.email.is_not(None)
    )


def _found(session: Session, query: Select[*tuple[Any, ...]]) -> tuple[Recipient, ...]:
    rows = session.execute(query.distinct().order_by(Account.name, Account.id))
    return tuple(Recipient(*row) for row in rows)
