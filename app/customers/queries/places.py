"""Properties, and who lives there."""

import re
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.customers.matching.search_rows import words
from app.customers.models import GoldenRecord, Property
from app.customers.parsing.addresses import tidy_postcode
from app.customers.rows import HouseholdMember, PropertyRow
from app.kernel.errors import NotFound

_POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)\s*(\d[a-z]{2})\b", re.IGNORECASE)
_FIGURES = re.compile(r"\d+")


def property_by_id(session: Session, property_id: UUID) -> PropertyRow:
    """A property; NotFound if there is none."""
    found = session.get(Property, property_id)
    if found is None:
        raise NotFound
    return property_row(found)


def property_by_uprn(session: Session, uprn: str) -> PropertyRow | None:
    """A property by its UPRN, with or without leading zeros as it was given."""
    found = session.scalar(select(Property).where(Property.uprn == uprn.strip()))
    return property_row(found) if found else None


def search_properties(session: Session, text: str, *, limit: int = 20) -> list[PropertyRow]:
    """Properties by a postcode, an address, or both; every word must be there. In the order of a street."""
    conditions = []
    if found := _POSTCODE.search(text):
        conditions.append(Property.postcode == tidy_postcode(found[0]))
        text = text.replace(found[0], " ")
    conditions += [Property.search.contains(word, autoescape=True) for word in words(text).split()]
    if not conditions:
        return []
    rows = [property_row(one) for one in session.scalars(select(Property).where(and_(*conditions)).limit(500))]
    return sorted(rows, key=_as_on_the_street)[:limit]


def household(session: Session, property_id: UUID) -> list[HouseholdMember]:
    """Everybody whose golden record has this property for an address, the eldest first. Of restricted people not even that there is
    somebody: whoever looks at a neighbour must not learn who is hidden next to them.
    """
    query = (
        select(GoldenRecord)
        .where(GoldenRecord.property_id == property_id, GoldenRecord.live, ~GoldenRecord.restricted)
        .order_by(GoldenRecord.date_of_birth.nulls_last(), GoldenRecord.display_name, GoldenRecord.id)
    )
    return [HouseholdMember(one.id, one.display_name, one.date_of_birth) for one in session.scalars(query)]


def property_row(found: Property) -> PropertyRow:
    """The address as it is written on an envelope."""
    street = " ".join(part for part in (found.house_number, found.street) if part)
    lines = tuple(line for line in (found.unit, found.building, street, found.city) if line)
    return PropertyRow(found.id, found.uprn, lines, found.postcode, found.ward, found.latitude, found.longitude)


def _as_on_the_street(row: PropertyRow) -> tuple[object, ...]:
    """9 before 10, Flat 2 before Flat 12."""
    return (*(_FIGURES.sub(lambda found: found[0].zfill(6), line) for line in reversed(row.lines)), row.uprn)
