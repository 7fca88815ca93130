"""POST: a new request, and an update to one. With a key; the enquiry goes the same way as any other."""

import re
from collections.abc import Mapping
from uuid import UUID

from flask import Response, request
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.api.open311.answers import BadRequest, written
from app.api.open311.asking import check_jurisdiction
from app.api.open311.blueprint import bp
from app.customers import queries as customers
from app.enquiries import services as enquiries
from app.enquiries.enums import Channel
from app.enquiries.rows import Raiser
from app.handoffs import queries
from app.kernel.errors import NotFound
from app.kernel.i18n import N_
from app.organisation.enums import QuestionType
from app.organisation.rows import ServiceRow
from app.web.access import api
from app.web.context import actor, now, transaction

ATTRIBUTE = re.compile(r"attribute\[([^\]]{1,80})\](\[\])?\Z")
LONGEST = 4000
PLACE = ("address_string", "lat", "long")


@bp.post("/requests.<any(xml, json):_format>")
@api("enquiries:write", key_field="api_key")
def report(_format: str) -> Response:
    """Receive a request. Its id comes at once; the person gets our reference by e-mail."""
    check_jurisdiction()
    code = _given("service_code")
    if not code:
        raise BadRequest(N_("service_code was not provided"))
    if not (_given("address_id") or _given("address_string") or (_given("lat") and _given("long"))):
        raise BadRequest(N_("Say where it is: address_id, address_string, or lat and long"))
    with transaction() as session:
        try:
            service = queries.published_service(session, code)
        except NotFound as error:
            raise NotFound(N_("service_code: there is no such service")) from error
        row = enquiries.receive(
            session, actor(), service=service.slug, answers=_answers(session, service), raiser=_raiser(), channel=Channel.WEB,
            now=now(),
        )  # fmt: skip
    notice = gettext("The reference is %(reference)s", reference=row.reference)
    return written(
        "service_requests", [{"service_request_id": str(row.id), "service_notice": notice, "account_id": None}], 201
    )


@bp.post("/servicerequestupdates.<any(xml, json):_format>")
@api("enquiries:write", key_field="api_key")
def tell_more(_format: str) -> Response:
    """What the person says after reporting, brought by the system that brought the request."""
    check_jurisdiction()
    text = _given("description")
    if not text:
        raise BadRequest(N_("description was not provided"))
    with transaction() as session:
        reference = queries.raised_by(session, actor().account_id, _id("service_request_id"))
        enquiries.customer_replied(session, actor(), reference, body=text, email=_given("email"), now=now())
    return written("service_request_updates", [{"update_id": _given("update_id") or reference}], 201)


def _given(name: str) -> str:
    return request.form.get(name, "").replace("\x00", "").strip()[:LONGEST]


def _id(name: str) -> UUID:
    try:
        return UUID(_given(name))
    except ValueError as error:
        raise NotFound(N_("service_request_id: there is no such request")) from error


def _raiser() -> Raiser:
    name = " ".join(part for part in (_given("first_name"), _given("last_name")) if part) or _given("email")
    return Raiser(name[:200], _given("email"), _given("phone")[:40])


def _answers(session: Session, service: ServiceRow) -> Mapping[str, str | list[str]]:
    """What the service asks, from the attributes; the place and the description go where the service asks for them."""
    given = _attributes()
    words = "\n".join(part for part in (_given("description"), _place()) if part)
    for question in service.questions:
        if question.type is QuestionType.PROPERTY and question.id not in given:
            given[question.id] = _given("address_id") or _found(session, _given("address_string"))
        elif question.type is QuestionType.TEXTAREA and question.id not in given and words:
            given[question.id], words = words[: question.max_length], ""
        elif question.type is QuestionType.CHECKBOXES and isinstance(given.get(question.id), str):
            given[question.id] = [str(given[question.id])]
    return given


def _attributes() -> dict[str, str | list[str]]:
    """`attribute[code]=value`, and `attribute[code][]=value` for several."""
    found: dict[str, str | list[str]] = {}
    for name in request.form:
        matched = ATTRIBUTE.fullmatch(name)
        if matched:
            values = [value.replace("\x00", "").strip()[:LONGEST] for value in request.form.getlist(name)]
            found[matched[1]] = values if matched[2] else values[0]
    return found


def _place() -> str:
    if _given("address_string"):
        return _given("address_string")
    return f"{_given('lat')}, {_given('long')}" if _given("lat") else ""


def _found(session: Session, address: str) -> str:
    """The UPRN of an address that fits one place only; nothing otherwise, and the service then says what it needs."""
    places = customers.search_properties(session, address) if address else []
    plain = _plain(address)
    fitting = [place.uprn for place in places if _plain(place.one_line).startswith(plain)]
    return fitting[0] if len(fitting) == 1 else ""


def _plain(address: str) -> str:
    return re.sub(r"[^\w]+", " ", address.lower()).strip() + " "
