"""The shapes of enquiries and their files on the wire."""

from marshmallow import Schema, fields, validate

from app.api.v1.schemas import Strict
from app.enquiries.enums import FileType, State


class FileSchema(Schema):
    """A file of an enquiry."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    type = fields.Enum(FileType, by_value=True, required=True)
    size = fields.Integer(required=True, metadata={"description": "Bytes"})
    at = fields.AwareDateTime(required=True)


class FilesSchema(Schema):
    """The files that were added."""

    files = fields.List(fields.Nested(FileSchema), required=True)


class NewFileSchema(Strict):
    """A file to add. The customer sees it too."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=200))
    content = fields.String(required=True, metadata={"format": "byte", "description": "The bytes as base64"})


class EnquirySchema(Schema):
    """How an enquiry stands."""

    reference = fields.String(required=True)
    service = fields.String(attribute="service_slug", required=True)
    state = fields.Enum(State, by_value=True, required=True)
    status = fields.String(required=True, metadata={"description": "What the customer sees"})
    received_at = fields.AwareDateTime(required=True)
    promised_at = fields.AwareDateTime(required=True)
    first_promised_at = fields.AwareDateTime(required=True)
    with_whom = fields.String(attribute="unit_name", required=True)
    outcome = fields.String(required=True)
    joined_to = fields.String(attribute="duplicate_of", allow_none=True)
    urgent_until = fields.AwareDateTime(allow_none=True)
    files = fields.List(fields.Nested(FileSchema), dump_default=[])
