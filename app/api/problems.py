"""Errors for machines: application/problem+json as RFC 9457 has it, one shape for every refusal of the API."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, g, json
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from app.kernel.errors import DomainError, Invalid, TooMany, Unavailable
from app.kernel.logging import get_logger

log = get_logger(__name__)
MEDIA_TYPE = "application/problem+json"


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
