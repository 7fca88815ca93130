"""What the room itself holds of people: their requests; and the tables of front doors that hold no person."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from app.kernel.actors import Actor
from app.kernel.i18n import N_
from app.kernel.personal import ERASED, MACHINE, STAFF, Assessed, Held, Holding, Retention, Room, Row, Subject, Thing
from app.rights.enums import ENDED
from app.rights.models import RightsAddress, RightsEvent, RightsRecord, RightsRequest, SourceCorrection


def export_requests(session: Session, subject: Subject) -> Iterator[Row]:
    query = select(RightsRequest).where(_theirs(subject)).order_by(RightsRequest.received_at, RightsRequest.id)
    for one in session.scalars(query):
        yield {
            "at": one.received_at.isoformat(), "reference": one.reference, "kind": one.kind.value, "state": one.state.value,
            "said": one.said, "due_at": one.due_at.isoformat(), "answer": one.answer,
        }  # fmt: skip


def assess_requests(session: Session, subject: Subject) -> Assessed:
    return Assessed(session.scalar(select(func.count()).select_from(RightsRequest).where(_done(subject))) or 0)


def erase_requests(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    """Those that are answered; the one that is being carried out forgets its asker at its end."""
    return _blank(session, list(session.scalars(select(RightsRequest.id).where(_done(subject)))))


def count_old(session: Session, before: datetime, held: Held) -> int:
    return session.scalar(select(func.count()).select_from(RightsRequest).where(_old(before, held))) or 0


def expire_old(session: Session, before: datetime, held: Held, most: int, _now: datetime) -> int:
    return _blank(session, list(session.scalars(select(RightsRequest.id).where(_old(before, held)).limit(most))))


def things(session: Session, subject: Subject) -> Iterator[Thing]:
    for found in session.scalars(select(RightsRequest.id).where(_theirs(subject)).order_by(RightsRequest.id)):
        yield Thing("rights_request", found)


def own(session: Session, subject: Subject) -> Iterator[str]:
    for name, email in session.execute(select(RightsRequest.name, RightsRequest.email).where(_theirs(subject))):
        yield from (name, *name.split(), email)


def _theirs(subject: Subject) -> ColumnElement[bool]:
    return RightsRequest.account_id.in_(subject.accounts)


def _done(subject: Subject) -> ColumnElement[bool]:
    return _theirs(subject) & RightsRequest.state.in_(ENDED) & (RightsRequest.name != ERASED)


def _old(before: datetime, held: Held) -> ColumnElement[bool]:
    kept = func.coalesce(RightsRequest.account_id.in_(held.accounts), False)
    return (RightsRequest.answered_at < before) & (RightsRequest.name != ERASED) & ~kept


def _blank(session: Session, ids: list[object]) -> int:
    blanks = {"name": ERASED, "email": "", "said": "", "extended_reason": None, "identity_how": ERASED}
    theirs = (RightsEvent.request_id == RightsRequest.id) & (RightsEvent.by_name == RightsRequest.name)
    session.execute(update(RightsEvent).where(RightsEvent.request_id.in_(ids), theirs).values(by_name=ERASED))
    session.execute(update(RightsEvent).where(RightsEvent.request_id.in_(ids)).values(words=""))
    session.execute(update(RightsRecord).where(RightsRecord.request_id.in_(ids)).values(added_by_name=ERASED))
    session.execute(delete(RightsAddress).where(RightsAddress.request_id.in_(ids)))
    session.execute(
        update(SourceCorrection)
        .where(SourceCorrection.request_id.in_(ids))
        .values(says=ERASED, should_say=ERASED, reason=ERASED)
    )
    which = RightsRequest.id.in_(ids)
    session.execute(update(RightsRequest).where(which, RightsRequest.identity_at.is_not(None)).values(**blanks))
    session.execute(
        update(RightsRequest).where(which, RightsRequest.identity_at.is_(None)).values({**blanks, "identity_how": None})
    )
    return len(ids)


_WHY = N_("To answer you, and to show that we did")
ROOM = Room(
    "rights",
    (
        Holding(
            "rights-requests", N_("What you have asked of us about your data"),
            (
                "rights_request.name", "rights_request.email", "rights_request.locale", "rights_request.said", "rights_request.extended_reason",
                "rights_request.identity_how", "rights_request.identity_by_name", "rights_request.answer", "rights_record.reason",
                "rights_event.words", "rights_event.by_name", "rights_decision.reason", "source_correction.says",
                "source_correction.should_say", "source_correction.reason", "source_correction.answer", "rights_record.added_by_name",
                "access_package.asked_by_name", "rights_address.address", "rights_address.reason",
            ),
            Retention(36, N_("the answer"), N_("name and words are blanked"), N_("Long enough to answer a complaint"), count_old, expire_old),
            _WHY, N_("The source that a correction was sent to"),
            export=export_requests, assess=assess_requests, erase=erase_requests,
        ),
        Holding(
            "access-packages", N_("Copies of data that were put together"), ("access_package_part.content",),
            Retention(1, N_("the copy was ready"), N_("deleted"), N_("Long enough to download it")), _WHY,
            unshared=N_("It is the copy itself"), unerased=N_("Deleted thirty days after it was ready"),
        ),
        Holding(
            "legal-holds", N_("What must be kept for a claim"), ("legal_hold.reason", "legal_hold.lifted_reason"),
            Retention(None, N_("as long as the claim"), N_("kept"), N_("UK GDPR article 17(3)(e): legal claims")), _WHY,
            unshared=N_("Legal privilege: UK GDPR, Data Protection Act 2018 schedule 2 paragraph 19"),
            unerased=N_("UK GDPR article 17(3)(e): legal claims"),
        ),
    ),
    {
        **dict.fromkeys(
            (
                "rights_request.owner_name", "rights_decision.decided_by_name", "source_correction.told_by_name",
                "source_correction.answered_by_name", "erasure.begun_by_name", "rights_address.added_by_name", "legal_hold.placed_by_name", "legal_hold.lifted_by_name",
                "retention_rule.set_by_name", "retention_run.by_name",
            ),
            STAFF,
        ),
        "source_correction.told_to": "An address at work",
        **dict.fromkeys(
            (
                "access_package.*", "rights_request.reference", "rights_event.what", "rights_decision.holding", "source_correction.source",
                "source_correction.attribute", "erasure.*", "erasure_step.*", "legal_hold.object_type", "retention_rule.*", "retention_run.*",
            ),
            MACHINE,
        ),
        "erasure.things": "Ids and e-mail addresses of whoever is being erased, only until the last class of records is done",
        "job_run.*": "What jobs did, in figures",
        "idempotency_key.*": "Answers to systems: a reference of ours and a state, kept a week",
    },
    things=things, own=own,
)  # fmt: skip
