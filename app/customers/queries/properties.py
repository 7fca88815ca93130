"""A property with whoever is or was there, its household, and what an organisation has to do with properties.

Restricted customers are left out of all of it, and so is their number: that somebody protected lives there is what nobody may learn.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Numeric, Select, and_, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from app.customers.enums import CustomerKind
from app.customers.matching.survival import display_address, display_name
from app.customers.models import GoldenRecord, Link, Property, Relationship, SourceRecord, SourceSystem
from app.customers.queries.golden import resolve
from app.customers.queries.places import property_row
from app.customers.relationship_enums import RelationshipKind
from app.customers.rows import HeldProperty, MemberRow, OccupantRow, OrganisationRow, Tie
from app.kernel.clock import london_date
from app.kernel.errors import NotFound
from app.kernel.i18n import N_
from app.kernel.paging import Page, PageRequest, fetch_page

HELD_ORDERS = ("address", "record", "since")
LIABLE, LETS = N_("Liable or registered there"), N_("Lets it")
_OPEN = and_(~SourceRecord.restricted, or_(GoldenRecord.id.is_(None), ~GoldenRecord.restricted))


def occupants(session: Session, property_id: UUID, wanted: PageRequest, *, now: datetime) -> Page[OccupantRow]:
    """Everybody whom a source has at a property, those who are there now first, then by source and key. Three queries a page."""
    today = london_date(now).isoformat()
    until = func.coalesce(SourceRecord.attributes["until"].astext, "")
    over = or_(SourceRecord.gone_since.is_not(None), and_(until != "", until < today))
    query = _records(over.label("over")).where(SourceRecord.property_id == property_id, _OPEN)
    found = fetch_page(session, query.order_by(over, SourceSystem.name, SourceRecord.key, SourceRecord.id), wanted)
    return Page(tuple(_occupant(*row) for row in found.items), found.total, found.number, found.size)


def household_page(session: Session, property_id: UUID, wanted: PageRequest) -> Page[MemberRow]:
    """The household: whoever's golden record has this address, the eldest first, with who may act for whom among them. Five queries a page."""
    query = (
        select(GoldenRecord)
        .where(GoldenRecord.property_id == property_id, GoldenRecord.live, ~GoldenRecord.restricted)
        .order_by(GoldenRecord.date_of_birth.nulls_last(), GoldenRecord.display_name, GoldenRecord.id)
    )
    found = fetch_page(session, query, wanted)
    ids = [golden.id for golden in found.items]
    sources = _sources_of(session, ids)
    ties = _ties_among(session, ids)
    rows = tuple(
        MemberRow(
            one.id, one.display_name, one.kind, one.date_of_birth, one.size, tuple(sources[one.id]), tuple(ties[one.id])
        )
        for one in found.items
    )
    return Page(rows, found.total, found.number, found.size)


def organisation(session: Session, golden_id: UUID) -> OrganisationRow:
    """An organisation with all its names, company numbers and addresses, the commonest first. NotFound for a person, and for one that is restricted."""
    golden = session.get_one(GoldenRecord, resolve(session, golden_id))
    if golden.kind is not CustomerKind.ORGANISATION or golden.restricted:
        raise NotFound
    query = (
        select(SourceRecord.attributes)
        .join(Link, Link.source_record_id == SourceRecord.id)
        .where(Link.golden_id == golden.id)
        .order_by(SourceRecord.key, SourceRecord.id)
        .limit(2000)
    )
    names: defaultdict[str, int] = defaultdict(int)
    numbers: defaultdict[str, int] = defaultdict(int)
    addresses: defaultdict[str, int] = defaultdict(int)
    for said in session.scalars(query):
        if said.get("company_number"):
            numbers[said["company_number"]] += 1
        names[said.get("organisation_name", "")] += 1
        addresses[", ".join(part for part in (display_address(said), said.get("postcode", "")) if part)] += 1
    return OrganisationRow(
        golden.id, golden.display_name, _commonest(names), tuple(name for name, _ in _commonest(addresses)),
        _commonest(numbers), _by_source(session, golden.id),
    )  # fmt: skip


def properties_of(
    session: Session, golden_id: UUID, wanted: PageRequest, *, order: str = "address", descending: bool = False
) -> Page[HeldProperty]:
    """What an organisation is liable for by its own records, and what it lets by its tenants' records. Two queries a page.

    By one of HELD_ORDERS, then by address, in which house 3 comes before house 11.
    """
    tenant, ours = aliased(SourceRecord), aliased(Link)
    columns = (SourceRecord.key, SourceRecord.attributes["since"].astext, SourceRecord.gone_since)
    liable = (
        select(Property.id, literal(LIABLE).label("role"), SourceSystem.name.label("source"), *columns)
        .select_from(SourceRecord)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .join(Link, Link.source_record_id == SourceRecord.id)
        .join(Property, Property.id == SourceRecord.property_id)
        .where(Link.golden_id == golden_id)
    )
    lets = (
        select(Property.id, literal(LETS), SourceSystem.name, SourceRecord.key, literal(None), SourceRecord.gone_since)
        .select_from(Relationship)
        .join(ours, ours.source_record_id == Relationship.acting_record_id)
        .join(SourceRecord, SourceRecord.id == Relationship.acting_record_id)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .join(tenant, tenant.id == Relationship.for_record_id)
        .join(Property, Property.id == tenant.property_id)
        .outerjoin(Link, Link.source_record_id == tenant.id)
        .outerjoin(GoldenRecord, GoldenRecord.id == Link.golden_id)
        .where(
            ours.golden_id == golden_id, Relationship.kind == RelationshipKind.LANDLORD, Relationship.ended_at.is_(None),
            ~tenant.restricted, or_(GoldenRecord.id.is_(None), ~GoldenRecord.restricted),
        )
    )  # fmt: skip
    both = union_all(liable, lets).subquery()
    number = cast(func.nullif(func.regexp_replace(Property.house_number, "[^0-9].*$", ""), ""), Numeric)
    address = [Property.street, number.nulls_last(), Property.house_number, Property.uprn, both.c[1], both.c[3]]
    if order == "address" and descending:
        address[:2] = [Property.street.desc(), number.desc().nulls_last()]
    first = {"record": (both.c[2], both.c[3]), "since": (func.coalesce(both.c[4], ""),)}.get(order, ())
    query: Select[*tuple[Any, ...]] = (
        select(Property, both.c[1], both.c[2], both.c[3], both.c[4], both.c[5])
        .join(both, both.c[0] == Property.id)
        .order_by(*(one.desc() if descending else one for one in first), *address)
    )
    found = fetch_page(session, query, wanted)
    rows = tuple(
        HeldProperty(place.id, place.uprn, property_row(place).one_line, role, source, key, since or "", gone)
        for place, role, source, key, since, gone in found.items
    )
    return Page(rows, found.total, found.number, found.size)


def _records(*more: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    return (
        select(SourceRecord, SourceSystem.name, Link.golden_id, *more)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .outerjoin(Link, Link.source_record_id == SourceRecord.id)
        .outerjoin(GoldenRecord, GoldenRecord.id == Link.golden_id)
    )


def _occupant(record: SourceRecord, source: str, golden_id: UUID | None, over: bool) -> OccupantRow:
    said = record.attributes
    kind = CustomerKind.ORGANISATION if said.get("organisation_name") else CustomerKind.PERSON
    return OccupantRow(
        record.id, source, record.key, display_name(said), kind, golden_id, _day(said.get("since", "")),
        _day(said.get("until", "")), record.gone_since, not over,
    )  # fmt: skip


def _day(said: str) -> str:
    """A day as ISO text, or nothing where a source has none that can be one."""
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError:
        return ""


def _by_source(session: Session, golden_id: UUID) -> tuple[tuple[str, int], ...]:
    """The sources of a golden record, the one with most of its records first."""
    query = (
        select(SourceSystem.name, func.count())
        .join(SourceRecord, SourceRecord.source_id == SourceSystem.id)
        .join(Link, Link.source_record_id == SourceRecord.id)
        .where(Link.golden_id == golden_id)
        .group_by(SourceSystem.name)
        .order_by(func.count().desc(), SourceSystem.name)
    )
    return tuple((name, count) for name, count in session.execute(query))


def _sources_of(session: Session, ids: Collection[UUID]) -> defaultdict[UUID, list[str]]:
    query = (
        select(Link.golden_id, SourceSystem.name)
        .join(SourceRecord, SourceRecord.id == Link.source_record_id)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .where(Link.golden_id.in_(list(ids)))
        .distinct()
        .order_by(Link.golden_id, SourceSystem.name)
    )
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for golden, name in session.execute(query):
        found[golden].append(name)
    return found


def _ties_among(session: Session, ids: Collection[UUID]) -> defaultdict[UUID, list[Tie]]:
    """Relationships that stand between two members, told from both ends."""
    acting, other = aliased(Link), aliased(Link)
    one, two = aliased(GoldenRecord), aliased(GoldenRecord)
    query = (
        select(Relationship.kind, one.id, one.display_name, two.id, two.display_name)
        .join(acting, acting.source_record_id == Relationship.acting_record_id)
        .join(other, other.source_record_id == Relationship.for_record_id)
        .join(one, one.id == acting.golden_id)
        .join(two, two.id == other.golden_id)
        .where(one.id.in_(list(ids)), two.id.in_(list(ids)), one.id != two.id, Relationship.ended_at.is_(None))
        .order_by(Relationship.kind, Relationship.id)
    )
    found: defaultdict[UUID, list[Tie]] = defaultdict(list)
    for kind, left, left_name, right, right_name in session.execute(query):
        found[left].append(Tie(RelationshipKind(kind).label, right_name))
        found[right].append(Tie(RelationshipKind(kind).reverse, left_name))
    return found


def _commonest(counted: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(((name, count) for name, count in counted.items() if name), key=lambda one: (-one[1], one[0])))
