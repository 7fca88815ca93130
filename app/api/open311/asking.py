"""GET: services, their definitions, requests, tokens and updates. Open to everybody, and without a word about who asked."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import Response, request
from flask_babel import gettext

from app.api.open311.answers import BadRequest, Value, moment, written
from app.api.open311.blueprint import bp
from app.handoffs import queries
from app.handoffs.queries.published import PublishedRow
from app.kernel.errors import NotFound
from app.kernel.i18n import N_
from app.organisation.enums import QuestionType
from app.organisation.questions import Question
from app.organisation.rows import ServiceRow
from app.web.access import public
from app.web.context import now, reading, runtime

SPAN = timedelta(days=90)
MOST = 1000
MOST_IDS = 100
DATATYPES = {
    QuestionType.TEXT: "string", QuestionType.TEXTAREA: "text", QuestionType.RADIOS: "singlevaluelist",
    QuestionType.CHECKBOXES: "multivaluelist", QuestionType.DATE: "datetime", QuestionType.PROPERTY: "string",
    QuestionType.EMAIL: "string", QuestionType.PHONE: "string",
}  # fmt: skip


@bp.get("/discovery.<any(xml, json):_format>")
@public
def discovery(_format: str) -> Response:
    """Where we are and what we speak."""
    check_jurisdiction()
    here = f"{runtime().settings.base_url}/open311/v2"
    endpoint: Value = {
        "specification": "http://wiki.open311.org/GeoReport_v2", "url": here, "changeset": "2011-04-05T17:48:34Z",
        "type": "production", "formats": ["text/xml", "application/json"],
    }  # fmt: skip
    return written(
        "discovery",
        {"changeset": "2011-04-05T17:48:34Z", "contact": runtime().settings.body_name, "endpoints": [endpoint]},
    )


@bp.get("/services.<any(xml, json):_format>")
@public
def services(_format: str) -> Response:
    """What can be asked for."""
    check_jurisdiction()
    with reading() as session:
        return written("services", [_service(row) for row in queries.published_services(session)])


@bp.get("/services/<code>.<any(xml, json):_format>")
@public
def definition(code: str, _format: str) -> Response:
    """What a service asks."""
    check_jurisdiction()
    with reading() as session:
        row = queries.published_service(session, code)
    asked = [question for question in row.questions if question.type is not QuestionType.PROPERTY]
    attributes = [_attribute(question, number) for number, question in enumerate(asked, start=1)]
    return written("service_definition", {"service_code": row.slug, "attributes": attributes})


@bp.get("/requests.<any(xml, json):_format>")
@public
def requests(_format: str) -> Response:
    """Requests by id, or of a time of at most 90 days; newest first, at most 1,000 on a page."""
    check_jurisdiction()
    since, until = span()
    page, size = _number("page", 1, 1_000_000), _number("page_size", MOST, MOST)
    wanted = _listed("status")
    if not wanted <= {"open", "closed"}:
        raise BadRequest(N_("status: open or closed"))
    with reading() as session:
        rows = queries.published(
            session, ids=_ids(), services=_listed("service_code"),
            still_open=None if len(wanted) != 1 else "open" in wanted, since=since, until=until, limit=size,
            offset=(page - 1) * size,
        )  # fmt: skip
    return written("service_requests", [_request(row) for row in rows])


@bp.get("/requests/<uuid:request_id>.<any(xml, json):_format>")
@public
def one(request_id: UUID, _format: str) -> Response:
    """One request; a list of one, as the specification has it."""
    check_jurisdiction()
    return written("service_requests", [_request(_published(request_id))])


@bp.get("/tokens/<uuid:token>.<any(xml, json):_format>")
@public
def token(token: UUID, _format: str) -> Response:
    """Every request of ours has its id at once, so its token is its id."""
    check_jurisdiction()
    found = _published(token)
    return written("service_requests", [{"service_request_id": str(found.id), "token": str(token)}])


@bp.get("/servicerequestupdates.<any(xml, json):_format>")
@public
def updates(_format: str) -> Response:
    """What happened to requests in a time: the extension that FixMyStreet speaks."""
    check_jurisdiction()
    since, until = span()
    with reading() as session:
        rows = queries.updates(session, since=since, until=until, limit=MOST)
    told: list[Value] = [
        {
            "update_id": str(row.id), "service_request_id": str(row.request_id), "status": "open" if row.open else "closed",
            "updated_datetime": moment(row.at), "description": gettext(row.text).strip(" ,:;"), "media_url": None,
        }
        for row in rows
    ]  # fmt: skip
    return written("service_request_updates", told)


def check_jurisdiction() -> None:
    """We serve one jurisdiction, named by our host; without a name ours is meant. Another's is not found."""
    given = request.values.get("jurisdiction_id", "").strip().lower()
    host = runtime().settings.base_url.partition("://")[2].partition(":")[0].lower()
    if given and given.removeprefix("www.") != host.removeprefix("www."):
        raise NotFound(N_("jurisdiction_id: there is no such jurisdiction here"))


def span() -> tuple[datetime, datetime]:
    """The time that is asked about: 90 days up to now, if nothing else is said, and never more."""
    start, end = _moment("start_date"), _moment("end_date")
    until = end or (start + SPAN if start else now())
    since = start or until - SPAN
    if until - since > SPAN:
        raise BadRequest(N_("start_date, end_date: at most 90 days apart"))
    return since, until


def _published(request_id: UUID) -> PublishedRow:
    with reading() as session:
        found = queries.published(session, ids=[request_id], since=now(), until=now(), limit=1)
    if not found:
        raise NotFound(N_("service_request_id: there is no such request"))
    return found[0]


def _moment(name: str) -> datetime | None:
    given = request.args.get(name, "").strip()
    if not given:
        return None
    try:
        at = datetime.fromisoformat(given.replace(" ", "+"))
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC) + timedelta(0)
    except (ValueError, OverflowError) as error:
        raise BadRequest(N_("%(name)s: write it like 2010-01-01T00:00:00Z"), name=name) from error


def _number(name: str, default: int, most: int) -> int:
    given = request.args.get(name, "").strip() or str(default)
    if not (given.isascii() and given.isdigit()) or not 1 <= int(given[:9]) <= most:
        raise BadRequest(N_("%(name)s: a number between 1 and %(most)s"), name=name, most=most)
    return int(given)


def _listed(name: str) -> set[str]:
    """Values declared several times, or separated by commas; empty is the same as not given."""
    return {part.strip() for value in request.args.getlist(name) for part in value.split(",") if part.strip()}


def _ids() -> list[UUID] | None:
    """The ids that were asked for; what cannot be an id of ours is nobody's."""
    given = _listed("service_request_id")
    if not given:
        return None
    if len(given) > MOST_IDS:
        raise BadRequest(N_("service_request_id: at most %(most)s at once"), most=MOST_IDS)
    found = []
    for text in sorted(given):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _service(row: ServiceRow) -> Value:
    return {
        "service_code": row.slug, "service_name": gettext(row.name), "description": gettext(row.summary),
        "metadata": any(question.type is not QuestionType.PROPERTY for question in row.questions), "type": "realtime",
        "keywords": "", "group": gettext(row.handoff_unit_name or row.unit_name),
    }  # fmt: skip


def _attribute(question: Question, number: int) -> Value:
    attribute: dict[str, Value] = {
        "variable": True, "code": question.id, "datatype": DATATYPES[question.type],
        "required": question.required and question.show_if is None, "datatype_description": gettext(question.hint) or None,
        "order": number, "description": gettext(question.label),
    }  # fmt: skip
    if question.options:
        attribute["values"] = [{"key": option.value, "name": gettext(option.label)} for option in question.options]
    return attribute


def _request(row: PublishedRow) -> Value:
    return {
        "service_request_id": str(row.id), "status": "open" if row.open else "closed",
        "status_notes": gettext(row.status.label), "service_name": gettext(row.service_name), "service_code": row.service_slug,
        "description": "", "agency_responsible": gettext(row.unit_name), "service_notice": None,
        "requested_datetime": moment(row.received_at), "updated_datetime": moment(row.updated_at),
        "expected_datetime": moment(row.promised_at), "address": None, "address_id": None, "zipcode": None, "lat": None,
        "long": None, "media_url": None,
    }  # fmt: skip
