"""The calls of GeoReport v2 to another body's server. In XML, which every server has to speak."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from app.kernel.outbound import Answer, BadUrl, ForbiddenAddress, Network, OutboundError, fetch

TIMEOUT = 10.0
LARGEST = 512 * 1024
AT_ONCE = 50
LONGEST_ERROR = 200
BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
"""Answers that say that nothing was done, and to come again."""


class BackOfficeError(Exception):
    """The back office gave no answer that can be used. The text is for staff.

    `refused`: it understood and said no. `doubtful`: what was asked may have been done all the same.
    """

    def __init__(self, message: str, *, refused: bool = False, doubtful: bool = True) -> None:
        super().__init__(message)
        self.refused, self.doubtful = refused, doubtful


@dataclass(frozen=True, slots=True)
class BackOffice:
    """Whom to ask, and how."""

    url: str
    key: str
    jurisdiction: str
    allowed: Sequence[Network]


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the back office. `more` are fields as they are sent; the description holds the reference."""

    service_code: str
    description: str
    address: str
    reference: str
    more: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Given:
    """What a new request was answered with: an id at once, or a token that becomes one."""

    request_id: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a request stands: their status and what they say about it."""

    request_id: str
    status: str
    notes: str


def send(office: BackOffice, request: Request) -> Given:
    """POST requests."""
    fields = {
        "service_code": request.service_code, "description": request.description, "address_string": request.address,
        "api_key": office.key, **request.more,
    }  # fmt: skip
    root = _ask(office, "POST", "requests", form={name: value for name, value in fields.items() if value})
    answered = root.find("request")
    given = Given(_text(answered, "service_request_id"), _text(answered, "token"))
    if given == Given():
        raise BackOfficeError("The back office gave neither an id nor a token")
    return given


def ours_among(
    office: BackOffice, service_code: str, reference: str, *, since: datetime, until: datetime
) -> list[Given]:
    """GET requests of that time: those in which our reference stands. The protocol has no better means."""
    window = {"service_code": service_code, "start_date": _written(since), "end_date": _written(until)}
    root = _ask(office, "GET", "requests", query=window)
    ours = [each for each in root.findall("request") if any(reference in text for text in each.itertext())]
    found = [Given(_text(each, "service_request_id"), _text(each, "token")) for each in ours]
    return [each for each in found if each != Given()]


def id_of_token(office: BackOffice, token: str) -> str:
    """GET tokens/{token}: the id, or "" while there is none."""
    root = _ask(office, "GET", f"tokens/{quote(token, safe='')}")
    return _text(root.find("request"), "service_request_id")


def standings(office: BackOffice, request_ids: Sequence[str]) -> list[Standing]:
    """GET requests, for some ids at once (at most 50)."""
    root = _ask(office, "GET", "requests", query={"service_request_id": ",".join(request_ids[:AT_ONCE])})
    found = [
        Standing(_text(each, "service_request_id"), _text(each, "status"), _text(each, "status_notes"))
        for each in root.findall("request")
    ]
    return [each for each in found if each.request_id and each.status]


def _ask(
    office: BackOffice,
    method: str,
    path: str,
    *,
    query: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> Any:
    """One call; the root of the answer. Raises BackOfficeError."""
    where = {"jurisdiction_id": office.jurisdiction} if office.jurisdiction else {}
    asked = urlencode({**where, **(query or {})}) if method == "GET" else ""
    body = None if form is None else urlencode({**where, **form}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"} if body else {}
    try:
        answer = fetch(
            method, f"{office.url}/{path}.xml" + (f"?{asked}" if asked else ""), headers=headers, body=body, timeout=TIMEOUT,
            max_bytes=LARGEST, allowed=office.allowed,
        )  # fmt: skip
    except (BadUrl, ForbiddenAddress) as error:
        raise BackOfficeError(str(error), doubtful=False) from error
    except OutboundError as error:
        raise BackOfficeError(str(error)) from error
    return _read(answer)


def _read(answer: Answer) -> Any:
    refused = HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR and answer.status not in BUSY
    doubtful = answer.ok or (answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and answer.status not in BUSY)
    try:
        root = ElementTree.fromstring(answer.body)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        said = f"Answered {answer.status}, and not in XML"
        raise BackOfficeError(said, refused=refused, doubtful=doubtful) from error
    if not answer.ok:
        described = _text(root.find("error"), "description")[:LONGEST_ERROR]
        said = f"Answered {answer.status}" + (f": {described}" if described else "")
        raise BackOfficeError(said, refused=refused, doubtful=doubtful)
    return root


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(parent: Any, name: str) -> str:
    found = None if parent is None else parent.findtext(name)
    return "" if found is None else str(found).strip()
