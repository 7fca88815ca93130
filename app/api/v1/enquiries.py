"""Raising enquiries from another system: a partner's form, a kiosk, a reporting app."""

from base64 import b64decode
from typing import Any
from uuid import UUID

from flask import Response, jsonify
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.api import problems
from app.api.idempotency import writes
from app.api.v1.enquiry_schemas import EnquirySchema, FileSchema, FilesSchema, NewFileSchema
from app.api.v1.schemas import NewEnquirySchema, ReceivedSchema
from app.enquiries import queries, services
from app.enquiries.rows import Raiser
from app.kernel.errors import Invalid
from app.kernel.i18n import N_
from app.web.access import api
from app.web.context import actor, now, reading
from app.web.files import send

bp = Blueprint("enquiries", __name__, url_prefix="/api/v1/enquiries", description="What customers want")
problems.answer_for(bp)


@bp.post("")
@api("enquiries:write")
@bp.arguments(NewEnquirySchema)
@bp.response(201, ReceivedSchema)
@problems.refuses(bp, 404, 409, writes=True)
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


@bp.get("/<reference>")
@api("enquiries:read")
@bp.response(200, EnquirySchema)
@problems.refuses(bp, 404)
def one(reference: str) -> Any:
    """How an enquiry stands: one that your system raised, or that is with your unit.

    The reference of an enquiry that was joined to another stays good: `joined_to` names the one that is dealt with.
    """
    with reading() as session:
        row = queries.enquiry(session, actor(), reference)
        shown: dict[str, Any] = EnquirySchema().dump(row)
        files = queries.files(session, actor(), reference)
    return jsonify(shown | {"files": FileSchema(many=True).dump(files)})


@bp.post("/<reference>/files")
@api("enquiries:write")
@bp.arguments(NewFileSchema)
@bp.response(201, FilesSchema)
@problems.refuses(bp, 404, 409, writes=True)
@writes(201)
def attach(session: Session, body: dict[str, Any], reference: str) -> Any:
    """Add a file to an enquiry: a picture (JPEG, PNG, WebP), a PDF or plain text of at most 10 MB, as base64.

    What it is, is read from its bytes. Pictures are written anew, without what the camera noted beside them.
    """
    try:
        content = b64decode(body["content"], validate=True)
    except ValueError as error:
        raise Invalid({"content": N_("This is not base64")}) from error
    ids = services.attach(session, actor(), reference, [(body["name"], content)], now=now())
    files = [file for file in queries.files(session, actor(), reference) if file.id in ids]
    return {"files": FileSchema(many=True).dump(files)}


@bp.get("/<reference>/files/<uuid:file_id>")
@api("enquiries:read")
@bp.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
@problems.refuses(bp, 404)
def file(reference: str, file_id: UUID) -> Response:
    """The bytes of a file."""
    with reading() as session:
        return send(queries.file_content(session, actor(), reference, file_id))
