"""Putting right: pin the right value at once, tell the source that has it wrong, and keep at it until the source has answered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize
from app.customers import queries as customers
from app.customers import services as customer_services
from app.customers.queries import LABELS
from app.kernel.actors import Actor
from app.kernel.clock import london_date
from app.kernel.errors import Conflict, Invalid, NotFound, Stale
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.notifications import services as notifications
from app.notifications.enums import Template
from app.rights import policy
from app.rights.enums import CorrectionState, RightKind
from app.rights.models import RightsRecord, RightsRequest, SourceCorrection
from app.rights.queries.requests import records_of
from app.rights.rows import RecordLine
from app.rights.services.core import note, to_handle

LONGEST = 500


def correct(
    session: Session,
    actor: Actor,
    request_id: UUID,
    source_record_id: UUID,
    attribute: str,
    *,
    should_say: str,
    reason: str,
    pin: bool = True,
    now: datetime,
) -> UUID:
    """A value of a record is wrong: tell its source, and with `pin` show the right one from now on, whatever the source sends.

    Pinning needs the record to be part of a golden record. Raises NotFound for a record that is not the person's.
    """
    request = to_handle(session, actor, request_id)
    if request.kind is not RightKind.RECTIFICATION:
        raise Conflict(N_("This request is not about a correction"))
    if request.identity_at is None:
        raise Conflict(N_("First write down how they showed who they are"))
    line = _record(session, request, source_record_id)
    errors = _wrong(attribute, should_say, reason)
    if errors:
        raise Invalid(errors)
    golden = customers.golden_of_source_record(session, source_record_id) if pin else None
    if golden is not None:
        customer_services.pin(
            session, actor, golden, attribute, value=should_say.strip(), reason=reason.strip(), now=now
        )
    source = customers.source_of_record(session, source_record_id)
    made = SourceCorrection(
        id=new_id(), request_id=request.id, source_record_id=source_record_id, source=source.slug, attribute=attribute,
        says=line.values.get(attribute, "")[:LONGEST], should_say=should_say.strip(), reason=reason.strip(), pinned=golden is not None,
        state=CorrectionState.TOLD, told_at=now, told_by_name=actor.name, told_to=source.contact if "@" in source.contact else "",
        due_at=now + policy.SOURCE_ANSWERS,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _write(session, request, made, line, now)
    note(session, request, actor, "source_told", now, words=LABELS[attribute])
    return made.id


def source_answered(
    session: Session, actor: Actor, correction_id: UUID, *, accepted: bool, answer: str = "", now: datetime
) -> None:
    """What the source says. A refusal needs its reason; Stale if somebody has written down an answer already."""
    authorize(actor, Permission.RIGHTS_HANDLE)
    made = session.get(SourceCorrection, correction_id, with_for_update=True, populate_existing=True)
    if made is None:
        raise NotFound
    if made.state is not CorrectionState.TOLD:
        raise Stale(N_("The source's answer has been written down already"))
    if not accepted and not answer.strip():
        raise Invalid({"answer": N_("Write down why the source refuses")})
    made.state = CorrectionState.ACCEPTED if accepted else CorrectionState.REFUSED
    made.answer, made.answered_at, made.answered_by_name = answer.strip(), now, actor.name
    request = session.get_one(RightsRequest, made.request_id)
    note(session, request, actor, "source_accepted" if accepted else "source_refused", now, words=answer.strip())


def remind(session: Session, actor: Actor, *, now: datetime) -> int:
    """Write again to sources whose answer is overdue, once a week and four times at most; the desk sees each as overdue all the time."""
    again = or_(SourceCorrection.reminded_at.is_(None), SourceCorrection.reminded_at <= now - policy.REMIND_EVERY)
    late = select(SourceCorrection).where(
        SourceCorrection.state == CorrectionState.TOLD, SourceCorrection.due_at < now, again,
        SourceCorrection.reminders < policy.MOST_REMINDERS,
    )  # fmt: skip
    found = session.scalars(
        late.order_by(SourceCorrection.due_at, SourceCorrection.id).with_for_update(skip_locked=True)
    ).all()
    for made in found:
        made.reminded_at, made.reminders = now, made.reminders + 1
        request = session.get_one(RightsRequest, made.request_id)
        line = next(
            (one for one in records_of(session, request.id) if one.source_record_id == made.source_record_id), None
        )
        if line is not None:
            _write(session, request, made, line, now)
        note(session, request, actor, "source_reminded", now)
    return len(found)


def _write(session: Session, request: RightsRequest, made: SourceCorrection, line: RecordLine, now: datetime) -> None:
    """An e-mail to whoever looks after the source. Of a restricted record it says nothing but where to ask."""
    if not made.told_to:
        return
    notifications.queue_message(
        session, Template.RIGHTS_CORRECTION, to=made.told_to, locale="en",
        context={
            "name": None, "path": f"/console/rights/corrections/{made.id}", "reference": request.reference, "source": line.source_name, "key": line.source_key,
            "what": LABELS[made.attribute], "should_say": "" if line.restricted else made.should_say,
            "due_on": london_date(made.due_at), "again": made.reminders > 0,
        },
        about=("source_correction", made.id), dedupe_key=f"rights.correction:{made.id}:{made.due_at:%Y%m%d}:{made.reminders}", now=now,
    )  # fmt: skip


def _record(session: Session, request: RightsRequest, source_record_id: UUID) -> RecordLine:
    mine = session.get(RightsRecord, (request.id, source_record_id))
    found = [
        line for line in records_of(session, request.id) if line.source_record_id == source_record_id and line.there
    ]
    if mine is None or not found:
        raise NotFound
    return found[0]


def _wrong(attribute: str, should_say: str, reason: str) -> dict[str, str]:
    errors = {}
    if attribute not in LABELS or attribute == "phone_2":
        errors["attribute"] = N_("Choose what is wrong")
    if len(should_say) > LONGEST:
        errors["should_say"] = N_("The value is too long")
    if not reason.strip():
        errors["reason"] = N_("Say how you know what is right")
    return errors
