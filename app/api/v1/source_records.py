"""Records that a source sends by itself, as they change."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from app.api import problems
from app.api.idempotency import writes
from app.api.v1.schemas import Strict
from app.customers import services
from app.customers.services import MOST_PUSHED
from app.web.access import api
from app.web.context import actor, now

bp = Blueprint("sources", __name__, url_prefix="/api/v1/sources", description="Records of source systems")
problems.answer_for(bp)
_COUNTS = ("load_id", "rows", "new", "changed", "same", "gone", "rejected")


class RecordsSchema(Strict):
    """Records by the columns of the source's layout, and the keys of those that the source has no longer."""

    records = fields.List(
        fields.Dict(keys=fields.String()),
        load_default=list,
        validate=validate.Length(max=MOST_PUSHED),
        metadata={"description": "Each record has the columns of the source's layout", "example": [{"id": "A-1"}]},
    )
    gone = fields.List(
        fields.String(validate=validate.Length(min=1, max=200)),
        load_default=list,
        validate=validate.Length(max=MOST_PUSHED),
        metadata={"description": "Keys of records that the source has no longer"},
    )


class RejectedSchema(Strict):
    """A record that was not taken."""

    index = fields.Integer(required=True, metadata={"description": "Its place among those sent, from 0"})
    field = fields.String(allow_none=True)
    reason = fields.String(required=True)
    detail = fields.String()


class TakenSchema(Strict):
    """What became of the records."""

    load_id = fields.UUID(required=True)
    rows = fields.Integer(required=True)
    new = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    same = fields.Integer(required=True)
    gone = fields.Integer(required=True)
    rejected = fields.Integer(required=True)
    rejects = fields.List(fields.Nested(RejectedSchema), required=True)


@bp.post("/<source>/records")
@api("sources:write")
@bp.arguments(RecordsSchema)
@bp.response(200, TakenSchema)
@problems.refuses(bp, 404, 409, writes=True)
@writes(200)
def receive(session: Session, body: dict[str, Any], source: str) -> Any:
    """Send new and changed records, at most 1,000 at once.

    The same records again change nothing. A record that cannot be read is told in the answer and does not hold up the others.
    Each record is in its customer's single view within seconds.
    """
    report = services.push(session, actor(), source, body["records"], gone=body["gone"], now=now())
    rejects = [
        {"index": flaw.line - 1, "field": flaw.field, "reason": flaw.reason.value, "detail": flaw.detail}
        for flaw in report.rejects
    ]
    return TakenSchema().dump({**{name: getattr(report, name) for name in _COUNTS}, "rejects": rejects})
