"""A council in a database of the test's own, with one offered missed bin, for what works across transactions."""

from collections.abc import Callable
from typing import Any

import pytest

from app.config import Settings
from app.handoffs import services
from app.handoffs.rows import HandoffRow
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.runtime import Runtime
from tests.support.council import Council, missed_bin
from tests.support.peers import LOOPBACK

Offer = Callable[..., HandoffRow]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Other systems stand on the loopback."""
    return settings.model_copy(update={"outbound_allowed": LOOPBACK})


@pytest.fixture
def town(founded: tuple[str, Council]) -> Council:
    return founded[1]


@pytest.fixture
def house(settings: Settings, db: Database, clock: FixedClock) -> Runtime:
    return Runtime(settings, db, clock)


@pytest.fixture
def offer(db: Database, clock: FixedClock, town: Council) -> Offer:
    """Raises a missed bin and offers it to a unit."""

    def make(
        unit: str = "waste", *, sender: Actor | None = None, brief: str = "Whole street", **options: Any
    ) -> HandoffRow:
        with db.transaction() as session:
            row = missed_bin(session, sender or town.advisor, now=clock.now())
            return services.offer(
                session, sender or town.advisor, row.reference, unit=unit, brief=brief, now=clock.now(), **options
            )

    return make
