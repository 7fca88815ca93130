"""The blast radius of a merge shows by name what hangs on a customer in every room."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.customers import queries as customers
from app.customers import services as customer_services
from app.customers.enums import Wrong
from app.enquiries import services as enquiries
from app.enquiries.rows import Raiser
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.rights import services
from app.rights.enums import RightKind
from tests.integration.rights.conftest import Life
from tests.support.council import missed_bin


@pytest.fixture
def busy(loaded: Database, life: Life, clock: FixedClock) -> Database:
    """She is in the middle of everything."""
    now = clock.now()
    with loaded.transaction() as session:
        session.execute(text("UPDATE message SET status = 'sent', sent_at = :now"), {"now": now})
        called = missed_bin(session, life.council.advisor, now=now, raiser=Raiser("Jo", "jo@phone.example", ""))
        session.execute(
            text("UPDATE enquiry SET account_id = NULL, source_record_id = :tax WHERE reference = :reference"),
            {"tax": life.tax, "reference": called.reference},
        )
        officer, reference = life.council.officer, life.open.reference
        enquiries.start(session, officer, reference, version=None, now=now)
        enquiries.schedule(session, officer, reference, at=now + timedelta(days=5), version=None, now=now)
        request = services.ask(session, life.jo, RightKind.RECTIFICATION, said="My name", now=now)
        services.correct(
            session, life.steward, request, life.tax, "family_name", should_say="Tallis-Quint", reason="Seen", now=now
        )
        services.place_hold(session, life.steward, "source_record", life.tax, reason="A claim", now=now)
        customer_services.tell_us(session, life.jo, life.tax, [Wrong.DETAILS], "My name", now=now)
    return loaded


def test_everything_that_is_hers_is_told_by_name_and_nothing_of_it_on_the_other_side(
    busy: Database, life: Life
) -> None:
    with busy.reading() as session:
        hers, barnabys = (customers.golden_of_source_record(session, one) for one in (life.tax, life.barnaby))
        assert hers
        assert barnabys
        seen = customers.blast_radius(session, hers, barnabys)
    sides = [{stake.told: stake.count for stake in side if stake.count} for side in seen.stakes]
    assert sides[0] == {
        "Accounts in My Account": 1,
        "Values that a steward pinned": 1,
        "Reports that something is wrong": 1,
        "Open enquiries": 2,
        "Enquiries with a visit or work booked on a day": 1,
        "Contacts and enquiries in all": 3,
        "Messages on their way": 2,
        "Open requests about their data": 1,
        "Corrections that a source has not answered": 1,
        "Legal holds": 1,
    }
    assert sides[1] == {}
    named = {stake.told: stake.lines for stake in seen.stakes[0]}
    assert named["Open requests about their data"][0][1] == "A correction"
