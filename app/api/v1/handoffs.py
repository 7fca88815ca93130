"""A service's inbox for its own system: take what is offered, work it, say how it ended."""

from typing import Any
from uuid import UUID

from flask import jsonify, request
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.api import problems
from app.api.idempotency import writes
from app.api.v1.schemas import (
    CompleteSchema,
    DeclineSchema,
    FeedQuery,
    FeedSchema,
    HandoffPageSchema,
    HandoffSchema,
    InboxQuery,
    NothingSchema,
    ReturnSchema,
    StatusSchema,
)
from app.handoffs import queries, services
from app.handoffs.rows import HandoffRow
from app.kernel.errors import Invalid
from app.kernel.i18n import N_
from app.kernel.paging import PageRequest
from app.web.access import api
from app.web.context import actor, now, reading, transaction

bp = Blueprint("handoffs", __name__, url_prefix="/api/v1/handoffs", description="Work offered to a service")
problems.answer_for(bp)


@bp.get("")
@api("handoffs:read")
@bp.arguments(InboxQuery, location="query")
@bp.response(200, HandoffPageSchema)
@problems.refuses(bp)
def inbox(query: dict[str, Any]) -> Any:
    """What is offered to, accepted by or in work at your unit, oldest first."""
    with reading() as session:
        page = PageRequest(query["page"], query["size"])
        return queries.inbox(session, actor(), state=query["state"], page=page)


@bp.get("/events")
@api("handoffs:read")
@bp.arguments(FeedQuery, location="query")
@bp.response(200, FeedSchema)
@problems.refuses(bp)
def events(query: dict[str, Any]) -> Any:
    """What happened at your unit since you last asked, in an order that does not change.

    Nothing comes later in front of a cursor that you were given. Each event is there once; ask with the same cursor again and you get the
    same again.
    """
    with transaction() as session:
        services.put_in_order(session)
        found = queries.events_after(session, actor(), after=int(query["cursor"]), limit=query["limit"] + 1)
    items = found[: query["limit"]]
    cursor = str(items[-1].position) if items else query["cursor"]
    return {"items": items, "next_cursor": cursor, "more": len(found) > len(items)}


@bp.get("/<uuid:handoff_id>")
@api("handoffs:read")
@bp.response(200, HandoffSchema)
@bp.alt_response(304, description="It is still as in If-None-Match", success=True)
@problems.refuses(bp, 404)
def one(handoff_id: UUID) -> Any:
    """One handoff. Its ETag is its version: send it as If-None-Match to hear only of changes, and as If-Match with writes."""
    with reading() as session:
        row = queries.handoff(session, actor(), handoff_id)
    answer = jsonify(HandoffSchema().dump(row))
    answer.set_etag(str(row.version))
    return answer.make_conditional(request)


@bp.post("/<uuid:handoff_id>/accept")
@api("handoffs:write")
@bp.arguments(NothingSchema)
@bp.response(200, HandoffSchema)
@problems.refuses(bp, 404, 409, writes=True)
@writes(200)
def accept(session: Session, _nothing: dict[str, Any], handoff_id: UUID) -> Any:
    """Take the work. From now on your unit is accountable, and the customer is told so."""
    return _dump(session, services.accept(session, actor(), handoff_id, version=_version(), now=now()))


@bp.post("/<uuid:handoff_id>/start")
@api("handoffs:write")
@bp.arguments(NothingSchema)
@bp.response(200, HandoffSchema)
@problems.refuses(bp, 404, 409, writes=True)
@writes(200)
def start(session: Session, _nothing: dict[str, Any], handoff_id: UUID) -> Any:
    """Say that work has begun."""
    return _dump(session, services.start(session, actor(), handoff_id, version=_version(), now=now()))


@bp.post("/<uuid:handoff_id>/decline")
@api("handoffs:write")
@bp.arguments(DeclineSchema)
@bp.response(200, HandoffSchema)
@problems.refuses(bp, 404, 409, writes=True)
@writes(200)
def decline(session: Session, body: dict[str, Any], handoff_id: UUID) -> Any:
    """Refuse the work, with a reason: it goes back to the sender."""
    return _dump(session, services.decline(session, actor(), handoff_id, **body, version=_version(), now=now()))


@bp.post("/<uuid:handoff_id>/return")
@api("handoffs:write")
@bp.arguments(ReturnSchema)
@bp.response(200, HandoffSchema)
@problems.refuses(bp, 404, 409, writes=True)
@writes(200)
def give_back(session: Session, body: dict[str, Any], handoff_id: UUID) -> Any:
    """Give accepted work back, saying what is missing."""
    return _dump(
        session, services.return_to_sender(session, actor(), handoff_id, **body, version=_version(), now=now())
    )


@bp.post("/<uuid:handoff_id>/complete")
@api("handoffs:write")
@bp.arguments(CompleteSchema)
@bp.response(200, HandoffSchema)
@problems.refuses(bp, 404, 409, writes=True)
@writes(200)
def complete(session: Session, body: dict[str, Any], handoff_id: UUID) -> Any:
    """Finish the work. The customer is sent your text."""
    return _dump(session, services.complete(session, actor(), handoff_id, **body, version=_version(), now=now()))


@bp.post("/<uuid:handoff_id>/status")
@api("handoffs:write")
@bp.arguments(StatusSchema)
@bp.response(200, HandoffSchema)
@problems.refuses(bp, 404, 409, writes=True)
@writes(200)
def status(session: Session, body: dict[str, Any], handoff_id: UUID) -> Any:
    """Say where it stands in your own words: what a code means is agreed with us, and set up in the console.

    A code that nobody has agreed on is kept and shown, and moves nothing.
    """
    return _dump(session, services.said_by_system(session, actor(), handoff_id, **body, version=_version(), now=now()))


def _dump(session: Session, row: HandoffRow) -> Any:
    return HandoffSchema().dump(queries.row_for(session, actor(), row.id))


def _version() -> int | None:
    """The version in If-Match, if the caller sent one: `If-Match: "3"`."""
    given = request.headers.get("If-Match", "").strip()
    if given in ("", "*"):
        return None
    number = given.removeprefix("W/").strip('"')
    if not number.isdigit():
        raise Invalid({"If-Match": N_('If-Match must be the version of the handoff in quotes, like "3"')})
    return int(number)
