"""Builds the demo council: its people and queues, its city's records loaded and matched, two years of enquiries replayed.

Everything goes in by the doors that the product itself uses; nothing is written to a table from here.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from app.accounts import services as accounts
from app.customers import services as customers
from app.customers.progress import Progress
from app.kernel.actors import SYSTEM
from app.kernel.clock import london_date
from app.notifications import queries as notifications
from app.organisation import services as organisation
from app.runtime import Runtime
from app.seeds import bookings, enquiry_tools, handoffs, oversight, relationships, rights, staff, subscriptions
from app.seeds import people as people_of_the_council
from app.seeds.city import FILES, City, generate, write_extracts, write_gazetteer
from app.seeds.history import SLUGS, replay


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """One way into the demo."""

    shown_as: str
    email: str
    password: str
    staff: bool


RESIDENT = DemoSignIn("Resident", "josephine@resident.example", staff.PASSWORD, staff=False)
SIGN_INS = (RESIDENT, *(
    DemoSignIn(person.shown_as, person.email, staff.PASSWORD, staff=True) for person in staff.COLLEAGUES if person.shown_as
))  # fmt: skip


def seed(runtime: Runtime, *, residents: int, progress: Progress | None = None) -> None:
    """Build it all in an empty database. About a minute for 20,000 residents on two cores."""
    tell = progress or _quiet
    now = runtime.clock.now()
    tell("Drawing the city", 0, None)
    city = generate(residents, today=london_date(now))
    with runtime.database.transaction() as session:
        started = now - timedelta(days=3 * 365)
        organisation.load_catalogue(session, SYSTEM, now=started)
        people = staff.hire(session, now=started)
        staff.open_queues(session, people, now=started, today=london_date(now))
        people_of_the_council.describe(session, people, now=started, today=london_date(now))
        people_of_the_council.draw_table(session, people, now=now - timedelta(days=20), today=london_date(now))
    load_records(runtime, city, progress)
    resident = register_resident(runtime, now)
    tell("Replaying two years of enquiries", 0, None)
    replay(runtime, city, people, resident, now=now)
    enquiry_tools.show(runtime, people, now=now)
    handoffs.show(runtime, people, now=now)
    oversight.show(runtime, people, now=now)
    relationships.show(runtime, people, now=now)
    rights.show(runtime, people, resident, now=now)
    bookings.show(runtime, people, resident, now=now)
    subscriptions.show(runtime, people, resident, now=now)


def load_records(runtime: Runtime, city: City, progress: Progress | None = None) -> None:
    """Write the three extracts to a folder for a moment, load them as any extract is loaded, and match."""
    with TemporaryDirectory(prefix="firstpoint-") as name:
        folder = Path(name)
        write_extracts(city, folder)
        customers.load_gazetteer(
            runtime.database, write_gazetteer(city, folder), clock=runtime.clock, progress=progress
        )
        for source, slug in SLUGS.items():
            customers.ingest_file(
                runtime.database, slug, folder / FILES[source], clock=runtime.clock, progress=progress
            )
    customers.match_all(runtime.database, clock=runtime.clock, progress=progress)


def register_resident(runtime: Runtime, now: datetime) -> UUID:
    """The demo resident signs up and follows the link in the e-mail, as anybody does. Returns the account's id."""
    with runtime.database.transaction() as session:
        account = accounts.register_resident(
            session, RESIDENT.email, "Josephine Merriweather", RESIDENT.password, "en", now=now - timedelta(days=400)
        )
    with runtime.database.transaction() as session:
        message = notifications.messages_about(session, "account", account.id)[0]
        found = re.search(r"/confirm/([\w-]+)", message.text)
        if found is None:
            raise ValueError("the confirmation message has no link in it")
        accounts.confirm_email(session, found.group(1), now=now - timedelta(days=400))
    return account.id


def _quiet(stage: str, done: int, total: int | None) -> None:
    """Nobody is watching."""
