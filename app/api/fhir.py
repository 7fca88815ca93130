"""For systems that speak FHIR: what the API answers, in FHIR's media type, and its refusals as an OperationOutcome.

Whoever sends `application/fhir+json`, or asks for it, is answered in it; everybody else gets JSON and problems as everywhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, json, request

from app.api.problems import MEDIA_TYPE as PROBLEM

MEDIA_TYPE = "application/fhir+json"
_CODES = {
    HTTPStatus.BAD_REQUEST: "structure",
    HTTPStatus.UNAUTHORIZED: "login",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "not-supported",
    HTTPStatus.CONFLICT: "conflict",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "not-supported",
    HTTPStatus.UNPROCESSABLE_ENTITY: "invalid",
    HTTPStatus.TOO_MANY_REQUESTS: "throttled",
    HTTPStatus.SERVICE_UNAVAILABLE: "transient",
}
"""Status → FHIR's code of what kind of issue it is."""


def speak_for(blueprint: Blueprint) -> None:
    """Answer those who speak FHIR in FHIR, under this blueprint."""
    blueprint.after_request(_in_fhir)


def outcome(status: int, said: Mapping[str, Any]) -> dict[str, Any]:
    """An OperationOutcome for a problem: one issue for each field that is wrong, or one for the whole."""
    code = _CODES.get(HTTPStatus(status), "exception" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "processing")
    issues = [
        {"severity": "error", "code": code, "details": {"text": text}, "expression": [path]}
        for path, text in _told(said.get("errors") or {}, "")
    ]
    whole = {"severity": "error", "code": code, "details": {"text": str(said.get("detail", ""))}}
    return {"resourceType": "OperationOutcome", "issue": issues or [whole]}


def _in_fhir(response: Response) -> Response:
    if _speaks_fhir() and response.mimetype in {"application/json", PROBLEM}:
        if response.mimetype == PROBLEM:
            response.set_data(json.dumps(outcome(response.status_code, response.get_json(force=True))))
        response.content_type = MEDIA_TYPE
    return response


def _speaks_fhir() -> bool:
    return request.mimetype == MEDIA_TYPE or MEDIA_TYPE in request.accept_mimetypes.values()


def _told(errors: object, path: str) -> Iterator[tuple[str, str]]:
    """(path, text) of every message, as FHIR writes paths: Parameters.parameter[0].resource.birthDate."""
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            yield from _told(inner, _joined(path, str(name)))
    elif isinstance(errors, Sequence) and not isinstance(errors, str):
        for one in errors:
            yield from _told(one, path)
    else:
        yield path or "Parameters", str(errors)


def _joined(path: str, name: str) -> str:
    if name == "json" and not path:
        return "Parameters"
    return f"{path}[{name}]" if name.isdigit() else f"{path}.{name}" if path else name
