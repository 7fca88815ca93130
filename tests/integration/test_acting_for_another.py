"""Acting for another, from the record to the letterbox: in a call, in My Account, and what nobody gets to see by it."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.accounts.models import SignIn
from app.customers import services as customers
from app.customers.relationship_enums import Use
from app.enquiries import queries, services
from app.enquiries.enums import Channel
from app.enquiries.rows import Raiser
from app.kernel.actors import Actor, ActorKind
from app.kernel.clock import FixedClock
from app.kernel.crypto import new_token, token_hash
from app.kernel.db import Database
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from app.kernel.paging import PageRequest
from tests.support.acting import Family, attorney, prove, settle
from tests.support.council import MISSED_BIN, UPRN, Council, missed_bin
from tests.support.pages import Page


def page_of(answer: TestResponse) -> Page:
    assert answer.status_code in {200, 422}, answer.status
    return Page(answer.text)


Enter = Callable[[Actor], FlaskClient]
SON = Raiser("Daniel Marlow", "daniel@resident.example", "01632 960001")


@pytest.fixture
def family(db: Database, clock: FixedClock, tmp_path: Path) -> Family:
    return settle(db, tmp_path / "family", clock)


@pytest.fixture
def enter(app: Flask, db: Database, clock: FixedClock) -> Enter:
    def signed_in(actor: Actor) -> FlaskClient:
        token, now = new_token(), clock.now()
        with db.transaction() as session:
            session.add(SignIn(
                account_id=actor.account_id, token_hash=token_hash(token), created_at=now, last_seen_at=now,
                expires_at=now + timedelta(days=900), needs_second_factor=False, second_factor_at=now,
            ))  # fmt: skip
        client = app.test_client()
        staff = actor.kind is ActorKind.STAFF
        client.set_cookie("fp_staff" if staff else "fp_resident", token, path="/console" if staff else "/")
        return client

    return signed_in


def call_of_the_son(db: Database, council: Council, family: Family, clock: FixedClock) -> UUID:
    """The son is on the line, and has answered the questions of his record."""
    with db.transaction() as session:
        call = services.open_contact(session, council.advisor, channel=Channel.PHONE, caller=SON, now=clock.now())
        prove(session, council.advisor, family.son, now=clock.now(), contact=call.id)
        services.identify_caller(session, council.advisor, call.id, source_record_id=family.son, now=clock.now())
    return call.id


def hers(db: Database, council: Council, family: Family, clock: FixedClock, **changes: object) -> str:
    """Something that the mother has asked herself, under her record."""
    with db.transaction() as session:
        row = missed_bin(session, council.colleague, now=clock.now(), **changes)
        session.execute(
            text("UPDATE enquiry SET source_record_id = :r WHERE id = :e"), {"r": family.mother, "e": row.id}
        )
    return row.reference


def test_in_a_call_the_advisor_sees_what_the_scope_allows_and_the_enquiry_carries_both(
    db: Database, clock: FixedClock, council: Council, family: Family, enter: Enter
) -> None:
    own, other = hers(db, council, family, clock), hers(
        db, council, family, clock, service="pothole",
        answers={"property": UPRN, "where": "Left lane", "surface": "road", "depth": "deep"},
    )  # fmt: skip
    with db.transaction() as session:
        row = attorney(session, council.advisor, family, now=clock.now(), services=["missed-bin"])
    call, client = call_of_the_son(db, council, family, clock), enter(council.advisor)
    page = page_of(client.get(f"/console/calls/{call}"))
    assert "Attorney of" in page.text
    assert "Edith Marlow" in page.text
    answer = client.post(f"/console/calls/{call}/acting", data={"relationship": str(row.id)})
    assert answer.status_code == 303
    shown = page_of(client.get(f"/console/calls/{call}")).text
    assert "Acting for" in shown
    assert own in shown
    assert other not in shown
    offered = client.get(f"/console/calls/{call}").text.partition('id="call-service"')[2].partition("</select>")[0]
    assert 'value="missed-bin"' in offered
    assert 'value="pothole"' not in offered
    with db.transaction() as session:
        raised = missed_bin(
            session, council.advisor, now=clock.now(), contact_id=call, source_record_id=family.son, raiser=SON
        )
        assert (raised.source_record_id, raised.concerns_record_id, raised.relationship_id, raised.acting_kind) == (
            family.son, family.mother, row.id, "attorney",
        )  # fmt: skip
        to = session.scalar(text("SELECT to_address FROM message WHERE about_id = :e"), {"e": raised.id})
        assert to == "daniel@resident.example"
        told = queries.open_for(session, source_record_ids=[family.mother])
        assert raised.reference in {line.reference for line in told}
        used = session.scalar(text("SELECT count(*) FROM audit_entry WHERE action = 'relationship.used'"))
        assert used == 2
    with pytest.raises(NotAllowed, match="does not cover"), db.transaction() as session:
        missed_bin(
            session, council.advisor, now=clock.now(), contact_id=call, source_record_id=family.son, service="pothole",
            answers={"property": UPRN, "where": "Left lane", "surface": "road", "depth": "deep"},
        )  # fmt: skip


def test_who_may_only_ask_is_told_nothing_and_messages_go_to_the_other(
    db: Database, clock: FixedClock, council: Council, family: Family, enter: Enter
) -> None:
    own = hers(db, council, family, clock)
    with db.transaction() as session:
        row = attorney(session, council.advisor, family, now=clock.now(), uses=frozenset({Use.ASK}))
    call, client = call_of_the_son(db, council, family, clock), enter(council.advisor)
    client.post(f"/console/calls/{call}/acting", data={"relationship": str(row.id)})
    shown = page_of(client.get(f"/console/calls/{call}")).text
    assert "told nothing" in shown
    assert own not in shown
    with db.transaction() as session:
        raised = missed_bin(
            session, council.advisor, now=clock.now(), contact_id=call, source_record_id=family.son, raiser=SON
        )
        to = session.scalars(text("SELECT to_address FROM message WHERE about_id = :e"), {"e": raised.id}).all()
        assert to == ["edith@resident.example"]
        with pytest.raises(NotFound):
            queries.track(session, raised.reference, "daniel@resident.example", now=clock.now())
        assert (
            queries.track(session, raised.reference, "edith@resident.example", now=clock.now()).reference
            == raised.reference
        )


def test_only_the_very_record_that_the_caller_was_verified_for_counts(
    db: Database, clock: FixedClock, council: Council, family: Family, enter: Enter
) -> None:
    """The stranger's record was merged with the son's by mistake; he was verified for his own."""
    now = clock.now()
    with db.transaction() as session:
        row = attorney(session, council.advisor, family, now=now)
        call = services.open_contact(session, council.advisor, channel=Channel.PHONE, now=now)
        prove(session, council.advisor, family.stranger, now=now, contact=call.id)
        services.identify_caller(session, council.advisor, call.id, source_record_id=family.stranger, now=now)
    merge(db, council, family, "son", "stranger", clock)
    with pytest.raises(NotAllowed, match="Verify the caller"), db.transaction() as session:
        services.act_for(session, council.advisor, call.id, row.id, now=now)
    page = page_of(enter(council.advisor).get(f"/console/calls/{call.id}"))
    assert "by another record" in page.text


def merge(  # noqa: PLR0917 - a helper of this file
    db: Database, council: Council, family: Family, one: str, other: str, clock: FixedClock
) -> UUID:
    from app.customers import queries as reading

    with db.transaction() as session:
        golden = reading.golden_of_source_records(session, family.records.values())
        pair = golden[family.records[one]], golden[family.records[other]]
        seen = reading.blast_radius(session, *pair)
        made = customers.merge(
            session, council.leader, *pair, reason="Wrongly", revisions=seen.revisions, now=clock.now()
        )
    return made.id


def test_in_my_account_a_resident_agrees_sees_what_they_may_asks_and_replies(
    db: Database, clock: FixedClock, council: Council, family: Family, enter: Enter
) -> None:
    own, son = hers(db, council, family, clock), council.resident
    with db.transaction() as session:
        row = attorney(session, council.advisor, family, now=clock.now())
        prove(session, son, family.son, now=clock.now())
        prove(session, council.neighbour, family.mother, now=clock.now())
    client = enter(son)
    assert client.get(f"/account/acting/{row.id}").status_code == 404
    assert "Waiting for you to agree" in page_of(client.get("/account/acting")).text
    assert client.post(f"/account/acting/{row.id}/accept").status_code == 303
    page = page_of(client.get(f"/account/acting/{row.id}"))
    assert "Acting for Mrs Edith Marlow" in page.text
    assert own in page.text.replace(" ", "")
    assert "You act for Mrs Edith Marlow" in page_of(client.get(f"/account/acting/{row.id}/enquiries/{own}")).text
    assert client.get(f"/account/enquiries/{own}").status_code == 404
    sent = client.post(f"/account/acting/{row.id}/enquiries/{own}", data={"body": "Any news?"})
    assert sent.status_code == 303
    raised = raise_online(client, row.id)
    assert raised.status_code == 303
    with db.transaction() as session:
        made = session.execute(
            text(
                "SELECT reference, account_id, concerns_record_id, relationship_id, acting_kind FROM enquiry ORDER BY id DESC LIMIT 1"
            )
        ).one()
        assert made[1:] == (son.account_id, family.mother, row.id, "attorney")
        mine = queries.my_enquiries(session, son.account_id, page=PageRequest())
        assert mine.total == 0
        seen = queries.my_enquiries(session, council.neighbour.account_id, page=PageRequest())
        assert {one.reference for one in seen.items} == {own, made.reference}
        looks = session.scalar(
            text("SELECT count(*) FROM audit_entry WHERE action = 'record.viewed' AND actor_kind = 'resident'")
        )
        assert looks
        assert looks >= 2
    hers_page = enter(council.neighbour).get(f"/account/enquiries/{made.reference}")
    assert "Somebody who acts for you" in page_of(hers_page).text


def raise_online(client: FlaskClient, relationship_id: UUID) -> object:
    data = {f"answer_{name}": value for name, value in MISSED_BIN.items() if name != "collection_day"}
    day = {"answer_collection_day-day": "10", "answer_collection_day-month": "3", "answer_collection_day-year": "2026"}
    return client.post(
        f"/services/missed-bin/report?acting={relationship_id}",
        data=data
        | day
        | {
            "answer_collection_day": ["10", "3", "2026"],
            "answer_property-postcode": "HM1 1AA",
            "phone": "01632 960001",
            "step": "send",
            "client_token": "one",
        },
    )


def test_when_it_is_over_nothing_is_seen_and_messages_change_hands(
    db: Database, clock: FixedClock, council: Council, family: Family, enter: Enter
) -> None:
    son = council.resident
    with db.transaction() as session:
        row = attorney(session, council.advisor, family, now=clock.now(), expires_on=date(2026, 3, 20))
        prove(session, son, family.son, now=clock.now())
        customers.accept_relationship(session, son, row.id, now=clock.now())
        made = missed_bin(session, son, now=clock.now(), acting=row.id, raiser=SON)
    client = enter(son)
    pages = (
        f"/account/acting/{row.id}",
        f"/account/acting/{row.id}/enquiries/{made.reference}",
        f"/services/missed-bin/report?acting={row.id}",
    )
    assert [client.get(page).status_code for page in pages] == [200, 200, 200]
    clock.move_to(clock.now() + timedelta(days=10))
    client = enter(son)
    assert [client.get(page).status_code for page in pages] == [404, 404, 404]
    assert client.get(f"/account/enquiries/{made.reference}").status_code == 404
    with pytest.raises(NotFound), db.transaction() as session:
        missed_bin(session, son, now=clock.now(), acting=row.id, raiser=SON)
    with db.transaction() as session:
        services.message_customer(session, council.leader, made.reference, body="It was emptied", now=clock.now())
        last = session.execute(
            text("SELECT to_address FROM message WHERE about_id = :e ORDER BY created_at DESC LIMIT 1"), {"e": made.id}
        )
        assert last.scalar() == "edith@resident.example"


def test_nobody_sees_anothers_data_whatever_goes_wrong_in_a_merge(
    db: Database, clock: FixedClock, council: Council, family: Family, enter: Enter
) -> None:
    """The mother's record is merged with a stranger's, the son's with another's: what each account sees stays what it was."""
    own = hers(db, council, family, clock)
    with db.transaction() as session:
        strangers = missed_bin(session, council.colleague, now=clock.now())
        session.execute(
            text("UPDATE enquiry SET source_record_id = :r WHERE id = :e"), {"r": family.stranger, "e": strangers.id}
        )
        row = attorney(session, council.advisor, family, now=clock.now())
        prove(session, council.resident, family.son, now=clock.now())
        prove(session, council.neighbour, family.stranger, now=clock.now())
        customers.accept_relationship(session, council.resident, row.id, now=clock.now())
    merge(db, council, family, "mother", "stranger", clock)
    son = enter(council.resident)
    page = page_of(son.get(f"/account/acting/{row.id}")).text.replace(" ", "")
    assert own in page
    assert strangers.reference not in page
    assert son.get(f"/account/acting/{row.id}/enquiries/{strangers.reference}").status_code == 404
    stranger = enter(council.neighbour)
    assert stranger.get(f"/account/acting/{row.id}").status_code == 404
    assert own not in page_of(stranger.get("/account")).text.replace(" ", "")
    assert "Daniel" not in page_of(stranger.get("/account/acting")).text


def test_a_restriction_ends_it_for_everybody_at_once(
    db: Database, clock: FixedClock, council: Council, family: Family, enter: Enter
) -> None:
    own = hers(db, council, family, clock)
    with db.transaction() as session:
        row = attorney(session, council.advisor, family, now=clock.now())
        prove(session, council.resident, family.son, now=clock.now())
        customers.accept_relationship(session, council.resident, row.id, now=clock.now())
        made = missed_bin(session, council.resident, now=clock.now(), acting=row.id, raiser=SON)
        customers.restrict(session, council.leader, family.mother, reason="A refuge", now=clock.now())
    client = enter(council.resident)
    for page in (
        f"/account/acting/{row.id}",
        f"/account/acting/{row.id}/enquiries/{own}",
        f"/account/enquiries/{made.reference}",
    ):
        assert client.get(page).status_code == 404
    assert "Edith" not in page_of(client.get("/account/acting")).text
    with db.transaction() as session:
        before = session.scalar(text("SELECT count(*) FROM message WHERE about_id = :e"), {"e": made.id})
        with pytest.raises(Invalid, match="no e-mail"):
            services.message_customer(session, council.leader, made.reference, body="Hello", now=clock.now())
        assert session.scalar(text("SELECT count(*) FROM message WHERE about_id = :e"), {"e": made.id}) == before


def test_a_split_enquiry_still_says_for_whom_it_was_asked(
    db: Database, clock: FixedClock, council: Council, family: Family
) -> None:
    with db.transaction() as session:
        row = attorney(session, council.advisor, family, now=clock.now())
        prove(session, council.resident, family.son, now=clock.now())
        customers.accept_relationship(session, council.resident, row.id, now=clock.now())
        made = missed_bin(session, council.resident, now=clock.now(), acting=row.id, raiser=SON)
        second = services.split(
            session, council.leader, made.reference, service="missed-bin", answers=MISSED_BIN, reason="Two bins", version=None,
            now=clock.now(),
        )  # fmt: skip
        assert (second.concerns_record_id, second.relationship_id, second.acting_kind) == (
            family.mother,
            row.id,
            "attorney",
        )


def test_the_pages_record_list_and_end_it(
    db: Database, clock: FixedClock, council: Council, family: Family, enter: Enter
) -> None:
    from app.customers import queries as reading

    with db.reading() as session:
        golden = reading.golden_of_source_record(session, family.son)
    client, path = enter(council.advisor), f"/console/customers/{golden}/relationships"
    wrong = client.post(
        path, data={"side": "acts", "record": str(family.son), "kind": "attorney", "other": "700000010-1"}
    )
    assert wrong.status_code == 422
    said = {
        "side": "acts", "record": str(family.son), "kind": "attorney", "other": "700000020-1", "uses": ["see", "ask"],
        "services": ["missed-bin"], "evidence": "power_of_attorney", "evidence_reference": "OPG 7", "evidence_seen_on": ["10", "3", "2026"],
        "starts_on": ["10", "3", "2026"], "expires_on": ["10", "3", "2027"],
    }  # fmt: skip
    alone = client.post(path, data=said | {"other": "700000010-1"})
    assert (alone.status_code, "Nobody acts for themselves" in page_of(alone).text) == (422, True)
    assert client.post(path, data=said).status_code == 303
    again = client.post(path, data=said)
    assert (again.status_code, "recorded already" in page_of(again).text) == (422, True)
    page = page_of(client.get(path)).text
    assert "Attorney of: Mrs Edith Marlow" in " ".join(page.split())
    assert "OPG 7" in page
    assert "Edith Marlow" in page_of(client.get("/console/relationships")).text
    with db.reading() as session:
        row = reading.relationships_of(session, [family.son], now=clock.now())[0]
    assert client.post(f"/console/relationships/{row.id}/end", data={"reason": ""}).status_code == 422
    assert client.post(f"/console/relationships/{row.id}/end", data={"reason": "Revoked"}).status_code == 303
    with pytest.raises(Conflict), db.reading() as session:
        reading.usable_relationship(session, row.id, Use.SEE, now=clock.now())
    assert enter(council.officer).get(path).status_code == 403
