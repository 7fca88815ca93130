"""Taking back the last thing that a steward has said at the desk: the pair is there again, as it was."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.desk_policy import UNDO_FOR
from app.customers.desk_rows import UndoneRow
from app.customers.enums import HoldReason, OpinionStatus
from app.customers.models import (
    DeskCase,
    DeskJudgement,
    DeskOpinion,
    DeskSkip,
    PossibleMatch,
    SourceRecord,
    StewardDecision,
)
from app.customers.services.stewardship import lift
from app.kernel.actors import Actor
from app.kernel.errors import Conflict
from app.kernel.i18n import N_

_WHY = N_("Taken back at the desk by whoever said it")


def undo(session: Session, actor: Actor, *, now: datetime) -> UndoneRow:
    """Take back this steward's last judgement, or all of what was joined at once. Conflict when there is nothing, or it is too late.

    What another steward has confirmed since is no longer the first one's to take back.
    """
    last = session.scalar(
        select(DeskJudgement)
        .where(
            DeskJudgement.account_id == actor.account_id,
            DeskJudgement.undone_at.is_(None),
            DeskJudgement.at > now - UNDO_FOR,
        )
        .order_by(DeskJudgement.at.desc(), DeskJudgement.id.desc())
        .limit(1)
        .with_for_update()
    )
    if last is None:
        raise Conflict(
            N_("There is nothing of yours to take back. What is older than an hour is lifted on the customer's page")
        )
    together = [last] if last.bulk_id is None else _of_bulk(session, last.bulk_id)
    for one in together:
        _take_back(session, actor, one, now)
    audit.record(session, actor, "steward.undone", "desk_judgement", last.id, now=now, pairs=len(together))
    match = UUID(last.before["id"]) if last.audit_id is None else None
    return UndoneRow(match, last.audit_id, len(together), skipped=last.verdict is None)


def _of_bulk(session: Session, bulk_id: UUID) -> list[DeskJudgement]:
    query = select(DeskJudgement).where(DeskJudgement.bulk_id == bulk_id, DeskJudgement.undone_at.is_(None))
    return list(session.scalars(query.order_by(DeskJudgement.id).with_for_update()))


def _take_back(session: Session, actor: Actor, judgement: DeskJudgement, now: datetime) -> None:
    judgement.undone_at = now
    if judgement.audit_id is not None:
        case = judgement.before.get("case")
        if case:
            session.execute(delete(DeskCase).where(DeskCase.id == UUID(case), DeskCase.answered_at.is_(None)))
        return
    if judgement.verdict is None:
        match = UUID(judgement.before["id"])
        session.execute(delete(DeskSkip).where(DeskSkip.match_id == match, DeskSkip.account_id == actor.account_id))
        return
    _reopen(session, actor, judgement, now)


def _reopen(session: Session, actor: Actor, judgement: DeskJudgement, now: datetime) -> None:
    opinion = session.get(DeskOpinion, judgement.opinion_id, with_for_update=True) if judgement.opinion_id else None
    if opinion is not None and judgement.decision_id is None and opinion.given_by == actor.account_id:
        if opinion.status is not OpinionStatus.WAITING:
            raise Conflict(
                N_("%(name)s has answered since. It is no longer yours alone to take back"),
                name=opinion.settled_by_name,
            )
        opinion.status, opinion.settled_at = OpinionStatus.WITHDRAWN, now
        return
    if opinion is not None:
        opinion.status, opinion.settled_by, opinion.settled_by_name, opinion.settled_at = (
            OpinionStatus.WAITING,
            None,
            None,
            None,
        )
    decision = session.get(StewardDecision, judgement.decision_id) if judgement.decision_id else None
    if decision is not None and decision.lifted_at is None and decision.decided_at == judgement.at:
        lift(session, actor, decision.id, reason=_WHY, now=now)
        _put_back(session, judgement)


def _put_back(session: Session, judgement: DeskJudgement) -> None:
    """The possible match as it was, until matching looks at it again."""
    here = session.scalars(
        select(SourceRecord.id).where(SourceRecord.id.in_((judgement.left_id, judgement.right_id)))
    ).all()
    if len(here) < 2:
        return
    before = judgement.before
    row = {
        "id": UUID(before["id"]), "left_id": judgement.left_id, "right_id": judgement.right_id, "weight": before["weight"],
        "probability": before["probability"], "evidence": before["evidence"], "reason": HoldReason(before["reason"]),
        "run_id": UUID(before["run_id"]), "noticed_at": datetime.fromisoformat(before["noticed_at"]),
    }  # fmt: skip
    session.execute(insert(PossibleMatch).values(row).on_conflict_do_nothing())
