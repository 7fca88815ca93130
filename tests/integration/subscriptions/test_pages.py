"""The pages of residents, of a unit's people and of advisors, as a browser without scripts sees them."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import SignIn
from app.customers import services as customer_services
from app.kernel.actors import SYSTEM, Actor, ActorKind
from app.kernel.crypto import new_token, token_hash
from app.subscriptions import queries
from app.subscriptions.enums import BulletinState
from app.subscriptions.tokens import PATH, stop_path
from tests.integration.subscriptions.conftest import PAGE, RIGHT, TOPIC, Place, written_to
from tests.support.desk import ONE

Enter = Callable[[Actor], FlaskClient]
UPDATES, TOPICS = "/account/updates", "/console/topics"


@pytest.fixture
def enter(app: Flask, place: Place) -> Enter:
    """The browser of somebody who is signed in."""

    def come(actor: Actor) -> FlaskClient:
        token, now = new_token(), place.clock.now()
        assert actor.account_id
        with place.db.transaction() as session:
            session.add(SignIn(
                account_id=actor.account_id, token_hash=token_hash(token), created_at=now, last_seen_at=now,
                expires_at=now + timedelta(days=90), needs_second_factor=False, second_factor_at=now,
            ))  # fmt: skip
        client = app.test_client()
        staff = actor.kind is ActorKind.STAFF
        client.set_cookie("fp_staff" if staff else "fp_resident", token, path="/console" if staff else "/")
        return client

    return come


def read(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address, follow_redirects=True)
    assert answer.status_code == status, address
    return answer.get_data(as_text=True)


def test_a_resident_follows_and_stops(place: Place, enter: Enter) -> None:
    jo = enter(place.council.resident)
    empty = read(jo, UPDATES)
    assert "You follow nothing yet" in empty
    assert "What do you want to follow?" in empty
    refused = jo.post(f"{UPDATES}/follow", data={"topics": TOPIC, "area": "Nowhere"})
    assert refused.status_code == 422
    assert "first half of a postcode" in refused.get_data(as_text=True)
    assert jo.post(f"{UPDATES}/follow", data={}).status_code == 422
    assert jo.post(f"{UPDATES}/follow", data={"topics": TOPIC, "area": "ZF1 2AB"}).status_code == 303
    shown = read(jo, UPDATES)
    assert "You now follow: Bin collections" in shown
    assert "for ZF1 only" in shown
    assert "You follow everything that there is." in shown
    assert "What do you want to stop?" in shown
    (row,) = place.of(place.council.resident)
    assert jo.post(f"{UPDATES}/stop", data={}).status_code == 422
    assert jo.post(f"{UPDATES}/stop", data={"following": str(row.id)}).status_code == 303
    assert "You have stopped 1 update." in read(jo, UPDATES)
    assert place.of(place.council.resident) == ()


def test_another_s_is_not_there(place: Place, enter: Enter) -> None:
    place.follows(place.council.neighbour)
    (his,) = place.of(place.council.neighbour)
    jo = enter(place.council.resident)
    for other in (str(his.id), str(uuid4()), "nonsense"):
        assert jo.post(f"{UPDATES}/stop", data={"following": other}).status_code == 404
    assert place.of(place.council.neighbour) == (his,)


def test_a_topic_that_has_ended_cannot_be_chosen(place: Place, enter: Enter) -> None:
    jo = enter(place.council.resident)
    assert jo.post(f"{UPDATES}/follow", data={"topics": "road-works"}).status_code == 422


def test_the_stop_page_asks_before_and_tells_after(place: Place, client: FlaskClient) -> None:
    place.follows(place.council.resident)
    (row,) = place.of(place.council.resident)
    with place.db.reading() as session:
        path = stop_path(session, row.id)
    assert "Stop these updates?" in read(client, path)
    assert client.post(path).status_code == 303
    assert "You do not get these updates any more" in read(client, path)
    assert client.post(path).status_code == 303, "as often as one likes"
    read(client, f"{PATH}nonsense", 404)
    assert client.post(f"{PATH}nonsense").status_code == 404


def test_a_units_officer_makes_changes_and_ends_a_topic(place: Place, enter: Enter) -> None:
    officer = enter(place.council.officer)
    new = {"unit": "waste", "short_en": "Garden waste", "long_en": "When the season begins.", "short_fr": "Jardin"}
    refused = officer.post(f"{TOPICS}/new", data=new)
    assert refused.status_code == 422
    assert "Say what people will get" in refused.get_data(as_text=True)
    made = officer.post(f"{TOPICS}/new", data=new | {"long_fr": "Le début de la saison.", "areas": "ZF1\nZF2"})
    assert made.headers["Location"] == f"{TOPICS}/garden-waste"
    assert "ZF1, ZF2" in read(officer, f"{TOPICS}/garden-waste")
    assert "Garden waste" in read(officer, TOPICS)
    assert "Le début" in read(officer, f"{TOPICS}/garden-waste/edit")
    changed = {**new, "short_en": "Garden bins", "short_fr": "", "version": "1"}
    assert officer.post(f"{TOPICS}/garden-waste/edit", data=changed).status_code == 303
    assert officer.post(f"{TOPICS}/garden-waste/edit", data=changed).status_code == 409, "somebody was quicker"
    assert "End “Garden bins”?" in read(officer, f"{TOPICS}/garden-waste/end")
    assert officer.post(f"{TOPICS}/garden-waste/end", data={"version": "2"}).status_code == 303
    assert "Has ended" in read(officer, f"{TOPICS}/garden-waste")


def test_a_bulletin_is_looked_at_and_sent(place: Place, enter: Enter) -> None:
    place.follows(place.council.resident)
    place.by_letter(place.nobody)
    officer = enter(place.council.officer)
    assert officer.post(f"{TOPICS}/{TOPIC}/bulletins/new", data={"short_en": "Late"}).status_code == 422
    made = officer.post(f"{TOPICS}/{TOPIC}/bulletins/new", data={"short_en": "Late", "long_en": "On Friday.\n\nSorry."})
    address = made.headers["Location"]
    shown = read(officer, address)
    for words in (
        "Send it to 1 person",
        "We have no e-mail address",
        "On Friday.",
        "because you follow: Bin collections",
    ):
        assert words in shown, words
    assert "On Friday." in read(officer, f"{address}/edit")
    assert (
        officer.post(f"{address}/edit", data={"short_en": "Late", "long_en": "Saturday.", "version": "1"}).status_code
        == 303
    )
    assert officer.post(f"{address}/send", data={"version": "1"}).status_code == 303
    assert "Someone else changed this" in read(officer, address)
    assert officer.post(f"{address}/send", data={"version": "2"}).status_code == 303
    assert "0 of 1 messages written" in read(officer, address)
    with place.db.reading() as session:
        waiting = queries.bulletins(session, queries.topic(session, TOPIC).id, PAGE).items[0]
    assert waiting.state is BulletinState.SENDING
    place.batch(waiting)
    assert "1 of 1 messages written" in read(officer, address)
    assert officer.post(f"{address}/stop").status_code == 303
    assert "Stopped" in read(officer, address)
    assert officer.post(f"{address}/discard").status_code == 409


def test_another_units_bulletin_is_not_there(place: Place, enter: Enter) -> None:
    place.follows(place.council.resident)
    made = place.bulletin()
    roads = enter(place.council.roads)
    for address in (
        f"{TOPICS}/{TOPIC}",
        f"{TOPICS}/{TOPIC}/edit",
        f"/console/bulletins/{made.id}",
        f"{TOPICS}/{TOPIC}/bulletins/new",
    ):
        read(roads, address, 404)
    for verb in ("send", "stop", "discard", "edit"):
        data = {"short_en": "x", "long_en": "x", "version": "1"}
        assert roads.post(f"/console/bulletins/{made.id}/{verb}", data=data).status_code == 404
    assert "Your units have no topics yet" in read(roads, TOPICS)
    assert enter(place.council.advisor).get(TOPICS).status_code == 403
    assert written_to(place.db) == []


def test_an_advisor_starts_and_stops_it_on_the_customers_page(place: Place, enter: Enter) -> None:
    golden, _ = place.goldens()
    page = f"/console/customers/{golden}/updates?purpose=call"
    advisor = enter(place.council.advisor)
    assert "They follow nothing" in read(advisor, page)
    given = {"topic": TOPIC, "record": str(place.one), "agreed": "call"}
    refused = advisor.post(page, data=given)
    assert refused.status_code == 422
    assert "Verify that it is this record" in refused.get_data(as_text=True)
    with place.db.transaction() as session:
        customer_services.verify(session, place.council.advisor, place.one, RIGHT[ONE.name], now=place.clock.now())
    assert advisor.post(page, data=given).status_code == 303
    shown = read(advisor, page)
    assert "agreed: on the phone" in shown
    assert "written down by Ada Visor" in shown
    again = advisor.post(page, data=given)
    assert again.status_code == 422
    assert "They follow this already" in again.get_data(as_text=True)
    with place.db.reading() as session:
        (row,) = queries.active_for(session, [place.one], [])
    stop = f"/console/customers/{golden}/updates/{row.id}/stop?purpose=call"
    assert "Stop “Bin collections” for them?" in read(advisor, stop)
    assert advisor.post(stop, data={}).status_code == 422
    assert advisor.post(stop, data={"agreed": "visit"}).status_code == 303
    assert "stopped: in person" in read(advisor, page)
    assert advisor.post(stop, data={"agreed": "visit"}).status_code == 404


def test_another_customers_or_a_restricted_ones_is_not_shown(place: Place, enter: Enter) -> None:
    started = place.by_letter(place.one)
    one, other = place.goldens()
    advisor = enter(place.council.advisor)
    read(advisor, f"/console/customers/{other}/updates/{started}/stop?purpose=call", 404)
    with place.db.transaction() as session:
        customer_services.restrict(session, SYSTEM, place.one, reason="A refuge", now=place.clock.now())
    shown = read(advisor, f"/console/customers/{one}/updates?purpose=call")
    assert "This record is restricted" in shown
    assert "Bin collections" not in shown
    read(advisor, f"/console/customers/{one}/updates/{started}/stop?purpose=call", 404)
