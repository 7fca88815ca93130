"""The whole description, tried by schemathesis as three callers: nothing breaks, and nothing is answered that is not described."""

import os
import warnings
from collections.abc import Callable

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.accounts.enums import Scope
from app.handoffs.rows import HandoffRow
from tests.integration.api.conftest import System

pytestmark = pytest.mark.slow
CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
EXAMPLES = int(os.environ.get("FIRSTPOINT_CONTRACT_EXAMPLES", "12"))
"""Of each call, for whoever may make it. Who is turned away at nearly every door tries a third of them."""


@pytest.fixture(params=["nobody", "a service with every scope", "a service without the scope"])
def caller(request: pytest.FixtureRequest, system: Callable[..., System]) -> tuple[dict[str, str], int]:
    """What it sends of itself, and how many examples it tries."""
    if request.param == "nobody":
        return {}, EXAMPLES // 3
    scopes = tuple(Scope) if "every" in request.param else (Scope.CATALOGUE_READ,)
    key = {"Authorization": f"Bearer {system('waste', *scopes).key}"}
    return key, EXAMPLES if len(scopes) > 1 else EXAMPLES // 3


def test_nothing_breaks_and_nothing_undescribed_is_answered(
    app: Flask, offered: HandoffRow, caller: tuple[dict[str, str], int]
) -> None:
    headers, examples = caller
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    tried, known = 0, str(offered.id)
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=examples, deadline=None, database=None, phases=[Phase.generate], derandomize=True,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(), real=st.booleans())
        def attempt(case: schemathesis.Case, real: bool) -> None:
            if real and "handoff_id" in (case.path_parameters or {}):
                case.path_parameters["handoff_id"] = known
            response = case.call(headers=headers)
            case.validate_response(response, checks=CHECKS, headers=headers)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            attempt()
        tried += 1
    assert tried >= 11
