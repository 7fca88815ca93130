"""What somebody follows is in the copy of their data, goes when they are erased, and is not kept for ever."""

from datetime import timedelta

from sqlalchemy import text

from app.customers.events import RecordsErased
from app.kernel.actors import SYSTEM
from app.kernel.events import publish
from app.kernel.personal import Held, Subject
from app.subscriptions import personal, queries, services
from app.subscriptions.enums import Ending
from tests.integration.subscriptions.conftest import Place


def subject(place: Place) -> Subject:
    assert place.council.resident.account_id
    return Subject(records=(place.one,), accounts=(place.council.resident.account_id,))


def everything(place: Place) -> None:
    """Two who follow, and a bulletin to both; then a third who is nobody's business here."""
    place.follows(place.council.resident, area="ZF1")
    place.by_letter(place.one)
    place.by_letter(place.other)
    place.sends()


def test_the_copy_has_what_they_follow_and_what_went_to_them_and_nothing_of_others(place: Place) -> None:
    everything(place)
    with place.db.reading() as session:
        rows = list(personal.export_subscriptions(session, subject(place)))
        sent = list(personal.export_bulletins(session, subject(place)))
    assert [(row["topic"], row["area"], row["agreed"], row["proof"]) for row in rows] == [
        ("Bin collections", "ZF1", "online", ""), ("Bin collections", "", "letter", "Post book 12"),
    ]  # fmt: skip
    assert [(row["topic"], row["subject"], row["status"]) for row in sent] == [
        ("Bin collections", "Late on Friday", "created")
    ] * 2


def test_an_erasure_leaves_the_count_and_nobody(place: Place) -> None:
    everything(place)
    with place.db.transaction() as session:
        assert personal.assess_subscriptions(session, subject(place)).erase == 2
        assert personal.erase_bulletins(session, SYSTEM, subject(place), place.clock.now()) == 2
        assert personal.erase_subscriptions(session, SYSTEM, subject(place), place.clock.now()) == 2
        assert list(personal.export_subscriptions(session, subject(place))) == []
        kept = session.execute(
            text("SELECT count(*), count(subscription_id), count(customer_key) FROM bulletin_recipient")
        ).one()
        assert tuple(kept) == (3, 1, 1)
        waiting = session.scalars(text("SELECT about_id FROM message WHERE template = 'bulletin' ORDER BY id")).all()
        assert [services.may_go(session, one) for one in waiting].count(True) == 1, "and what waits does not leave"


def test_with_its_record_a_subscription_ends_and_lets_go(place: Place) -> None:
    started = place.by_letter(place.one)
    with place.db.transaction() as session:
        publish(session, RecordsErased((place.one,)))
    with place.db.reading() as session:
        row = queries.subscription(session, started)
    assert row is not None
    assert (row.active, row.ended_how, row.source_record_id) == (False, Ending.RECORD_ERASED, None)


def test_ended_ones_and_old_bulletins_go_in_time_but_not_under_a_hold(place: Place) -> None:
    everything(place)
    jo = place.council.resident
    assert jo.account_id
    with place.db.transaction() as session:
        services.stop(session, jo, [place.of(jo)[0].id], now=place.clock.now())
        later = place.clock.now() + timedelta(days=1)
        held = Held(accounts=frozenset({jo.account_id}))
        assert personal.count_old(session, later, held) == 0
        assert personal.count_old(session, place.clock.now(), Held()) == 0
        assert personal.count_old_bulletins(session, later, held) == 2
        assert personal.expire_old_bulletins(session, later, Held(), 10, later) == 3
        assert personal.expire_old(session, later, Held(), 10, later) == 1
        assert personal.count_old(session, later, Held()) == 0
