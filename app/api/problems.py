"""Errors for machines: application/problem+json as RFC 9457 has it, one shape for every refusal of the API."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Blueprint, Response, g, json
from flask_babel import gettext
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException

from app.kernel.errors import DomainError, Invalid, TooMany, Unavailable
from app.kernel.logging import get_logger

log = get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
T = TypeVar("T", bound=Callable[..., Any])


class ProblemSchema(Schema):
    """An error, as RFC 9457 has it."""

    type = fields.String(required=True, metadata={"example": "urn:firstpoint:problem:conflict"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String()
    errors = fields.Dict(metadata={"description": "What is wrong with each field"})


def problem(status: int, code: str, detail: str, headers: dict[str, str] | None = None, **more: Any) -> Response:
    """A problem document. `code` is stable and for programs; `title` and `detail` are for people."""
    body = {
        "type": f"urn:firstpoint:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    reference = g.get("request_id")
    if reference:
        body["instance"] = f"urn:firstpoint:request:{reference}"
    return Response(json.dumps(body | more), status=status, headers=headers, content_type=MEDIA_TYPE)


def from_domain(error: DomainError) -> Response:
    """The problem that a domain error is to a machine."""
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany | Unavailable) else None
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers = {"WWW-Authenticate": 'Bearer realm="Firstpoint"'}
    more: dict[str, Any] = {}
    if isinstance(error, Invalid):
        more["errors"] = {field: gettext(message, **error.params) for field, message in error.errors.items()}
    return problem(error.status, error.code, gettext(error.message, **error.params), headers, **more)


def from_http(error: HTTPException) -> Response:
    """The problem that a protocol error is, with what the schema said of each field."""
    status = error.code or 500
    said = getattr(error, "data", None) or {}
    messages = said.get("messages")
    more = {"errors": messages} if messages else {}
    headers = {name: value for name, value in error.get_headers() if name.lower() in {"allow", "retry-after"}}
    code = HTTPStatus(status).phrase.lower().replace(" ", "-")
    detail = gettext("Some fields cannot be used: see errors") if messages else str(error.description)
    return problem(status, code, detail, headers, **more)


def from_bug(error: Exception) -> Response:
    """Our own fault: logged whole, told briefly."""
    log.error("api.failed", exc_info=error)
    return problem(500, "internal-error", gettext("Something went wrong on our side. Nothing was changed"))


def answer_for(blueprint: Blueprint) -> None:
    """Make every error raised under this blueprint a problem document."""
    blueprint.register_error_handler(DomainError, from_domain)
    blueprint.register_error_handler(HTTPException, from_http)
    blueprint.register_error_handler(Exception, from_bug)


MEANINGS = {
    400: "The request cannot be read",
    401: "No key, or one that does not work",
    403: "The key has not the scope",
    404: "Not there, or not your unit's",
    409: "It has changed, or this cannot follow from where it stands",
    415: "Send JSON",
    422: "A field is wrong, unknown or missing, or an Idempotency-Key was used for something else",
    429: "Too many wrong keys from this address: wait for Retry-After seconds",
    503: "The database is away for the moment; nothing was done",
}
EVERYWHERE = (401, 403, 422, 429, 503)
ON_WRITING = (400, 415)


def refuses(blueprint: Any, *statuses: int, writes: bool = False) -> Callable[[T], T]:
    """Declare the refusals of a view in the API's description: those that any call may get, and these."""

    def decorate(view: T) -> T:
        for status in sorted({*EVERYWHERE, *statuses, *(ON_WRITING if writes else ())}, reverse=True):
            view = blueprint.alt_response(
                status, schema=ProblemSchema, content_type=MEDIA_TYPE, description=MEANINGS[status], success=False
            )(view)
        return view

    return decorate
