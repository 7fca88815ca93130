"""POST /customers/$match of an Organization: is this organisation a customer already?"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.accounts.enums import Scope
from app.customers import queries, services
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.integration.api.conftest import System, words_of
from tests.support.council import Council
from tests.support.customers import party, write_tax

PATH, FHIR = "/customers/$match", "application/fhir+json"
NUMBER = "urn:firstpoint:company-number"
OFFICE = {
    "PARTY_TYPE": "O", "NAME": "NORTHGATE LETTINGS LTD", "COMPANY_NO": "ZZ100001", "DOB": "", "TELEPHONE": "01632 960401",
    "EMAIL": "office@northgate.example", "ADDR1": "5 HARBOUR ROW", "ADDR2": "", "POSTCODE": "ZF1 4EZ",
}  # fmt: skip
NORTHGATE: dict[str, Any] = {
    "resourceType": "Organization",
    "name": "Northgate Lettings Limited",
    "identifier": [{"system": NUMBER, "value": "zz100001"}],
    "telecom": [{"system": "email", "value": "office@northgate.example"}],
    "address": [{"line": ["5 Harbour Row"], "city": "Hallowmere", "postalCode": "ZF1 4EZ"}],
}


def fill(db: Database, folder: Path, clock: FixedClock, council: Council) -> None:
    """A landlord by two homes, a shop by another name at the same place, and people to learn from."""
    rows = [
        party(), party(PARTY_NO="2", NAME="OKAFOR MR DANIEL", DOB="01/02/1979", TELEPHONE="07700 900555", EMAIL="dan@resident.example"),
        party(ACCOUNT_REF="700000003", NAME="QUILL MR EDMUND", DOB="20/02/1975", TELEPHONE="07700 900777", EMAIL="ed@resident.example"),
        party(ACCOUNT_REF="700000004", **OFFICE), party(ACCOUNT_REF="700000005", **OFFICE | {"UPRN": "", "POSTCODE": "ZF2 8AA"}),
        party(ACCOUNT_REF="700000006", **OFFICE | {"NAME": "HARBOUR NEWSAGENTS", "COMPANY_NO": "", "EMAIL": "", "TELEPHONE": ""}),
    ]  # fmt: skip
    services.ingest_file(db, "council-tax", write_tax(folder / "tax.csv", rows), clock=clock)
    services.match_all(db, clock=clock)


@pytest.fixture
def matcher(system: Callable[..., System], matched: Database) -> System:
    return system("waste", Scope.CUSTOMERS_MATCH)


def asking(resource: dict[str, Any], *more: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": resource}, *more]}


def golden_of(db: Database, key: str) -> str:
    with db.reading() as session:
        record = queries.record_by_key(session, "council-tax", key)
        assert record
        return str(queries.golden_of_source_record(session, record))


def told(matcher: System, resource: dict[str, Any], *more: dict[str, Any]) -> list[tuple[str, str, float]]:
    """(id, grade, score) of everybody in the answer."""
    answer = matcher.post(PATH, asking(resource, *more))
    assert answer.status_code == 200, answer.text
    return [
        (one["resource"]["id"], one["search"]["extension"][0]["valueCode"], one["search"]["score"])
        for one in answer.json.get("entry", [])
    ]


def test_an_organisation_is_found_by_name_number_and_address_and_nothing_else_is_told(
    matcher: System, matched: Database
) -> None:
    answer = matcher.post(PATH, asking(NORTHGATE))
    first = answer.json["entry"][0]
    assert first["resource"] == {
        "resourceType": "Organization", "id": golden_of(matched, "700000004-1"), "active": True,
        "identifier": [{"system": "urn:firstpoint:customer", "value": golden_of(matched, "700000004-1")}],
    }  # fmt: skip
    assert first["search"]["extension"][0]["valueCode"] == "certain"
    assert first["search"]["score"] > 0.99
    for secret in ("Northgate", "NORTHGATE", "100001", "Harbour", "office@"):
        assert secret not in words_of(answer)


@pytest.mark.parametrize(
    ("resource", "grades"),
    [
        ({"identifier": [{"system": NUMBER, "value": "ZZ 100001"}]}, {"certain", "probable"}),
        ({"name": "The Northgate Lettings Ltd.", "address": [{"postalCode": "ZF1 4EZ"}]}, {"certain", "probable"}),
        ({"name": "Northgate Letings Ltd", "telecom": [{"system": "phone", "value": "01632 960401"}]}, {"certain", "probable"}),
        ({"telecom": [{"system": "phone", "value": "01632 960401"}]}, {"possible"}),
        (NORTHGATE | {"identifier": [{"system": NUMBER, "value": "ZZ999999"}]}, {"possible"}),
    ],
)  # fmt: skip
def test_the_grade_goes_with_what_speaks_for_it(
    matcher: System, matched: Database, resource: dict[str, Any], grades: set[str]
) -> None:
    [(found, grade, score), *_] = told(matcher, {"resourceType": "Organization"} | resource)
    assert (found, grade in grades) == (golden_of(matched, "700000004-1"), True), (grade, score)
    assert score >= {"certain": 0.99, "probable": 0.5, "possible": 0.05}[grade]


def test_another_name_at_the_same_place_is_another_organisation(matcher: System, matched: Database) -> None:
    assert golden_of(matched, "700000006-1") not in [found for found, *_ in told(matcher, NORTHGATE)]
    shop = {"resourceType": "Organization", "name": "Harbour Newsagents", "address": NORTHGATE["address"]}
    assert told(matcher, shop)[0][0] == golden_of(matched, "700000006-1")
    stranger = {"resourceType": "Organization", "name": "Quayside Bakery Ltd", "address": NORTHGATE["address"]}
    assert told(matcher, stranger) == []


def test_people_and_organisations_are_never_taken_for_each_other(matcher: System, matched: Database) -> None:
    person = golden_of(matched, "700000001-1")
    by_id = [{"system": "urn:firstpoint:customer", "value": person}]
    assert told(matcher, {"resourceType": "Organization", "identifier": by_id}) == []
    assert [found for found, *_ in told(matcher, {"resourceType": "Patient", "identifier": by_id})] == [person]
    landlord = [{"system": "urn:firstpoint:source:council-tax", "value": "700000004-1"}]
    assert told(matcher, {"resourceType": "Patient", "identifier": landlord}) == []
    assert told(matcher, {"resourceType": "Organization", "identifier": landlord})[0][1] == "certain"


def test_count_limits_and_only_certain_gives_one_or_nobody(matcher: System) -> None:
    assert len(told(matcher, NORTHGATE, {"name": "count", "valueInteger": 1})) == 1
    only = {"name": "onlyCertainMatches", "valueBoolean": True}
    assert [grade for _, grade, _ in told(matcher, NORTHGATE, only)] == ["certain"]
    another = NORTHGATE | {"identifier": [{"system": NUMBER, "value": "ZZ999999"}]}
    assert told(matcher, another, only) == []


def test_a_restricted_organisation_is_never_told(matcher: System, matched: Database, clock: FixedClock) -> None:
    with matched.transaction() as session:
        record = queries.record_by_key(session, "council-tax", "700000004-1")
        assert record
        services.restrict(session, SYSTEM, record, reason="A refuge", now=clock.now())
    by_key = {"resourceType": "Organization", "identifier": [{"system": "urn:firstpoint:source:council-tax", "value": "700000004-1"}]}  # fmt: skip
    hidden = golden_of(matched, "700000004-1")
    for resource in (NORTHGATE, by_key):
        assert hidden not in matcher.post(PATH, asking(resource)).text


def test_the_look_up_is_in_the_audit_trail_without_what_was_said(matcher: System, matched: Database) -> None:
    told(matcher, NORTHGATE)
    with matched.reading() as session:
        [detail] = session.scalars(text("SELECT detail FROM audit_entry WHERE action = 'customers.looked_up'")).all()
    assert (detail["kind"], detail["found"]) == ("organisation", [golden_of(matched, "700000004-1")])
    assert "Northgate" not in str(detail)


@pytest.mark.parametrize("headers", [{"Content_Type": FHIR}, {"Accept": FHIR}])
def test_whoever_speaks_fhir_is_answered_in_its_media_type(matcher: System, headers: dict[str, str]) -> None:
    answer = matcher.post(PATH, asking(NORTHGATE | {"type": [{"text": "company"}], "alias": ["NG"]}), **headers)
    assert (answer.status_code, answer.content_type) == (200, FHIR)
    assert answer.json["entry"] == matcher.post(PATH, asking(NORTHGATE)).json["entry"]


@pytest.mark.parametrize(
    ("resource", "expression"),
    [
        ({"resourceType": "Organization", "name": "Northgate Lettings Ltd"}, "organisation_name"),
        ({"resourceType": "Organization"}, "organisation_name"),
        (NORTHGATE | {"shoes": "x"}, "Parameters.parameter[0].resource.shoes"),
        (NORTHGATE | {"birthDate": "1980-03-12"}, "Parameters.parameter[0].resource.birthDate"),
        (NORTHGATE | {"resourceType": "Device"}, "Parameters.parameter[0].resource.resourceType"),
        ("Northgate", "Parameters.parameter[0].resource._schema"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(matcher: System, resource: Any, expression: str) -> None:
    plain, fhir = matcher.post(PATH, asking(resource)), matcher.post(PATH, asking(resource), Content_Type=FHIR)
    assert (plain.status_code, plain.content_type) == (422, "application/problem+json")
    assert (fhir.status_code, fhir.json["resourceType"]) == (422, "OperationOutcome")
    assert [issue["expression"] for issue in fhir.json["issue"]] == [[expression]]


def test_the_description_tells_of_both_shapes(client: FlaskClient) -> None:
    spec = client.get("/api/v1/openapi.json").json
    assert spec
    schemas = spec["components"]["schemas"]
    either = schemas["Parameter"]["properties"]["resource"]["oneOf"]
    assert [one["$ref"].rpartition("/")[2] for one in either] == ["Patient", "Organization"]
    assert schemas["Organization"]["required"] == ["resourceType"]
    assert schemas["Organization"]["properties"]["name"]["type"] == "string"
