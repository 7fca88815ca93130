"""A unit writes to those who follow: looked at first, sent batch by batch, each customer once, stopped when somebody says so."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.customers import services as customer_services
from app.kernel.actors import SYSTEM
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from app.notifications import services as notifications
from app.notifications.enums import Channel, SuppressionReason
from app.runtime import Runtime
from app.subscriptions import jobs, queries, services
from app.subscriptions.enums import BulletinState, Ending, Missing
from app.subscriptions.policy import Words
from app.subscriptions.rows import BulletinRow, Progress
from tests.integration.subscriptions.conftest import BINS, NEWS, PAGE, TOPIC, Place, written_to

JO, NED = "jo.bloggs@example.com", "ned.neighbour@example.com"
JOSIE, OKAFOR = "josie@resident.example", "okafor@resident.example"


def everybody(place: Place) -> None:
    """Two with an account, two with a record that has an address, one whose record has none."""
    place.follows(place.council.resident, place.council.neighbour)
    for record in (place.one, place.other, place.nobody):
        place.by_letter(record)


def progress(place: Place, bulletin: BulletinRow) -> Progress:
    with place.db.reading() as session:
        return queries.progress(session, bulletin.id)


def test_the_preview_says_how_many_get_it_how_and_who_cannot_be_reached(place: Place) -> None:
    everybody(place)
    with place.db.transaction() as session:
        customer_services.restrict(session, SYSTEM, place.other, reason="A refuge", now=place.clock.now())
        notifications.suppress(session, NED.upper(), SuppressionReason.HARD_BOUNCE, now=place.clock.now())
    made = place.bulletin()
    with place.db.reading() as session:
        seen = queries.audience_of(session, made.id)
    assert seen.reached == ((Channel.EMAIL, 2),)
    assert dict(seen.missing) == {Missing.NO_ADDRESS: 1, Missing.RESTRICTED: 1, Missing.SUPPRESSED: 1}
    sent = place.sends()
    assert sorted(written_to(place.db)) == [JO, JOSIE]
    assert (sent.state, sent.expected, sent.unreached) == (BulletinState.SENT, 2, 3)


def test_a_closed_account_gets_nothing(place: Place) -> None:
    everybody(place)
    with place.db.transaction() as session:
        session.execute(text("UPDATE account SET status = 'suspended' WHERE email = :jo"), {"jo": JO})
    place.sends()
    assert JO not in written_to(place.db)


def test_the_message_is_in_the_language_of_its_reader_where_there_is_one(place: Place) -> None:
    place.follows(place.council.resident)
    with place.db.transaction() as session:
        session.execute(text("UPDATE account SET locale = 'fr' WHERE email = :jo"), {"jo": JO})
        made = services.write(
            session,
            place.council.officer,
            TOPIC,
            texts={**NEWS, "fr": Words("En retard", "Samedi.")},
            now=place.clock.now(),
        )
        english = services.preview(session, place.council.officer, made.id, "en")
        french = services.preview(session, place.council.officer, made.id, "fr")
        spanish = services.preview(session, place.council.officer, made.id, "es")
    assert (english.subject, french.subject, spanish.subject) == ("Late on Friday", "En retard", "Late on Friday")
    assert "Put them out by 7am." in english.text
    assert "Collecte des déchets" in french.text
    with place.db.transaction() as session:
        services.send(session, place.council.officer, made.id, version=1, now=place.clock.now())
        services.send_batch(session, made.id, most=5, now=place.clock.now())
        row = session.execute(
            text("SELECT locale, subject, text, stop_url FROM message WHERE template = 'bulletin'")
        ).one()
    assert row[:2] == ("fr", "En retard")
    assert row.stop_url in row.text
    assert "/stop-updates/" in row.stop_url


def test_what_was_changed_since_it_was_looked_at_does_not_go(place: Place) -> None:
    everybody(place)
    made = place.bulletin()
    officer, now = place.council.officer, place.clock.now()
    with place.db.transaction() as session:
        services.rewrite(session, place.council.officer_too, made.id, texts=NEWS, version=made.version, now=now)
    with pytest.raises(Stale), place.db.transaction() as session:
        services.send(session, officer, made.id, version=made.version, now=now)
    with place.db.transaction() as session:
        sending = services.send(session, officer, made.id, version=made.version + 1, now=now)
    assert (sending.state, sending.expected, sending.sent_by_name) == (BulletinState.SENDING, 4, "Wes Teofficer")
    with pytest.raises(Conflict, match="sent already"), place.db.transaction() as session:
        services.send(session, officer, made.id, version=sending.version, now=now)


def test_nobody_is_written_to_by_a_bulletin_for_nobody(place: Place) -> None:
    place.by_letter(place.nobody)
    with pytest.raises(Conflict, match="Nobody would get"):
        place.begins()


class Killed(BaseException):
    """What a process that is killed leaves: a transaction that never commits."""


def killed_after_a_batch(place: Place, made: BulletinRow) -> None:
    with place.db.transaction() as session:
        assert services.send_batch(session, made.id, most=1, now=place.clock.now()) == 1
        raise Killed


def test_a_kill_between_two_batches_sends_nobody_two_and_nobody_none(place: Place) -> None:
    everybody(place)
    made = place.begins()
    assert place.batch(made, most=2) == 2

    with pytest.raises(Killed):
        killed_after_a_batch(place, made)
    assert len(written_to(place.db)) == 2
    assert [place.batch(made, most=1) for _ in range(4)] == [1, 1, 0, 0]
    assert sorted(written_to(place.db)) == sorted([JO, NED, JOSIE, OKAFOR])
    assert progress(place, made) == Progress(4, 4, 0, 0, 0)


def test_the_job_writes_what_is_being_sent_and_says_how_much(place: Place, runtime: Runtime) -> None:
    everybody(place)
    made = place.begins()
    assert jobs.send_bulletins(runtime) == "4 messages"
    assert jobs.send_bulletins(runtime) == ""
    with place.db.reading() as session:
        assert queries.bulletin(session, made.id).state is BulletinState.SENT


def test_who_begins_to_follow_while_it_is_sent_gets_the_next_one(place: Place) -> None:
    place.follows(place.council.resident)
    made = place.begins()
    place.clock.advance(timedelta(minutes=1))
    place.follows(place.council.neighbour)
    place.finishes(made)
    assert written_to(place.db) == [JO]


def test_who_stops_while_it_is_sent_gets_nothing_more(place: Place) -> None:
    everybody(place)
    made = place.begins()
    place.batch(made, most=1)
    ned = place.council.neighbour
    assert written_to(place.db) == [JO]
    with place.db.transaction() as session:
        services.stop(session, ned, [place.of(ned)[0].id], now=place.clock.now())
    place.finishes(made)
    assert sorted(written_to(place.db)) == sorted([JO, JOSIE, OKAFOR])


def test_sending_can_be_stopped_halfway(place: Place) -> None:
    everybody(place)
    made = place.begins()
    place.batch(made, most=1)
    with place.db.transaction() as session:
        stopped = services.stop_sending(session, place.council.officer_too, made.id, now=place.clock.now())
    assert stopped.state is BulletinState.STOPPED
    assert place.batch(made) == 0
    assert written_to(place.db) == [JO]
    with pytest.raises(Conflict, match="not being sent"), place.db.transaction() as session:
        services.stop_sending(session, place.council.officer, made.id, now=place.clock.now())


def test_a_bulletin_for_an_area_goes_to_those_of_it_and_those_who_chose_none(place: Place) -> None:
    place.follows(place.council.resident, area="ZF1")
    place.follows(place.council.neighbour, area="ZF2")
    place.by_letter(place.one)
    place.sends("ZF1, ZF7")
    assert sorted(written_to(place.db)) == [JO, JOSIE]


def test_a_units_topics_and_bulletins_are_its_own(place: Place) -> None:
    roads, now = place.council.roads, place.clock.now()
    made = place.bulletin()
    for attempt in (
        lambda session: services.edit_topic(session, roads, TOPIC, texts=BINS, version=1, now=now),
        lambda session: services.end_topic(session, roads, TOPIC, now=now),
        lambda session: services.write(session, roads, TOPIC, texts=NEWS, now=now),
        lambda session: services.send(session, roads, made.id, version=1, now=now),
        lambda session: services.make_topic(session, roads, unit="waste", texts=NEWS, now=now),
    ):
        with pytest.raises(NotFound), place.db.transaction() as session:
            attempt(session)
    with pytest.raises(NotAllowed), place.db.transaction() as session:
        services.write(session, place.council.advisor, TOPIC, texts=NEWS, now=now)


def test_a_topic_says_in_english_what_one_gets(place: Place) -> None:
    officer, now = place.council.officer, place.clock.now()

    def makes(**texts: Words) -> None:
        with place.db.transaction() as session:
            services.make_topic(session, officer, unit="waste", texts=texts, now=now)

    with pytest.raises(Invalid) as refused:
        makes(en=Words("", "What"), fr=Words("Nom", ""))
    assert set(refused.value.errors) == {"short_en", "long_fr"}
    with pytest.raises(Invalid, match="already"):
        makes(**BINS)
    with pytest.raises(Invalid, match="too long"):
        makes(en=Words("x" * 81, "What"))


def test_an_ended_topic_is_followed_by_nobody_and_says_how_they_ended(place: Place) -> None:
    everybody(place)
    jo = place.council.resident
    assert jo.account_id
    sending = place.begins()
    officer, now = place.council.officer, place.clock.now()
    with pytest.raises(Conflict, match="being sent"), place.db.transaction() as session:
        services.end_topic(session, officer, TOPIC, now=now)
    place.finishes(sending)
    with place.db.transaction() as session:
        assert services.end_topic(session, officer, TOPIC, now=now) == 5
        assert queries.open_topics(session) == ()
        assert queries.ended_for(session, [], [jo.account_id])[0].ended_how is Ending.TOPIC_ENDED
    with pytest.raises(NotFound):
        place.follows(jo)
    with pytest.raises(Conflict, match="has ended"):
        place.bulletin()


def test_topics_are_listed_with_how_many_follow(place: Place) -> None:
    everybody(place)
    with place.db.reading() as session:
        (row,) = queries.topics(session, services.kept_units(session, place.council.officer), PAGE).items
        none = queries.topics(session, services.kept_units(session, place.council.roads), PAGE).items
    assert (row.followers, none) == (5, ())
    place.clock.advance(timedelta(days=1))
    first, second = place.bulletin(), place.bulletin()
    with place.db.transaction() as session:
        listed: list[UUID] = [one.id for one in queries.bulletins(session, row.id, PAGE).items]
        assert set(listed) == {first.id, second.id}
        assert services.discard(session, place.council.officer, first.id, now=place.clock.now()) == TOPIC
        assert [one.id for one in queries.bulletins(session, row.id, PAGE).items] == [second.id]


@pytest.mark.parametrize(
    "change", ["state = 'draft', started_at = NULL", 'texts = \'{"en": {"short": "a", "long": "b"}}\'']
)
def test_the_database_keeps_what_was_sent(place: Place, change: str) -> None:
    place.follows(place.council.resident)
    made = place.begins()
    with pytest.raises(IntegrityError), place.db.transaction() as session:
        session.execute(text(f"UPDATE bulletin SET {change} WHERE id = :id"), {"id": made.id})


def test_the_database_lets_a_bulletin_go_to_a_customer_once(place: Place) -> None:
    place.follows(place.council.resident)
    made = place.sends()
    again = (
        "INSERT INTO bulletin_recipient SELECT gen_random_uuid(), bulletin_id, customer_key, NULL, NULL, at FROM bulletin_recipient "
        "WHERE bulletin_id = :id"
    )
    with pytest.raises(IntegrityError, match="customer_key"), place.db.transaction() as session:
        session.execute(text(again), {"id": made.id})
