"""People who act for others: a small family, a business and a councillor, with the records that they are known by."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.customers import queries, services
from app.customers.models import Property, SourceRecord, Verification
from app.customers.relationship_enums import Evidence, RelationshipKind, Use
from app.customers.rows import RelationshipRow, RelationshipTerms
from app.kernel.actors import Actor
from app.kernel.clock import Clock
from app.kernel.db import Database
from tests.support.customers import party, write_tax

PEOPLE = {
    "son": party(ACCOUNT_REF="700000010", NAME="MARLOW MR DANIEL", ADDR1="3 ELM ROAD", ADDR2="", UPRN="999010000003",
                 EMAIL="daniel@resident.example", DOB="03/03/1970", TELEPHONE=""),
    "mother": party(ACCOUNT_REF="700000020", NAME="MARLOW MRS EDITH", ADDR1="4 OAK ROAD", ADDR2="", UPRN="999010000004",
                    EMAIL="edith@resident.example", DOB="04/04/1940", TELEPHONE=""),
    "stranger": party(ACCOUNT_REF="700000030", NAME="UNKNOWN MR OTTO", ADDR1="5 ASH ROAD", ADDR2="", UPRN="999010000005",
                      EMAIL="otto@resident.example", DOB="05/05/1950", TELEPHONE=""),
    "child": party(ACCOUNT_REF="700000040", NAME="MARLOW MISS IRIS", ADDR1="3 ELM ROAD", ADDR2="", UPRN="999010000003",
                   EMAIL="", DOB="06/06/2012", TELEPHONE=""),
    "bakery": party(ACCOUNT_REF="700000050", PARTY_TYPE="O", NAME="MARLOW BAKERY LIMITED", ADDR1="6 MARKET SQUARE", ADDR2="",
                    UPRN="999010000006", EMAIL="till@bakery.example", DOB="", TELEPHONE=""),
}  # fmt: skip
ALL = frozenset(Use)


@dataclass
class Family:
    """The records, by who they are of."""

    records: dict[str, UUID]

    def __getattr__(self, name: str) -> UUID:
        return self.records[name]


def settle(database: Database, folder: Path, clock: Clock) -> Family:
    """Load and match them."""
    folder.mkdir(exist_ok=True)
    services.ingest_file(
        database, "council-tax", write_tax(folder / "family.csv", PEOPLE.values()), clock=clock, full=False
    )
    services.match_all(database, clock=clock)
    with database.transaction() as session:
        session.query(Property).filter(Property.uprn == "999010000003").update({"ward": "Harbour"})
        found = {
            who: queries.record_by_key(session, "council-tax", f"{row['ACCOUNT_REF']}-1") for who, row in PEOPLE.items()
        }
    return Family({who: record for who, record in found.items() if record})


def terms(acting: UUID, concerned: UUID | None, **changes: Any) -> RelationshipTerms:
    given: dict[str, Any] = {
        "kind": RelationshipKind.ATTORNEY, "acting_record_id": acting, "for_record_id": concerned,
        "evidence": Evidence.POWER_OF_ATTORNEY, "evidence_reference": "OPG 7000-1111-2222", "evidence_seen_on": date(2026, 3, 10),
        "starts_on": date(2026, 3, 10), "expires_on": date(2027, 3, 10), "uses": ALL,
    }  # fmt: skip
    return RelationshipTerms(**(given | changes))


def attorney(session: Session, actor: Actor, family: Family, *, now: datetime, **changes: Any) -> RelationshipRow:
    """The son acts for his mother."""
    return services.record_relationship(session, actor, terms(family.son, family.mother, **changes), now=now)


def prove(session: Session, resident: Actor, record_id: UUID, *, now: datetime, contact: UUID | None = None) -> None:
    """The holder of an account, or a caller, has shown to be the person of a record."""
    record = session.get_one(SourceRecord, record_id)
    session.add(Verification(
        at=now, passed=True, source_id=record.source_id, source_record_id=record_id, asked=["date_of_birth", "postcode"],
        account_id=None if contact else resident.account_id, contact_ref=str(contact) if contact else None,
        actor_kind=resident.kind.value, actor_id=resident.account_id, actor_name=resident.name,
    ))  # fmt: skip
    session.flush()
