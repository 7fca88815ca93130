"""The case of 80 days, played again in a small council whose clock can be moved: the journey walks it, and its pictures show it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from app.accounts.models import SignIn
from app.enquiries import jobs as enquiries_jobs
from app.enquiries import queries as enquiries
from app.enquiries import services as receiving
from app.enquiries.enums import Channel
from app.enquiries.rows import EnquiryRow, Raiser
from app.kernel.actors import PUBLIC, SYSTEM, Actor, Role
from app.kernel.clock import FixedClock
from app.kernel.crypto import new_token, token_hash
from app.organisation import services as organisation
from app.oversight import jobs as oversight_jobs
from tests.support.browser import Person
from tests.support.council import Council, found, person
from tests.support.live import Live, running

FIRST_MORNING = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
CUSTOMER = "martha@resident.example"
QUEUE = "Finance incidents"
DESK = "moni.tor@example.com"
REGULAR = tuple(
    job
    for job in (*oversight_jobs.JOBS, *enquiries_jobs.JOBS)
    if job.name in {"oversight.search", "oversight.digest", "enquiries.silence"}
)
STEP = timedelta(hours=2)
Take = Callable[[Page, str], None]


@dataclass
class Replay:
    """The council, its clock, and what was asked."""

    live: Live
    clock: FixedClock
    council: Council
    officer: Actor
    browser: Browser
    width: int
    take: Take
    reference: str = ""

    def opens(self, who: Actor) -> Person:
        """A browser of somebody who has just signed in; the clock may have moved by days since the last time."""
        token, now = new_token(), self.clock.now()
        assert who.account_id is not None
        with self.live.database.transaction() as session:
            session.add(SignIn(
                account_id=who.account_id, token_hash=token_hash(token), created_at=now, last_seen_at=now,
                expires_at=now + timedelta(days=1), needs_second_factor=False, second_factor_at=now,
            ))  # fmt: skip
        cookie: dict[str, Any] = {
            "name": "fp_staff", "value": token, "domain": "127.0.0.1", "path": "/console", "expires": -1, "httpOnly": True,
            "secure": False, "sameSite": "Lax",
        }  # fmt: skip
        return Person(self.browser, self.live.url, self.width, state={"cookies": [cookie], "origins": []})

    def row(self) -> EnquiryRow:
        with self.live.database.reading() as session:
            return enquiries.enquiry(session, SYSTEM, self.reference)

    def until(self, moment: datetime) -> None:
        """Time goes by, two hours at a time, and the house does what it does regularly; nobody else does anything."""
        while self.clock.now() < moment:
            self.clock.advance(min(STEP, moment - self.clock.now()))
            for job in REGULAR:
                job.run(self.live.runtime)

    def mail_to(self, address: str, containing: str) -> EmailMessage:
        return self.live.mail.inbox.wait_for(address, containing)

    def opens_the_wrongly_named_queue(self) -> None:
        """The administrator wants a queue named for a unit that cannot open it. The register objects; he insists, and says why."""
        adam = self.opens(self.council.administrator)
        adam.goes_to("/console/queue-register/new")
        page = adam.page
        page.get_by_label("Name", exact=True).fill(QUEUE)
        page.get_by_label("What is it for?").fill("Payments to sort out during the billing change")
        page.get_by_label("Unit that owns it").select_option(label="Contact Centre")
        page.get_by_label("Project: it has a last day").check()
        for box, value in (("Day", "30"), ("Month", "4"), ("Year", "2026")):
            page.get_by_role("group", name="Last day, for a project").get_by_label(box).fill(value)
        for post, name in (("Owner", "Lee Der"), ("Deputy", "Ada Visor"), ("Monitor", "Moni Tor")):
            chosen = page.get_by_label(post, exact=True)
            chosen.select_option(
                label=next(text for text in chosen.locator("option").all_inner_texts() if name in text)
            )
        page.get_by_label("Contact Centre", exact=True).check()
        adam.clicks("Open the queue")
        adam.sees("It speaks of Revenues, none of whose people can read the queue")
        self.take(page, "eighty-days-1-name.png")
        page.get_by_label("Why should this name stand?").fill("It is only for the project.")
        adam.clicks("Open the queue")
        adam.does_not_see("There is a problem")
        adam.leaves()

    def asks(self) -> None:
        """A customer writes about a payment that was recorded under the wrong number, and gets an acknowledgement."""
        with self.live.database.transaction() as session:
            row = receiving.receive(
                session, PUBLIC, service="council-tax-balance", channel=Channel.WEB, now=self.clock.now(),
                raiser=Raiser("Martha Quayle", CUSTOMER),
                answers={
                    "about": "payment", "paid_on": "2026-03-02",
                    "details": "My payment was recorded under the wrong account number. Please put it right.",
                },
            )  # fmt: skip
        self.reference = row.reference
        self.mail_to(CUSTOMER, row.reference)

    def moves_it_there(self) -> None:
        """An advisor reads "Finance", and moves it to where nobody from Finance can look."""
        self.clock.advance(timedelta(minutes=20))
        ada = self.opens(self.council.leader)
        ada.goes_to(f"/console/enquiries/{self.reference}")
        panel = ada.opens("Put it into a queue")
        panel.locator("select").first.select_option(label=QUEUE)
        ada.clicks_on(panel.get_by_role("button").first)
        assert self.row().queue_name == QUEUE
        ada.leaves()

    def looks_at_the_alarm(self) -> None:
        """The monitor follows the link in the e-mail."""
        moni = self.opens(self.council.monitor)
        moni.goes_to("/console/oversight/anomalies?kind=queue_misnamed")
        moni.follows("Queue with a misleading name")
        moni.sees("Its name speaks of Revenues, none of whose people can open it.")
        self.take(moni.page, "eighty-days-2-alarm.png")
        moni.leaves()

    def finds_it(self) -> None:
        """Days later the desk sees where it has been, and gives it to somebody who can settle it."""
        moni = self.opens(self.council.monitor)
        moni.goes_to("/console/oversight/lists/silent")
        moni.sees(self.reference)
        moni.follows(self.reference)
        moni.sees("Where it has been")
        moni.sees(QUEUE)
        self.take(moni.page, "eighty-days-3-found.png")
        chosen = moni.page.get_by_label("Give it to").first
        chosen.select_option(
            label=next(name for name in chosen.locator("option").all_inner_texts() if "Rev Enue" in name)
        )
        moni.page.get_by_label("Why?", exact=True).first.fill("It waited in a queue that Revenues cannot open.")
        moni.clicks("Assign and tell the customer")
        moni.sees("The customer is told")
        moni.leaves()


@contextmanager
def replaying(url: str, folder: Path, browser: Browser, width: int, take: Take) -> Iterator[Replay]:
    """A council with people in Revenues, running, at half past nine on a Wednesday in March."""
    clock = FixedClock(FIRST_MORNING)
    with running(url, folder, clock) as live:
        with live.database.transaction() as session:
            council = found(session, clock.now())
            officer = person(session, "Rev Enue", Role.OFFICER, now=clock.now())
            assert officer.account_id is not None
            organisation.add_member(session, SYSTEM, officer.account_id, "revenues", can_lead=True, now=clock.now())
        yield Replay(live, clock, council, officer, browser, width, take)
