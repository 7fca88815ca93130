"""Every organisation, in a list. A restricted one is in no line of it, no count and no file, and neither is anybody restricted who acts for one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, SQLColumnExpression, and_, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from app.customers.enums import CustomerKind
from app.customers.matching.search_rows import words
from app.customers.models import GoldenRecord, GoldenSearch, Link, Relationship, SourceRecord, SourceSystem
from app.customers.parsing.attributes import tidy_company_number
from app.customers.rows import OrganisationLine
from app.kernel.clock import london_date
from app.kernel.paging import Page, PageRequest, fetch_page

ORGANISATION_ORDERS = ("name", "number", "people", "sources", "records")
_NUMBER = SourceRecord.attributes["company_number"].astext
_OPEN = and_(GoldenRecord.kind == CustomerKind.ORGANISATION, GoldenRecord.live, ~GoldenRecord.restricted)


def organisations(
    session: Session,
    wanted: PageRequest,
    *,
    search: str = "",
    order: str = "name",
    descending: bool = False,
    now: datetime,
) -> Page[OrganisationLine]:
    """A page of those whose name has all the words, or that have the company number, by one of ORGANISATION_ORDERS. Two queries."""
    found = fetch_page(session, _listed(search, order, descending=descending, now=now), wanted)
    return Page(tuple(_line(row) for row in found.items), found.total, found.number, found.size)


def every_organisation(
    session: Session, *, search: str = "", order: str = "name", descending: bool = False, most: int, now: datetime
) -> list[OrganisationLine]:
    """The same for a file. One query."""
    query = _listed(search, order, descending=descending, now=now).limit(most)
    return [_line(row) for row in session.execute(query)]


def _listed(search: str, order: str, *, descending: bool, now: datetime) -> Select[*tuple[Any, ...]]:
    name, numbers, people, sources = func.lower(GoldenRecord.display_name), _numbers(), _people(now), _sources()
    by: SQLColumnExpression[Any] = {
        "number": numbers, "people": people, "sources": func.cardinality(sources), "records": GoldenRecord.size,
    }.get(order, name)  # fmt: skip
    first = (by.desc() if descending else by.asc()).nulls_last()
    query = select(
        GoldenRecord.id, GoldenRecord.display_name, numbers.label("numbers"), people.label("people"), sources.label("sources"),
        GoldenRecord.size, GoldenRecord.address, GoldenRecord.postcode,
    )  # fmt: skip
    return query.where(_OPEN, *_sought(search)).order_by(first, name, GoldenRecord.id)


def _sought(search: str) -> list[ColumnElement[bool]]:
    """By any name that any of its records has, and by any of its numbers."""
    if not search.strip():
        return []
    named = [GoldenSearch.names.contains(word, autoescape=True) for word in words(search).split()]
    known = select(GoldenSearch.golden_id).where(GoldenSearch.golden_id == GoldenRecord.id, *named)
    numbered = _ours().where(
        tidy_company_number(search.strip()) == _NUMBER, SourceRecord.attributes.has_key("company_number")
    )
    by_number = numbered.correlate(GoldenRecord).exists()
    return [or_(by_number, known.correlate(GoldenRecord).exists()) if named else by_number]


def _ours() -> Select[UUID]:
    """The source records of the organisation of the line."""
    return (
        select(SourceRecord.id)
        .join(Link, Link.source_record_id == SourceRecord.id)
        .where(Link.golden_id == GoldenRecord.id, ~SourceRecord.restricted)
    )


def _numbers() -> ScalarSelect[Any]:
    each = func.array_agg(aggregate_order_by(_NUMBER.distinct(), _NUMBER))
    ours = _ours().where(SourceRecord.attributes.has_key("company_number"), _NUMBER != "")
    return ours.with_only_columns(each).correlate(GoldenRecord).scalar_subquery()


def _sources() -> ScalarSelect[Any]:
    each = func.array_agg(aggregate_order_by(SourceSystem.name.distinct(), SourceSystem.name))
    ours = _ours().join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
    return ours.with_only_columns(each).correlate(GoldenRecord).scalar_subquery()


def _people(now: datetime) -> ScalarSelect[Any]:
    """How many customers act for it today."""
    today, theirs, person, record = london_date(now), aliased(Link), aliased(GoldenRecord), aliased(SourceRecord)
    return (
        select(func.count(theirs.golden_id.distinct()))
        .select_from(Relationship)
        .join(Link, Link.source_record_id == Relationship.for_record_id)
        .join(theirs, theirs.source_record_id == Relationship.acting_record_id)
        .join(person, person.id == theirs.golden_id)
        .join(record, record.id == Relationship.acting_record_id)
        .where(
            Link.golden_id == GoldenRecord.id, person.id != GoldenRecord.id, ~person.restricted, ~record.restricted,
            Relationship.ended_at.is_(None), Relationship.starts_on <= today, Relationship.expires_on >= today,
        )
        .correlate(GoldenRecord)
        .scalar_subquery()
    )  # fmt: skip


def _line(row: Any) -> OrganisationLine:
    golden_id, name, numbers, people, sources, size, address, postcode = row
    where = ", ".join(part for part in (address, postcode) if part)
    return OrganisationLine(golden_id, name, where, tuple(numbers or ()), people, tuple(sources or ()), size)
