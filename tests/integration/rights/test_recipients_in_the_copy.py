"""Who had the data: handed over to a service's own system over the loopback, and named in the copy with what it was told."""

from urllib.parse import parse_qs

import pytest

from app.config import Settings
from app.handoffs import services as handoffs
from app.handoffs.enums import Reach
from app.handoffs.open311.carrying import Courier, Visited
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.runtime import Runtime
from tests.integration.handoffs.test_open311_back_office import Office
from tests.integration.rights.conftest import Life
from tests.integration.rights.copies import asked, copy_of
from tests.support.council import missed_bin
from tests.support.peers import LOOPBACK, peer

TOLD = "The whole street was left. Barnaby Quint at number 3 says so too"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The service's system stands on the loopback."""
    return settings.model_copy(update={"outbound_allowed": LOOPBACK})


def test_the_service_its_system_and_what_it_was_told_are_in_the_copy(
    settings: Settings, db: Database, life: Life, clock: FixedClock
) -> None:
    now, advisor, waste = clock.now(), life.council.advisor, "waste"
    with peer(Office()) as here:
        with db.transaction() as session:
            handoffs.connect(
                session, life.council.administrator, unit="housing", reach=Reach.OPEN311, open311_key="sesame",
                open311_url=here.url.replace("/hook", "/v2"), codes={"missed-bin": "042"}, settings=settings, now=now,
            )  # fmt: skip
            handoffs.connect(
                session, life.council.administrator, unit=waste, reach=Reach.EMAIL, email="bins@contractor.example",
                settings=settings, now=now,
            )  # fmt: skip
            handoffs.offer(session, advisor, life.open.reference, unit="housing", brief=TOLD, now=now)
            by_mail = missed_bin(session, life.jo, now=now)
            handoffs.offer(session, advisor, by_mail.reference, unit=waste, brief="One bin", now=now)
            anothers = missed_bin(session, life.council.neighbour, now=now)
            handoffs.offer(session, advisor, anothers.reference, unit="housing", brief="Not hers", now=now)
        assert Courier(db, clock, Runtime(settings, db, clock).settings).run() == Visited(sent=2, moved=2)
        sent = [parse_qs(one.body.decode())["description"][0] for one in here.asked if one.method == "POST"]
    copy = copy_of(db, life, asked(db, life, clock), clock)
    told = {row["reference"]: row for row in copy.rows("handoffs")}
    assert set(told) == {life.open.reference, by_mail.reference}
    one = told[life.open.reference]
    assert (one["recipient"], one["system"], one["delivery"]) == ("Housing", "127.0.0.1", "Seen by the service")
    assert one["their_number"] in {"638344", "638345"}
    assert any(TOLD in description for description in sent), "it really left the house"
    assert one["told"] == "The whole street was left. [about somebody else] at number 3 says so too"
    assert (told[by_mail.reference]["system"], told[by_mail.reference]["way"]) == (
        "bins@contractor.example",
        "By e-mail, with a link to answer",
    )
    for words in ("Housing", "127.0.0.1", "638344", "bins@contractor.example"):
        assert words in copy.paper
    assert "Not hers" not in copy.whole
