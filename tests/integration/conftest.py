"""The small council, for the tests of the rooms that need one."""

import pytest
from sqlalchemy.orm import Session

from app.kernel.clock import FixedClock
from tests.support.council import Council, found


@pytest.fixture
def council(session: Session, clock: FixedClock) -> Council:
    return found(session, clock.now())
