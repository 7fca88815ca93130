"""Finding, seeing and verifying customers in the console; the stewards' desk and the sources."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.customers import queries, services
from app.customers.enums import Verdict
from app.kernel.actors import Actor, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.ids import new_id
from app.kernel.paging import PageRequest
from tests.integration.console.conftest import Enter
from tests.support.council import Council, missed_bin, person
from tests.support.customers import card, party, write_crm, write_tax
from tests.support.desk import put_on_desk
from tests.support.pages import read

JOSIE = {"full_name": "Josephine Tallis", "date_of_birth": "12/03/1980", "postcode": "zf1 2ab"}


def fill(db: Database, folder: Path, clock: FixedClock, council: Council) -> None:
    """Josie by two sources, her partner at the same address, a stranger, and a row that was rejected."""
    partner = party(
        PARTY_NO="2", NAME="OKAFOR MR DANIEL", DOB="01/02/1979", TELEPHONE="07700 900555", EMAIL="dan@resident.example"
    )
    rows = [party(), partner, party(ACCOUNT_REF="700000003", NAME="QUILL MR EDMUND", DOB="31/02/1975")]
    services.ingest_file(db, "council-tax", write_tax(folder / "tax.csv", rows), clock=clock)
    services.ingest_file(db, "legacy-crm", write_crm(folder / "crm.jsonl", [card()]), clock=clock)
    services.match_all(db, clock=clock)
    with db.transaction() as session:
        one, other = (
            queries.record_by_key(session, *key)
            for key in (("council-tax", "700000001-1"), ("legacy-crm", "CRM-0000001"))
        )
        assert one is not None
        assert other is not None
        services.decide(session, council.leader, one, other, Verdict.SAME, now=clock.now())
    services.match_all(db, clock=clock)


@pytest.fixture
def ada(matched: Database, council: Council, browser_of: Enter) -> FlaskClient:
    return browser_of(council.advisor)


@pytest.fixture
def steward(matched: Database, browser_of: Enter, clock: FixedClock) -> FlaskClient:
    with matched.transaction() as session:
        actor = person(session, "Stu Ward", Role.STEWARD, now=clock.now())
    return browser_of(actor)


def josie(db: Database) -> str:
    with db.reading() as session:
        record = queries.record_by_key(session, "council-tax", "700000001-1")
        assert record is not None
        return str(queries.golden_of_source_record(session, record))


def verify_address(db: Database) -> str:
    with db.reading() as session:
        return f"/console/customers/{josie(db)}/verify/{queries.record_by_key(session, 'council-tax', '700000001-1')}"


def test_a_caller_is_found_by_two_mistyped_fields_and_the_reason_is_shown(matched: Database, ada: FlaskClient) -> None:
    page = read(
        ada.post(
            "/console/customers/by-field", data={"name": "Josefine Talis", "phone": "07700 900132", "purpose": "call"}
        )
    )
    assert "Josephine" in page.text
    assert "Name is close" in page.text
    assert "Phone number is close" in page.text
    assert f"/console/customers/{josie(matched)}?purpose=call" in page.html


def test_nothing_typed_and_nobody_found_are_said(ada: FlaskClient) -> None:
    empty = ada.post("/console/customers/by-field", data={"purpose": "call"})
    assert empty.status_code == 422
    assert "Enter at least one thing to search for" in read(empty).text
    assert (
        "Nobody found"
        in read(ada.post("/console/customers/by-field", data={"name": "Zzyzx Qqq", "purpose": "call"})).text
    )


def test_an_enquiry_reference_leads_to_the_enquiry_and_a_wrong_one_says_so(
    matched: Database, council: Council, clock: FixedClock, ada: FlaskClient
) -> None:
    with matched.transaction() as session:
        row = missed_bin(session, council.advisor, now=clock.now())
    answer = ada.post("/console/customers/by-field", data={"reference": row.reference.lower(), "purpose": "call"})
    assert answer.headers["Location"].endswith(row.reference)
    wrong = ada.post("/console/customers/by-field", data={"reference": "FP-1234", "purpose": "call"})
    assert wrong.status_code == 422
    assert "Nothing that you may see has this reference" in read(wrong).text


def test_the_single_view_shows_each_value_with_its_source_and_the_household(
    matched: Database, ada: FlaskClient
) -> None:
    page = read(ada.get(f"/console/customers/{josie(matched)}?purpose=call"))
    for words in (
        "12 March 1980",
        "Council tax",
        "700000001-1",
        "CRM-0000001",
        "Mr Daniel Okafor",
        "999010000001",
        "Verify the caller",
    ):
        assert words in page.text
    seen = read(ada.get("/console/customers"))
    assert "Recently seen" in seen.text
    assert "Josephine" in seen.text


def test_without_a_purpose_it_asks_for_one_and_shows_nothing(matched: Database, ada: FlaskClient) -> None:
    page = read(ada.get(f"/console/customers/{josie(matched)}"))
    assert "Why are you looking?" in page.text
    assert "Tallis" not in page.text
    assert ada.get(f"/console/customers/{new_id()}?purpose=call").status_code == 404


def test_a_caller_is_verified_against_one_record_and_the_call_is_theirs(matched: Database, ada: FlaskClient) -> None:
    call = str(ada.post("/console/calls", data={"channel": "phone"}).headers["Location"])
    answer = ada.post(verify_address(matched), data=JOSIE)
    assert answer.status_code == 303
    page = read(ada.get(str(answer.headers["Location"])))
    assert "Verified against this record: Council tax, 700000001-1" in page.text
    with matched.reading() as session:
        record = queries.record_by_key(session, "council-tax", "700000001-1")
        assert session.scalar(text("SELECT source_record_id FROM contact")) == record
    assert ada.get(call).status_code == 200


def test_a_wrong_answer_is_said_and_verifies_nobody(matched: Database, ada: FlaskClient) -> None:
    answer = ada.post(verify_address(matched), data=JOSIE | {"postcode": "ZF9 9ZZ"})
    assert answer.status_code == 422
    assert "The answers do not agree with the record" in read(answer).text
    short = ada.post(verify_address(matched), data={"postcode": "ZF1 2AB"})
    assert short.status_code == 422
    assert "Ask at least two questions" in read(short).text


def test_what_happened_to_the_customer_is_in_the_timeline_whatever_the_channel(
    matched: Database, council: Council, clock: FixedClock, ada: FlaskClient
) -> None:
    with matched.reading() as session:
        record = queries.record_by_key(session, "legacy-crm", "CRM-0000001")
    ada.post("/console/calls", data={"channel": "phone"})
    ada.post(verify_address(matched), data=JOSIE)
    with matched.transaction() as session:
        contact = session.scalar(text("SELECT id FROM contact"))
        row = missed_bin(
            session, council.advisor, now=clock.now(), contact_id=contact,
            source_record_id=queries.record_by_key(session, "council-tax", "700000001-1"),
        )  # fmt: skip
    assert record is not None
    page = read(ada.get(f"/console/customers/{josie(matched)}?purpose=enquiry"))
    assert page.text.count(row.reference) >= 2
    assert "Open now" in page.text


def test_a_restricted_customer_opens_only_with_a_reason(
    matched: Database, council: Council, clock: FixedClock, ada: FlaskClient, steward: FlaskClient
) -> None:
    with matched.transaction() as session:
        record = queries.record_by_key(session, "legacy-crm", "CRM-0000001")
        assert record is not None
        services.restrict(session, council.leader, record, reason="Protected address", now=clock.now())
    address = f"/console/customers/{josie(matched)}"
    for browser in (ada, steward):
        page = read(browser.get(f"{address}?purpose=call"))
        assert "Restricted record" in page.text
        assert "Tallis" not in page.text
        assert "ZF1 2AB" not in page.text
    assert ada.post(f"{address}/open", data={"reason": "I would like to"}).status_code == 403
    assert steward.post(f"{address}/open", data={"reason": ""}).status_code == 422
    assert "Tallis" in read(steward.post(f"{address}/open", data={"reason": "Request 42"})).text
    partner = read(ada.post("/console/customers/by-field", data={"name": "Daniel Okafor", "purpose": "call"}))
    assert "Tallis" not in partner.text


def test_sources_show_their_loads_and_each_rejected_row_with_its_reason(
    matched: Database, steward: FlaskClient
) -> None:
    assert "Council tax" in read(steward.get("/console/sources")).text
    assert "tax.csv" in read(steward.get("/console/sources/council-tax")).text
    with matched.reading() as session:
        load = queries.loads(session, "council-tax", PageRequest()).items[0].id
    page = read(steward.get(f"/console/sources/loads/{load}"))
    for words in ("4", "DOB", "The date does not exist", "31/02/1975"):
        assert words in page.text
    file = steward.get(f"/console/sources/loads/{load}/rejects.csv")
    assert file.mimetype == "text/csv"
    assert "attachment" in file.headers["Content-Disposition"]
    assert "31/02/1975" in file.get_data(as_text=True)
    assert steward.get("/console/sources/parking").status_code == 404
    assert steward.get(f"/console/sources/loads/{new_id()}").status_code == 404


def a_possible_match(db: Database) -> str:
    """Two of one household, of whom the engine is sure."""
    with db.transaction() as session:
        keys = ("700000001-1", "700000001-2")
        one, other = (queries.record_by_key(session, "council-tax", key) for key in keys)
        assert one
        assert other
        return f"/console/possible-matches/{put_on_desk(session, one, other)}"


def test_a_steward_compares_two_records_and_the_answer_stands(matched: Database, steward: FlaskClient) -> None:
    address = a_possible_match(matched)
    assert "62 %" in read(steward.get("/console/possible-matches")).text
    page = read(steward.get(address))
    for words in ("The same person?", "Tallis", "Okafor", "Different", "How the engine weighs it"):
        assert words in page.text
    assert steward.post(address, data={"verdict": "perhaps"}).status_code == 422
    assert steward.post(address, data={"verdict": "different", "reason": "Partners"}).status_code == 303
    late = steward.post(address, data={"verdict": "same"}, follow_redirects=True)
    assert "Somebody else has decided about this pair" in read(late).text
    with matched.reading() as session:
        assert (
            session.scalar(text("SELECT verdict || ' ' || reason FROM steward_decision WHERE verdict = 'different'"))
            == "different Partners"
        )


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("/console/sources", Role.ADVISOR),
        ("/console/possible-matches", Role.ADVISOR),
        ("/console/customers", Role.OFFICER),
    ],
)
def test_who_has_no_business_there_is_sent_away(
    matched: Database, clock: FixedClock, browser_of: Enter, address: str, role: Role
) -> None:
    with matched.transaction() as session:
        actor: Actor = person(session, "No Business", role, now=clock.now())
    assert browser_of(actor).get(address).status_code == 403
