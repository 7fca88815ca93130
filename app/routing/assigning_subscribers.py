"""Assignment hears at once when somebody leaves a unit or their rota changes."""

from sqlalchemy.orm import Session

from app.kernel.events import Bus
from app.organisation.events import MemberLeft, ShiftChanged
from app.routing import assigning


def register(bus: Bus) -> None:
    bus.on(MemberLeft, left)
    bus.on(ShiftChanged, shift_changed)


def left(session: Session, event: MemberLeft) -> None:
    """What they had in this unit goes to somebody who is there."""
    assigning.move_on_from_unit(session, event.account_id, event.unit_id, now=event.at)


def shift_changed(session: Session, event: ShiftChanged) -> None:
    """What needs them while they are away moves on now, not when somebody notices."""
    assigning.move_on_from_absent(session, account_ids=[event.account_id], now=event.at)
