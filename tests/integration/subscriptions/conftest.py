"""A council with a topic on bins, and a small town of people who have an account, a record, both or neither."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.config import Settings
from app.customers import queries as customers
from app.customers import services as customer_services
from app.kernel.actors import Actor, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.paging import PageRequest
from app.subscriptions import queries, services
from app.subscriptions.enums import Agreed
from app.subscriptions.policy import Words
from app.subscriptions.rows import BulletinRow, SubscriptionRow
from tests.conftest import SECRET, TEST_DAY
from tests.support.council import Council, found, person
from tests.support.database import TestServer
from tests.support.desk import CROWD, ONE, golden_of
from tests.support.desk import OTHER as WITHOUT_EMAIL
from tests.support.flowing import record_id, send
from tests.support.made import copy_of, made_once

BINS = {
    "en": Words("Bin collections", "When your bins are late, and changes at Christmas."),
    "fr": Words("Collecte des déchets", "Les retards et les changements de Noël."),
}
NEWS = {"en": Words("Late on Friday", "Bins come on Saturday this week.\n\nPut them out by 7am.")}
OTHER = WITHOUT_EMAIL.saying(email="okafor@resident.example")
TOPIC = "bin-collections"
PAGE = PageRequest()
RIGHT = {
    ONE.name: {"date_of_birth": "12/03/1980", "postcode": "ZF1 2AB"},
    OTHER.name: {"phone": "07700 900888", "postcode": "ZF9 9ZZ"},
}


@dataclass
class Place:
    """Who is there, and how to do things in one line."""

    db: Database
    clock: FixedClock
    council: Council
    steward: Actor
    one: UUID
    other: UUID
    nobody: UUID

    def follows(self, *actors: Actor, area: str = "") -> None:
        with self.db.transaction() as session:
            for actor in actors:
                services.follow(session, actor, [TOPIC], area=area, now=self.clock.now())

    def by_letter(self, record: UUID, area: str = "") -> UUID:
        """The person of a record has written in."""
        with self.db.transaction() as session:
            return services.start_for(
                session, self.council.advisor, record, TOPIC, agreed=Agreed.LETTER, proof="Post book 12", area=area,
                now=self.clock.now(),
            )  # fmt: skip

    def proves(self, actor: Actor, record: UUID) -> None:
        name = {self.one: ONE.name, self.other: OTHER.name}[record]
        with self.db.transaction() as session:
            made = customer_services.verify(
                session, self.council.advisor, record, RIGHT[name], account_id=actor.account_id, now=self.clock.now()
            )
            assert made.passed

    def of(self, actor: Actor) -> tuple[SubscriptionRow, ...]:
        assert actor.account_id
        with self.db.reading() as session:
            return queries.mine(session, actor.account_id)

    def bulletin(self, areas: str = "") -> BulletinRow:
        with self.db.transaction() as session:
            return services.write(session, self.council.officer, TOPIC, texts=NEWS, areas=areas, now=self.clock.now())

    def begins(self, areas: str = "") -> BulletinRow:
        """A bulletin is written and sent off."""
        made = self.bulletin(areas)
        with self.db.transaction() as session:
            return services.send(session, self.council.officer, made.id, version=made.version, now=self.clock.now())

    def batch(self, bulletin: BulletinRow, most: int = 100) -> int:
        with self.db.transaction() as session:
            return services.send_batch(session, bulletin.id, most=most, now=self.clock.now())

    def sends(self, areas: str = "") -> BulletinRow:
        """A bulletin, from the first word to the last message in the outbox."""
        made = self.begins(areas)
        self.finishes(made)
        with self.db.reading() as session:
            return queries.bulletin(session, made.id)

    def finishes(self, bulletin: BulletinRow) -> None:
        """All that is left of it, in a few batches."""
        for _ in range(10):
            if not self.batch(bulletin):
                return
        raise AssertionError("it does not come to an end")

    def merged(self) -> UUID:
        """A steward makes one customer of the two records; gives the merge."""
        with self.db.transaction() as session:
            seen = customers.blast_radius(session, *self.goldens())
            return customer_services.merge(
                session, self.steward, seen.kept_id, seen.gone_id, reason="She married", revisions=seen.revisions,
                now=self.clock.now(),
            ).id  # fmt: skip

    def unmerged(self, merge: UUID) -> None:
        with self.db.transaction() as session:
            customer_services.unmerge(session, self.steward, merge, reason="They are two", now=self.clock.now())

    def goldens(self) -> tuple[UUID, UUID]:
        return golden_of(self.db, ONE), golden_of(self.db, OTHER)


@pytest.fixture(scope="session")
def peopled(server: TestServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Council]]:
    """Made once: the URL of a database with all of this, and who works there."""
    folder, clock = tmp_path_factory.mktemp("subscriptions"), FixedClock(TEST_DAY)
    settings = Settings(
        _env_file=None, SECRET_KEY=SECRET, DATABASE_URL="postgresql://given-by-the-fixture/", data_dir=folder, log_level="ERROR"
    )  # fmt: skip
    made: list[Council] = []

    def fill(database: Database) -> None:
        with database.transaction() as session:
            made.append(found(session, clock.now()))
            services.make_topic(session, made[0].officer, unit="waste", texts=BINS, now=clock.now())
            send(session, [ONE, OTHER, *CROWD], clock.now())
        customer_services.match_all(database, clock=clock)

    with made_once(server, settings, fill) as url:
        yield url, made[0]


@pytest.fixture
def db(server: TestServer, settings: Settings, peopled: tuple[str, Council]) -> Iterator[Database]:
    """A copy of it for each test; the application in a test stands on the same one."""
    with copy_of(server, settings, peopled[0]) as database:
        yield database


@pytest.fixture
def council(peopled: tuple[str, Council]) -> Council:
    return peopled[1]


@pytest.fixture
def place(db: Database, clock: FixedClock, council: Council) -> Place:
    records = [record_id(db, sent.name) for sent in (ONE, OTHER, CROWD[0])]
    with db.transaction() as session:
        steward = _steward(session, clock)
    return Place(db, clock, council, steward, *records)


def _steward(session: Session, clock: FixedClock) -> Actor:
    return person(session, "Stu Ward", Role.STEWARD, now=clock.now())


def written_to(db: Database) -> list[str]:
    """The addresses of all bulletins in the outbox, in the order in which they were written."""
    query = text("SELECT to_address FROM message WHERE template = 'bulletin' ORDER BY created_at, id")
    with db.reading() as session:
        return list(session.scalars(query))
