"""Enquiries that have to do with each other: linked, joined into one, taken apart again, split in two."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.enquiries import policy
from app.enquiries.enums import Disposition, EntryKind, LinkKind, State
from app.enquiries.events import EnquiryReceived
from app.enquiries.models import Enquiry, EnquiryLink
from app.enquiries.queries.reading import enquiry_row
from app.enquiries.rows import EnquiryRow
from app.enquiries.services.checklists import begin_checklist
from app.enquiries.services.core import (
    PREFIX,
    enter,
    heard,
    is_human,
    locked,
    may_speak,
    may_work,
    move,
    note_place,
    required,
    tell,
    touch,
)  # fmt: skip
from app.enquiries.services.messages import reopen_from
from app.enquiries.services.receiving import fresh_reference, prepared
from app.kernel import references
from app.kernel.actors import Actor
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.events import publish
from app.kernel.i18n import N_
from app.notifications.enums import Template
from app.organisation import queries as organisation
from app.organisation.policy import MONITORING_QUEUE
from app.organisation.questions import Answers


def link(session: Session, actor: Actor, reference: str, *, to: str, kind: LinkKind, now: datetime) -> None:
    """Say what this enquiry has to do with another. Both ends show it; doing it twice is once."""
    may_speak(actor)
    if kind is LinkKind.SPLIT_FROM:
        raise Invalid({"kind": N_("Choose what they have to do with each other")})
    one, other = _both(session, reference, to)
    pair = (EnquiryLink.from_id.in_((one.id, other.id)), EnquiryLink.to_id.in_((one.id, other.id)))
    if session.scalar(select(EnquiryLink.id).where(*pair, EnquiryLink.kind == kind)) is not None:
        return
    _link(session, actor, one, other, kind, now=now)
    for here, there in ((one, other), (other, one)):
        enter(session, here, actor, EntryKind.LINKED, now=now, public=False, reference=there.reference)
    session.flush()


def unlink(session: Session, actor: Actor, reference: str, link_id: UUID, *, now: datetime) -> None:
    """They have nothing to do with each other after all. The timelines of both keep that they were linked."""
    may_speak(actor)
    one = locked(session, reference, version=None)
    found = session.get(EnquiryLink, link_id)
    if found is None or one.id not in {found.from_id, found.to_id}:
        raise NotFound
    if found.kind is LinkKind.SPLIT_FROM:
        raise Conflict(N_("Where an enquiry was split from is part of its history"))
    other = session.get_one(Enquiry, found.to_id if found.from_id == one.id else found.from_id)
    session.execute(delete(EnquiryLink).where(EnquiryLink.id == link_id))
    for here, there in ((one, other), (other, one)):
        enter(session, here, actor, EntryKind.UNLINKED, now=now, public=False, reference=there.reference)
    session.flush()


def mark_duplicate(
    session: Session, actor: Actor, reference: str, *, of: str, reason: str, version: int | None, now: datetime
) -> EnquiryRow:
    """Join it to another one, which stays. Both references live on, the customers of both hear, and it can be undone."""
    text = required("reason", reason, N_("Give a reason: the customer will read it"))
    enquiry, survivor = _both(session, reference, of, version=version, field="of")
    may_work(session, actor, enquiry, now=now)
    if survivor.duplicate_of_id is not None:
        raise Invalid({"of": N_("Choose the enquiry that stays")})
    if enquiry.state not in policy.OPEN:
        raise Conflict(N_("This enquiry is finished"))
    if enquiry.state is State.WITH_SERVICE:
        raise Conflict(N_("The enquiry is with a service. Take it back first"))
    enquiry.duplicate_of_id = survivor.id
    move(
        session, enquiry, actor, State.DUPLICATE, now=now, disposition=Disposition.DUPLICATE, outcome=text, resolved_at=now,
        resolved_by_id=actor.account_id, due_at=None, asked="",
    )  # fmt: skip
    enter(session, enquiry, actor, EntryKind.DUPLICATE, now=now, body=text, reference=survivor.reference)
    tell(session, enquiry, Template.ENQUIRY_FINISHED, now=now, outcome=text)
    heard(session, enquiry, actor, now=now)
    _bring_along(session, enquiry, survivor)
    _hear_of_the_other(session, actor, survivor, enquiry, now)
    session.flush()
    return enquiry_row(session, enquiry)


def undo_merge(
    session: Session, actor: Actor, reference: str, *, reason: str, version: int | None, now: datetime
) -> EnquiryRow:
    """It was another matter after all: an enquiry of its own again, in triage, with the promise it had."""
    may_speak(actor)
    enquiry = locked(session, reference, version=version)
    text = required("reason", reason, N_("Say why it is opened again"))
    if enquiry.state is not State.DUPLICATE or enquiry.duplicate_of_id is None:
        raise Conflict(N_("This enquiry is not joined to another"))
    survivor = session.get_one(Enquiry, enquiry.duplicate_of_id)
    reopen_from(session, actor, enquiry, now=now)
    enter(session, enquiry, actor, EntryKind.REOPENED, now=now, body=text)
    tell(session, enquiry, Template.ENQUIRY_REASSIGNED, now=now)
    heard(session, enquiry, actor, now=now)
    enter(session, survivor, actor, EntryKind.UNMERGED, now=now, public=False, reference=enquiry.reference)
    session.flush()
    return enquiry_row(session, enquiry)


def split(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    service: str,
    answers: Answers,
    reason: str,
    version: int | None,
    now: datetime,
) -> EnquiryRow:
    """Two wants in one: the second becomes an enquiry of its own, filed and promised as if asked for at once. Returns the new one.

    It is routed like any other and so has somebody who answers for it; both know of each other, and the customer is told.
    """
    why = required("reason", reason, N_("Say what the second enquiry is about"))
    origin = locked(session, reference, version=version)
    may_work(session, actor, origin, now=now)
    if origin.state not in policy.OPEN:
        raise Conflict(N_("This enquiry is finished"))
    second = _second(session, actor, origin, service, answers, now=now)
    _link(session, actor, second, origin, LinkKind.SPLIT_FROM, now=now)
    enter(session, second, actor, EntryKind.SPLIT_FROM, now=now, body=why, reference=origin.reference)
    enter(session, origin, actor, EntryKind.SPLIT_OFF, now=now, body=why, reference=second.reference)
    touch(origin, actor, now=now)
    begin_checklist(session, second, now=now)
    publish(session, EnquiryReceived(second.id, second.service_id, second.channel, now))
    tell(session, second, Template.ENQUIRY_RECEIVED, now=now)
    session.flush()
    return enquiry_row(session, second)


def _second(
    session: Session, actor: Actor, origin: Enquiry, service: str, answers: Answers, *, now: datetime
) -> Enquiry:
    """The second enquiry: the same raiser, filed under the same record, in the same contact."""
    raiser = enquiry_row(session, origin).raiser
    entry, kept, property_id = prepared(session, service, answers, raiser, origin.channel)
    desk = organisation.queue_by_slug(session, MONITORING_QUEUE)
    promised = organisation.promise_of(entry, now)
    filed = ("account_id", "source_record_id", "acting_kind", "relationship_id", "concerns_record_id")
    same = ("channel", "contact_id", *filed, "received_by_id", "received_by", "locale")
    carried: Mapping[str, Any] = {name: getattr(origin, name) for name in same}
    second = Enquiry(
        reference=fresh_reference(session), service_id=entry.id, state=State.NEW, received_at=now,
        raiser_name=raiser.name, raiser_email=raiser.email, raiser_phone=raiser.phone,
        property_id=property_id or origin.property_id, answers=dict(kept), queue_id=desk.id, unit_id=desk.unit_id,
        held_since=now, promised_at=promised, first_promised_at=promised,
        next_action_at=organisation.working_days_of(entry, now, entry.first_response_working_days),
        hear_by=organisation.working_days_of(entry, now, entry.silence_working_days),
        last_human_action_at=now if is_human(actor) else None, **carried,
    )  # fmt: skip
    session.add(second)
    session.flush()
    note_place(session, second, now=now)
    enter(session, second, actor, EntryKind.RECEIVED, now=now, channel=second.channel.value, service=entry.name)
    return second


def _both(
    session: Session, reference: str, to: str, *, version: int | None = None, field: str = "to"
) -> tuple[Enquiry, Enquiry]:
    """Both enquiries, held; always in the same order of ids, so that two people who join crosswise do not wait for each other."""
    try:
        found = {enquiry.id: enquiry for enquiry in _in_order(session, reference, to)}
    except NotFound as error:
        locked(session, reference, version=None)
        raise Invalid({field: N_("There is no enquiry with this reference")}) from error
    one = locked(session, reference, version=version)
    other = next((enquiry for key, enquiry in found.items() if key != one.id), None)
    if other is None:
        raise Invalid({field: N_("Enter the reference of another enquiry")})
    return one, other


def _in_order(session: Session, *wanted: str) -> list[Enquiry]:
    """These enquiries, locked one after the other in the order of their references as they are stored."""
    canonical = sorted({_canonical(reference) for reference in wanted})
    return [locked(session, reference, version=None) for reference in canonical]


def _canonical(reference: str) -> str:
    try:
        return references.parse(reference, PREFIX)
    except references.BadReference as error:
        raise NotFound from error


def _bring_along(session: Session, joined: Enquiry, survivor: Enquiry) -> None:
    """What was joined to the one that now joins, joins the survivor: no reference is two steps from where it is dealt with."""
    session.execute(update(Enquiry).where(Enquiry.duplicate_of_id == joined.id).values(duplicate_of_id=survivor.id))


def _hear_of_the_other(session: Session, actor: Actor, survivor: Enquiry, joined: Enquiry, now: datetime) -> None:
    """The survivor's timeline says so to its customer too, without a name or a reference of somebody else's."""
    touch(survivor, actor, now=now)
    enter(session, survivor, actor, EntryKind.MERGED_IN, now=now, public=False, reference=joined.reference)
    if survivor.state in policy.OPEN:
        tell(session, survivor, Template.ENQUIRY_JOINED, now=now)


def _link(session: Session, actor: Actor, one: Enquiry, other: Enquiry, kind: LinkKind, *, now: datetime) -> None:
    session.add(
        EnquiryLink(from_id=one.id, to_id=other.id, kind=kind, at=now, by_id=actor.account_id, by_name=actor.name)
    )
    session.flush()
