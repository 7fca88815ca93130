"""An organisation in the console: marked wherever it is found, with its sources, its properties in any order, and a page of records at a time."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from agent_console.views.customer import RECORDS
from agent_console.views.sources import as_row
from agent_console.waterfall import signed
from agent_console.wording_customers import reason_told
from app.customers import queries, services
from app.customers.enums import ReasonKind
from app.customers.loading.places import place_records
from app.customers.rows import Reason
from app.kernel.actors import Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.integration.console.conftest import Enter
from tests.support.council import Council, person
from tests.support.flowing import record_id, send
from tests.support.organisations import organisation
from tests.support.pages import read

NAME, NUMBER = "Saltings Property Co", "ZZ100077"
DAYS = {2: "2019-05-01", 10: "2024-02-03", 9: "2021-11-30"}


def home(number: int) -> dict[str, str]:
    place = {"house_number": str(number), "street": "Ebb Way", "city": "Hallowmere", "postcode": "ZF1 6UH"}
    return place | {"uprn": f"9990100{number:05d}", "since": DAYS.get(number, "2020-01-01")}


@pytest.fixture
def landlord(db: Database, clock: FixedClock, council: Council) -> str:
    """A company that is liable for more properties than are on one page."""
    sent = [
        organisation(f"L-{number:03d}", NAME, company_number=NUMBER, **home(number)) for number in range(1, RECORDS + 3)
    ]
    with db.transaction() as session:
        send(session, sent, clock.now())
        place_records(session)
    services.match_all(db, clock=clock)
    with db.reading() as session:
        return str(queries.golden_of_source_record(session, record_id(db, "council-tax:L-002")))


@pytest.fixture
def felix(db: Database, landlord: str, browser_of: Enter, clock: FixedClock) -> FlaskClient:
    with db.transaction() as session:
        actor = person(session, "Felix Ward", Role.STEWARD, now=clock.now())
    return browser_of(actor)


def places(felix: FlaskClient, landlord: str, sort: str) -> list[str]:
    page = read(felix.get(f"/console/properties/organisations/{landlord}?purpose=quality&sort={sort}"))
    return [words for words in page.words("a") if "Ebb Way" in words]


def test_its_page_says_where_it_is_known_from_and_sorts_its_properties(felix: FlaskClient, landlord: str) -> None:
    page = read(felix.get(f"/console/properties/organisations/{landlord}?purpose=quality"))
    for words in (
        NUMBER,
        "Where we know it from",
        f"Council tax {RECORDS + 2} records",
        "Record somebody",
        "1 May 2019",
    ):
        assert words in page.text, words
    numbers = [words.split()[0] for words in places(felix, landlord, "address")]
    assert numbers[:11] == [str(number) for number in range(1, 12)], "house 2 comes before house 10"
    assert places(felix, landlord, "-since")[0].startswith("10 Ebb Way")
    assert places(felix, landlord, "since")[0].startswith("2 Ebb Way")
    assert places(felix, landlord, "nonsense") == places(felix, landlord, "address")


def test_its_records_come_in_pages_and_it_is_marked_where_it_is_found(felix: FlaskClient, landlord: str) -> None:
    first = read(felix.get(f"/console/customers/{landlord}?purpose=quality"))
    assert f"1 to {RECORDS} of {RECORDS + 2}" in first.text
    assert "No single address" in first.text
    second = read(felix.get(f"/console/customers/{landlord}?purpose=quality&page=2"))
    assert f"{RECORDS + 1} to {RECORDS + 2} of {RECORDS + 2}" in second.text
    assert felix.get(f"/console/customers/{landlord}?purpose=quality&page=99").status_code == 200
    found = read(felix.post("/console/customers", data={"text": NUMBER, "purpose": "quality"}))
    assert "Organisation" in found.words("strong")
    offered = felix.post("/console/customers/suggest", data={"text": NAME, "purpose": "quality"}).get_json()["options"]
    assert offered[0]["detail"].startswith("Organisation")


def test_a_reason_claims_no_more_than_was_typed(app: Flask) -> None:
    told = {
        ("date_of_birth", ReasonKind.EXACT, "1985", "9 April 1985"): "Year of birth is the same",
        ("date_of_birth", ReasonKind.EXACT, "9/4/1985", "9 April 1985"): "Date of birth is the same",
        ("date_of_birth", ReasonKind.NEAR, "1985", "1983"): "Year of birth 1985 is near 1983",
        ("postcode", ReasonKind.EXACT, "zf1", "ZF1 2AB"): "Postcode area is the same",
        ("postcode", ReasonKind.EXACT, "zf1 2ab", "ZF1 2AB"): "Postcode is the same",
        ("postcode", ReasonKind.NEAR, "zf3", "ZF1"): "Postcode area ZF3 is near ZF1",
    }
    with app.test_request_context():
        assert {reason: reason_told(Reason(*reason)) for reason in told} == told


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"Surname": "Vane", "Born": "31/02/1950"}', "Surname: Vane · Born: 31/02/1950"),
        (
            '{"Surname": "Vane", "Born": "", "Flat": null, "Tags": ["a"], "Floor": 0}',
            "Surname: Vane · Tags: ['a'] · Floor: 0",
        ),
        ('{"Surname": ""}', '{"Surname": ""}'),
        ('half;a;row;"', 'half;a;row;"'),
        ("[1, 2]", "[1, 2]"),
        ("[" * 100_000, "[" * 100_000),
        ("", ""),
    ],
    ids=["columns", "gaps", "only gaps", "half", "list", "deep", "nothing"],
)
def test_a_rejected_row_is_written_as_people_read_it(content: str, words: str) -> None:
    assert as_row(content) == words


@pytest.mark.parametrize(
    ("weight", "told"), [(4.56, "+4.6"), (-6.1, "-6.1"), (-0.04, "0.0"), (0.0, "0.0"), (0.05, "+0.1"), (-0.06, "-0.1")]
)
def test_a_weight_that_is_hardly_anything_has_no_sign(weight: float, told: str) -> None:
    assert signed(weight) == told
