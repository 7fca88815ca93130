"""The single view, put together from what is stored of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.layout import ATTRIBUTES
from app.customers.models import GoldenRecord, Link, Property, SourceRecord, SourceSystem
from app.customers.queries.places import household, property_row
from app.customers.queries.verifications import verifications_of
from app.customers.rows import Beaten, CrosswalkRow, GoldenValue, SingleView
from app.kernel.i18n import N_

LABELS = {
    "title": N_("Title"),
    "given_name": N_("First name"),
    "middle_name": N_("Middle names"),
    "family_name": N_("Family name"),
    "organisation_name": N_("Organisation"),
    "company_number": N_("Company number"),
    "date_of_birth": N_("Date of birth"),
    "gender": N_("Gender"),
    "national_id": N_("National Insurance number"),
    "email": N_("E-mail address"),
    "phone": N_("Phone number"),
    "phone_2": N_("Second phone number"),
    "unit": N_("Flat or unit"),
    "building": N_("Building"),
    "house_number": N_("House number"),
    "street": N_("Street"),
    "city": N_("Town or city"),
    "postcode": N_("Postcode"),
    "uprn": N_("UPRN"),
}
"""Each attribute as people call it, as message ids."""

WHY = {
    "pin": N_("A steward chose it"),
    "only_value": N_("No record says otherwise"),
    "trusted_source": N_("From the most trusted source"),
    "most_recent": N_("Recorded last"),
    "most_frequent": N_("Most records say so"),
    "most_complete": N_("The most complete value"),
    "valid_first": N_("The only value that can be valid"),
    "tie_break": N_("The records do not tell the values apart"),
}
"""Why a value stands, or what another one lost to, as message ids."""


def build_view(session: Session, golden: GoldenRecord, *, hidden: bool) -> SingleView:
    """Everything of a golden record; of a hidden one only that it is there."""
    if hidden:
        return SingleView(golden.id, "", golden.kind, restricted=True, hidden=True)
    place = session.get(Property, golden.property_id) if golden.property_id else None
    firsts = _first_seen(session, golden.id)
    at_home = household(session, golden.property_id) if golden.property_id else []
    return SingleView(
        golden_id=golden.id,
        name=golden.display_name,
        kind=golden.kind,
        restricted=golden.restricted,
        hidden=False,
        attributes=tuple(value_row(said, firsts) for said in golden.attributes),
        home=property_row(place) if place else None,
        household=tuple(member for member in at_home if member.golden_id != golden.id),
        records=_crosswalk(session, golden.id),
        verifications=tuple(verifications_of(session, golden_id=golden.id)),
    )


def value_row(said: dict[str, Any], firsts: Mapping[UUID, datetime] | None = None) -> GoldenValue:
    """One value of a golden record, as it is stored. `firsts`: when each record first came to us."""
    record = UUID(said["record"]) if said["record"] else None
    return GoldenValue(
        said["attribute"],
        LABELS[said["attribute"]],
        said["value"],
        said["source"],
        said["key"],
        record,
        said["since"],
        WHY[said["by"]],
        tuple(Beaten(lost["value"], lost["source"], lost["key"], WHY[lost["by"]]) for lost in said["beat"]),
        (firsts or {}).get(record) if record else None,
    )


def _first_seen(session: Session, golden_id: UUID) -> dict[UUID, datetime]:
    query = (
        select(SourceRecord.id, SourceRecord.first_seen_at)
        .join(Link, Link.source_record_id == SourceRecord.id)
        .where(Link.golden_id == golden_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _crosswalk(session: Session, golden_id: UUID) -> tuple[CrosswalkRow, ...]:
    query = (
        select(Link, SourceRecord, SourceSystem.slug, SourceSystem.name)
        .join(SourceRecord, SourceRecord.id == Link.source_record_id)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .where(Link.golden_id == golden_id)
        .order_by(SourceSystem.name, SourceRecord.key)
    )
    return tuple(
        CrosswalkRow(
            record.id,
            slug,
            name,
            record.key,
            link.method,
            link.weight,
            link.probability,
            link.evidence,
            record.last_seen_at,
            record.gone_since,
            {attribute: record.attributes[attribute] for attribute in ATTRIBUTES if record.attributes.get(attribute)},
        )
        for link, record, slug, name in session.execute(query)
    )
