"""What a golden record shows because a person says so, whatever the rules would."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.enums import RunKind
from app.customers.matching.flow import hold, step
from app.customers.models import GoldenPin, GoldenRecord, Link, SourceRecord, SourceSystem
from app.customers.queries.golden import resolve
from app.customers.queries.golden_view import LABELS
from app.customers.queries.said import Key, keys_of
from app.kernel.actors import Actor
from app.kernel.errors import Invalid, NotFound, Stale
from app.kernel.i18n import N_
from app.kernel.ids import new_id

LONGEST = 500
REPLACED = N_("Another value was pinned")
MERGED = N_("A merge settled on another value")


def pin(
    session: Session,
    actor: Actor,
    golden_id: UUID,
    attribute: str,
    *,
    value: str | None = None,
    source_record_id: UUID | None = None,
    reason: str,
    revision: int | None = None,
    now: datetime,
) -> UUID:
    """Show a typed value ('' shows none), or the value of one of its source records, from now on. Gives the pin's id.

    It takes the place of any other pin on the attribute. Stale if `revision` is given and the golden record has changed since.
    """
    errors: dict[str, str] = {}
    if attribute not in LABELS or attribute == "phone_2":
        errors["attribute"] = N_("Choose what the value is of")
    if not reason.strip():
        errors["reason"] = N_("Say why this value is right")
    if value is not None and attribute == "date_of_birth" and value.strip() and not _is_day(value):
        errors["value"] = N_("Enter the date like 1978-03-27")
    if value is not None and len(value) > LONGEST:
        errors["value"] = N_("The value is too long")
    if errors:
        raise Invalid(errors)
    hold(session)
    golden = session.get_one(GoldenRecord, resolve(session, golden_id), populate_existing=True)
    if revision is not None and golden.revision != revision:
        raise Stale
    members = keys_of(session, golden.id)
    if source_record_id is not None and source_record_id not in members:
        raise NotFound
    chosen = source_record_id or _holder(golden, attribute, members)
    made = _keep(session, actor, members[chosen], attribute, value=value, by_record=source_record_id is not None,
                 reason=reason.strip(), merge_id=None, others=list(members.values()), now=now)  # fmt: skip
    step(session, actor, kind=RunKind.PIN, now=now, decided=[chosen])
    audit.record(
        session,
        actor,
        "golden_record.pinned",
        "golden_record",
        golden.id,
        now=now,
        attribute=attribute,
        reason=reason.strip(),
    )
    return made


def pin_to_record(
    session: Session,
    actor: Actor,
    attribute: str,
    source_record_id: UUID,
    *,
    reason: str,
    merge_id: UUID,
    now: datetime,
) -> None:
    """Within a merge: the value of this record is to stand. The merge puts it into effect, and takes it back."""
    golden_id = session.scalar(select(Link.golden_id).where(Link.source_record_id == source_record_id))
    members = keys_of(session, golden_id) if golden_id else {}
    if source_record_id in members:
        _keep(session, actor, members[source_record_id], attribute, value=None, by_record=True, reason=reason,
              merge_id=merge_id, others=[members[source_record_id]], now=now)  # fmt: skip


def give_back_pins(session: Session, merged_at: datetime) -> None:
    """Pins that gave way to a merge stand again, once what the merge pinned is lifted."""
    query = select(GoldenPin).where(GoldenPin.lifted_at == merged_at, GoldenPin.lifted_reason == MERGED)
    for held in session.scalars(query):
        held.lifted_at = held.lifted_by_name = held.lifted_reason = None
    session.flush()


def lift_pin(session: Session, actor: Actor, pin_id: UUID, *, reason: str, now: datetime) -> None:
    """The rules decide again. Needs a reason; Stale if somebody has lifted it already."""
    if not reason.strip():
        raise Invalid({"reason": N_("Say why the rules should decide again")})
    hold(session)
    held = session.get(GoldenPin, pin_id, with_for_update=True)
    if held is None:
        raise NotFound
    if held.lifted_at is not None:
        raise Stale(N_("This pin has been lifted already"))
    held.lifted_at, held.lifted_by_name, held.lifted_reason = now, actor.name, reason.strip()
    session.flush()
    record = session.scalar(
        select(SourceRecord.id)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .where(SourceSystem.slug == held.source, SourceRecord.key == held.key)
    )
    if record is not None:
        step(session, actor, kind=RunKind.PIN, now=now, decided=[record])
    audit.record(session, actor, "golden_record.unpinned", "golden_pin", pin_id, now=now, reason=reason.strip())


def _keep(
    session: Session,
    actor: Actor,
    at: Key,
    attribute: str,
    *,
    value: str | None,
    by_record: bool,
    reason: str,
    merge_id: UUID | None,
    others: list[Key],
    now: datetime,
) -> UUID:
    standing = session.scalars(
        select(GoldenPin).where(
            tuple_(GoldenPin.source, GoldenPin.key).in_(others),
            GoldenPin.attribute == attribute,
            GoldenPin.lifted_at.is_(None),
        )
    )
    for other in standing:
        other.lifted_at, other.lifted_by_name, other.lifted_reason = now, actor.name, MERGED if merge_id else REPLACED
    session.flush()
    made = GoldenPin(
        id=new_id(), source=at[0], key=at[1], attribute=attribute, value=None if by_record else (value or "").strip(),
        from_source=at[0] if by_record else None, from_key=at[1] if by_record else None, reason=reason, merge_id=merge_id,
        pinned_at=now, pinned_by=actor.account_id, pinned_by_name=actor.name,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made.id


def _holder(golden: GoldenRecord, attribute: str, members: dict[UUID, Key]) -> UUID:
    """Where a typed value hangs: on the record whose value it replaces, else on the first."""
    said = next((one for one in golden.attributes if one["attribute"] == attribute), None)
    record = UUID(said["record"]) if said and said["record"] else None
    return record if record in members else next(iter(members))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text.strip())
    except ValueError:
        return False
    return True
