"""The one box, its suggestions, whom I saw lately, and adding a customer."""

from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.customers import queries, services
from app.kernel.actors import SYSTEM, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.rights import queries as requests
from app.rights import services as rights
from app.rights.enums import RightKind
from tests.integration.console.conftest import Enter
from tests.support import bookings
from tests.support.council import Council, missed_bin, person
from tests.support.customers import party, write_tax
from tests.support.pages import read

BOX = "/console/customers"
ZEB = {
    "given_name": "Zebedee",
    "family_name": "Quxworth",
    "date_of_birth": "3 2 1931",
    "phone": "01632 960777",
    "purpose": "visit",
}


def fill(db: Database, folder: Path, clock: FixedClock, council: Council) -> None:
    """Josie and her partner at the same address."""
    partner = party(
        PARTY_NO="2", NAME="OKAFOR MR DANIEL", DOB="01/02/1979", TELEPHONE="07700 900555", EMAIL="dan@resident.example"
    )
    services.ingest_file(db, "council-tax", write_tax(folder / "tax.csv", [party(), partner]), clock=clock)
    services.match_all(db, clock=clock)


@pytest.fixture
def ada(matched: Database, council: Council, browser_of: Enter) -> FlaskClient:
    return browser_of(council.advisor)


def record(db: Database, key: str = "700000001-1", source: str = "council-tax") -> str:
    with db.reading() as session:
        return str(queries.record_by_key(session, source, key))


def golden(db: Database, key: str = "700000001-1", source: str = "council-tax") -> str:
    with db.reading() as session:
        return str(
            session.scalar(
                text("SELECT golden_id FROM link WHERE source_record_id = :id"), {"id": record(db, key, source)}
            )
        )


def restricted(db: Database, key: str, clock: FixedClock) -> None:
    with db.transaction() as session:
        found = queries.record_by_key(session, "council-tax", key)
        assert found
        services.restrict(session, SYSTEM, found, reason="Court order", now=clock.now())


@pytest.mark.parametrize(
    "typed",
    [
        "Josefine Talis 1980", "tallis zf1 2", "talis, jo", "J Tallis 12 March 1980", "14 marine parade tallis", "ZF1 2AB josephine",
        "josie@resident.example", "07700 900123", "+44 7700 900132", "700000001-1", "Josie Tallis",
    ],
)  # fmt: skip
def test_one_box_finds_by_whatever_is_typed_with_the_reason(matched: Database, ada: FlaskClient, typed: str) -> None:
    page = read(ada.post(BOX, data={"text": typed, "purpose": "call"}))
    assert f"/console/customers/{golden(matched)}?purpose=call" in page.html
    assert "is the same" in page.text or "is close" in page.text


def test_our_own_id_leads_to_its_customer(matched: Database, ada: FlaskClient) -> None:
    assert "Josephine" in read(ada.post(BOX, data={"text": golden(matched), "purpose": "call"})).text


def test_an_enquirys_reference_brings_the_enquiry_and_whose_it_is(
    matched: Database, council: Council, clock: FixedClock, ada: FlaskClient
) -> None:
    with matched.transaction() as session:
        row = missed_bin(session, council.advisor, now=clock.now())
        session.execute(
            text("UPDATE enquiry SET source_record_id = :record WHERE reference = :reference"),
            {"record": record(matched), "reference": row.reference},
        )
    page = read(ada.post(BOX, data={"text": row.reference.lower().replace("-", " "), "purpose": "call"}))
    assert f"/console/enquiries/{row.reference}" in page.html
    assert "Josephine" in page.text
    wrong = ada.post(BOX, data={"text": "FP-7K3Q-92MM", "purpose": "call"})
    assert wrong.status_code == 422
    assert "There is no enquiry with this reference" in read(wrong).text


def test_a_bookings_reference_leads_to_the_booking(
    matched: Database, council: Council, clock: FixedClock, ada: FlaskClient
) -> None:
    with matched.transaction() as session:
        bookings.tip(session, now=clock.now(), places=9)
        made = bookings.book(session, council.resident, bookings.at(date(2026, 3, 17), 9), now=clock.now()).reference
    found = ada.post(BOX, data={"text": f" {made.lower().replace('-', ' ')} ", "purpose": "call"})
    assert (found.status_code, found.location) == (303, f"/console/bookings/{made}")
    wrong = ada.post(BOX, data={"text": "BK-7K3Q-92MM", "purpose": "call"})
    assert wrong.status_code == 422
    assert "Nothing that you may see has this reference" in read(wrong).text


def test_a_rights_requests_reference_leads_only_those_to_it_who_handle_it(
    matched: Database, council: Council, clock: FixedClock, ada: FlaskClient, browser_of: Enter
) -> None:
    with matched.transaction() as session:
        asked = rights.ask(session, council.resident, RightKind.ACCESS, now=clock.now())
        reference = requests.request(session, asked, now=clock.now()).reference
        steward = person(session, "Stu Ward", Role.STEWARD, now=clock.now())
    typed = {"text": reference, "purpose": "call"}
    assert ada.post(BOX, data=typed).status_code == 422
    found = browser_of(steward).post(BOX, data=typed)
    assert (found.status_code, found.location) == (303, f"/console/rights/{asked}")


def test_an_empty_box_says_what_to_enter_and_nobody_found_says_what_to_try(ada: FlaskClient) -> None:
    empty = ada.post(BOX, data={"text": " ", "purpose": "call"})
    assert empty.status_code == 422
    assert "Enter a name, an address, a date or a reference" in read(empty).text
    nobody = read(ada.post(BOX, data={"text": "Zzyzx Qqq", "purpose": "call"}))
    assert "Nobody found" in nobody.text
    assert "Add a customer" in nobody.text


def test_suggestions_come_for_a_word_that_is_only_begun_and_say_why(matched: Database, ada: FlaskClient) -> None:
    told = ada.post(f"{BOX}/suggest", data={"text": "josephine tal", "purpose": "call"}).json
    [option] = told["options"]
    assert option["href"] == f"/console/customers/{golden(matched)}"
    assert "Josephine" in option["name"]
    assert "12 March 1980" in option["detail"]
    assert "Name" in option["why"]
    assert told["said"] == "1 suggestion"
    for nothing in ("jo", "", "zzyzx"):
        assert ada.post(f"{BOX}/suggest", data={"text": nothing, "purpose": "call"}).json["options"] == []


def test_a_restricted_customer_is_in_no_suggestion_and_in_no_list_of_those_seen(
    matched: Database, ada: FlaskClient, clock: FixedClock
) -> None:
    assert ada.get(f"/console/customers/{golden(matched)}?purpose=call").status_code == 200
    assert "Josephine" in read(ada.get(BOX)).text
    restricted(matched, "700000001-1", clock)
    assert ada.post(f"{BOX}/suggest", data={"text": "josephine tallis", "purpose": "call"}).json["options"] == []
    page = read(ada.get(BOX))
    assert "Josephine" not in page.text
    assert golden(matched) not in page.html
    found = read(ada.post(BOX, data={"text": "josephine tallis 1980", "purpose": "call"}))
    assert "Restricted record" in found.text
    assert "Marine" not in found.text
    for where in ("14 marine parade", "07700 900123", "josie@resident.example"):
        assert golden(matched) not in read(ada.post(BOX, data={"text": where, "purpose": "call"})).html


def test_a_customer_seen_lately_who_was_joined_to_another_is_shown_as_that_one(
    matched: Database, ada: FlaskClient, clock: FixedClock
) -> None:
    one, other = golden(matched), golden(matched, "700000001-2")
    ada.get(f"/console/customers/{one}?purpose=call")
    ada.get(f"/console/customers/{other}?purpose=call")
    with matched.transaction() as session:
        session.execute(text("UPDATE link SET golden_id = :one WHERE golden_id = :other"), {"one": one, "other": other})
        session.execute(
            text("UPDATE golden_record SET retired_at = now(), retired_into = :one WHERE id = :other"),
            {"one": one, "other": other},
        )
    page = read(ada.get(BOX))
    assert page.html.count(f"/console/customers/{one}?") == 1
    assert other not in page.html


def test_adding_starts_with_what_was_searched_for(ada: FlaskClient) -> None:
    page = read(
        ada.post(f"{BOX}/new/from-search", data={"text": "zebedee quxworth 3/2/1931 01632 960777", "purpose": "visit"})
    )
    for value in ("Zebedee", "Quxworth", "3/2/1931", "01632 960777"):
        assert f'value="{value}"' in page.html


def test_somebody_whom_nobody_is_like_is_added_at_once_and_found(matched: Database, ada: FlaskClient) -> None:
    done = ada.post(f"{BOX}/new", data=ZEB)
    assert done.status_code == 303
    assert done.headers["Location"].endswith("?purpose=visit")
    assert "Zebedee Quxworth" in read(ada.get(done.headers["Location"])).text
    assert "Added by staff" in read(ada.post(BOX, data={"text": "quxworth 1931", "purpose": "call"})).text


def test_somebody_who_is_there_already_is_shown_first_and_none_of_these_is_kept(
    matched: Database, ada: FlaskClient
) -> None:
    said = {
        "given_name": "Josephine", "family_name": "Tallis", "date_of_birth": "12 3 1980", "address": "Flat 2, 14 Marine Parade",
        "postcode": "ZF1 2AB", "phone": "07700 900123", "purpose": "call",
    }  # fmt: skip
    asked = ada.post(f"{BOX}/new", data=said)
    assert asked.status_code == 200
    page = read(asked)
    assert "Is it one of these?" in page.text
    assert f"/console/customers/{golden(matched)}?purpose=call" in page.html
    with matched.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM source_system WHERE slug = 'added-by-staff'")) == 0
    shown = {name.split('"')[0] for name in page.html.split('name="shown" value="')[1:]}
    done = ada.post(f"{BOX}/new", data={**said, "shown": sorted(shown)})
    assert done.status_code == 303
    assert golden(matched) not in done.headers["Location"]
    with matched.reading() as session:
        detail = session.scalar(text("SELECT detail FROM audit_entry WHERE action = 'customer.added'"))
    assert detail["choice"] == "none of these"
    assert set(detail["shown"]) == shown


@pytest.mark.parametrize(("said", "problem"), [
    ({"given_name": "Zebedee"}, "Enter the family name"),
    ({"family_name": "Quxworth"}, "Enter a name, and a date of birth, an address, a phone number or an e-mail address"),
    ({"family_name": "Quxworth", "date_of_birth": "soon", "phone": "01632 960777"}, "Enter the date of birth like 27 3 1978"),
])  # fmt: skip
def test_too_little_is_said_at_its_field(ada: FlaskClient, said: dict[str, str], problem: str) -> None:
    refused = ada.post(f"{BOX}/new", data=said)
    assert refused.status_code == 422
    assert problem in read(refused).text


def test_who_may_not_add_is_not_offered_it(matched: Database, browser_of: Enter, clock: FixedClock) -> None:
    with matched.transaction() as session:
        officer = person(session, "Olu Officer", Role.OFFICER, now=clock.now())
    assert browser_of(officer).get(f"{BOX}/new").status_code in {302, 303, 403, 404}
