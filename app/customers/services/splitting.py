"""The split desk: one customer that is several, parted by a steward after seeing what that does."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.bridging import SURE, chance, contradictions
from app.customers.desk_rows import BridgeRow, Member, SplitDesk, SplitPreview, SplitSide
from app.customers.enums import Verdict
from app.customers.layout import ATTRIBUTES
from app.customers.matching.flow import hold
from app.customers.matching.forms import Forms
from app.customers.matching.records import Current, read_current, read_pins
from app.customers.matching.rules import read_rules
from app.customers.matching.survival import display_name, portray
from app.customers.models import GoldenMerge, GoldenRecord, Link, StewardDecision
from app.customers.queries.golden import resolve
from app.customers.queries.verifications import accounts_of_source_records
from app.customers.services.breaking_glass import note_opened
from app.customers.services.claiming import claim, opened_reason, refuse_anothers, release
from app.customers.services.looking_back import note_look
from app.customers.services.staking import stakes_on
from app.customers.services.stewardship import part
from app.customers.services.suspecting import joints
from app.kernel.actors import Actor
from app.kernel.clock import london_date
from app.kernel.errors import Invalid, NotAllowed, Stale
from app.kernel.i18n import N_

_PURPOSE = "Looking whether a customer is several people"


def open_split(session: Session, actor: Actor, golden_id: UUID, *, now: datetime) -> SplitDesk:
    """A customer with its records and weak bridges, taken by this steward. NotAllowed for a restricted one."""
    golden = _golden(session, actor, golden_id, now)
    held = claim(session, actor, golden.id, now=now)
    found, by_word, whole = joints(session, golden.id)
    smaller = set(found[0].part) if found else set()
    members = _members(session, golden.id, smaller)
    merges = session.scalars(
        select(GoldenMerge.id)
        .where(GoldenMerge.kept_id == golden.id, GoldenMerge.undone_at.is_(None))
        .order_by(GoldenMerge.merged_at.desc(), GoldenMerge.id)
    )
    return SplitDesk(
        golden.id, golden.display_name, golden.revision, members,
        tuple(
            BridgeRow(
                one.left, one.right, None if one.weight is None or one.weight >= SURE else one.weight,
                (one.left, one.right) in by_word or (one.right, one.left) in by_word, one.part,
                None if one.weight is None or one.weight >= SURE else chance(one.weight),
            )
            for one in found
        ),
        contradictions([one.values for one in members]), tuple(merges),
        "" if held.claimed_by == actor.account_id else held.claimed_by_name,
        golden.kind, whole.weakest if whole else None, whole.at_least if whole else None,
    )  # fmt: skip


def preview_split(
    session: Session, actor: Actor, golden_id: UUID, going: Collection[UUID], *, now: datetime
) -> SplitPreview:
    """What parting these records from the rest does: both customers as they would be, and what would be whose."""
    golden = _golden(session, actor, golden_id, now)
    here = {one.id: one for one in read_current(session, _records(session, golden.id))}
    gone, stay = _parted(here, going)
    accounts = [set(accounts_of_source_records(session, [one.id for one in side])) for side in (gone, stay)]
    return SplitPreview(
        golden.id, golden.revision, _as_it_would_be(session, golden.id, gone, now),
        _as_it_would_be(session, golden.id, stay, now), _lifted(session, gone, stay), len(accounts[0] & accounts[1]),
    )  # fmt: skip


def split(
    session: Session,
    actor: Actor,
    golden_id: UUID,
    going: Collection[UUID],
    *,
    revision: int,
    reason: str,
    now: datetime,
) -> UUID:
    """Part these records, together, from the rest, for good: nothing joins the two again until a steward lifts it.

    Gives the customer that stays. Stale if the customer has changed since it was looked at; Conflict while another steward has it open.
    """
    if not reason.strip():
        raise Invalid({"reason": N_("Say why they are not one customer")})
    hold(session)
    golden = _golden(session, actor, golden_id, now)
    refuse_anothers(session, actor, golden.id, now=now)
    session.refresh(golden)
    if golden.revision != revision:
        raise Stale
    gone, _ = _parted({one.id: one for one in read_current(session, _records(session, golden.id))}, going)
    part(session, actor, [one.id for one in gone], reason=reason.strip(), now=now)
    audit.record(
        session, actor, "customer.split", "golden_record", golden.id, now=now, records=len(gone), reason=reason
    )
    release(session, actor, golden.id)
    return golden.id


def open_restricted_split(session: Session, actor: Actor, golden_id: UUID, *, reason: str, now: datetime) -> None:
    """See the records of a restricted customer, for a reason that is kept, for as long as the claim lasts."""
    if not reason.strip():
        raise Invalid({"reason": N_("Say why you must see this record")})
    current = resolve(session, golden_id)
    refuse_anothers(session, actor, current, now=now)
    claim(session, actor, current, now=now).opened_reason = reason.strip()
    session.flush()
    note_opened(session, actor, "golden_record", [current], purpose=_PURPOSE, reason=reason.strip(), now=now)


def _golden(session: Session, actor: Actor, golden_id: UUID, now: datetime) -> GoldenRecord:
    current = resolve(session, golden_id)
    restricted = note_look(session, actor, current, purpose=_PURPOSE, now=now)
    if restricted and not opened_reason(session, actor, current, now=now):
        raise NotAllowed(N_("Open the restricted record first, with a reason"))
    return session.get_one(GoldenRecord, current)


def _records(session: Session, golden_id: UUID) -> list[UUID]:
    query = select(Link.source_record_id).where(Link.golden_id == golden_id)
    return list(session.scalars(query.order_by(Link.source_record_id)))


def _members(session: Session, golden_id: UUID, smaller: Collection[UUID]) -> tuple[Member, ...]:
    links = {link.source_record_id: link for link in session.scalars(select(Link).where(Link.golden_id == golden_id))}
    return tuple(
        _member(one, links[one.id], 2 if one.id in smaller else 1) for one in read_current(session, list(links))
    )


def _member(one: Current, link: Link, side: int) -> Member:
    values = {name: one.attributes[name] for name in ATTRIBUTES if one.attributes.get(name)}
    return Member(
        one.id, one.source_name, one.key, display_name(values), values, link.method, link.since, side, link.probability,
        ", ".join(part for part in (link.evidence.get("source", ""), link.evidence.get("key", "")) if part),
    )  # fmt: skip


def _parted(here: dict[UUID, Current], going: Collection[UUID]) -> tuple[list[Current], list[Current]]:
    chosen = set(going)
    if not chosen:
        raise Invalid({"records": N_("Choose the records that are somebody else")})
    if not chosen <= here.keys():
        raise Stale
    gone = [one for one in here.values() if one.id in chosen]
    stay = [one for one in here.values() if one.id not in chosen]
    if not stay:
        raise Invalid({"records": N_("Leave at least one record with the customer")})
    return gone, stay


def _as_it_would_be(session: Session, golden_id: UUID, side: Sequence[Current], now: datetime) -> SplitSide:
    links = {link.source_record_id: link for link in session.scalars(select(Link).where(Link.golden_id == golden_id))}
    pins = read_pins(session, {one.name for one in side})
    shown = portray(side, read_rules(session), london_date(now), Forms(side), pins)
    records = [one.id for one in side]
    return SplitSide(
        tuple(_member(one, links[one.id], 1) for one in side), shown.name, shown.date_of_birth,
        ", ".join(part for part in (shown.address, shown.postcode) if part), shown.phone, shown.email,
        tuple(stakes_on(session, records).items()),
    )  # fmt: skip


def _lifted(session: Session, gone: Sequence[Current], stay: Sequence[Current]) -> tuple[str, ...]:
    """Who has said that records of the two sides are the same: that is lifted."""
    one, other = [one.id for one in gone], [one.id for one in stay]
    query = (
        select(StewardDecision.decided_by_name)
        .where(
            StewardDecision.verdict == Verdict.SAME,
            StewardDecision.lifted_at.is_(None),
            (StewardDecision.left_id.in_(one) & StewardDecision.right_id.in_(other))
            | (StewardDecision.left_id.in_(other) & StewardDecision.right_id.in_(one)),
        )
        .order_by(StewardDecision.decided_at, StewardDecision.id)
    )
    return tuple(session.scalars(query))
