"""The pages of a property, its household and an organisation: what they show, what they never show, and what they cost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text

from app.customers import queries, services
from app.customers.relationship_enums import Evidence, RelationshipKind, Use
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.support.acting import PEOPLE, Family, settle, terms
from tests.support.council import Council, missed_bin
from tests.support.customers import party, write_tax
from tests.support.pages import Page

Enter = Callable[[Actor], FlaskClient]
HOME, SHOP = "999010000003", "999010000006"


@pytest.fixture
def family(db: Database, clock: FixedClock, council: Council, tmp_path: Path) -> Family:
    return settle(db, tmp_path / "family", clock)


def page_of(client: FlaskClient, path: str) -> Page:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status
    return Page(answer.text)


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    """Every statement that reads or writes while the block runs."""
    said: list[str] = []

    def note(*given: object) -> None:
        said.append(str(given[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    yield said
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_property_shows_who_is_and_was_there_what_is_open_and_what_was_asked(  # noqa: PLR0917 - fixtures
    db: Database, clock: FixedClock, council: Council, family: Family, browser_of: Enter, tmp_path: Path
) -> None:
    gone = party(
        ACCOUNT_REF="700000060", NAME="FORMER MRS FLORA", ADDR1="3 ELM ROAD", ADDR2="", UPRN=HOME, EMAIL="", DOB="07/07/1950",
        TELEPHONE="", LIABLE_FROM="01/02/2001", LIABLE_TO="31/12/2014",
    )  # fmt: skip
    services.ingest_file(db, "council-tax", write_tax(tmp_path / "gone.csv", [gone]), clock=clock, full=False)
    services.match_all(db, clock=clock, learns=False)
    with db.transaction() as session:
        place = queries.property_by_uprn(session, HOME)
        assert place
        raised = missed_bin(session, council.advisor, now=clock.now())
        session.execute(text("UPDATE enquiry SET property_id = :p WHERE id = :e"), {"p": place.id, "e": raised.id})
    client = browser_of(council.advisor)
    page = " ".join(page_of(client, f"/console/properties/{HOME}?purpose=call").text.split())
    for told in (
        "3 Elm Road",
        "Mr Daniel Marlow",
        "Miss Iris Marlow",
        "Mrs Flora Former No longer",
        "31 December 2014",
        raised.reference,
    ):
        assert told in page
    assert page.index("Daniel Marlow") < page.index("Flora Former")
    history = page_of(client, f"/console/properties/{HOME}?purpose=call&show=history").text
    assert raised.reference in history
    with db.reading() as session:
        looks = session.scalar(
            text("SELECT count(*) FROM audit_entry WHERE action = 'record.viewed' AND object_type = 'property'")
        )
    assert looks == 2
    assert client.get("/console/properties/123").status_code == 404
    assert browser_of(council.officer).get(f"/console/properties/{HOME}").status_code == 403


def test_the_household_says_who_acts_for_whom_and_all_pages_lead_to_each_other(
    db: Database, clock: FixedClock, council: Council, family: Family, browser_of: Enter
) -> None:
    with db.transaction() as session:
        services.record_relationship(
            session, council.advisor,
            terms(family.son, family.child, kind=RelationshipKind.PARENT, evidence=Evidence.BIRTH_CERTIFICATE, expires_on=date(2030, 1, 1)),
            now=clock.now(),
        )  # fmt: skip
        golden = queries.golden_of_source_record(session, family.son)
    client = browser_of(council.advisor)
    page = page_of(client, f"/console/properties/{HOME}/household?purpose=call")
    words = " ".join(page.text.split())
    assert "Parent of Miss Iris Marlow" in words
    assert "Child of Mr Daniel Marlow" in words
    links = {one["href"] for tag, one, _ in page.elements if tag == "a"}
    assert f"/console/customers/{golden}?purpose=call" in links
    assert f"/console/properties/{HOME}?purpose=call" in links
    back = {
        one["href"]
        for tag, one, _ in page_of(client, f"/console/customers/{golden}?purpose=call").elements
        if tag == "a"
    }
    assert {f"/console/properties/{HOME}?purpose=call", f"/console/properties/{HOME}/household?purpose=call"} <= back


def test_of_a_restricted_member_there_is_no_trace_not_even_a_number(
    db: Database, clock: FixedClock, council: Council, family: Family, browser_of: Enter
) -> None:
    client = browser_of(council.leader)
    paths = [f"/console/properties/{HOME}?purpose=call", f"/console/properties/{HOME}/household?purpose=call"]
    assert all("Iris" in page_of(client, path).text for path in paths)
    with db.transaction() as session:
        golden = queries.golden_of_source_record(session, family.child)
        services.restrict(session, council.leader, family.child, reason="A refuge", now=clock.now())
    for path in paths:
        page = page_of(client, path)
        assert "Iris" not in page.text
        assert str(golden) not in page.html
        assert page.html.count("Elm Road") > 0
    with db.reading() as session:
        place = queries.property_by_uprn(session, HOME)
        assert place
        from app.kernel.paging import PageRequest

        assert queries.household_page(session, place.id, PageRequest()).total == 1
        assert queries.occupants(session, place.id, PageRequest(), now=clock.now()).total == 1


def test_each_page_costs_the_same_however_many_there_are(  # noqa: PLR0917 - fixtures
    db: Database, clock: FixedClock, council: Council, family: Family, browser_of: Enter, tmp_path: Path
) -> None:
    client = browser_of(council.advisor)
    with db.reading() as session:
        body = queries.golden_of_source_record(session, family.bakery)
    paths = [
        f"/console/properties/{HOME}?purpose=call", f"/console/properties/{HOME}/household?purpose=call",
        f"/console/properties/organisations/{body}?purpose=call",
    ]  # fmt: skip
    few = [_cost(db, client, path) for path in paths]
    crowd = [
        party(ACCOUNT_REF=f"7100000{n:02}", NAME=f"CROWD{chr(65 + n)} MR ADAM", ADDR1="3 ELM ROAD", ADDR2="", UPRN=HOME,
              EMAIL="", TELEPHONE="", DOB=f"{n + 1:02}/05/19{40 + n}")
        for n in range(20)
    ]  # fmt: skip
    shops = [
        PEOPLE["bakery"]
        | {"ACCOUNT_REF": f"7200000{n:02}", "ADDR1": f"{n + 20} MARKET SQUARE", "UPRN": f"9990200000{n:02}"}
        for n in range(12)
    ]
    services.ingest_file(
        db, "council-tax", write_tax(tmp_path / "crowd.csv", [*crowd, *shops]), clock=clock, full=False
    )
    services.match_all(db, clock=clock, learns=False)
    assert "CrowdA" in page_of(client, paths[1]).text or "Crowda" in page_of(client, paths[1]).text
    assert [_cost(db, client, path) for path in paths] == few


def _cost(db: Database, client: FlaskClient, path: str) -> int:
    client.get(path)
    with counted(db) as said:
        assert client.get(path).status_code == 200
    return len(said)


def test_an_organisation_shows_its_names_properties_and_people(  # noqa: PLR0917 - fixtures
    db: Database, clock: FixedClock, council: Council, family: Family, browser_of: Enter, tmp_path: Path
) -> None:
    other = PEOPLE["bakery"] | {
        "ACCOUNT_REF": "700000051",
        "NAME": "MARLOW BAKERY LTD",
        "ADDR1": "9 MARKET SQUARE",
        "UPRN": "999010000009",
    }
    services.ingest_file(db, "council-tax", write_tax(tmp_path / "ltd.csv", [other]), clock=clock, full=False)
    services.match_all(db, clock=clock, learns=False)
    now = clock.now()
    with db.transaction() as session:
        body = queries.golden_of_source_record(session, family.bakery)
        assert body
        assert len(queries.source_records_of_golden(session, body)) == 2
        services.record_relationship(
            session, council.advisor,
            terms(family.son, family.bakery, kind=RelationshipKind.DIRECTOR, evidence=Evidence.COMPANY_REGISTER, evidence_reference="01234567"), now=now,
        )  # fmt: skip
        services.record_relationship(
            session, council.advisor,
            terms(family.bakery, family.mother, kind=RelationshipKind.LANDLORD, evidence=Evidence.TENANCY, uses=frozenset({Use.ASK})), now=now,
        )  # fmt: skip
    client = browser_of(council.advisor)
    words = " ".join(page_of(client, f"/console/properties/organisations/{body}?purpose=call").text.split())
    for told in (
        "Market Square",
        "4 Oak Road",
        "Lets it",
        "Liable or registered there",
        "Has as director: Mr Daniel Marlow",
        "01234567",
        "Landlord of: Mrs Edith Marlow",
    ):
        assert told in words, told
    found = page_of_post(client, "/console/customers", text="Marlow Bakery", purpose="call")
    assert f"/console/customers/{body}" in found, "found by its name, and the page leads there"
    with db.reading() as session:
        person = queries.golden_of_source_record(session, family.son)
    assert client.get(f"/console/properties/organisations/{person}?purpose=call").status_code == 404
    with db.transaction() as session:
        services.restrict(session, council.leader, family.mother, reason="A refuge", now=now)
    words = page_of(client, f"/console/properties/organisations/{body}?purpose=call").text
    assert "Edith" not in words
    assert "Oak Road" not in words


def page_of_post(client: FlaskClient, address: str, **data: str) -> str:
    answer = client.post(address, data=data)
    assert answer.status_code == 200
    return answer.text


def test_a_neighbours_page_tells_nothing_of_somebody_restricted_in_the_same_house(
    db: Database, clock: FixedClock, family: Family, council: Council, browser_of: Enter
) -> None:
    with db.reading() as session:
        son = queries.golden_of_source_record(session, family.son)
    page = f"/console/customers/{son}?purpose=call"
    before = page_of(browser_of(council.advisor), page).text
    assert "Miss Iris Marlow" in before
    with db.transaction() as session:
        services.restrict(session, council.leader, family.child, reason="A refuge", now=clock.now())
    for somebody in (council.advisor, council.leader):
        told = page_of(browser_of(somebody), page).text
        assert "Daniel Marlow" in told
        for word in ("Iris", "Restricted", "Household", "2012"):
            assert word not in told, word


def test_who_has_moved_is_still_known_where_they_lived_unless_they_are_restricted(  # noqa: PLR0917 - fixtures
    db: Database, clock: FixedClock, family: Family, council: Council, browser_of: Enter, tmp_path: Path
) -> None:
    clock.advance(timedelta(days=40))
    moved = [
        PEOPLE[who] | {"ADDR1": "4 OAK ROAD", "UPRN": "999010000004", "LAST_CHANGED": "14/04/2026"}
        for who in ("son", "child")
    ]
    services.ingest_file(db, "council-tax", write_tax(tmp_path / "moved.csv", moved), clock=clock, full=False)
    services.match_all(db, clock=clock, learns=False)
    address = "/console/properties/999010000003?purpose=call"
    before = page_of(browser_of(council.advisor), address).text
    assert "Moved away" in before
    assert "Daniel Marlow" in before
    assert "Iris Marlow" in before
    assert (
        "Moved away" not in page_of(browser_of(council.advisor), "/console/properties/999010000004?purpose=call").text
    )
    with db.transaction() as session:
        services.restrict(session, council.leader, family.child, reason="A refuge", now=clock.now())
    after = page_of(browser_of(council.advisor), address).text
    assert "Daniel Marlow" in after
    assert "Iris" not in after


def test_properties_are_found_by_what_is_typed_and_nothing_typed_is_in_an_address(
    family: Family, council: Council, browser_of: Enter
) -> None:
    client = browser_of(council.advisor)
    assert client.post("/console/properties", data={"address": ""}).status_code == 422
    found = client.post("/console/properties", data={"address": "elm road"})
    assert f"/console/properties/{HOME}" in found.text
    assert SHOP not in found.text
