"""Watching what sources send after they were told of a correction: the right value, the old one again, or something else."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize
from app.customers import queries as customers
from app.customers import services as customer_services
from app.customers.events import SourceLoaded
from app.kernel.actors import SYSTEM, Actor
from app.kernel.errors import Conflict, NotFound
from app.kernel.i18n import N_
from app.kernel.personal import ERASED, folded
from app.rights import policy
from app.rights.enums import CorrectionState
from app.rights.models import RightsRequest, SourceCorrection
from app.rights.policy import Sent
from app.rights.services.core import note

RIGHT_NOW = N_("The source says it itself now")


def look_at_load(session: Session, event: SourceLoaded) -> None:
    """What a load has brought is compared with what its source was told: in the same transaction, once for each load."""
    watched = session.scalars(
        select(SourceCorrection)
        .where(SourceCorrection.source == event.source, SourceCorrection.told_at > event.at - policy.WATCHED_FOR)
        .where(SourceCorrection.told_at <= event.at, SourceCorrection.reason != ERASED)
        .order_by(SourceCorrection.told_at, SourceCorrection.id)
        .with_for_update()
    ).all()
    if not watched:
        return
    says = customers.sent_with(session, event.load_id, {made.source_record_id for made in watched})
    for made in watched:
        if made.source_record_id in says:
            found = says[made.source_record_id].get(made.attribute, "")
            _SEEN[policy.sent(found, made.says, made.should_say)](session, made, event.at)


def lift_pin(session: Session, actor: Actor, correction_id: UUID, *, now: datetime) -> None:
    """The source says itself what we pinned, so the rules may decide again. Somebody says so: nothing is lifted by itself.

    Conflict while the source does not say it. A pin that somebody has lifted or replaced already is let be.
    """
    authorize(actor, Permission.RIGHTS_HANDLE)
    made = session.get(SourceCorrection, correction_id, with_for_update=True, populate_existing=True)
    if made is None:
        raise NotFound
    if not made.pinned or made.right_at is None:
        raise Conflict(N_("The right value is not sent by the source yet"))
    for pin_id in _pins(session, made):
        customer_services.lift_pin(session, actor, pin_id, reason=RIGHT_NOW, now=now)
    made.pinned = False
    note(session, session.get_one(RightsRequest, made.request_id), actor, "pin_lifted", now)


def _pins(session: Session, made: SourceCorrection) -> list[UUID]:
    """The pin that the correction made, if it stands: on the customer of the record, with the value that is right."""
    golden = customers.golden_of_source_record(session, made.source_record_id)
    records = customers.source_records_of_golden(session, golden) if golden else ()
    standing = customers.pins_of(session, records)
    return [
        one.id
        for one in standing
        if one.attribute == made.attribute and not one.from_record and folded(one.value) == folded(made.should_say)
    ]


def _put_right(session: Session, made: SourceCorrection, now: datetime) -> None:
    """Its answer is what it sends, whatever it has said before, or not said."""
    if made.right_at is not None:
        return
    made.right_at = now
    if made.state is not CorrectionState.ACCEPTED:
        made.state, made.answered_at, made.answered_by_name = CorrectionState.ACCEPTED, now, SYSTEM.name
    _note(session, made, "source_put_right", now)


def _sent_old(session: Session, made: SourceCorrection, now: datetime) -> None:
    """Told of once, and counted each time. If it had sent the right value before, it is waited for again."""
    first = made.sent_old == 0
    made.sent_old, made.sent_old_at = made.sent_old + 1, now
    if made.right_at is not None:
        _went_back(session, made, now)
    elif first:
        _note(session, made, "source_sent_again", now)


def _sent_other(session: Session, made: SourceCorrection, now: datetime) -> None:
    if made.right_at is not None:
        _went_back(session, made, now)


def _went_back(session: Session, made: SourceCorrection, now: datetime) -> None:
    made.right_at = made.answered_at = made.answered_by_name = made.answer = made.reminded_at = None
    made.state, made.due_at, made.reminders = CorrectionState.TOLD, now + policy.SOURCE_ANSWERS, 0
    _note(session, made, "source_went_back", now)


def _note(session: Session, made: SourceCorrection, what: str, now: datetime) -> None:
    note(session, session.get_one(RightsRequest, made.request_id), SYSTEM, what, now)


_SEEN = {Sent.RIGHT: _put_right, Sent.OLD: _sent_old, Sent.OTHER: _sent_other}
