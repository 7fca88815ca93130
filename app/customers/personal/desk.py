"""The stewards' desk: what residents have told us is wrong, and our answers; what stewards have said of pairs."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from app.customers.enums import CaseStatus
from app.customers.models import DeskCase, DeskJudgement, DeskOpinion
from app.kernel.actors import Actor
from app.kernel.i18n import N_
from app.kernel.personal import ERASED, Assessed, Held, Holding, Retention, Row, Subject


def export_cases(session: Session, subject: Subject) -> Iterator[Row]:
    """What they have told us of their records, and what we answered."""
    for case in session.scalars(select(DeskCase).where(_theirs(subject)).order_by(DeskCase.opened_at, DeskCase.id)):
        yield {
            "at": case.opened_at.isoformat(), "what": list(case.what), "said": subject.masked(case.said),
            "outcome": case.outcome.value if case.outcome else None, "answer": subject.masked(case.answer or ""),
            "answered_at": case.answered_at.isoformat() if case.answered_at else None,
        }  # fmt: skip


def assess_cases(session: Session, subject: Subject) -> Assessed:
    def count(*where: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(DeskCase).where(_theirs(subject), *where)) or 0

    waiting = count(DeskCase.status == CaseStatus.OPEN)
    return Assessed.of(count(DeskCase.said != ERASED) - waiting, open_enquiry=waiting)


def erase_cases(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    """The words go; that there was a case, and how it ended, stays."""
    done = select(DeskCase.id).where(_theirs(subject), DeskCase.status == CaseStatus.ANSWERED, DeskCase.said != ERASED)
    return _blank(session, list(session.scalars(done)))


def count_cases(session: Session, before: datetime, held: Held) -> int:
    return session.scalar(select(func.count()).select_from(DeskCase).where(_over(before, held))) or 0


def expire_cases(session: Session, before: datetime, held: Held, most: int, _now: datetime) -> int:
    old = select(DeskCase.id).where(_over(before, held)).order_by(DeskCase.id).limit(most)
    return _blank(session, list(session.scalars(old)))


def count_sayings(session: Session, before: datetime, held: Held) -> int:
    return sum(
        session.scalar(select(func.count()).select_from(table).where(old)) or 0 for table, old in _sayings(before, held)
    )


def expire_sayings(session: Session, before: datetime, held: Held, most: int, _now: datetime) -> int:
    """Of each judgement stay who judged, when and how: accuracy is estimated from these. What the pair looked like goes."""
    done = 0
    for table, old in _sayings(before, held):
        ids = list(session.scalars(select(table.id).where(old).order_by(table.id).limit(most)))
        blank: dict[str, object] = {"before": {}} if table is DeskJudgement else {"reason": ""}
        session.execute(update(table).where(table.id.in_(ids)).values(**blank))
        done += len(ids)
    return done


def _sayings(before: datetime, held: Held) -> tuple[tuple[Any, ColumnElement[bool]], ...]:
    """What was said of pairs so long ago, of no record on which a hold stands."""
    judged = and_(DeskJudgement.at < before, DeskJudgement.before != {}, ~_of_held(DeskJudgement, held))
    thought = and_(DeskOpinion.given_at < before, DeskOpinion.reason != "", ~_of_held(DeskOpinion, held))
    return (DeskJudgement, judged), (DeskOpinion, thought)


def _of_held(table: Any, held: Held) -> ColumnElement[bool]:
    return or_(table.left_id.in_(held.records), table.right_id.in_(held.records))


def _theirs(subject: Subject) -> ColumnElement[bool]:
    return DeskCase.account_id.in_(subject.accounts)


def _over(before: datetime, held: Held) -> ColumnElement[bool]:
    kept = DeskCase.account_id.in_(held.accounts) | DeskCase.source_record_id.in_(held.records)
    return (DeskCase.answered_at < before) & (DeskCase.said != ERASED) & ~func.coalesce(kept, False)


def _blank(session: Session, ids: list[object]) -> int:
    values = {"said": ERASED, "answer": ERASED, "opened_by_name": ERASED}
    session.execute(update(DeskCase).where(DeskCase.id.in_(ids)).values(**values))
    return len(ids)


HOLDINGS = (
    Holding(
        "desk-cases",
        N_("What you have told us is wrong"),
        ("desk_case.what", "desk_case.said", "desk_case.answer", "desk_case.opened_by_name"),
        Retention(36, N_("the answer"), N_("the words are blanked"), N_("Long enough to answer a complaint"), count_cases, expire_cases),
        N_("To put right what is wrong"), N_("Data stewards"),
        export=export_cases, assess=assess_cases, erase=erase_cases,
    ),
    Holding(
        "desk-sayings",
        N_("What stewards have said of pairs of records"),
        ("desk_judgement.before", "desk_judgement.left_source", "desk_judgement.right_source", "desk_opinion.reason", "desk_opinion.risks",
         "desk_claim.opened_reason"),
        Retention(36, N_("the judgement"), N_("what the pair looked like is blanked"), N_("To know how accurate matching is"), count_sayings, expire_sayings),
        unshared=N_("It is about two records at once, one of which may be somebody else's; what follows from it is in your record's history"),
        unerased=N_("Blanked with the source record"),
    ),
)  # fmt: skip
