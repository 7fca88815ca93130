"""The monitoring desk: figures, anomalies, and how well enquiries were handled."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from app.kernel.actors import Actor
from app.kernel.i18n import N_
from app.kernel.personal import ERASED, MACHINE, OURS, STAFF, Assessed, Held, Holding, Retention, Room, Subject
from app.oversight.models import Anomaly, QualitySample


def assess_quality(session: Session, subject: Subject) -> Assessed:
    query = select(func.count()).select_from(QualitySample).where(_theirs(subject))
    return Assessed(session.scalar(query) or 0)


def erase_quality(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    """Scores stay; what was written about how their enquiry was handled goes."""
    return _blank(session, list(session.scalars(select(QualitySample.id).where(_theirs(subject)))))


def count_old(session: Session, before: datetime, held: Held) -> int:
    return session.scalar(select(func.count()).select_from(QualitySample).where(_old(before, held))) or 0


def expire_old(session: Session, before: datetime, held: Held, most: int, _now: datetime) -> int:
    return _blank(session, list(session.scalars(select(QualitySample.id).where(_old(before, held)).limit(most))))


def assess_anomalies(session: Session, subject: Subject) -> Assessed:
    query = select(func.count()).select_from(Anomaly).where(_found(subject))
    return Assessed(session.scalar(query) or 0)


def erase_anomalies(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    """That something was wrong stays, and what it was; the words of whoever explained it go."""
    ids = list(session.scalars(select(Anomaly.id).where(_found(subject))))
    session.execute(update(Anomaly).where(Anomaly.id.in_(ids)).values(explanation=ERASED))
    return len(ids)


def _theirs(subject: Subject) -> ColumnElement[bool]:
    says = (QualitySample.feedback != "") | (QualitySample.answer != "")
    return QualitySample.enquiry_id.in_(subject.ids("enquiry")) & says


def _found(subject: Subject) -> ColumnElement[bool]:
    return Anomaly.enquiry_id.in_(subject.ids("enquiry")) & Anomaly.explanation.not_in(("", ERASED))


def _old(before: datetime, held: Held) -> ColumnElement[bool]:
    says = (QualitySample.feedback != "") | (QualitySample.answer != "")
    return (QualitySample.scored_at < before) & says & QualitySample.enquiry_id.not_in(held.enquiries)


def _blank(session: Session, ids: list[object]) -> int:
    session.execute(update(QualitySample).where(QualitySample.id.in_(ids)).values(feedback="", answer=""))
    return len(ids)


_ABOUT_STAFF = N_("It is about how a colleague worked; what it says of the enquiry is in the enquiry")
ROOM = Room(
    "oversight",
    (
        Holding(
            "quality", N_("How well your enquiries were handled"), ("quality_sample.feedback", "quality_sample.answer"),
            Retention(24, N_("the score"), N_("the words are blanked"), N_("Long enough to learn from"), count_old, expire_old),
            N_("To learn from what went well or wrong"), N_("Team leaders and monitors"), unshared=_ABOUT_STAFF,
            assess=assess_quality, erase=erase_quality,
        ),
        Holding(
            "anomalies", N_("What the monitoring desk noticed"),
            ("anomaly.explanation", "anomaly.detail", "anomaly.subject", "oversight_batch.reason", "oversight_batch.lines"),
            Retention(None, N_("as long as the enquiry"), N_("the words are blanked"), N_("Part of the enquiry's history")),
            N_("So that no enquiry is forgotten"), N_("Monitors"), unshared=_ABOUT_STAFF,
            assess=assess_anomalies, erase=erase_anomalies,
        ),
    ),
    {
        "oversight_ageing.*": MACHINE, "oversight_day.*": MACHINE, "quality_question.text": OURS, "quality_sample.week": MACHINE,
        "quality_sample.team": STAFF,
    },
)  # fmt: skip
