"""Every organisation in a list: searched, sorted, in pages, taken away; those that are restricted in none of it."""

from datetime import timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import text

from app.customers import queries, services
from app.customers.relationship_enums import Evidence, RelationshipKind, Use
from app.customers.rows import RelationshipTerms
from app.enquiries import queries as enquiries
from app.enquiries import services as asking
from app.enquiries.enums import Channel
from app.kernel.actors import Actor, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.paging import PageRequest
from tests.integration.console.conftest import Enter
from tests.support.acting import prove
from tests.support.council import Council, missed_bin, person
from tests.support.desk import JO, verify
from tests.support.flowing import Sent, record_id, send
from tests.support.organisations import organisation
from tests.support.pages import Page, read
from tests.support.statements import counted

LIST = "/console/customers/organisations"
QUAY = "council-tax:Q-1"
DIRECTOR = Sent("council-tax", "T-1", JO)
SENT = [
    organisation("Q-1", "Tern Quay Lettings Ltd", company_number="ZZ300011"),
    organisation("Q-2", "Tern Quay Lettings Ltd", source="housing", company_number="ZZ300011"),
    organisation("G-1", "Northgate Press", company_number="ZZ100002", phone="07700 900101"),
    organisation(
        "B-1", "Ölandia Bakery", house_number="3", street="High Street", city="Hallowmere", postcode="ZF1 1AA"
    ),
    organisation("R-1", "Refuge Trust", company_number="ZZ900009"),
    DIRECTOR,
]


@pytest.fixture
def steward(db: Database, council: Council, clock: FixedClock) -> Actor:
    with db.transaction() as session:
        send(session, SENT, clock.now())
        actor = person(session, "Felix Ward", Role.STEWARD, now=clock.now())
    services.match_all(db, clock=clock)
    with db.transaction() as session:
        services.restrict(session, actor, record_id(db, "council-tax:R-1"), reason="A refuge", now=clock.now())
    return actor


@pytest.fixture
def felix(steward: Actor, browser_of: Enter) -> FlaskClient:
    return browser_of(steward)


def names(client: FlaskClient, **asked: str) -> list[str]:
    return [words for words in listed(client, **asked).words("a") if words in {sent.attributes.get("organisation_name") for sent in SENT}]  # fmt: skip


def listed(client: FlaskClient, **asked: str) -> Page:
    answer = client.get(LIST, query_string=asked)
    assert answer.status_code == 200
    return read(answer)


def director(db: Database, actor: Actor, clock: FixedClock) -> None:
    """Jo is a director of the quay's company."""
    today = clock.now().date()
    terms = RelationshipTerms(
        RelationshipKind.DIRECTOR, record_id(db, DIRECTOR.name), record_id(db, QUAY), Evidence.COMPANY_REGISTER, "ZZ300011", today,
        today, today + timedelta(days=300), frozenset({Use.ASK}),
    )  # fmt: skip
    with db.transaction() as session:
        services.record_relationship(session, actor, terms, now=clock.now())


def test_all_are_listed_by_name_and_nobody_else(felix: FlaskClient) -> None:
    assert names(felix) == ["Northgate Press", "Tern Quay Lettings Ltd", "Ölandia Bakery"]
    page = listed(felix).text
    assert "1 to 3 of 3" in page
    for words in ("ZZ300011", "Council tax, Housing", "Not known", "3 High Street, Hallowmere, ZF1 1AA"):
        assert words in page, words
    assert "Refuge" not in page
    assert "Tallis" not in page


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("quay tern", ["Tern Quay Lettings Ltd"]),
        ("zz 100002", ["Northgate Press"]),
        ("ÖLAND", ["Ölandia Bakery"]),
        ("northgate ZZ300011", []),
        ("100%_", []),
        ("refuge", []),
        ("ZZ900009", []),
    ],
)
def test_one_is_found_by_its_words_or_its_number(felix: FlaskClient, search: str, found: list[str]) -> None:
    assert names(felix, search=search) == found
    if not found:
        assert "No organisation is called that" in listed(felix, search=search).text


def test_it_is_sorted_by_every_column_that_offers_it(
    felix: FlaskClient, steward: Actor, db: Database, clock: FixedClock
) -> None:
    director(db, steward, clock)
    assert names(felix, sort="number") == ["Northgate Press", "Tern Quay Lettings Ltd", "Ölandia Bakery"]
    assert names(felix, sort="-number") == ["Tern Quay Lettings Ltd", "Northgate Press", "Ölandia Bakery"]
    for sort in ("-people", "-sources", "-records"):
        assert names(felix, sort=sort)[0] == "Tern Quay Lettings Ltd", sort
        assert names(felix, sort=sort.removeprefix("-"))[-1] == "Tern Quay Lettings Ltd", sort
    assert names(felix, sort="nonsense") == names(felix)


def test_it_counts_who_acts_for_one_and_what_is_open(
    felix: FlaskClient, steward: Actor, db: Database, council: Council, clock: FixedClock
) -> None:
    director(db, steward, clock)
    with db.transaction() as session:
        call = asking.open_contact(session, council.advisor, channel=Channel.PHONE, now=clock.now())
        prove(session, council.advisor, record_id(db, QUAY), now=clock.now(), contact=call.id)
        missed_bin(session, council.advisor, contact_id=call.id, source_record_id=record_id(db, QUAY), now=clock.now())
        verify(session, council.resident.account_id, record_id(db, "housing:Q-2"), clock.now())
        missed_bin(session, council.resident, now=clock.now())
        missed_bin(session, council.neighbour, now=clock.now())
        quay = queries.golden_of_source_record(session, record_id(db, QUAY))
        assert quay
        [row] = queries.organisations(session, PageRequest(), search="quay", now=clock.now()).items
        assert (row.golden_id, row.people, row.records) == (quay, 1, 2)
        records = queries.source_records_of_golden(session, quay)
        shown = enquiries.open_for(session, source_record_ids=records, account_ids=[council.resident.account_id])
        assert enquiries.open_counts(session, [quay]) == {quay: len(shown)} == {quay: 2}
        services.restrict(session, steward, record_id(db, DIRECTOR.name), reason="A refuge", now=clock.now())
        [row] = queries.organisations(session, PageRequest(), search="quay", now=clock.now()).items
        assert row.people == 0, "that somebody protected acts for it is not told"


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_list_is_taken_away_as_it_was_asked_for_and_that_is_written_down(
    felix: FlaskClient, db: Database, form: str
) -> None:
    answer = felix.get(f"{LIST}.{form}", query_string={"sort": "-name"})
    assert answer.headers["Content-Disposition"] == f'attachment; filename="organisations.{form}"'
    if form == "xlsx":
        rows = list(load_workbook(BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True))
        assert [row[0] for row in rows] == ["Name", "Ölandia Bakery", "Tern Quay Lettings Ltd", "Northgate Press"]
        assert rows[2][1:] == (None, "ZZ300011", 0, "Council tax, Housing", 2, 0)
    else:
        assert answer.data.decode("utf-8-sig").splitlines()[2].startswith("Tern Quay Lettings Ltd,,ZZ300011,0,")
    assert b"Refuge" not in answer.data
    with db.reading() as session:
        noted = session.scalars(text("SELECT detail FROM audit_entry WHERE action = 'organisations.exported'")).all()
    assert [line["organisations"] for line in noted] == [3]
    assert felix.get(f"{LIST}.pdf").status_code == 404


def test_it_comes_in_pages_and_asks_as_much_for_a_long_list_as_for_a_short_one(
    felix: FlaskClient, db: Database, clock: FixedClock
) -> None:
    with counted(db.engine) as few:
        listed(felix, search="quay")
    with db.transaction() as session:
        send(session, [organisation(f"M-{n:03d}", f"Quay House {n:03d} Ltd") for n in range(40)], clock.now())
    services.match_all(db, clock=clock, learns=False)
    with counted(db.engine) as many:
        page = listed(felix, search="quay")
    assert "1 to 25 of 41" in page.text
    assert len(many) == len(few)
    assert "26 to 41 of 41" in listed(felix, search="quay", page="2").text
    assert "The list is not that long" in listed(felix, search="quay", page="9").text


def test_it_is_reached_from_where_customers_are_found(felix: FlaskClient) -> None:
    answer = felix.get("/console/customers?purpose=quality")
    assert f'href="{LIST}?purpose=quality"' in answer.text


def test_without_any_it_says_where_they_come_from(
    browser_of: Enter, db: Database, council: Council, clock: FixedClock
) -> None:
    with db.transaction() as session:
        advisor = person(session, "Ada Ward", Role.STEWARD, now=clock.now())
    assert "No organisation is known" in listed(browser_of(advisor)).text
