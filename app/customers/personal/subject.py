"""Who the subject is in this room: their source records, when golden records were made of them, and the words that are theirs."""

from collections.abc import Iterator

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.customers.loading.register import layout_from
from app.customers.models import (
    DeskCase,
    Link,
    LinkVersion,
    Relationship,
    SourceRecord,
    SourceRecordVersion,
    SourceSystem,
)
from app.customers.parsing.attributes import text_at
from app.kernel.personal import Subject, Thing

_WORDS = (
    "given_name",
    "family_name",
    "middle_name",
    "organisation_name",
    "company_number",
    "email",
    "phone",
    "phone_2",
    "national_id",
)


def things(session: Session, subject: Subject) -> Iterator[Thing]:
    """The records, the golden records for as long as they held them, the cases that the accounts opened, and who acts for whom."""
    for record in subject.records:
        yield Thing("source_record", record)
    linked = select(Link.golden_id, Link.since).where(Link.source_record_id.in_(subject.records))
    for golden_id, since in session.execute(linked.order_by(Link.golden_id, Link.since)):
        yield Thing("golden_record", golden_id, since)
    then = select(LinkVersion.golden_id, LinkVersion.since, LinkVersion.until_at).where(
        LinkVersion.source_record_id.in_(subject.records)
    )
    for golden_id, since, until in session.execute(then.order_by(LinkVersion.id)):
        yield Thing("golden_record", golden_id, since, until)
    for case in session.scalars(
        select(DeskCase.id).where(DeskCase.account_id.in_(subject.accounts)).order_by(DeskCase.id)
    ):
        yield Thing("desk_case", case)
    sides = or_(Relationship.acting_record_id.in_(subject.records), Relationship.for_record_id.in_(subject.records))
    for relationship in session.scalars(select(Relationship.id).where(sides).order_by(Relationship.id)):
        yield Thing("relationship", relationship)


def own(session: Session, subject: Subject) -> Iterator[str]:
    """Names, telephone numbers and addresses that the subject's records give them."""
    for attributes in session.scalars(select(SourceRecord.attributes).where(SourceRecord.id.in_(subject.records))):
        for name in _WORDS:
            if said := attributes.get(name):
                yield said
                yield from said.split()


def others(session: Session, subject: Subject) -> Iterator[str]:
    """Full names of other people whose records say that they live at the subject's properties, or are joined with the subject's,
    and of those who act for the subject or for whom the subject acts.
    """
    mine = select(SourceRecord.property_id).where(
        SourceRecord.id.in_(subject.records), SourceRecord.property_id.is_not(None)
    )
    joined = select(Link.source_record_id).where(
        Link.golden_id.in_(select(Link.golden_id).where(Link.source_record_id.in_(subject.records)))
    )
    for_them = select(Relationship.acting_record_id).where(Relationship.for_record_id.in_(subject.records))
    by_them = select(Relationship.for_record_id).where(Relationship.acting_record_id.in_(subject.records))
    known = (SourceRecord.property_id.in_(mine), *(SourceRecord.id.in_(some) for some in (joined, for_them, by_them)))
    query = select(SourceRecord.attributes).where(or_(*known), SourceRecord.id.not_in(subject.records))
    for said in session.scalars(query.limit(500)):
        given, family = said.get("given_name", ""), said.get("family_name", "")
        if given and family:
            yield f"{given} {family}"
            yield f"{said['title']} {family}" if said.get("title") else given
            yield given


def where(session: Session, subject: Subject) -> Iterator[str]:
    """Every word of their records, past and present, that says where they live or how they are reached."""
    for said in session.scalars(select(SourceRecord.attributes).where(SourceRecord.id.in_(subject.records))):
        number, street = said.get("house_number", ""), said.get("street", "")
        yield f"{number} {street}".strip()
        yield from (
            said.get(name, "")
            for name in ("unit", "building", "street", "postcode", "uprn", "phone", "phone_2", "email")
        )
    query = select(SourceRecordVersion.content, SourceRecord.key, SourceSystem)
    query = query.join(SourceRecord, SourceRecord.id == SourceRecordVersion.record_id)
    query = query.join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
    for content, _, source in session.execute(query.where(SourceRecord.id.in_(subject.records))):
        for shape in layout_from(source).records:
            for attribute in (
                "address",
                "unit",
                "building",
                "house_number",
                "street",
                "postcode",
                "uprn",
                "phone",
                "email",
            ):
                columns = shape.attributes.get(attribute, [])
                for column in columns if isinstance(columns, list) else [columns]:
                    yield text_at(content, column)
