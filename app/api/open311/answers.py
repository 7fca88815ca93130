"""How GeoReport v2 writes: one tree of plain values, as XML or as JSON after the Spark convention, and its own errors."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Blueprint, Response, json, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from app.kernel.errors import DomainError, Invalid, NotAllowed, SignInNeeded, TooMany, Unavailable
from app.kernel.i18n import N_
from app.kernel.logging import get_logger

log = get_logger(__name__)
Value = str | int | float | bool | None | Sequence["Value"] | Mapping[str, "Value"]

KEY_MISSING = N_("api_key was not provided, or is not valid for this")
LISTS = {
    "services": "service", "attributes": "attribute", "values": "value", "service_requests": "request", "errors": "error",
    "service_request_updates": "request_update", "endpoints": "endpoint", "formats": "format",
}  # fmt: skip
"""What one of several is called in XML; in JSON it has no name."""


class BadRequest(DomainError):
    """An argument cannot be used; the text names it."""

    code = "bad-request"
    status = 400


def written(root: str, value: Value, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """The answer in the format of the address."""
    if _format() == "json":
        body, kind = json.dumps(value, ensure_ascii=False), "application/json; charset=utf-8"
    else:
        body, kind = xml(root, value), "text/xml; charset=utf-8"
    return Response(body, status, headers=dict(headers or {}), content_type=kind)


def xml(root: str, value: Value) -> str:
    element = Element(root)
    _fill(element, root, value)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(element, encoding="unicode")


def moment(at: datetime) -> str:
    """W3 format, in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def refuse_for(blueprint: Blueprint) -> None:
    """Make every error under this blueprint one of GeoReport's."""
    blueprint.register_error_handler(DomainError, _from_domain)
    blueprint.register_error_handler(HTTPException, _from_http)
    blueprint.register_error_handler(Exception, _from_bug)


def refusal(status: int, *descriptions: str, headers: Mapping[str, str] | None = None) -> Response:
    errors: list[Value] = [{"code": status, "description": text} for text in descriptions]
    return written("errors", errors, status, headers)


def _fill(element: Element, name: str, value: Value) -> None:
    match value:
        case Mapping():
            for key, inner in value.items():
                _fill(SubElement(element, key), key, inner)
        case str():
            element.text = _legible(value)
        case bool():
            element.text = "true" if value else "false"
        case Sequence():
            for inner in value:
                _fill(SubElement(element, LISTS[name]), LISTS[name], inner)
        case None:
            return
        case _:
            element.text = str(value)


def _legible(text: str) -> str:
    """Without the control characters that XML has no way to write."""
    return "".join(letter for letter in text if letter >= " " or letter in "\n\t\r")


def _format() -> str:
    return "json" if request.path.endswith(".json") else "xml"


def _from_domain(error: DomainError) -> Response:
    """GeoReport knows 400, 403 and 404: what is wrong with a field is 400, and a missing key 403."""
    if isinstance(error, SignInNeeded | NotAllowed):
        return refusal(403, gettext(KEY_MISSING))
    if isinstance(error, Invalid):
        said = [f"{name}: {gettext(message, **error.params)}" for name, message in error.errors.items()]
        return refusal(400, *said)
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany | Unavailable) else None
    return refusal(error.status, gettext(error.message, **error.params), headers=headers)


def _from_http(error: HTTPException) -> Response:
    status = error.code or 500
    return refusal(status, HTTPStatus(status).phrase)


def _from_bug(error: Exception) -> Response:
    log.error("open311.failed", exc_info=error)
    return refusal(500, gettext("Something went wrong on our side. Nothing was changed"))
