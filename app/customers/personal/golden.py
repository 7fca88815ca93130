"""Golden records: what we make of a person's source records. Told only as far as it comes from records shown to be theirs."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, and_, case, delete, func, or_, select, text, tuple_, update
from sqlalchemy.orm import Session

from app.customers.models import (
    GoldenMerge,
    GoldenPin,
    GoldenRecord,
    GoldenVersion,
    Link,
    LinkVersion,
    MatchRun,
    SourceRecord,
    SourceSystem,
    Verification,
)
from app.kernel.actors import Actor
from app.kernel.i18n import N_
from app.kernel.personal import Assessed, Held, Holding, Retention, Row, Subject

AT_ONCE = 500
_ERASING = text("SELECT set_config('firstpoint.erasing', :value, true)")
_OLD_RUNS = (
    "match_run m WHERE m.finished_at < :before AND NOT EXISTS (SELECT 1 FROM golden_record g WHERE g.run_id = m.id) "
    "AND NOT EXISTS (SELECT 1 FROM link l WHERE l.run_id = m.id) AND NOT EXISTS (SELECT 1 FROM possible_match p WHERE p.run_id = m.id)"
)


def export_golden(session: Session, subject: Subject) -> Iterator[Row]:
    """Each value that we show and that comes from a record of theirs: from which, since when, and what it beat."""
    mine = {str(record) for record in subject.records}
    query = (
        select(GoldenRecord)
        .join(Link, Link.golden_id == GoldenRecord.id)
        .where(Link.source_record_id.in_(subject.records))
        .distinct()
        .order_by(GoldenRecord.id)
    )
    for golden in session.scalars(query):
        for said in golden.attributes:
            if said.get("record") in mine:
                yield {
                    "at": golden.changed_at.isoformat(), "what": said["attribute"], "value": said["value"], "source": said["source"],
                    "key": said["key"], "since": said["since"], "chosen_because": said["by"],
                    "instead_of": [lost["value"] for lost in said["beat"] if lost.get("record") in mine],
                }  # fmt: skip


def export_pins(session: Session, subject: Subject) -> Iterator[Row]:
    """Values that a steward has set by hand."""
    keys = (
        select(SourceSystem.slug, SourceRecord.key)
        .join(SourceRecord, SourceRecord.source_id == SourceSystem.id)
        .where(SourceRecord.id.in_(subject.records))
    )
    query = select(GoldenPin).where(tuple_(GoldenPin.source, GoldenPin.key).in_(keys))
    for pin in session.scalars(query.order_by(GoldenPin.pinned_at, GoldenPin.id)):
        yield {
            "at": pin.pinned_at.isoformat(), "what": pin.attribute, "value": pin.value, "taken_from": pin.from_key,
            "reason": subject.masked(pin.reason), "lifted_at": pin.lifted_at.isoformat() if pin.lifted_at else None,
        }  # fmt: skip


def export_links(session: Session, subject: Subject) -> Iterator[Row]:
    """When each record was taken to be the same person as others, and by which method; not with whose."""
    query = (
        select(Link.since, Link.method, Link.probability, SourceSystem.name, SourceRecord.key)
        .join(SourceRecord, SourceRecord.id == Link.source_record_id)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .where(SourceRecord.id.in_(subject.records))
        .order_by(Link.since, SourceRecord.key)
    )
    for since, method, probability, source, key in session.execute(query):
        yield {
            "at": since.isoformat(),
            "source": source,
            "key": key,
            "method": method.value,
            "probability": probability,
        }
    then = select(LinkVersion).where(LinkVersion.source_record_id.in_(subject.records)).order_by(LinkVersion.id)
    for old in session.scalars(then.execution_options(yield_per=AT_ONCE)):
        yield {
            "at": old.since.isoformat(), "until": old.until_at.isoformat(), "method": old.method.value, "probability": old.probability,
        }  # fmt: skip


def export_verifications(session: Session, subject: Subject) -> Iterator[Row]:
    """How often somebody showed, or failed to show, to be this person; never with which answers."""
    query = select(Verification).where(
        Verification.source_record_id.in_(subject.records) | Verification.account_id.in_(subject.accounts)
    )
    for one in session.scalars(query.order_by(Verification.at, Verification.id)):
        yield {
            "at": one.at.isoformat(), "passed": one.passed, "asked": list(one.asked), "by": one.actor_kind,
            "revoked_at": one.revoked_at.isoformat() if one.revoked_at else None,
        }  # fmt: skip


def assess_verifications(session: Session, subject: Subject) -> Assessed:
    query = select(func.count()).select_from(Verification).where(Verification.account_id.in_(subject.accounts))
    return Assessed(session.scalar(query) or 0)


def erase_verifications(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    ids = list(session.scalars(select(Verification.id).where(Verification.account_id.in_(subject.accounts))))
    session.execute(delete(Verification).where(Verification.id.in_(ids)))
    return len(ids)


def count_history(session: Session, before: datetime, held: Held) -> int:
    """Versions that have ended before; versions of what is held stay."""
    golden = session.scalar(select(func.count()).select_from(GoldenVersion).where(_over(before, held))) or 0
    links = select(func.count()).select_from(LinkVersion)
    linked = session.scalar(
        links.where(LinkVersion.until_at < before, LinkVersion.source_record_id.not_in(held.records))
    )
    runs = session.scalar(text(f"SELECT count(*) FROM {_OLD_RUNS}"), {"before": before}) or 0  # noqa: S608 - a text of our own
    merged = session.scalar(select(func.count()).select_from(GoldenMerge).where(_old_merge(before, held))) or 0
    return golden + (linked or 0) + runs + merged


def expire_history(session: Session, before: datetime, held: Held, most: int, _now: datetime) -> int:
    """Versions of golden records and links, what merged customers looked like before, and the runs that no present link stands on."""
    old = list(session.scalars(select(GoldenVersion.id).where(_over(before, held)).limit(most)))
    linked = list(session.scalars(
        select(LinkVersion.id).where(LinkVersion.until_at < before, LinkVersion.source_record_id.not_in(held.records)).limit(most)
    ))  # fmt: skip
    session.execute(_ERASING, {"value": "on"})
    session.execute(delete(GoldenVersion).where(GoldenVersion.id.in_(old)))
    session.execute(delete(LinkVersion).where(LinkVersion.id.in_(linked)))
    session.execute(_ERASING, {"value": ""})
    runs = list(session.scalars(text(f"SELECT m.id FROM {_OLD_RUNS} LIMIT :most"), {"before": before, "most": most}))  # noqa: S608 - as above
    session.execute(delete(MatchRun).where(MatchRun.id.in_(runs)))
    merges = list(session.scalars(select(GoldenMerge.id).where(_old_merge(before, held)).limit(most)))
    said = {
        "kept_before": "",
        "gone_before": "",
        "reason": "",
        "undone_reason": case((GoldenMerge.undone_at.is_not(None), "")),
    }
    session.execute(update(GoldenMerge).where(GoldenMerge.id.in_(merges)).values(**said))
    return len(old) + len(linked) + len(runs) + len(merges)


def _over(before: datetime, held: Held) -> ColumnElement[bool]:
    """Ended before, and of no golden record that holds, or held, a record on which a hold stands."""
    return and_(GoldenVersion.until_at < before, GoldenVersion.golden_id.not_in(_of_held(held)))


def _old_merge(before: datetime, held: Held) -> ColumnElement[bool]:
    """Made before, and still saying something. It can be taken back all the same: that stands on the decisions."""
    kept = or_(GoldenMerge.kept_id.in_(_of_held(held)), GoldenMerge.gone_id.in_(_of_held(held)))
    return and_(GoldenMerge.merged_at < before, or_(GoldenMerge.kept_before != "", GoldenMerge.reason != ""), ~kept)


def _of_held(held: Held) -> CompoundSelect[UUID]:
    now = select(Link.golden_id).where(Link.source_record_id.in_(held.records))
    return now.union(select(LinkVersion.golden_id).where(LinkVersion.source_record_id.in_(held.records)))


_GOES_WITH = N_("Erased with the source records (erase_records)")
_WITH = Retention(None, N_("as long as the records"), N_("erased with them"), N_("It is made of them"))
HOLDINGS = (
    Holding(
        "golden-record",
        N_("What we show of you"),
        (
            "golden_record.attributes", "golden_record.display_name", "golden_record.date_of_birth", "golden_record.address",
            "golden_record.postcode", "golden_record.phone", "golden_record.email", "golden_search.names", "golden_search.addresses",
            "golden_search.postcodes", "golden_search.births", "golden_search.phones", "golden_search.emails",
            "golden_search.keys",
        ),
        _WITH, N_("So that staff see one customer and not several records"), N_("Staff who answer enquiries"),
        export=export_golden, unerased=_GOES_WITH,
    ),
    Holding(
        "golden-history",
        N_("When your records were taken to belong together"),
        (
            "golden_version.content", "golden_merge.kept_before", "golden_merge.gone_before", "golden_merge.reason",
            "golden_merge.kept_records", "golden_merge.gone_records", "golden_merge.decisions", "golden_merge.undone_reason",
            "link.evidence", "link_version.evidence", "possible_match.evidence",
        ),
        Retention(
            72, N_("the version ended"), N_("deleted, with the match runs that no link stands on; of merges what each side looked like is blanked"),
            N_("To explain and take back what was joined"), count_history, expire_history,
        ),
        N_("To explain, and to take back, what was joined"),
        export=export_links, unerased=_GOES_WITH,
    ),
    Holding(
        "pins",
        N_("Values that a person has set"),
        (
            "golden_pin.key", "golden_pin.value", "golden_pin.from_key", "golden_pin.reason", "golden_pin.lifted_reason",
            "steward_decision.left_key", "steward_decision.right_key", "steward_decision.reason", "steward_decision.lifted_reason",
        ),
        _WITH, N_("To put right what a source has wrong"),
        export=export_pins, unerased=_GOES_WITH,
    ),
    Holding(
        "verifications",
        N_("Checks that you are who you say"),
        (
            "verification.asked", "verification.contact_ref", "verification.actor_name", "verification.actor_address",
            "verification.revoked_reason",
        ),
        Retention(None, N_("as long as the record or the account"), N_("deleted with it"), N_("It is what lets the account see the record")),
        N_("So that nobody else sees your records"),
        export=export_verifications, assess=assess_verifications, erase=erase_verifications,
    ),
)  # fmt: skip
