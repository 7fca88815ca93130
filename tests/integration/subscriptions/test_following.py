"""People follow and stop: for themselves, by an advisor, by the link; what they agreed to stays as it was."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.customers import services as customer_services
from app.kernel.actors import SYSTEM
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from app.subscriptions import queries, services, tokens
from app.subscriptions.enums import Agreed, Ending
from tests.integration.subscriptions.conftest import RIGHT, TOPIC, Place
from tests.support.desk import ONE


def test_a_resident_follows_stops_and_follows_anew(place: Place) -> None:
    jo = place.council.resident
    place.follows(jo, area="zf1 2ab")
    (row,) = place.of(jo)
    assert (row.topic_name, row.area, row.agreed, row.since) == (
        "Bin collections",
        "ZF1",
        Agreed.ONLINE,
        place.clock.now(),
    )
    place.follows(jo)
    assert place.of(jo) == (row,), "twice is once"
    place.clock.advance(timedelta(days=1))
    with place.db.transaction() as session:
        assert services.stop(session, jo, [row.id], now=place.clock.now()) == 1
    assert place.of(jo) == ()
    place.follows(jo)
    assert jo.account_id
    with place.db.reading() as session:
        (old,) = queries.ended_for(session, [], [jo.account_id])
    assert (old.id, old.ended_how, old.ended_at) == (row.id, Ending.ONLINE, place.clock.now())
    assert place.of(jo)[0].id != row.id


def test_anothers_subscription_is_not_found_and_goes_on(place: Place) -> None:
    jo, ned = place.council.resident, place.council.neighbour
    place.follows(jo, ned)
    (mine,), (his,) = place.of(jo), place.of(ned)
    with pytest.raises(NotFound), place.db.transaction() as session:
        services.stop(session, jo, [mine.id, his.id], now=place.clock.now())
    assert (place.of(jo), place.of(ned)) == ((mine,), (his,)), "and nothing of one's own ends with it"


def test_what_was_filed_under_a_record_is_theirs_who_have_shown_to_be_its_person(place: Place) -> None:
    place.by_letter(place.one)
    jo = place.council.resident
    assert place.of(jo) == ()
    place.proves(jo, place.one)
    (row,) = place.of(jo)
    place.follows(jo)
    assert place.of(jo) == (row,), "they follow already"
    with place.db.transaction() as session:
        services.stop(session, jo, [row.id], now=place.clock.now())
    assert place.of(jo) == ()


def test_on_the_phone_an_advisor_verifies_first(place: Place) -> None:
    advisor, colleague = place.council.advisor, place.council.colleague

    def starts(who: object = advisor) -> None:
        with place.db.transaction() as session:
            services.start_for(session, who, place.one, TOPIC, agreed=Agreed.CALL, now=place.clock.now())  # type: ignore[arg-type]  # - one of two actors

    with pytest.raises(Invalid, match="Verify that it is this record"):
        starts()
    with place.db.transaction() as session:
        customer_services.verify(session, advisor, place.one, RIGHT[ONE.name], now=place.clock.now())
    with pytest.raises(Invalid, match="Verify"):
        starts(colleague)
    place.clock.advance(timedelta(hours=25))
    with pytest.raises(Invalid, match="Verify"):
        starts()
    with place.db.transaction() as session:
        customer_services.verify(session, advisor, place.one, RIGHT[ONE.name], now=place.clock.now())
    starts()
    with pytest.raises(Conflict, match="follow this already"):
        starts()
    with place.db.reading() as session:
        (row,) = queries.active_for(session, [place.one], [])
        kept = session.execute(
            text("SELECT action, detail ->> 'agreed' FROM audit_entry WHERE object_type = 'subscription'")
        )
        assert [tuple(one) for one in kept] == [("subscription.started", "call")]
    assert (row.agreed, row.advisor_name) == (Agreed.CALL, "Ada Visor")


def test_a_letter_has_to_be_found_again_and_a_restricted_record_is_not_there(place: Place) -> None:
    def writes(proof: str) -> None:
        with place.db.transaction() as session:
            services.start_for(
                session,
                place.council.advisor,
                place.one,
                TOPIC,
                agreed=Agreed.LETTER,
                proof=proof,
                now=place.clock.now(),
            )

    with pytest.raises(Invalid, match="where the letter"):
        writes(" ")
    with place.db.transaction() as session:
        customer_services.restrict(session, SYSTEM, place.one, reason="A refuge", now=place.clock.now())
    with pytest.raises(NotFound):
        writes("Post book 12")


def test_an_advisor_stops_it_and_says_how_they_asked(place: Place) -> None:
    started = place.by_letter(place.one)
    with place.db.transaction() as session:
        services.stop_for(session, place.council.colleague, started, asked=Agreed.VISIT, now=place.clock.now())
    with place.db.reading() as session:
        (row,) = queries.ended_for(session, [place.one], [])
    assert (row.ended_how, row.ended_by_name) == (Ending.VISIT, "Col League")
    assert (row.agreed, row.proof) == (Agreed.LETTER, "Post book 12")


def test_the_stop_link_works_for_whoever_has_it_and_for_one_subscription_only(place: Place) -> None:
    jo, ned = place.council.resident, place.council.neighbour
    place.follows(jo, ned)
    with place.db.transaction() as session:
        token = tokens.stop_path(session, place.of(jo)[0].id).removeprefix(tokens.PATH)
        his = tokens.stop_path(session, place.of(ned)[0].id).removeprefix(tokens.PATH)
        for wrong in ("", "nonsense", token[:-1] + "!", f"{his.partition('.')[0]}.{token.partition('.')[2]}"):
            with pytest.raises(NotFound):
                services.linked(session, wrong)
        assert services.linked(session, token) is not None
        services.stop_by_link(session, token, now=place.clock.now())
        services.stop_by_link(session, token, now=place.clock.now())
    assert place.of(jo) == ()
    assert len(place.of(ned)) == 1


def test_only_those_who_may_start_for_others(place: Place) -> None:
    for who in (place.council.officer, place.council.resident):
        with pytest.raises(NotAllowed), place.db.transaction() as session:
            services.start_for(session, who, place.one, TOPIC, agreed=Agreed.LETTER, proof="x", now=place.clock.now())
    with pytest.raises(NotAllowed), place.db.transaction() as session:
        services.follow(session, place.council.advisor, [TOPIC], now=place.clock.now())


def test_two_who_start_at_once_make_one(place: Place) -> None:
    jo = place.council.resident

    def starts() -> int:
        with place.db.transaction() as session:
            return services.follow(session, jo, [TOPIC], now=place.clock.now())

    with ThreadPoolExecutor(4) as people:
        assert sorted(people.map(lambda _: starts(), range(4))) == [0, 0, 0, 1]
    assert len(place.of(jo)) == 1


@pytest.mark.parametrize("change", [
    "state = 'active', ended_at = NULL, ended_how = NULL", "agreed = 'visit'", "since = now()", "proof = 'another'",
    "advisor_name = 'Somebody else'", "area = 'ZF2'", "source_record_id = (SELECT id FROM source_record ORDER BY id DESC LIMIT 1)",
])  # fmt: skip
def test_the_database_keeps_consent_as_it_was_given(place: Place, change: str) -> None:
    started = place.by_letter(place.one)
    with place.db.transaction() as session:
        services.stop_for(session, place.council.advisor, started, asked=Agreed.CALL, now=place.clock.now())
    with pytest.raises(IntegrityError), place.db.transaction() as session:
        session.execute(text(f"UPDATE subscription SET {change} WHERE id = :id"), {"id": started})


@pytest.mark.parametrize("column", ["account_id", "source_record_id"])
def test_the_database_lets_nobody_follow_twice(place: Place, column: str) -> None:
    place.follows(place.council.resident)
    place.by_letter(place.one)
    copied = (
        "INSERT INTO subscription SELECT (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid()))).* "
        f"FROM subscription s WHERE {column} IS NOT NULL"
    )
    with pytest.raises(IntegrityError, match=f"uq_subscription_topic_id_{column}"), place.db.transaction() as session:
        session.execute(text(copied))


def test_an_area_is_the_first_half_of_a_postcode_and_one_of_the_topics(place: Place) -> None:
    with pytest.raises(Invalid, match="first half of a postcode"):
        place.follows(place.council.resident, area="Hallowmere")
    with place.db.transaction() as session:
        row = queries.topic(session, TOPIC)
        said = {"en": row.said("en")}
        services.edit_topic(
            session, place.council.officer, TOPIC, texts=said, areas="ZF1, zf9 9zz", version=1, now=place.clock.now()
        )
    with pytest.raises(Invalid, match="ZF1, ZF9"):
        place.follows(place.council.resident, area="ZF2")
    place.follows(place.council.resident, area="ZF9")
