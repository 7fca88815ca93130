"""Showing to be somebody: always against one source record, never against a golden record. Answers are checked and forgotten."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.events import CustomerVerified
from app.customers.loading.register import registered_layouts
from app.customers.models import SourceRecord, SourceSystem, Verification
from app.customers.queries.verifications import verification_row
from app.customers.rows import VerificationRow
from app.customers.verification_policy import LEAST, QUESTIONS, is_right
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import Invalid, NotAllowed, NotFound, TooMany
from app.kernel.events import publish
from app.kernel.i18n import N_
from app.kernel.ids import new_id

WINDOW = timedelta(minutes=30)
MOST_WRONG = 5


def verify(
    session: Session,
    actor: Actor,
    source_record_id: UUID,
    answers: Mapping[str, str],
    *,
    account_id: UUID | None = None,
    contact_ref: str | None = None,
    now: datetime,
) -> VerificationRow:
    """Check what somebody said against one source record. Wrong answers are a row with `passed` false, not an error.

    Raises Invalid with fewer than two answers, and TooMany after five failures within half an hour against the record.
    """
    if actor.kind is not ActorKind.STAFF:
        raise NotAllowed
    given = _given(answers)
    record = session.get(SourceRecord, source_record_id)
    if record is None:
        raise NotFound
    _lock(session, source_record_id)
    _refuse_guessing(session, Verification.source_record_id == source_record_id, now)
    passed = all(is_right(code, said, record.attributes, record.key) for code, said in given.items())
    made = _attempt(actor, record.source_id, given, now)
    made.source_record_id, made.passed, made.account_id, made.contact_ref = record.id, passed, account_id, contact_ref
    return _keep(session, actor, made)


def prove(
    session: Session, actor: Actor, source_slug: str, answers: Mapping[str, str], *, now: datetime
) -> VerificationRow:
    """A resident shows to be the person of a record that they name by the source's own identifier.

    All of the source's proof questions must be right for exactly one record. Whatever was wrong, the answer is the same.
    Raises TooMany after five failures within half an hour by the account or from its address.
    """
    if actor.kind is not ActorKind.RESIDENT or actor.account_id is None:
        raise NotAllowed
    layout = registered_layouts(session).get(source_slug)
    if layout is None or not layout.proof:
        raise NotFound
    source_id = session.scalar(select(SourceSystem.id).where(SourceSystem.slug == source_slug))
    if source_id is None:
        raise NotFound
    asked = layout.proof_codes
    missing = [code for code in asked if not answers.get(code, "").strip()]
    if missing:
        raise Invalid({code: N_("Answer this question") for code in missing})
    given = {code: answers[code].strip() for code in asked}
    _lock(session, actor.account_id)
    same_guesser: list[ColumnElement[bool]] = [Verification.actor_id == actor.account_id]
    if actor.address:
        same_guesser.append(Verification.actor_address == actor.address)
    _refuse_guessing(session, or_(*same_guesser), now)
    right = [
        record
        for record in _named(session, source_id, given[layout.proof["key"]])
        if all(is_right(code, said, record.attributes, record.key) for code, said in given.items())
    ]
    made = _attempt(actor, source_id, given, now)
    made.account_id = actor.account_id
    if len(right) == 1:
        made.source_record_id, made.passed = right[0].id, True
    return _keep(session, actor, made)


def _given(answers: Mapping[str, str]) -> dict[str, str]:
    given = {code: said.strip() for code, said in answers.items() if said.strip()}
    unknown = sorted(given.keys() - QUESTIONS.keys())
    if unknown:
        raise Invalid({unknown[0]: N_("This question is not known")})
    if len(given) < LEAST:
        raise Invalid({"answers": N_("Ask at least two questions")})
    return given


def _named(session: Session, source_id: UUID, said: str) -> list[SourceRecord]:
    """Records whose key is what was said, or begins with it before the part that tells joint holders apart."""
    key = "".join(said.split()).upper()
    upper = func.upper(SourceRecord.key)
    named = or_(
        upper == key, upper.startswith(f"{key}-", autoescape=True), upper.startswith(f"{key}/", autoescape=True)
    )
    query = select(SourceRecord).where(SourceRecord.source_id == source_id, named).order_by(SourceRecord.key).limit(20)
    return list(session.scalars(query))


def _lock(session: Session, subject: UUID) -> None:
    """Guesses at one thing queue up, so that counting them can't be raced."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"verification.{subject}", 0))))


def _refuse_guessing(session: Session, whose: ColumnElement[bool], now: datetime) -> None:
    wrong = session.execute(
        select(func.count(), func.min(Verification.at)).where(
            whose, Verification.passed.is_(False), Verification.at > now - WINDOW
        )
    ).one()
    if wrong[0] >= MOST_WRONG:
        raise TooMany(int((wrong[1] + WINDOW - now).total_seconds()) + 1)


def _attempt(actor: Actor, source_id: UUID, given: Mapping[str, str], now: datetime) -> Verification:
    """An attempt that has not passed so far."""
    return Verification(
        id=new_id(),
        at=now,
        passed=False,
        source_id=source_id,
        asked=sorted(given),
        actor_kind=actor.kind.value,
        actor_id=actor.account_id,
        actor_name=actor.name,
        actor_address=actor.address,
    )


def _keep(session: Session, actor: Actor, made: Verification) -> VerificationRow:
    session.add(made)
    session.flush()
    action = "customer.verified" if made.passed else "customer.not_verified"
    audit.record(session, actor, action, "source_record", made.source_record_id, now=made.at, asked=made.asked)
    if made.passed and made.source_record_id is not None:
        publish(session, CustomerVerified(made.id, made.source_record_id, made.account_id))
    return verification_row(session, made.id)
