"""Several enquiries at once: each by the verb that one alone would take, what is refused is named, and what was moved can be put back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.audit import services as audit
from app.enquiries import queries as enquiry_queries
from app.enquiries.enums import State
from app.enquiries.rows import EnquiryRow
from app.enquiries.services.desk import put_back_from_desk
from app.kernel.actors import Actor
from app.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, Unavailable
from app.kernel.i18n import N_
from app.kernel.paging import LARGEST
from app.organisation import queries as organisation
from app.oversight.enums import DeskAct, DeskList
from app.oversight.models import DeskBatch
from app.oversight.queries.batches import batch
from app.oversight.rows import BatchRow
from app.oversight.services import desk

Verb = Callable[[Session, str, int | None], EnquiryRow]
Line = dict[str, Any]
OFFER_GONE = N_("It was offered to a service, and the offer was taken back. Offer it again")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One of the chosen: its reference, and its version as it was on the screen."""

    reference: str
    version: int | None = None


def act_on_many(
    session: Session,
    actor: Actor,
    act: DeskAct,
    chosen: Sequence[Wanted],
    *,
    which: DeskList,
    reason: str = "",
    to_account: UUID | None = None,
    queue: str = "",
    now: datetime,
) -> BatchRow:
    """Claim, give, re-route or escalate up to a page of enquiries. One that is refused stops no other, and stays as it was."""
    desk.may_act(actor)
    if actor.account_id is None:
        raise NotAllowed
    _check(session, act, chosen, reason=reason, to_account=to_account, queue=queue)
    verb = _verb(actor, act, reason=reason, to_account=to_account, queue=queue, now=now)
    wanted = sorted({each.reference: each for each in chosen}.values(), key=lambda each: each.reference)
    slugs = {known.id: known.slug for known in organisation.queues(session)}
    lines = [_line(session, actor, each, verb, slugs) for each in wanted]
    made = DeskBatch(at=now, account_id=actor.account_id, act=act, list=which, reason=reason.strip(), lines=lines)
    session.add(made)
    session.flush()
    done = sum(line["done"] for line in lines)
    audit.record(session, actor, "oversight.many", "oversight_batch", made.id, now=now, act=act, done=done, refused=len(lines) - done)  # fmt: skip
    return batch(session, made.id)


def undo(session: Session, actor: Actor, batch_id: UUID, *, now: datetime) -> BatchRow:
    """Put back what was moved, as far as nobody has touched it since; what stays where it is says why."""
    desk.may_act(actor)
    made = session.get(DeskBatch, batch_id, with_for_update=True, populate_existing=True)
    if made is None:
        raise NotFound
    if not batch(session, batch_id).undoable:
        raise Conflict(N_("There is nothing to undo here"))
    made.lines = [
        _put_back(session, actor, line, told=made.act is DeskAct.ASSIGN, now=now) if line["done"] else line
        for line in made.lines
    ]
    made.undone_at, made.undone_by_id = now, actor.account_id
    session.flush()
    back = sum(bool(line.get("back")) for line in made.lines)
    audit.record(session, actor, "oversight.many_undone", "oversight_batch", made.id, now=now, count=back)
    return batch(session, made.id)


def _check(
    session: Session, act: DeskAct, chosen: Sequence[Wanted], *, reason: str, to_account: UUID | None, queue: str
) -> None:
    """What is wrong with all of them is said once, at its field, and nothing is done."""
    errors = {}
    if not chosen:
        errors["chosen"] = N_("Choose at least one enquiry")
    if len(chosen) > LARGEST:
        errors["chosen"] = N_("Choose one page of enquiries at most")
    if act is not DeskAct.CLAIM and not reason.strip():
        errors["reason"] = N_("Give a reason")
    if act is DeskAct.ASSIGN and (to_account is None or not _works_here(session, to_account)):
        errors["to_account"] = N_("Choose somebody who works here")
    if act is DeskAct.REROUTE and not any(known.slug == queue for known in organisation.queues(session)):
        errors["queue"] = N_("Choose a queue")
    if errors:
        raise Invalid(errors)


def _works_here(session: Session, account_id: UUID) -> bool:
    return any(member.account_id == account_id for member in organisation.staff_of_units(session))


def _verb(actor: Actor, act: DeskAct, *, reason: str, to_account: UUID | None, queue: str, now: datetime) -> Verb:
    def run(session: Session, reference: str, version: int | None) -> EnquiryRow:
        given = partial(_VERBS[act], session, actor, reference, version=version, now=now)
        match act:
            case DeskAct.CLAIM:
                return given()
            case DeskAct.ASSIGN:
                return given(to_account=to_account, reason=reason)
            case DeskAct.REROUTE:
                return given(queue=queue, reason=reason)
            case DeskAct.ESCALATE:
                return given(reason=reason)

    return run


_VERBS: dict[DeskAct, Callable[..., EnquiryRow]] = {
    DeskAct.CLAIM: desk.claim, DeskAct.ASSIGN: desk.assign_from_desk, DeskAct.REROUTE: desk.reroute,
    DeskAct.ESCALATE: desk.escalate,
}  # fmt: skip


def _line(session: Session, actor: Actor, wanted: Wanted, verb: Verb, slugs: Mapping[UUID, str]) -> Line:
    """One enquiry in a transaction of its own within ours: either all of the verb happened to it, or nothing."""
    line: Line = {"reference": wanted.reference, "done": False, "why": "", "params": {}}
    try:
        with session.begin_nested():
            before = enquiry_queries.enquiry(session, actor, wanted.reference)
            line["was"] = _was(before, slugs)
            after = verb(session, before.reference, wanted.version)
            line |= {"reference": after.reference, "done": True, "version": after.version}
    except Unavailable:
        raise
    except DomainError as refused:
        line |= {"why": refused.message, "params": {name: str(value) for name, value in refused.params.items()}}
    return line


def _was(row: EnquiryRow, slugs: Mapping[UUID, str]) -> dict[str, str | None]:
    if row.state is State.WITH_SERVICE:
        return {"offered": "yes"}
    queue = slugs.get(row.queue_id) if row.queue_id else None
    return {"owner": str(row.owner_id) if row.owner_id else None, "queue": queue}


def _put_back(session: Session, actor: Actor, line: Line, *, told: bool, now: datetime) -> Line:
    was = line["was"]
    if "offered" in was:
        return line | {"back": False, "why": OFFER_GONE}
    owner = UUID(was["owner"]) if was["owner"] else None
    try:
        with session.begin_nested():
            if owner is not None and not accounts.account(session, owner).active:
                owner = None
            put_back_from_desk(
                session, actor, line["reference"], queue=was["queue"], to_account=owner, told=told, version=line["version"],
                now=now,
            )  # fmt: skip
    except Unavailable:
        raise
    except DomainError as refused:
        params = {name: str(value) for name, value in refused.params.items()}
        return line | {"back": False, "why": refused.message, "params": params}
    return line | {"back": True}
