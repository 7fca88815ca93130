"""POST /customers/$match: is this person a customer already?"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.accounts.enums import Scope
from app.customers import queries, services
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.integration.api.conftest import System, words_of
from tests.support.council import Council
from tests.support.customers import card, party, write_crm, write_tax

PATH = "/customers/$match"
JOSIE = {
    "resourceType": "Patient",
    "name": [{"use": "official", "family": "Tallis", "given": ["Josephine", "A"], "prefix": ["Mrs"]}],
    "birthDate": "1980-03-12",
    "telecom": [{"system": "phone", "value": "07700 900123"}, {"system": "email", "value": "josie@resident.example"}],
    "address": [{"line": ["Flat 2", "14 Marine Parade"], "city": "Hallowmere", "postalCode": "ZF1 2AB"}],
}


def fill(db: Database, folder: Path, clock: FixedClock, council: Council) -> None:
    """Josie by two sources, her partner, and a stranger."""
    rows = [
        party(), party(PARTY_NO="2", NAME="OKAFOR MR DANIEL", DOB="01/02/1979", TELEPHONE="07700 900555", EMAIL="dan@resident.example"),
        party(ACCOUNT_REF="700000003", NAME="QUILL MR EDMUND", DOB="20/02/1975", TELEPHONE="07700 900777", EMAIL="ed@resident.example"),
    ]  # fmt: skip
    services.ingest_file(db, "council-tax", write_tax(folder / "tax.csv", rows), clock=clock)
    services.ingest_file(db, "legacy-crm", write_crm(folder / "crm.jsonl", [card()]), clock=clock)
    services.match_all(db, clock=clock)


@pytest.fixture
def matcher(system: Callable[..., System], matched: Database) -> System:
    return system("waste", Scope.CUSTOMERS_MATCH)


def asking(person: dict[str, Any], **more: Any) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [{"name": "resource", "resource": person}]
    if "count" in more:
        parameters.append({"name": "count", "valueInteger": more["count"]})
    if "only" in more:
        parameters.append({"name": "onlyCertainMatches", "valueBoolean": more["only"]})
    return {"resourceType": "Parameters", "parameter": parameters}


def josie(db: Database) -> str:
    with db.reading() as session:
        record = queries.record_by_key(session, "council-tax", "700000001-1")
        assert record
        return str(queries.golden_of_source_record(session, record))


def test_a_person_is_found_with_score_and_grade_and_nothing_else_is_told(matcher: System, matched: Database) -> None:
    answer = matcher.post(PATH, asking(JOSIE))
    assert answer.status_code == 200, answer.text
    told = answer.json
    assert (told["resourceType"], told["type"], told["total"]) == ("Bundle", "searchset", len(told["entry"]))
    first = told["entry"][0]
    assert first["resource"]["id"] == josie(matched)
    assert first["search"]["mode"] == "match"
    assert 0.5 < first["search"]["score"] <= 1
    assert first["search"]["extension"][0]["url"] == "http://hl7.org/fhir/StructureDefinition/match-grade"
    assert first["search"]["extension"][0]["valueCode"] in {"certain", "probable"}
    for secret in ("Tallis", "900123", "Marine", "1980"):
        assert secret not in words_of(answer)


def test_count_limits_and_only_certain_gives_one_or_nobody(matcher: System) -> None:
    assert matcher.post(PATH, asking(JOSIE, count=1)).json["total"] == 1
    few = {"name": [{"family": "Tallis"}], "address": [{"postalCode": "ZF1 2AB"}]}
    assert matcher.post(PATH, asking(few, only=True)).json["total"] == 0


def test_an_identifier_of_a_source_leads_to_its_customer(matcher: System, matched: Database) -> None:
    by_key = {"identifier": [{"system": "urn:firstpoint:source:council-tax", "value": "700000001-1"}]}
    by_id = {"identifier": [{"system": "urn:firstpoint:customer", "value": josie(matched)}]}
    for person in (by_key, by_id):
        [entry] = matcher.post(PATH, asking(person)).json["entry"]
        assert (entry["resource"]["id"], entry["search"]["extension"][0]["valueCode"]) == (josie(matched), "certain")


def test_a_restricted_person_is_never_told(matcher: System, matched: Database, clock: FixedClock) -> None:
    golden = josie(matched)
    with matched.transaction() as session:
        record = queries.record_by_key(session, "council-tax", "700000001-1")
        assert record
        services.restrict(session, SYSTEM, record, reason="Court order", now=clock.now())
    by_id = {"identifier": [{"system": "urn:firstpoint:customer", "value": golden}]}
    for person in (JOSIE, by_id):
        assert golden not in matcher.post(PATH, asking(person)).text


def test_the_look_up_is_in_the_audit_trail_and_changes_nothing(matcher: System, matched: Database) -> None:
    first, again = (matcher.post(PATH, asking(JOSIE)).json for _ in range(2))
    assert first == again
    with matched.reading() as session:
        rows = session.execute(
            text("SELECT actor_kind, detail FROM audit_entry WHERE action = 'customers.looked_up' ORDER BY id")
        ).all()
    assert [row.actor_kind for row in rows] == ["service", "service"]
    assert josie(matched) in rows[0].detail["found"]
    assert "Tallis" not in str(rows[0].detail)


@pytest.mark.parametrize(
    "body",
    [
        {}, {"parameter": []}, {"parameter": [{"name": "count", "valueInteger": 3}]}, asking({"name": [{"family": "Tallis"}]}),
        asking(JOSIE, count=0), asking(JOSIE | {"birthDate": "1980-13-01"}), asking(JOSIE | {"shoes": "x"}), asking(JOSIE | {"modifierExtension": []}), asking(JOSIE | {"birthDate": "19800312"}),
        {"parameter": [{"name": "resource"}]}, asking({"identifier": [{"system": "urn:oid:1", "value": "1"}]}),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_as_a_problem(matcher: System, body: dict[str, Any]) -> None:
    answer = matcher.post(PATH, body)
    assert answer.status_code == 422, answer.text
    assert answer.content_type == "application/problem+json"


def test_a_key_without_the_scope_may_not_ask(system: Callable[..., System], matched: Database) -> None:
    assert system("waste", Scope.CATALOGUE_READ).post(PATH, asking(JOSIE)).status_code == 403


FHIR = "application/fhir+json"
WHOLE = JOSIE | {
    "id": "example", "meta": {"versionId": "1"}, "text": {"status": "generated", "div": "<div/>"}, "active": True,
    "extension": [{"url": "urn:x", "valueString": "y"}], "maritalStatus": {"text": "M"}, "gender": "female",
    "name": [{"use": "official", "family": "Tallis", "given": ["Josephine"], "text": "Josephine Tallis", "period": {"start": "2001"}}],
    "telecom": [{"system": "url", "value": "https://x.example"}, {"system": "phone", "value": "07700 900123", "rank": 1}],
    "address": [{"type": "both", "line": ["Flat 2", "14 Marine Parade"], "postalCode": "ZF1 2AB", "country": "GB"}],
    "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9000000009"}],
    "managingOrganization": {"reference": "Organization/1"},
}  # fmt: skip
"""A Patient as other systems write one."""


def test_a_patient_with_all_that_fhir_knows_is_read_for_what_we_use(matcher: System, matched: Database) -> None:
    [first, *_] = matcher.post(PATH, asking(WHOLE)).json["entry"]
    assert first["resource"]["id"] == josie(matched)
    begun = matcher.post(PATH, asking(WHOLE | {"birthDate": "1980-03"})).json
    assert begun["entry"][0]["resource"]["id"] == josie(matched)


@pytest.mark.parametrize(
    "headers", [{"Content_Type": FHIR}, {"Accept": FHIR}, {"Accept": f"text/html;q=0.1, {FHIR}", "Content_Type": FHIR}]
)
def test_whoever_speaks_fhir_is_answered_in_its_media_type(
    matcher: System, matched: Database, headers: dict[str, str]
) -> None:
    answer = matcher.post(PATH, asking(JOSIE), **headers)
    assert (answer.status_code, answer.content_type) == (200, FHIR)
    bundle = answer.json
    assert bundle["entry"][0]["resource"]["id"] == josie(matched)
    assert bundle == matcher.post(PATH, asking(JOSIE)).json
    assert matcher.post(PATH, asking(JOSIE)).content_type == "application/json"


@pytest.mark.parametrize(
    ("body", "status", "code", "expression"),
    [
        (asking(JOSIE | {"birthDate": "1980-13-01"}), 422, "invalid", "Parameters.parameter[0].resource.birthDate"),
        (asking({"name": [{"family": "Tallis"}]}), 422, "invalid", "family_name"),
        ({"resourceType": "Parameters"}, 422, "invalid", "Parameters.parameter"),
    ],
)  # fmt: skip
def test_a_refusal_is_an_operation_outcome_to_whoever_speaks_fhir(
    matcher: System, body: dict[str, Any], status: int, code: str, expression: str
) -> None:
    answer = matcher.post(PATH, body, Content_Type=FHIR)
    assert (answer.status_code, answer.content_type) == (status, FHIR)
    assert answer.json["resourceType"] == "OperationOutcome"
    [issue] = answer.json["issue"]
    assert (issue["severity"], issue["code"], issue["expression"]) == ("error", code, [expression])
    assert issue["details"]["text"]


def test_who_may_not_ask_is_told_so_as_an_outcome(system: Callable[..., System], matched: Database) -> None:
    refused = system("waste", Scope.CATALOGUE_READ).post(PATH, asking(JOSIE), Accept=FHIR)
    assert (refused.status_code, refused.json["issue"][0]["code"]) == (403, "forbidden")
    assert "expression" not in refused.json["issue"][0]


def test_nobody_is_a_bundle_without_entries(matcher: System) -> None:
    nobody = {"name": [{"family": "Quxworth", "given": ["Zebedee"]}], "birthDate": "1931-02-03"}
    assert matcher.post(PATH, asking(nobody)).json == {"resourceType": "Bundle", "type": "searchset", "total": 0}


def test_one_at_the_most_is_told_to_whoever_asks_for_a_single_match(matcher: System, matched: Database) -> None:
    body = asking(JOSIE, count=10)
    body["parameter"].append({"name": "onlySingleMatch", "valueBoolean": True})
    [entry] = matcher.post(PATH, body).json["entry"]
    assert entry["resource"]["id"] == josie(matched)


def test_the_likeliest_come_first_with_a_score_that_goes_with_the_grade(matcher: System) -> None:
    least = {"certain": 0.99, "probable": 0.5, "possible": 0.05}
    entries = matcher.post(PATH, asking(JOSIE)).json["entry"]
    scores = [entry["search"]["score"] for entry in entries]
    assert scores == sorted(scores, reverse=True)
    for entry in entries:
        grade = entry["search"]["extension"][0]["valueCode"]
        assert least[grade] <= entry["search"]["score"] <= 1
