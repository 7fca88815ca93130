"""Handing over what was asked, said, written and done: streamed, a row at a time, whatever the length of the history."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Result, or_, select
from sqlalchemy.orm import Session

from app.enquiries.enums import Direction, Visibility
from app.enquiries.models import Attachment, AttachmentContent, Contact, Enquiry, EnquiryEntry, EnquiryMessage
from app.enquiries.personal.subject import ACTED, ACTED_CONTACT, contacts_of, theirs
from app.enquiries.texts import TEXTS
from app.kernel.actors import ActorKind
from app.kernel.i18n import N_
from app.kernel.personal import ANOTHERS, Row, Subject
from app.organisation.models import Service, Unit

AT_ONCE = 1000
_WHO = {
    ActorKind.RESIDENT: N_("You"), ActorKind.STAFF: N_("Our staff"), ActorKind.SERVICE: N_("A service's system"),
    ActorKind.SYSTEM: N_("Firstpoint itself"), ActorKind.PUBLIC: N_("Somebody not signed in"),
}  # fmt: skip


FOR_YOU = N_("You, or somebody who acts for you")
HIDDEN = N_("Taken out of sight: it was somebody else's, or was sent by mistake")
INSIDE = N_("Kept among ourselves. It may be about somebody else too: ask us, and a person looks it through with you")


def export_enquiries(session: Session, subject: Subject) -> Iterator[Row]:
    """What they asked, and what was asked for them; of whoever asked for them not the name."""
    for one, service, unit in _listed(session, theirs(subject)):
        acted = one.acting_kind is not None
        yield {
            "at": one.received_at.isoformat(), "reference": one.reference, "about": service, "with": unit, "channel": one.channel.value,
            "state": one.state.value, "asked_by": FOR_YOU if acted else _WHO[ActorKind.RESIDENT], "acting_as": one.acting_kind,
            **_named(one, hide=acted),
            "answers": {key: subject.masked(str(said)) for key, said in one.answers.items()},
            "promised_at": one.promised_at.isoformat(), "outcome": subject.masked(one.outcome),
            "finished_at": one.resolved_at.isoformat() if one.resolved_at else None,
        }  # fmt: skip


def export_acted(session: Session, subject: Subject) -> Iterator[Row]:
    """What they asked for somebody else: that they did, and how they called themselves. What it says is about the other."""
    for one, service, unit in _listed(session, Enquiry.id.in_(subject.ids(ACTED))):
        yield {
            "at": one.received_at.isoformat(), "reference": one.reference, "about": service, "with": unit, "channel": one.channel.value,
            "state": one.state.value, "acting_as": one.acting_kind, **_named(one, hide=False), "what_it_says": ANOTHERS,
        }  # fmt: skip


def export_timeline(session: Session, subject: Subject) -> Iterator[Row]:
    """Every line of their enquiries, our own notes among them; colleagues are not named, other people neither."""
    columns = (
        Enquiry.reference, Enquiry.acting_kind, EnquiryEntry.at, EnquiryEntry.kind, EnquiryEntry.visibility, EnquiryEntry.actor_kind,
        EnquiryEntry.body,
    )  # fmt: skip
    query = select(*columns).join(Enquiry, Enquiry.id == EnquiryEntry.enquiry_id).where(theirs(subject))
    ordered = query.order_by(EnquiryEntry.at, EnquiryEntry.id).execution_options(yield_per=AT_ONCE)
    for reference, acting, at, kind, visibility, who, body in session.execute(ordered):
        yield {
            "at": at.isoformat(), "reference": reference, "what": TEXTS[kind].partition(" %(")[0], "who": _by(who, acting),
            "internal": visibility is Visibility.INTERNAL, "text": subject.masked(body),
        }  # fmt: skip


def export_correspondence(session: Session, subject: Subject) -> Iterator[Row]:
    """Their own words as they wrote them; ours, and those of whoever acts for them, without other people."""
    query = select(Enquiry.reference, Enquiry.acting_kind, EnquiryMessage).join(
        Enquiry, Enquiry.id == EnquiryMessage.enquiry_id
    )
    ordered = query.where(theirs(subject)).order_by(EnquiryMessage.at, EnquiryMessage.id)
    for reference, acting, one in session.execute(ordered.execution_options(yield_per=AT_ONCE)):
        came = one.direction is Direction.IN
        own = came and (acting is None or one.author_id in subject.accounts)
        yield {
            "at": one.at.isoformat(), "reference": reference,
            "from": _WHO[ActorKind.RESIDENT] if own else _by(ActorKind.RESIDENT if came else ActorKind.STAFF, acting),
            "text": one.body if own else subject.masked(one.body), "sent_to": subject.masked(one.sent_to),
        }  # fmt: skip


def export_files(session: Session, subject: Subject) -> Iterator[Row]:
    """Each file, with its SHA-256; those that they can see in My Account go with the copy, of the others it says why not."""
    query = select(Enquiry.reference, Enquiry.acting_kind, Attachment)
    query = query.join(Enquiry, Enquiry.id == Attachment.enquiry_id).where(theirs(subject))
    ordered = query.order_by(Attachment.at, Attachment.id).execution_options(yield_per=AT_ONCE)
    for reference, acting, one in session.execute(ordered):
        left_out = HIDDEN if one.hidden_at else INSIDE if one.visibility is Visibility.INTERNAL else None
        yield {
            "at": one.at.isoformat(), "reference": reference, "name": ANOTHERS if one.hidden_at else subject.masked(one.name),
            "type": one.type.value, "size": one.size, "from": _by(one.actor_kind, acting), "sha256": one.digest, "left_out": left_out,
        }  # fmt: skip


def file_bytes(session: Session, digest: str) -> bytes:
    """The bytes under a SHA-256. Ten megabytes at most."""
    return session.execute(select(AttachmentContent.content).where(AttachmentContent.digest == digest)).scalar_one()


def export_contacts(session: Session, subject: Subject) -> Iterator[Row]:
    """Calls and visits of theirs, and about them; what was said when they spoke for somebody else is left out."""
    acted = Contact.id.in_(subject.ids(ACTED_CONTACT))
    query = select(Contact, acted).where(or_(contacts_of(subject), acted)).order_by(Contact.started_at, Contact.id)
    for one, for_another in session.execute(query.execution_options(yield_per=AT_ONCE)):
        about_them = not for_another and one.concerns_record_id is not None
        said = {"name": one.caller_name, "email": one.caller_email, "phone": one.caller_phone}
        yield {
            "at": one.started_at.isoformat(), "channel": one.channel.value, **(dict.fromkeys(said, ANOTHERS) if about_them else said),
            "waited_seconds": one.wait_seconds, "talked_seconds": one.talk_seconds,
            "ended_as": one.wrap_up.value if one.wrap_up else None,
            "note": ANOTHERS if for_another and one.note else subject.masked(one.note),
        }  # fmt: skip


def _listed(session: Session, which: ColumnElement[bool]) -> Result[Enquiry, str, str]:
    query = (
        select(Enquiry, Service.name, Unit.name)
        .join(Service, Service.id == Enquiry.service_id)
        .join(Unit, Unit.id == Enquiry.unit_id)
        .where(which)
        .order_by(Enquiry.received_at, Enquiry.id)
    )
    return session.execute(query.execution_options(yield_per=AT_ONCE))


def _named(one: Enquiry, *, hide: bool) -> Row:
    said = {"name": one.raiser_name, "email": one.raiser_email, "phone": one.raiser_phone}
    return {name: ANOTHERS if hide and value else value for name, value in said.items()}


def _by(kind: ActorKind, acting: str | None) -> str:
    return FOR_YOU if acting is not None and kind in {ActorKind.RESIDENT, ActorKind.PUBLIC} else _WHO[kind]
