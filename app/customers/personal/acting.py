"""Who may act for whom: told to each side without the other's name, and gone with the source record of either."""

from collections.abc import Iterator

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.customers.models import Relationship
from app.kernel.i18n import N_
from app.kernel.personal import Holding, Retention, Row, Subject


def export_relationships(session: Session, subject: Subject) -> Iterator[Row]:
    """That they act for somebody or somebody for them, how far, until when, and what it was founded on."""
    theirs = or_(Relationship.acting_record_id.in_(subject.records), Relationship.for_record_id.in_(subject.records))
    query = select(Relationship).where(theirs).order_by(Relationship.recorded_at, Relationship.id)
    for one in session.scalars(query):
        yield {
            "at": one.recorded_at.isoformat(), "kind": one.kind.value, "you_act": one.acting_record_id in subject.records,
            "services": list(one.services), "from": one.starts_on.isoformat(), "until": one.expires_on.isoformat(),
            "ward": one.ward, "evidence": one.evidence.value, "evidence_seen_on": one.evidence_seen_on.isoformat(),
            "ended_at": one.ended_at.isoformat() if one.ended_at else None,
        }  # fmt: skip


HOLDINGS = (
    Holding(
        "relationships",
        N_("Who acts for whom"),
        (
            "relationship.ward", "relationship.services", "relationship.evidence_reference", "relationship.ended_reason",
            "relationship.evidence_seen_on", "relationship.starts_on", "relationship.expires_on",
        ),
        Retention(
            None,
            N_("as long as the records of both sides"),
            N_("deleted"),
            N_("To show on what somebody acted for another"),
        ),
        N_("So that somebody can act for another"),
        N_("Staff who answer enquiries"),
        export=export_relationships,
        unerased=N_("Deleted with the source record of either side (erase_records)"),
    ),
)  # fmt: skip
