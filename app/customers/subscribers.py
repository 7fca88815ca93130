"""The room hears from itself: records that arrive wait to be matched."""

from sqlalchemy.orm import Session

from app.customers.events import RecordsArrived
from app.customers.matching.waiting import note_due
from app.kernel.events import Bus


def register(bus: Bus) -> None:
    bus.on(RecordsArrived, matched_soon)


def matched_soon(session: Session, event: RecordsArrived) -> None:
    note_due(session, event.record_ids, in_bulk=event.in_bulk)
