"""A service's inbox for its own system: take what is offered, work it, say how it ended."""

from typing import Any
from uuid import UUID

from flask import request
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.api import problems
from app.api.idempotency import writes
from app.api.v1.schemas import (
    CompleteSchema,
    DeclineSchema,
    HandoffPageSchema,
    HandoffSchema,
    InboxQuery,
    NothingSchema,
    ProblemSchema,
    ReturnSchema,
)
from app.handoffs import queries, services
from app.kernel.errors import Invalid
from app.kernel.i18n import N_
from app.kernel.paging import PageRequest
from app.web.access import api
from app.web.context import actor, now, reading

bp = Blueprint("handoffs", __name__, url_prefix="/api/v1/handoffs", description="Work offered to a service")
problems.answer_for(bp)


@bp.get("")
@api("handoffs:read")
@bp.arguments(InboxQuery, location="query")
@bp.response(200, HandoffPageSchema)
def inbox(query: dict[str, Any]) -> Any:
    """What is offered to, accepted by or in work at your unit, oldest first."""
    with reading() as session:
        page = PageRequest(query["page"], query["size"])
        return queries.inbox(session, actor(), state=query["state"], page=page)


@bp.get("/<uuid:handoff_id>")
@api("handoffs:read")
@bp.response(200, HandoffSchema)
@bp.alt_response(404, schema=ProblemSchema, content_type=problems.MEDIA_TYPE)
def one(handoff_id: UUID) -> Any:
    """One handoff."""
    with reading() as session:
        return queries.handoff(session, actor(), handoff_id)


@bp.post("/<uuid:handoff_id>/accept")
@api("handoffs:write")
@bp.arguments(NothingSchema)
@bp.response(200, HandoffSchema)
@bp.alt_response(409, schema=ProblemSchema, content_type=problems.MEDIA_TYPE)
@writes(200)
def accept(session: Session, _nothing: dict[str, Any], handoff_id: UUID) -> Any:
    """Take the work. From now on your unit is accountable, and the customer is told so."""
    return _dump(services.accept(session, actor(), handoff_id, version=_version(), now=now()))


@bp.post("/<uuid:handoff_id>/start")
@api("handoffs:write")
@bp.arguments(NothingSchema)
@bp.response(200, HandoffSchema)
@bp.alt_response(409, schema=ProblemSchema, content_type=problems.MEDIA_TYPE)
@writes(200)
def start(session: Session, _nothing: dict[str, Any], handoff_id: UUID) -> Any:
    """Say that work has begun."""
    return _dump(services.start(session, actor(), handoff_id, version=_version(), now=now()))


@bp.post("/<uuid:handoff_id>/decline")
@api("handoffs:write")
@bp.arguments(DeclineSchema)
@bp.response(200, HandoffSchema)
@bp.alt_response(409, schema=ProblemSchema, content_type=problems.MEDIA_TYPE)
@writes(200)
def decline(session: Session, body: dict[str, Any], handoff_id: UUID) -> Any:
    """Refuse the work, with a reason: it goes back to the sender."""
    return _dump(services.decline(session, actor(), handoff_id, **body, version=_version(), now=now()))


@bp.post("/<uuid:handoff_id>/return")
@api("handoffs:write")
@bp.arguments(ReturnSchema)
@bp.response(200, HandoffSchema)
@bp.alt_response(409, schema=ProblemSchema, content_type=problems.MEDIA_TYPE)
@writes(200)
def give_back(session: Session, body: dict[str, Any], handoff_id: UUID) -> Any:
    """Give accepted work back, saying what is missing."""
    return _dump(services.return_to_sender(session, actor(), handoff_id, **body, version=_version(), now=now()))


@bp.post("/<uuid:handoff_id>/complete")
@api("handoffs:write")
@bp.arguments(CompleteSchema)
@bp.response(200, HandoffSchema)
@bp.alt_response(409, schema=ProblemSchema, content_type=problems.MEDIA_TYPE)
@writes(200)
def complete(session: Session, body: dict[str, Any], handoff_id: UUID) -> Any:
    """Finish the work. The customer is sent your text."""
    return _dump(services.complete(session, actor(), handoff_id, **body, version=_version(), now=now()))


def _dump(row: object) -> Any:
    return HandoffSchema().dump(row)


def _version() -> int | None:
    """The version in If-Match, if the caller sent one: `If-Match: "3"`."""
    given = request.headers.get("If-Match", "").strip()
    if given in ("", "*"):
        return None
    number = given.removeprefix("W/").strip('"')
    if not number.isdigit():
        raise Invalid({"If-Match": N_('If-Match must be the version of the handoff in quotes, like "3"')})
    return int(number)
