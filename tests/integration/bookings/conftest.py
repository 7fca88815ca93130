"""The small council with something to book."""

import pytest
from sqlalchemy.orm import Session

from app.bookings.rows import TimetableRow
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.support import bookings
from tests.support.council import Council, found


@pytest.fixture
def tip(session: Session, council: Council, clock: FixedClock) -> TimetableRow:
    return bookings.tip(session, now=clock.now())


@pytest.fixture
def people(db: Database, clock: FixedClock) -> Council:
    """The same for tests that commit."""
    with db.transaction() as session:
        council = found(session, clock.now())
        bookings.tip(session, now=clock.now())
    return council
