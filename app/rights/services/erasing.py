"""Carrying out an erasure: a class of records at a time, each in a transaction of its own, from the top of the house down.

Killed between two classes it is completed by asking again. At its end stands a certificate that names nobody.
"""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.kernel.actors import Actor
from app.kernel.clock import Clock
from app.kernel.crypto import KeyedHash
from app.kernel.db import Database
from app.kernel.errors import Conflict, Invalid
from app.kernel.events import provided
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.kernel.personal import ERASED, PersonalData, Subject, Thing, Why
from app.rights.certificate import certificate
from app.rights.enums import RequestState, RightKind
from app.rights.models import (
    Erasure,
    ErasureStep,
    RightsAddress,
    RightsDecision,
    RightsEvent,
    RightsRecord,
    RightsRequest,
)
from app.rights.services.core import note, to_handle
from app.rights.services.handling import meet
from app.rights.subject import held, holds_on, subject_of


def keep(session: Session, actor: Actor, request_id: UUID, holding: str, *, reason: str, now: datetime) -> None:
    """Decide that a class of records stays in spite of the request, and why; with no reason the decision is taken back."""
    request = _erasure_request(session, actor, request_id)
    if provided(session, PersonalData).holding(holding) is None:
        raise Invalid({"holding": N_("There is no such class of records")})
    session.execute(
        delete(RightsDecision).where(RightsDecision.request_id == request.id, RightsDecision.holding == holding)
    )
    if reason.strip():
        session.add(RightsDecision(
            request_id=request.id, holding=holding, reason=reason.strip(), decided_at=now, decided_by_name=actor.name,
        ))  # fmt: skip
    note(session, request, actor, "class_kept" if reason.strip() else "class_not_kept", now, words=reason.strip())


def begin(session: Session, actor: Actor, request_id: UUID, *, now: datetime) -> UUID:
    """Write down what belongs to the person, so that whoever takes it up knows. Conflict while a legal hold stands on any of it."""
    request = _erasure_request(session, actor, request_id)
    found = session.scalar(select(Erasure).where(Erasure.request_id == request.id))
    if found is not None:
        return found.id
    if request.identity_at is None:
        raise Conflict(N_("First write down how they showed who they are"))
    subject = subject_of(session, request)
    if holds_on(session, subject, now):
        raise Conflict(N_("A legal hold stands in the way. It must be lifted first, or the request refused"))
    made = Erasure(
        id=new_id(), request_id=request.id, begun_at=now, begun_by_name=actor.name, things=_written(subject), figures=[],
        subject_hash=provided(session, KeyedHash).of("subject", *(str(one) for one in (*subject.records, *subject.accounts))),
    )  # fmt: skip
    session.add(made)
    session.flush()
    note(session, request, actor, "erasure_begun", now)
    return made.id


def carry_out(database: Database, actor: Actor, request_id: UUID, *, clock: Clock) -> UUID:
    """Begin, do every class that is not done yet, and certify. Gives the erasure's id."""
    with database.transaction() as session:
        erasure_id = begin(session, actor, request_id, now=clock.now())
        slugs = [holding.slug for holding in reversed(provided(session, PersonalData).holdings)]
    for slug in slugs:
        with database.transaction() as session:
            do_class(session, actor, erasure_id, slug, now=clock.now())
    with database.transaction() as session:
        certify(session, actor, erasure_id, now=clock.now())
    return erasure_id


def do_class(session: Session, actor: Actor, erasure_id: UUID, slug: str, *, now: datetime) -> None:
    """One class, once. A hold that was placed since the beginning keeps what is left."""
    erasure = session.get_one(Erasure, erasure_id, with_for_update=True, populate_existing=True)
    holding = provided(session, PersonalData).holding(slug)
    if (
        holding is None
        or holding.assess is None
        or holding.erase is None
        or session.get(ErasureStep, (erasure_id, slug)) is not None
    ):
        return
    subject = _read(erasure.things)
    assessed = holding.assess(session, subject)
    kept = {line.reason.value: line.count for line in assessed.kept}
    blocked = _blocked(session, erasure, subject, slug, now)
    if blocked is not None:
        kept, erased = {blocked.value: assessed.erase + sum(kept.values())}, 0
    else:
        erased = holding.erase(session, actor, subject, now)
    session.add(ErasureStep(erasure_id=erasure_id, holding=slug, done_at=now, erased=erased, kept=kept))
    session.flush()


def certify(session: Session, actor: Actor, erasure_id: UUID, *, now: datetime) -> None:
    """Answer the request, and then forget whom it was about."""
    erasure = session.get_one(Erasure, erasure_id, with_for_update=True, populate_existing=True)
    if erasure.finished_at is not None:
        return
    steps = session.scalars(select(ErasureStep).where(ErasureStep.erasure_id == erasure_id)).all()
    by_slug = {step.holding: step for step in steps}
    figures: list[dict[str, Any]] = [
        {
            "class": holding.slug,
            "title": holding.title,
            "erased": by_slug[holding.slug].erased,
            "kept": by_slug[holding.slug].kept,
        }
        for holding in provided(session, PersonalData).holdings
        if holding.slug in by_slug
    ]
    request = session.get_one(RightsRequest, erasure.request_id)
    meet(session, actor, request.id, now=now)
    facts = {
        "number": erasure.number, "request": request.reference, "begun": erasure.begun_at.isoformat(), "finished": now.isoformat(),
        "subject": erasure.subject_hash, "classes": figures,
    }  # fmt: skip
    erasure.sha256 = hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    erasure.figures, erasure.things, erasure.finished_at = figures, [], now
    erasure.certificate = certificate(facts, erasure.sha256)
    _forget_asker(session, request)
    session.flush()


def sweep_messages(session: Session, actor: Actor, *, now: datetime) -> int:
    """Messages to the erased that were on their way when they were erased, the last answer among them, blanked now that they have left."""
    messages = provided(session, PersonalData).holding("messages")
    query = (
        select(RightsRequest.id, RightsRequest.account_id)
        .join(Erasure, Erasure.request_id == RightsRequest.id)
        .where(Erasure.finished_at.is_not(None), Erasure.finished_at > now - SWEPT_FOR)
    )
    blanked = 0
    for request_id, account_id in session.execute(query.order_by(RightsRequest.id)).all():
        accounts = (account_id,) if account_id else ()
        subject = Subject(accounts=accounts, things=(Thing("rights_request", request_id),))
        if messages is not None and messages.erase is not None:
            blanked += messages.erase(session, actor, subject, now)
    return blanked


def _forget_asker(session: Session, request: RightsRequest) -> None:
    """That there was a request, when and how it was answered stays; from whom, about which records and in which words goes."""
    told = update(RightsEvent).where(RightsEvent.request_id == request.id)
    session.execute(told.where(RightsEvent.by_name == request.name).values(by_name=ERASED))
    session.execute(told.values(words=""))
    session.execute(delete(RightsRecord).where(RightsRecord.request_id == request.id))
    session.execute(delete(RightsAddress).where(RightsAddress.request_id == request.id))
    request.name, request.email, request.said, request.locale = ERASED, "", "", "en"
    request.identity_how, request.answer, request.identity_by_name = SHOWN, None, None


SWEPT_FOR = timedelta(days=7)
"""Longer than a message is tried."""
SHOWN = "Shown before the erasure"


def _blocked(session: Session, erasure: Erasure, subject: Subject, slug: str, now: datetime) -> Why | None:
    if session.get(RightsDecision, (erasure.request_id, slug)) is not None:
        return Why.DECIDED
    on = held(session, now)
    theirs = {*subject.records, *subject.accounts, *subject.ids("enquiry")}
    return Why.LEGAL_HOLD if theirs & (on.records | on.accounts | on.enquiries) else None


def _erasure_request(session: Session, actor: Actor, request_id: UUID) -> RightsRequest:
    request = to_handle(session, actor, request_id)
    if request.kind is not RightKind.ERASURE:
        raise Conflict(N_("This request is not about an erasure"))
    if request.state is RequestState.RECEIVED:
        request.state = RequestState.IN_HAND
    return request


def _written(subject: Subject) -> list[Any]:
    """The subject in ids, and the e-mail addresses by which messages and blocked addresses are found; no name is kept for this."""
    return [
        {
            "records": [str(one) for one in subject.records], "accounts": [str(one) for one in subject.accounts],
            "addresses": sorted(word for word in subject.own if "@" in word),
        },
        *(
            {"type": thing.type, "id": str(thing.id), "since": _iso(thing.since), "until": _iso(thing.until)}
            for thing in subject.things
        ),
    ]  # fmt: skip


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _read(written: list[Any]) -> Subject:
    whose, *things = written
    known = tuple(
        Thing(
            one["type"], UUID(one["id"]), datetime.fromisoformat(one["since"]) if one["since"] else None,
            datetime.fromisoformat(one["until"]) if one["until"] else None,
        )
        for one in things
    )  # fmt: skip
    return Subject(
        tuple(UUID(one) for one in whose["records"]), tuple(UUID(one) for one in whose["accounts"]), known,
        own=frozenset(whose.get("addresses", ())),
    )  # fmt: skip
