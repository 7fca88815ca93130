"""The small council, for the tests of the rooms that need one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from app.customers import queries as customer_queries
from app.customers import services as customers
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.support.customers import card, write_crm


@pytest.fixture
def matched(filled: str, db: Database) -> Database:
    """The test's own copy of what its module has filled and matched."""
    return db


@pytest.fixture
def restrict(db: Database, clock: FixedClock, tmp_path: Path) -> Callable[[str], None]:
    """The enquiry turns out to be about somebody whose record is restricted."""

    def make(reference: str) -> None:
        customers.ingest_file(db, "legacy-crm", write_crm(tmp_path / "crm.jsonl", [card(1)]), clock=clock)
        with db.transaction() as session:
            record = customer_queries.record_by_key(session, "legacy-crm", "CRM-0000001")
            assert record
            session.execute(
                text("UPDATE enquiry SET source_record_id = :s WHERE reference = :r"), {"s": record, "r": reference}
            )
            customers.restrict(session, SYSTEM, record, reason="A hostel", now=clock.now())

    return make
