"""What goes to services with an enquiry, to whom, and what they answer."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, case, func, select, update
from sqlalchemy.orm import Session

from app.enquiries.models import Enquiry
from app.enquiries.policy import OPEN
from app.handoffs.enums import Reach
from app.handoffs.models import EmailLink, Handoff, Referral, ServiceConnection
from app.kernel.actors import Actor
from app.kernel.i18n import N_
from app.kernel.personal import ERASED, MACHINE, OURS, Assessed, Held, Holding, Retention, Room, Row, Subject
from app.organisation.models import Unit

AT_ONCE = 500


def export_handoffs(session: Session, subject: Subject) -> Iterator[Row]:
    """Each service that their enquiries went to: the recipients and their systems, what they were told and what they said."""
    query = (
        select(Handoff, Enquiry.reference, Unit.name, ServiceConnection)
        .join(Enquiry, Enquiry.id == Handoff.enquiry_id)
        .join(Unit, Unit.id == Handoff.unit_id)
        .outerjoin(ServiceConnection, ServiceConnection.unit_id == Unit.id)
        .where(Enquiry.id.in_(subject.ids("enquiry")))
        .order_by(Handoff.offered_at, Handoff.id)
    )
    for one, reference, unit, connection in session.execute(query.execution_options(yield_per=AT_ONCE)):
        yield {
            "at": one.offered_at.isoformat(), "reference": reference, "recipient": unit, **_carried(one, connection), "state": one.state.value,
            "told": subject.masked(one.brief), "answer": subject.masked(one.outcome or one.reason),
            "their_number": one.external_id,
        }  # fmt: skip


def _carried(one: Handoff, connection: ServiceConnection | None) -> Row:
    """By which way it goes to the service, to which system, and whether it arrived there."""
    reach = connection.reach if connection else Reach.CONSOLE
    system = ""
    if connection is not None and reach is Reach.OPEN311:
        system = urlsplit(connection.open311_url).hostname or ""
    if connection is not None and reach is Reach.EMAIL:
        system = connection.email
    return {"way": reach.label, "system": system, "delivery": one.delivery.label}


def export_referrals(session: Session, subject: Subject) -> Iterator[Row]:
    query = (
        select(Referral, Enquiry.reference, Unit.name)
        .join(Enquiry, Enquiry.id == Referral.enquiry_id)
        .join(Unit, Unit.id == Referral.unit_id)
        .where(Enquiry.id.in_(subject.ids("enquiry")))
        .order_by(Referral.asked_at, Referral.id)
    )
    for one, reference, unit in session.execute(query.execution_options(yield_per=AT_ONCE)):
        yield {
            "at": one.asked_at.isoformat(), "reference": reference, "recipient": unit, "question": subject.masked(one.question),
            "answer": subject.masked(one.answer),
        }  # fmt: skip


def assess_handoffs(session: Session, subject: Subject) -> Assessed:
    return _assess(session, subject, Handoff, Handoff.brief != ERASED)


def erase_handoffs(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    """Words go; to whom it went, when and how it ended stays."""
    ids = list(
        session.scalars(select(Handoff.id).where(Handoff.enquiry_id.in_(_finished(subject)), Handoff.brief != ERASED))
    )
    blank = {
        "brief": ERASED, "outcome": case((Handoff.outcome == "", ""), else_=ERASED), "checklist": [], "delivery_error": "",
        "reason": case((Handoff.reason == "", ""), else_=ERASED), "external_token": "",
    }  # fmt: skip
    session.execute(
        update(Handoff).where(Handoff.id.in_(ids)).values(**blank).execution_options(synchronize_session=False)
    )
    sent = update(EmailLink).where(EmailLink.handoff_id.in_(ids)).values(sent_to=ERASED)
    session.execute(sent.execution_options(synchronize_session=False))
    session.expire_all()
    return len(ids)


def assess_referrals(session: Session, subject: Subject) -> Assessed:
    return _assess(session, subject, Referral, Referral.question != ERASED)


def erase_referrals(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    ids = list(
        session.scalars(
            select(Referral.id).where(Referral.enquiry_id.in_(_finished(subject)), Referral.question != ERASED)
        )
    )
    blank = {"question": ERASED, "answer": case((Referral.answer == "", ""), else_=ERASED)}
    session.execute(
        update(Referral).where(Referral.id.in_(ids)).values(**blank).execution_options(synchronize_session=False)
    )
    return len(ids)


def count_old(session: Session, before: datetime, held: Held) -> int:
    return session.scalar(select(func.count()).select_from(Handoff).where(_old(before, held))) or 0


def expire_old(session: Session, before: datetime, held: Held, most: int, _now: datetime) -> int:
    ids = list(session.scalars(select(Handoff.id).where(_old(before, held)).limit(most)))
    blank = {"brief": ERASED, "outcome": case((Handoff.outcome == "", ""), else_=ERASED), "checklist": []}
    session.execute(
        update(Handoff).where(Handoff.id.in_(ids)).values(**blank).execution_options(synchronize_session=False)
    )
    return len(ids)


def _assess(
    session: Session, subject: Subject, table: type[Handoff] | type[Referral], says: ColumnElement[bool]
) -> Assessed:
    def count(*where: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(table).where(says, *where)) or 0

    theirs = table.enquiry_id.in_(subject.ids("enquiry"))
    going = count(table.enquiry_id.in_(_finished(subject)))
    return Assessed.of(going, open_enquiry=count(theirs) - going)


def _finished(subject: Subject) -> ScalarSelect[UUID]:
    return (
        select(Enquiry.id).where(Enquiry.id.in_(subject.ids("enquiry")), Enquiry.state.not_in(OPEN)).scalar_subquery()
    )


def _old(before: datetime, held: Held) -> ColumnElement[bool]:
    return (Handoff.ended_at < before) & (Handoff.brief != ERASED) & Handoff.enquiry_id.not_in(held.enquiries)


_SIX = N_("Limitation Act 1980: claims can be made for six years")
_WHY = N_("So that the service that does the work knows what it is about")
ROOM = Room(
    "handoffs",
    (
        Holding(
            "handoffs", N_("To whom your enquiries went"),
            (
                "handoff.brief", "handoff.outcome", "handoff.reason", "handoff.delivery_error", "handoff.checklist", "handoff.external_id",
                "handoff.external_token", "handoff.external_code", "handoff_link.sent_to",
            ),
            Retention(72, N_("the handoff ended"), N_("the words are blanked"), _SIX, count_old, expire_old),
            _WHY, N_("The service named in each row"), export=export_handoffs, assess=assess_handoffs, erase=erase_handoffs,
        ),
        Holding(
            "referrals", N_("What other services were asked about them"), ("referral.question", "referral.answer"),
            Retention(72, N_("the enquiry was closed"), N_("blanked with the enquiry"), _SIX),
            _WHY, N_("The service named in each row"), export=export_referrals, assess=assess_referrals, erase=erase_referrals,
        ),
    ),
    {
        "handoff_checklist.items": OURS, "handoff_status_rule.*": OURS, "service_connection.*": OURS, "webhook_endpoint.*": OURS,
        "webhook_delivery.*": MACHINE, "webhook_attempt.*": MACHINE,
    },
)  # fmt: skip
