""" "Tell us if this is wrong": what a resident says of their records comes to the stewards' desk, and an answer goes back."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.audit import services as audit
from app.customers.enums import CaseKind, CaseOutcome, CaseStatus, Wrong
from app.customers.models import DeskCase
from app.customers.queries.verifications import granted_source_records
from app.customers.services.claiming import refuse_anothers, release
from app.kernel.actors import Actor, ActorKind
from app.kernel.clock import london_date
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.notifications import services as notifications
from app.notifications.enums import Template

LONGEST = 2000
MOST_OPEN = 5
"""Reports of one resident that may wait at once."""
PATH = "/account/records"


def tell_us(
    session: Session, actor: Actor, source_record_id: UUID, what: Collection[Wrong], said: str, *, now: datetime
) -> UUID:
    """A resident says what is wrong with a record that they have shown to be theirs. NotFound for any other record."""
    if actor.kind is not ActorKind.RESIDENT or actor.account_id is None:
        raise NotAllowed
    if source_record_id not in granted_source_records(session, actor.account_id):
        raise NotFound
    errors = {}
    if not what:
        errors["what"] = N_("Choose what is wrong")
    if not said.strip():
        errors["said"] = N_("Tell us what is wrong, in your own words")
    if len(said) > LONGEST:
        errors["said"] = N_("Write 2,000 characters or fewer")
    if errors:
        raise Invalid(errors)
    waiting = session.scalar(
        select(func.count()).where(DeskCase.account_id == actor.account_id, DeskCase.status == CaseStatus.OPEN)
    )
    if (waiting or 0) >= MOST_OPEN:
        raise Conflict(N_("You have told us of several things that we have yet to answer. Wait for our answer first"))
    case = DeskCase(
        id=new_id(), kind=CaseKind.RESIDENT, status=CaseStatus.OPEN, source_record_id=source_record_id,
        account_id=actor.account_id, what=sorted(one.value for one in set(what)), said=said.strip(), opened_by_name=actor.name,
        opened_at=now,
    )  # fmt: skip
    session.add(case)
    session.flush()
    audit.record(session, actor, "record.reported_wrong", "source_record", source_record_id, now=now, case=case.id)
    return case.id


def answer_case(
    session: Session, actor: Actor, case_id: UUID, outcome: CaseOutcome, answer: str, *, now: datetime
) -> UUID:
    """Answer a case. What a resident has told us is answered in writing, and they are sent a message."""
    case = session.get(DeskCase, case_id, with_for_update=True, populate_existing=True)
    if case is None:
        raise NotFound
    if case.status is CaseStatus.ANSWERED:
        raise Stale(N_("%(name)s has answered this already"), name=case.answered_by_name)
    refuse_anothers(session, actor, case_id, now=now)
    if case.kind is CaseKind.RESIDENT and not answer.strip():
        raise Invalid({"answer": N_("Write an answer. The resident will read it")})
    case.status, case.outcome, case.answer = CaseStatus.ANSWERED, outcome, answer.strip()
    case.answered_by, case.answered_by_name, case.answered_at = actor.account_id, actor.name, now
    session.flush()
    audit.record(session, actor, "case.answered", "desk_case", case_id, now=now, outcome=outcome)
    release(session, actor, case_id)
    _tell(session, case, now)
    return case_id


def _tell(session: Session, case: DeskCase, now: datetime) -> None:
    if case.account_id is None or case.outcome is None:
        return
    account = accounts.account(session, case.account_id)
    if account.email is None:
        return
    context = {
        "name": account.name, "path": PATH, "day": london_date(case.opened_at), "outcome": case.outcome.value,
        "text": case.answer or "",
    }  # fmt: skip
    notifications.queue_message(
        session, Template.RECORD_ANSWERED, to=account.email, locale=account.locale, context=context,
        about=("desk_case", case.id), account_id=account.id, dedupe_key=f"desk_case.answered:{case.id}", now=now,
    )  # fmt: skip
