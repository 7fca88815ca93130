"""Open311 GeoReport v2: the shapes of the specification's own examples, and nothing about anybody in what everybody may read."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from flask.testing import FlaskClient
from sqlalchemy import text

from app.accounts.enums import Scope
from app.enquiries import services as enquiries
from app.enquiries.enums import Disposition
from app.handoffs import services as handoffs
from app.handoffs.rows import HandoffRow
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.integration.api.conftest import System, words_of
from tests.support.council import UPRN, Council, missed_bin

V2 = "/open311/v2"
REPORT = {
    "service_code": "missed-bin", "address_id": UPRN, "attribute[bin][]": "refuse", "attribute[collection_day]": "2026-03-10",
    "attribute[out_in_time]": "yes", "attribute[whole_street]": "no", "email": "jo@example.com", "first_name": "Josephine",
    "last_name": "Bloggs", "phone": "01632 960001", "description": "Second time this month", "lat": "51.5", "long": "-0.1",
}  # fmt: skip
SERVICE = {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
ATTRIBUTE = {"variable", "code", "datatype", "required", "datatype_description", "order", "description"}
REQUEST = {
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode", "lat",
    "long", "media_url",
}  # fmt: skip
UPDATE = {"update_id", "service_request_id", "status", "updated_datetime", "description", "media_url"}
PERSONAL = (
    "Josephine",
    "Bloggs",
    "jo@example.com",
    "960001",
    "High Street",
    "Second time",
    UPRN,
    "Teofficer",
    "Ada Visor",
    "FP-",
)


def xml(answer: Any) -> Element:
    assert answer.content_type == "text/xml; charset=utf-8"
    assert answer.text.startswith('<?xml version="1.0" encoding="utf-8"?>')
    return fromstring(answer.data)


def names(element: Element) -> set[str]:
    return {child.tag for child in element}


@pytest.fixture
def key(system: Callable[..., System]) -> str:
    return system("contact-centre", Scope.ENQUIRIES_WRITE).key


@pytest.fixture
def reported(client: FlaskClient, key: str) -> str:
    answer = client.post(f"{V2}/requests.json", data=REPORT | {"api_key": key})
    assert answer.status_code == 201, answer.text
    return str(answer.json[0]["service_request_id"])


def test_services_look_as_in_the_specification(client: FlaskClient, town: Council) -> None:
    root = xml(client.get(f"{V2}/services.xml"))
    listed = client.get(f"{V2}/services.json").json
    assert root.tag == "services"
    assert {child.tag for child in root} == {"service"}
    assert all(names(service) == SERVICE for service in root)
    assert all(service.keys() == SERVICE for service in listed)
    assert [each.findtext("service_code") for each in root] == [each["service_code"] for each in listed]
    assert {each["type"] for each in listed} == {"realtime"}
    assert {each.findtext("metadata") for each in root} <= {"true", "false"}
    assert {type(each["metadata"]) for each in listed} == {bool}


def test_what_is_about_a_persons_own_affairs_is_not_offered(client: FlaskClient, town: Council) -> None:
    codes = {each["service_code"] for each in client.get(f"{V2}/services.json").json}
    assert {"missed-bin", "pothole"} <= codes
    assert not {"council-tax-balance", "blue-badge", "housing-application"} & codes
    assert client.get(f"{V2}/services/blue-badge.json").status_code == 404


def test_a_definition_looks_as_in_the_specification(client: FlaskClient, town: Council) -> None:
    root = xml(client.get(f"{V2}/services/missed-bin.xml"))
    told = client.get(f"{V2}/services/missed-bin.json").json
    assert (root.tag, root.findtext("service_code"), told["service_code"]) == (
        "service_definition",
        "missed-bin",
        "missed-bin",
    )
    attributes = root.findall("attributes/attribute")
    assert all(names(each) - {"values"} == ATTRIBUTE for each in attributes)
    assert all(each.keys() - {"values"} == ATTRIBUTE for each in told["attributes"])
    bins = next(each for each in attributes if each.findtext("code") == "bin")
    assert (bins.findtext("datatype"), bins.findtext("required")) == ("multivaluelist", "true")
    assert names(bins.find("values") or Element("none")) == {"value"}
    assert names(bins.findall("values/value")[0]) == {"key", "name"}
    assert [each["order"] for each in told["attributes"]] == list(range(1, len(attributes) + 1))
    assert {each["datatype"] for each in told["attributes"]} <= {
        "string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"
    }  # fmt: skip


def test_a_request_is_received_like_any_other_enquiry(client: FlaskClient, key: str, db: Database) -> None:
    root = xml(client.post(f"{V2}/requests.xml", data=REPORT | {"api_key": key}))
    assert root.tag == "service_requests"
    (request,) = root
    assert (request.tag, names(request)) == ("request", {"service_request_id", "service_notice", "account_id"})
    with db.reading() as session:
        row = session.execute(text("SELECT id, reference, raiser_email, state, answers FROM enquiry")).one()
        told = list(session.scalars(text("SELECT template FROM message")))
    assert (str(row.id), row.raiser_email) == (request.findtext("service_request_id"), "jo@example.com")
    assert row.reference in (request.findtext("service_notice") or "")
    assert row.answers["bin"] == ["refuse"]
    assert told == ["enquiry_received"]


def test_an_address_that_fits_one_place_is_enough(client: FlaskClient, key: str) -> None:
    by_words = {name: value for name, value in REPORT.items() if name not in {"address_id", "lat", "long"}}
    found = client.post(f"{V2}/requests.json", data=by_words | {"api_key": key, "address_string": "1 High Street"})
    assert found.status_code == 201
    vague = client.post(f"{V2}/requests.json", data=by_words | {"api_key": key, "address_string": "High Street"})
    assert (vague.status_code, vague.json[0]["code"]) == (400, 400)
    assert vague.json[0]["description"].startswith("property:")


def test_without_a_key_or_with_a_wrong_one_it_is_403_in_the_specifications_words(
    client: FlaskClient, system: Callable[..., System]
) -> None:
    reader = system("waste", Scope.HANDOFFS_READ).key
    for given in ({}, {"api_key": "fpk_wrong"}, {"api_key": reader}):
        refused = client.post(f"{V2}/requests.xml", data=REPORT | given)
        root = xml(refused)
        assert (refused.status_code, root.tag, root[0].tag) == (403, "errors", "error")
        assert root.findtext("error/code") == "403"
        assert "api_key" in (root.findtext("error/description") or "")


@pytest.mark.parametrize(
    ("missing", "status"),
    [("service_code", 400), ("attribute[bin][]", 400), ("email", 400)],
)
def test_what_is_missing_is_named(client: FlaskClient, key: str, missing: str, status: int) -> None:
    given = {name: value for name, value in REPORT.items() if name != missing}
    refused = client.post(f"{V2}/requests.json", data=given | {"api_key": key})
    assert refused.status_code == status
    assert missing.removeprefix("attribute[").partition("]")[0].removesuffix("[]") in refused.text
    assert all(error.keys() == {"code", "description"} for error in refused.json)


def test_a_place_is_needed_and_an_unknown_service_is_not_found(client: FlaskClient, key: str) -> None:
    nowhere = {name: value for name, value in REPORT.items() if name not in {"address_id", "lat", "long"}}
    assert client.post(f"{V2}/requests.json", data=nowhere | {"api_key": key}).status_code == 400
    unknown = client.post(f"{V2}/requests.json", data=REPORT | {"api_key": key, "service_code": "dragons"})
    assert (unknown.status_code, "service_code" in unknown.text) == (404, True)


def test_requests_look_as_in_the_specification_and_name_nobody(
    client: FlaskClient, reported: str, db: Database, clock: FixedClock, town: Council
) -> None:
    with db.transaction() as session:
        offered = handoffs.offer(
            session, town.leader, _reference(db), unit="waste", brief="Ask for Josephine", now=clock.now()
        )
        handoffs.accept(session, town.officer, offered.id, now=clock.now())
    answers = [
        client.get(f"{V2}/{path}") for path in ("requests.xml", f"requests/{reported}.xml", "servicerequestupdates.xml")
    ]
    root = xml(answers[0])
    assert root.tag == "service_requests"
    assert [(each.tag, names(each)) for each in root] == [("request", REQUEST)]
    (one,) = client.get(f"{V2}/requests/{reported}.json").json
    assert one.keys() == REQUEST
    assert (one["service_request_id"], one["status"], one["service_code"]) == (reported, "open", "missed-bin")
    assert one["agency_responsible"] == "Waste Services"
    assert one["requested_datetime"] == "2026-03-11T10:00:00Z"
    everything = " ".join(map(words_of, answers))
    assert [word for word in PERSONAL if word in everything] == []


def test_a_closed_request_says_when(
    client: FlaskClient, reported: str, db: Database, clock: FixedClock, town: Council
) -> None:
    clock.advance(timedelta(hours=3))
    with db.transaction() as session:
        enquiries.assign(
            session, town.leader, _reference(db), to_account=town.leader.account_id, version=None, now=clock.now()
        )  # type: ignore[arg-type]  # - a leader has an account
        enquiries.start(session, town.leader, _reference(db), version=None, now=clock.now())
        enquiries.resolve(
            session,
            town.leader,
            _reference(db),
            disposition=Disposition.DONE,
            text="Dear Josephine",
            version=None,
            now=clock.now(),
        )
    (one,) = client.get(f"{V2}/requests.json?status=closed").json
    assert (one["status"], one["updated_datetime"]) == ("closed", "2026-03-11T13:00:00Z")
    assert client.get(f"{V2}/requests.json?status=open").json == []
    assert "Josephine" not in client.get(f"{V2}/servicerequestupdates.json").text


def test_requests_are_found_by_id_service_status_and_time(
    client: FlaskClient, reported: str, clock: FixedClock, db: Database, town: Council
) -> None:
    with db.transaction() as session:
        other = missed_bin(session, town.resident, now=clock.now())

    def found(query: str) -> set[str]:
        return {each["service_request_id"] for each in client.get(f"{V2}/requests.json?{query}").json}

    both = {reported, str(other.id)}
    assert found("") == found("service_code=missed-bin,pothole") == found("status=open,closed") == both
    assert found(f"service_request_id={reported},nonsense&status=closed") == {reported}
    assert found("service_code=pothole") == set()
    assert found("start_date=2026-03-11T10:00:01Z") == set()
    assert found("end_date=2026-03-11T09:59:59Z") == set()
    assert found("start_date=2026-03-01T00:00:00Z&end_date=2026-03-12T00:00:00%2B01:00") == both
    assert len(found("page_size=1&page=1") | found("page_size=1&page=2")) == 2
    assert found("page_size=1&page=3") == set()


@pytest.mark.parametrize(
    "query",
    [
        "status=mended", "start_date=yesterday", "page=0", "page_size=5000", "page=x",
        "start_date=2025-01-01T00:00:00Z&end_date=2026-01-01T00:00:00Z", "end_date=0001-01-01T00:00:00%2B14:00",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_400_and_named(client: FlaskClient, town: Council, query: str) -> None:
    refused = client.get(f"{V2}/requests.json?{query}")
    assert (refused.status_code, refused.json[0]["code"]) == (400, 400)


def test_a_token_is_the_id(client: FlaskClient, reported: str) -> None:
    root = xml(client.get(f"{V2}/tokens/{reported}.xml"))
    assert (root.tag, names(root[0])) == ("service_requests", {"service_request_id", "token"})
    assert root.findtext("request/token") == reported
    assert client.get(f"{V2}/tokens/{reported[:-1]}0.json").status_code in {404, 200}
    assert client.get(f"{V2}/tokens/00000000-0000-7000-8000-000000000000.xml").status_code == 404


def test_updates_come_in_order_with_ids_that_stay(
    client: FlaskClient, reported: str, db: Database, clock: FixedClock, town: Council
) -> None:
    clock.advance(timedelta(hours=1))
    with db.transaction() as session:
        offered = handoffs.offer(session, town.leader, _reference(db), unit="waste", now=clock.now())
        handoffs.accept(session, town.officer, offered.id, now=clock.now())
        handoffs.complete(session, town.officer, offered.id, text="Emptied", now=clock.now())
    root = xml(client.get(f"{V2}/servicerequestupdates.xml"))
    assert root.tag == "service_request_updates"
    assert {(each.tag, frozenset(names(each))) for each in root} == {("request_update", frozenset(UPDATE))}
    statuses = [each.findtext("status") for each in root]
    assert statuses[0] == "open"
    assert statuses[-1] == "closed"
    assert root.findall("request_update/update_id") != []
    again = client.get(f"{V2}/servicerequestupdates.json").json
    assert [each["update_id"] for each in again] == [each.findtext("update_id") for each in root]
    since = client.get(f"{V2}/servicerequestupdates.json?start_date=2026-03-11T10:30:00Z").json
    assert 0 < len(since) < len(again)


def test_the_person_says_more_through_the_system_that_reported(
    client: FlaskClient, system: Callable[..., System], reported: str, key: str, db: Database
) -> None:
    more = {
        "service_request_id": reported,
        "description": "It is still there",
        "email": "jo@example.com",
        "update_id": "248",
    }
    root = xml(client.post(f"{V2}/servicerequestupdates.xml", data=more | {"api_key": key}))
    assert (root.tag, root.findtext("request_update/update_id")) == ("service_request_updates", "248")
    with db.reading() as session:
        assert session.scalar(text("SELECT body FROM enquiry_message")) == "It is still there"
    stranger = client.post(
        f"{V2}/servicerequestupdates.json", data=more | {"api_key": key, "email": "other@example.com"}
    )
    assert stranger.status_code == 404
    other_system = system("waste", Scope.ENQUIRIES_WRITE).key
    assert client.post(f"{V2}/servicerequestupdates.json", data=more | {"api_key": other_system}).status_code == 404


def test_one_jurisdiction_is_served(client: FlaskClient, town: Council) -> None:
    assert client.get(f"{V2}/services.json?jurisdiction_id=127.0.0.1").status_code == 200
    assert client.get(f"{V2}/services.json?jurisdiction_id=").status_code == 200
    refused = client.get(f"{V2}/services.json?jurisdiction_id=elsewhere.example")
    assert (refused.status_code, "jurisdiction_id" in refused.text) == (404, True)


def test_discovery_says_where_and_what(client: FlaskClient, town: Council) -> None:
    root = xml(client.get(f"{V2}/discovery.xml"))
    assert root.findtext("endpoints/endpoint/specification") == "http://wiki.open311.org/GeoReport_v2"
    assert [each.text for each in root.findall("endpoints/endpoint/formats/format")] == ["text/xml", "application/json"]


def test_what_was_typed_cannot_become_markup(client: FlaskClient, key: str, town: Council) -> None:
    refused = client.post(f"{V2}/requests.xml", data=REPORT | {"api_key": key, "attribute[bin][]": "<b>&\x0b"})
    assert xml(refused).tag == "errors"


def test_the_restricted_are_not_listed(
    client: FlaskClient, offered: HandoffRow, reported: str, restrict: Callable[[str], None]
) -> None:
    restrict(offered.reference)
    listed = {each["service_request_id"] for each in client.get(f"{V2}/requests.json").json}
    assert listed == {reported}


def _reference(db: Database) -> str:
    with db.reading() as session:
        return str(session.scalar(text("SELECT reference FROM enquiry ORDER BY received_at, id LIMIT 1")))
