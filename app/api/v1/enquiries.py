"""Raising enquiries from another system: a partner's form, a kiosk, a reporting app."""

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.api import problems
from app.api.idempotency import writes
from app.api.v1.schemas import NewEnquirySchema, ProblemSchema, ReceivedSchema
from app.enquiries import services
from app.enquiries.rows import Raiser
from app.web.access import api
from app.web.context import actor, now

bp = Blueprint("enquiries", __name__, url_prefix="/api/v1/enquiries", description="What customers want")
problems.answer_for(bp)


@bp.post("")
@api("enquiries:write")
@bp.arguments(NewEnquirySchema)
@bp.response(201, ReceivedSchema)
@bp.alt_response(422, schema=ProblemSchema, content_type=problems.MEDIA_TYPE)
@writes(201)
def receive(session: Session, body: dict[str, Any]) -> Any:
    """Receive an enquiry.

    The person is told by e-mail if there is an address. Send an Idempotency-Key, so that a repeated request cannot
    raise the enquiry twice.
    """
    row = services.receive(
        session,
        actor(),
        service=body["service"],
        answers=body["answers"],
        raiser=Raiser(**body["raiser"]),
        channel=body["channel"],
        now=now(),
    )
    return ReceivedSchema().dump(row)
