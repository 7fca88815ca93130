"""So that two stewards don't collide: whoever opens something has it, for a few minutes, until it is decided or given back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, null, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.customers.desk_policy import CLAIM_FOR
from app.customers.models import DeskClaim
from app.kernel.actors import Actor
from app.kernel.errors import Conflict, NotAllowed
from app.kernel.i18n import N_


def claim(session: Session, actor: Actor, subject_id: UUID, *, now: datetime) -> DeskClaim:
    """Take something, or keep it for longer. Gives the claim that stands: mine, or another steward's that has not run out."""
    if actor.account_id is None:
        raise NotAllowed
    mine = {
        "subject_id": subject_id, "claimed_by": actor.account_id, "claimed_by_name": actor.name, "claimed_at": now,
        "until_at": now + CLAIM_FOR,
    }  # fmt: skip
    free = (DeskClaim.until_at <= now) | (DeskClaim.claimed_by == actor.account_id)
    changes = {**mine, "opened_reason": _kept_reason(actor.account_id, now)}
    session.execute(
        insert(DeskClaim).values(mine).on_conflict_do_update(index_elements=["subject_id"], set_=changes, where=free)
    )
    return session.scalars(
        select(DeskClaim).where(DeskClaim.subject_id == subject_id), execution_options={"populate_existing": True}
    ).one()


def refuse_anothers(session: Session, actor: Actor, subject_id: UUID, *, now: datetime) -> None:
    """Raises Conflict while another steward has it."""
    held = session.get(DeskClaim, subject_id, populate_existing=True)
    if held is not None and held.until_at > now and held.claimed_by != actor.account_id:
        raise Conflict(N_("%(name)s has this open just now"), name=held.claimed_by_name)


def release(session: Session, actor: Actor, subject_id: UUID) -> None:
    """Give it back."""
    session.execute(
        delete(DeskClaim).where(DeskClaim.subject_id == subject_id, DeskClaim.claimed_by == actor.account_id)
    )


def opened_reason(session: Session, actor: Actor, subject_id: UUID, *, now: datetime) -> str:
    """The reason for which this steward has opened something restricted, while they have it; "" otherwise."""
    held = session.get(DeskClaim, subject_id, populate_existing=True)
    mine = held is not None and held.claimed_by == actor.account_id and held.until_at > now
    return (held.opened_reason or "") if held is not None and mine else ""


def _kept_reason(account_id: UUID, now: datetime) -> ColumnElement[str | None]:
    """A reason stands only for whom it was given by, and for as long as the claim."""
    return case(
        ((DeskClaim.claimed_by == account_id) & (DeskClaim.until_at > now), DeskClaim.opened_reason), else_=null()
    )
