"""The API's front door: its description, its errors, new enquiries, and what probes see."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.config import Settings
from app.factory import BadConfiguration, create_app
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.runtime import Runtime
from tests.integration.api.conftest import System
from tests.support.council import MISSED_BIN

PROBLEM = "application/problem+json"
NEW = {"service": "missed-bin", "answers": MISSED_BIN, "raiser": {"name": "Ned Neighbour", "email": "ned@example.com"}}


def test_the_description_names_every_call_and_its_answers(client: FlaskClient) -> None:
    described: dict[str, Any] = client.get("/api/v1/openapi.json").json
    assert described["openapi"].startswith("3.1")
    assert {"/api/v1/services", "/api/v1/enquiries", "/api/v1/handoffs", "/api/v1/handoffs/{handoff_id}/accept"} <= set(
        described["paths"]
    )
    assert not [path for path in described["paths"] if "rest}" in path]


def test_the_catalogue_is_open_to_all(waste: System, client: FlaskClient) -> None:
    services = client.get("/api/v1/services").json
    bins = next(service for service in services if service["slug"] == "missed-bin")
    assert {question["id"] for question in bins["questions"]} >= {"property", "bin"}


def test_an_enquiry_is_received_once(waste: System, db: Database) -> None:
    first = waste.post("/enquiries", NEW, Idempotency_Key="from the kiosk")
    again = waste.post("/enquiries", NEW, Idempotency_Key="from the kiosk")
    assert (first.status_code, first.json["service"]) == (201, "missed-bin")
    assert first.json["promised_at"] > first.json["received_at"]
    assert again.json == first.json
    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM enquiry")) == 1


def test_wrong_answers_are_named_one_by_one(waste: System, db: Database) -> None:
    refused = waste.post("/enquiries", NEW | {"answers": {"bin": ["dustbin lorry"]}})
    assert (refused.status_code, refused.content_type) == (422, PROBLEM)
    assert {"property", "bin", "collection_day"} <= set(refused.json["errors"])
    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM enquiry")) == 0


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (NEW | {"colour": "green"}, "colour"),
        ({"service": "missed-bin"}, "raiser"),
        (NEW | {"raiser": {"name": "", "email": "not an address"}}, "email"),
        (["not", "an", "object"], ""),
        (NEW | {"service": "missed\0bin"}, "service"),
        (NEW | {"raiser": {"name": "Ned \ud800", "email": "ned@example.com"}}, "name"),
        (NEW | {"answers": MISSED_BIN | {"bin": ["ref\0use"]}}, "answers"),
    ],
)
def test_what_does_not_fit_the_description_is_a_problem(waste: System, body: object, named: str) -> None:
    refused = waste.post("/enquiries", body)
    assert (refused.status_code, refused.content_type) == (422, PROBLEM)
    assert named in str(refused.json["errors"])


def test_a_body_that_is_no_json_is_a_problem(waste: System) -> None:
    refused = waste.client.post(
        "/api/v1/enquiries", data="{", headers={"Authorization": f"Bearer {waste.key}"}, content_type="application/json"
    )
    assert (refused.status_code, refused.content_type) == (400, PROBLEM)


def test_an_unknown_address_is_a_problem_and_not_a_page(client: FlaskClient) -> None:
    missing = client.get("/api/v1/nothing-like-this")
    assert (missing.status_code, missing.content_type) == (404, PROBLEM)


def test_a_living_process_needs_no_database(settings: Settings, clock: FixedClock) -> None:
    away = create_app(
        runtime=Runtime(settings, Database("postgresql+psycopg://nobody@127.0.0.1:9/none"), clock)
    ).test_client()
    assert away.get("/livez").status_code == 200
    not_ready = away.get("/readyz")
    assert not_ready.status_code == 503
    assert "DATABASE_URL" in not_ready.json["checks"]["database"]
    assert away.get("/metrics").status_code == 200


def test_the_api_says_when_the_database_is_away(settings: Settings, clock: FixedClock) -> None:
    away = create_app(
        runtime=Runtime(settings, Database("postgresql+psycopg://nobody@127.0.0.1:9/none"), clock)
    ).test_client()
    answer = away.get("/api/v1/services")
    assert (answer.status_code, answer.content_type) == (503, PROBLEM)
    assert int(answer.headers["Retry-After"]) > 0


def test_metrics_name_endpoints_and_never_addresses(client: FlaskClient) -> None:
    client.get("/track/FP-7K3Q-92M2")
    figures = client.get("/metrics").text
    assert 'endpoint="track.one"' in figures
    assert "92M2" not in figures
    assert "firstpoint_custody_breaches 0.0" in figures


def test_a_short_secret_keeps_the_application_from_starting(settings: Settings) -> None:
    with pytest.raises(BadConfiguration, match="32 characters"):
        create_app(settings.model_copy(update={"secret_key": "short"}))
