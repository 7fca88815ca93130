"""A resident with a past: records from three systems, one of them a neighbour's, enquiries, a call, messages, and looks at them."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.config import Settings
from app.customers import queries as customers
from app.customers import services as customer_services
from app.enquiries import services as enquiries
from app.enquiries.rows import EnquiryRow
from app.kernel.actors import Actor, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.conftest import SECRET, TEST_DAY
from tests.support.council import Council, found, missed_bin, person
from tests.support.customers import card, party, write_crm, write_housing, write_tax
from tests.support.database import TestServer
from tests.support.desk import verify
from tests.support.made import copy_of, made_once

TENANCY = {
    "Tenancy Ref": "TEN-00771", "Property Ref": "P-1", "UPRN": "999010000001", "Flat/Unit": "Flat 2", "House No": "14",
    "Street": "Marine Parade", "Town": "Hallowmere", "Postcode": "ZF1 2AB", "Tenancy Type": "Secure", "Start Date": "01/04/2015",
    "Main Title": "Mrs", "Main Forename": "Josephine", "Main Surname": "Tallis", "Main DOB": "12/03/1980", "Main Phone": "07700 900123",
    "Joint Title": "Mr", "Joint Forename": "Barnaby", "Joint Surname": "Quint", "Joint DOB": "02/02/1979",
    "Joint Phone": "07700 900456", "Joint Email": "barnaby@resident.example", "Last Changed": "01/01/2024",
}  # fmt: skip
"""A joint tenancy: one row, two people."""


@dataclass
class Life:
    """Josephine Tallis, who has an account and has shown to be the person of two records."""

    council: Council
    steward: Actor
    jo: Actor
    tax: UUID
    tenancy: UUID
    barnaby: UUID
    done: EnquiryRow
    open: EnquiryRow


@pytest.fixture(scope="session")
def past(server: TestServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Life]]:
    """Made once: the URL of a database with all of this in it, and who is who."""
    folder, clock = tmp_path_factory.mktemp("rights"), FixedClock(TEST_DAY)
    settings = Settings(
        _env_file=None, SECRET_KEY=SECRET, DATABASE_URL="postgresql://given-by-the-fixture/", data_dir=folder, log_level="ERROR"
    )  # fmt: skip
    made: list[Life] = []

    def fill(database: Database) -> None:
        customer_services.ingest_file(database, "council-tax", write_tax(folder / "tax.csv", [party()]), clock=clock)
        customer_services.ingest_file(database, "housing", write_housing(folder / "h.xlsx", [TENANCY]), clock=clock)
        customer_services.ingest_file(database, "legacy-crm", write_crm(folder / "crm.jsonl", [card(1)]), clock=clock)
        customer_services.match_all(database, clock=clock)
        made.append(_live(database, clock))

    with made_once(server, settings, fill) as url:
        yield url, made[0]


@pytest.fixture
def db(server: TestServer, settings: Settings, past: tuple[str, Life]) -> Iterator[Database]:
    """A copy of it for each test; the application in a test stands on the same one."""
    with copy_of(server, settings, past[0]) as database:
        yield database


@pytest.fixture
def loaded(db: Database) -> Database:
    return db


@pytest.fixture
def life(past: tuple[str, Life]) -> Life:
    return past[1]


def _live(database: Database, clock: FixedClock) -> Life:
    with database.transaction() as session:
        council = found(session, clock.now())
        steward = person(session, "Felix Ward", Role.STEWARD, now=clock.now())
        jo = council.resident
        tax = _record(session, "council-tax", "700000001-1")
        tenancy, barnaby = _record(session, "housing", "TEN-00771/1"), _record(session, "housing", "TEN-00771/2")
        assert jo.account_id
        for record in (tax, tenancy):
            verify(session, jo.account_id, record, clock.now())
        golden = customers.golden_of_source_record(session, tax)
        assert golden
        customer_services.single_view(session, council.advisor, golden, purpose="A call about bins", now=clock.now())
        done = missed_bin(session, jo, now=clock.now())
        enquiries.add_note(
            session, council.advisor, done.reference, body="Barnaby Quint rang too, from 07700 900456", now=clock.now()
        )
        enquiries.withdraw(
            session, council.advisor, done.reference, reason="It came after all", version=None, now=clock.now()
        )
        waiting = missed_bin(session, jo, now=clock.now())
    return Life(council, steward, jo, tax, tenancy, barnaby, done, waiting)


def _record(session: Session, source: str, key: str) -> UUID:
    found_one = customers.record_by_key(session, source, key)
    assert found_one, key
    return found_one
