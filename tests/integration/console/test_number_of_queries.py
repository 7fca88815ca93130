"""Pages ask the database the same number of things however much there is to show."""

import io
from collections.abc import Mapping
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session

from app.enquiries import services
from app.enquiries.enums import LinkKind
from app.enquiries.rows import EnquiryRow
from app.handoffs import services as handoffs
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.oversight.enums import DeskList
from tests.integration.console.conftest import Enter
from tests.support.council import Council, missed_bin, person
from tests.support.statements import counted

FEW, MANY = 1, 12
"""Rounds of growing; each brings five enquiries, and one more of each thing that hangs on an enquiry."""
LISTS = (
    "/console", "/console/enquiries", "/console/enquiries?queue=waste-intake", "/console/enquiries?owner=me",
    "/console/enquiries?sort=-received&page=2", "/console/enquiries?search=jo", "/console/enquiries?service=missed-bin",
    "/console/enquiries/urgent", "/console/enquiries/waiting", "/console/enquiries/tasks",
)  # fmt: skip
WATCHED = (
    "/console", "/console/oversight", "/console/oversight/ageing", "/console/oversight/custody", "/console/oversight/anomalies",
    *(f"/console/oversight/lists/{each}" for each in DeskList),
)  # fmt: skip


@pytest.fixture
def wanted(db: Database, council: Council, clock: FixedClock) -> EnquiryRow:
    """The enquiry that is looked at."""
    with db.transaction() as session:
        row = missed_bin(session, council.resident, now=clock.now())
        return services.start(session, council.advisor, row.reference, version=None, now=clock.now())


class Town:
    """Makes more of everything that the pages show."""

    def __init__(self, db: Database, council: Council, clock: FixedClock, wanted: EnquiryRow) -> None:
        self.db, self.council, self.clock, self.wanted = db, council, clock, wanted

    def grow(self, rounds: int) -> None:
        """More in each list, and more of each thing that hangs on the enquiry."""
        with self.db.transaction() as session:
            for _ in range(rounds):
                self._in_the_lists(session)
                self._on_the_enquiry(session)
        self.clock.advance(timedelta(seconds=1))

    def _in_the_lists(self, session: Session) -> None:
        ada, now = self.council.advisor, self.clock.now()
        waiting = missed_bin(session, self.council.resident, now=now)
        mine = missed_bin(session, self.council.neighbour, now=now)
        services.start(session, ada, mine.reference, version=None, now=now)
        tomorrow = now + timedelta(days=1)
        services.add_task(
            session, ada, mine.reference, title="Ring", due_at=tomorrow, assignee_id=ada.account_id, now=now
        )
        for who, what in ((ada, mine), (self.council.leader, waiting)):  # asked for, and authorised
            services.ask_urgent(session, who, what.reference, reason="Rats", deadline=tomorrow, version=None, now=now)
        given = missed_bin(session, ada, now=now)
        handoffs.offer(session, ada, given.reference, unit="waste", brief="Please", now=now)

    def _on_the_enquiry(self, session: Session) -> None:
        ada, reference, now = self.council.advisor, self.wanted.reference, self.clock.now()
        services.add_note(session, ada, reference, body="The crew was rung.", now=now)
        services.message_customer(session, ada, reference, body="We rang the crew.", now=now)
        services.add_task(session, ada, reference, title="Ring again", assignee_id=ada.account_id, now=now)
        services.attach(session, ada, reference, [("bin.jpeg", photo())], now=now)
        other = missed_bin(session, self.council.neighbour, now=now)
        services.link(session, ada, reference, to=other.reference, kind=LinkKind.RELATED, now=now)
        same = missed_bin(session, self.council.neighbour, now=now)
        services.mark_duplicate(
            session, ada, same.reference, of=reference, reason="The same bin", version=None, now=now
        )
        looker = person(session, f"Looker {same.reference}", *ada.roles, now=now)
        services.beat(session, looker, reference, now=now)


@pytest.fixture
def town(db: Database, council: Council, clock: FixedClock, wanted: EnquiryRow) -> Town:
    return Town(db, council, clock, wanted)


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "blue").save(out, "JPEG")
    return out.getvalue()


def asked_for(browsers: Mapping[FlaskClient, tuple[str, ...]], db: Database) -> dict[str, int]:
    """How many statements each page sends; each has been looked at before, so that nothing is there for the first time."""
    found = {}
    for number, (browser, addresses) in enumerate(browsers.items()):
        for address in addresses:
            assert browser.get(address).status_code == 200, address
            with counted(db.engine) as statements:
                browser.get(address)
            found[f"{number} {address}"] = len(statements)
    return found


def test_a_page_asks_as_much_of_sixty_enquiries_as_of_five(
    db: Database, council: Council, browser_of: Enter, town: Town, wanted: EnquiryRow
) -> None:
    browsers = {
        browser_of(council.advisor): (*LISTS, f"/console/enquiries/{wanted.reference}", "/console/handoffs"),
        browser_of(council.officer): ("/console", "/console/handoffs"),
        browser_of(council.monitor): WATCHED,
    }
    town.grow(FEW)
    few = asked_for(browsers, db)
    town.grow(MANY - FEW)
    assert asked_for(browsers, db) == few
    assert few[f"0 /console/enquiries/{wanted.reference}"] <= 30
    assert all(few[f"0 {address}"] <= 9 for address in LISTS)
    assert few["0 /console/enquiries/tasks"] == 3, "one to know who asks, one for the count, one for the rows"
