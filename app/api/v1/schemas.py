"""The shapes that cross the wire, both ways. Times are ISO 8601 in UTC; references are as people know them."""

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load, validate

from app.enquiries.enums import Channel, Disposition
from app.handoffs.enums import DeliveryState, FeedKind, HandoffState
from app.kernel.i18n import N_

LONG_TEXT = validate.Length(min=1, max=4000)
UNKEEPABLE = N_("Holds NUL or half a character, which cannot be kept.")


class Strict(Schema):
    """Input: a field we do not know is an error, never silently dropped; nor is a letter that no database can hold."""

    class Meta:
        """Marshmallow's options."""

        unknown = RAISE

    @pre_load
    def _can_be_kept(self, data: Any, **_: object) -> Any:
        given = data if isinstance(data, Mapping) else {}
        wrong = {name: [UNKEEPABLE] for name in given if self._has_unkeepable(name, given[name])}
        if wrong:
            raise ValidationError(wrong)
        return data

    def _has_unkeepable(self, name: object, value: Any) -> bool:
        """Of what is nested, its own schema says so. Records of a source are read by those who know its layout."""
        inside = value if isinstance(value, list) else [value]
        if isinstance(value, Mapping) and isinstance(self.fields.get(str(name)), fields.Dict):
            inside = [
                *value,
                *(word for part in value.values() for word in (part if isinstance(part, list) else [part])),
            ]
        return any(isinstance(word, str) and _unkeepable(word) for word in (name, *inside))


def _unkeepable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return "\0" in text


class OptionSchema(Schema):
    """A possible answer."""

    value = fields.String(required=True)
    label = fields.String(required=True)


class ShowIfSchema(Schema):
    """When a question is asked at all."""

    question = fields.String(required=True)
    values = fields.List(fields.String(), required=True)


class QuestionSchema(Schema):
    """A question that a service asks."""

    id = fields.String(required=True)
    type = fields.String(required=True)
    label = fields.String(required=True)
    hint = fields.String()
    required = fields.Boolean(required=True)
    options = fields.List(fields.Nested(OptionSchema))
    show_if = fields.Nested(ShowIfSchema, allow_none=True)


class ServiceSchema(Schema):
    """A catalogue entry."""

    slug = fields.String(required=True)
    name = fields.String(required=True)
    summary = fields.String()
    unit = fields.String(attribute="unit_slug", required=True)
    lgsl = fields.Raw(
        metadata={"description": "Number in the Local Government Services List", "type": ["integer", "string", "null"]}
    )
    standard_working_days = fields.Integer(required=True)
    emergency_text = fields.String()
    questions = fields.List(fields.Nested(QuestionSchema), required=True)


class RaiserSchema(Strict):
    """The person who asks."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=200))
    email = fields.Email(load_default="")
    phone = fields.String(load_default="", validate=validate.Length(max=40))
    locale = fields.String(load_default="en", validate=validate.Length(max=10))


class NewEnquirySchema(Strict):
    """An enquiry to receive."""

    service = fields.String(required=True, metadata={"description": "Slug of a service", "example": "missed-bin"})
    answers = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)
    raiser = fields.Nested(RaiserSchema, required=True)
    channel = fields.Enum(Channel, by_value=True, load_default=Channel.WEB)


class ReceivedSchema(Schema):
    """An enquiry that was received."""

    reference = fields.String(required=True)
    service = fields.String(attribute="service_slug", required=True)
    state = fields.String(required=True)
    received_at = fields.AwareDateTime(required=True)
    promised_at = fields.AwareDateTime(required=True)
    with_whom = fields.String(attribute="unit_name", required=True)


class AnswerSchema(Schema):
    """What the customer answered."""

    id = fields.String(attribute="question_id", required=True)
    question = fields.String(attribute="label", required=True)
    answer = fields.String(attribute="text", required=True)


class ChecklistItemSchema(Schema):
    """One thing that the offer has to hold."""

    id = fields.String(required=True)
    label = fields.String(required=True)
    required = fields.Boolean(required=True)
    given = fields.Boolean(required=True)


class HandoffSchema(Schema):
    """A piece of work offered to a unit."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True, metadata={"description": "Reference of the enquiry"})
    service = fields.String(attribute="service_name", required=True)
    state = fields.Enum(HandoffState, by_value=True, required=True)
    delivery = fields.Enum(DeliveryState, by_value=True, required=True)
    version = fields.Integer(required=True)
    unit = fields.String(attribute="unit_name", required=True)
    from_unit = fields.String(attribute="from_unit_name")
    brief = fields.String()
    offered_at = fields.AwareDateTime()
    accept_by = fields.AwareDateTime()
    accepted_at = fields.AwareDateTime(allow_none=True)
    completed_at = fields.AwareDateTime(allow_none=True)
    promised_at = fields.AwareDateTime(metadata={"description": "The date the customer was told"})
    raiser = fields.String(attribute="raiser_name")
    answers = fields.List(fields.Nested(AnswerSchema))
    outcome = fields.String()
    reason = fields.String()
    bounces = fields.Integer()
    restricted = fields.Boolean(
        metadata={"description": "The record is restricted: only reference and dates are told. Ask the sender"}
    )
    checklist = fields.List(
        fields.Nested(ChecklistItemSchema), metadata={"description": "What the sender says is there"}
    )
    claimed = fields.Boolean(metadata={"description": "Somebody of your unit looks at it"})
    external_id = fields.String(metadata={"description": "What you called it"})
    external_code = fields.String(metadata={"description": "Where you said it stands"})
    suggested_unit = fields.String(attribute="suggested_unit_name")
    next_states = fields.Method("_next_states", metadata={"type": "array", "items": {"type": "string"}})

    def _next_states(self, row: object) -> list[str]:
        return sorted(getattr(row, "allowed", ()))


class HandoffPageSchema(Schema):
    """One page of an inbox."""

    items = fields.List(fields.Nested(HandoffSchema), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(attribute="number", required=True)
    pages = fields.Integer(required=True)


class InboxQuery(Strict):
    """Which part of the inbox."""

    state = fields.Enum(HandoffState, by_value=True, load_default=None)
    page = fields.Integer(load_default=1, validate=validate.Range(min=1, max=1_000_000))
    size = fields.Integer(load_default=25, validate=validate.Range(min=1, max=100))


class FeedQuery(Strict):
    """From where in the feed, and how much of it."""

    cursor = fields.String(
        load_default="0", validate=validate.Regexp(r"[0-9]{1,18}\Z"),
        metadata={"description": "The `next_cursor` of the answer before; leave it out to begin at the beginning"},
    )  # fmt: skip
    limit = fields.Integer(load_default=100, validate=validate.Range(min=1, max=500))


class FeedEventSchema(Schema):
    """Something that happened to a handoff of your unit."""

    id = fields.UUID(required=True, metadata={"description": "Stable: the same event has the same id in its webhook"})
    type = fields.Enum(FeedKind, by_value=True, required=True)
    at = fields.AwareDateTime(required=True)
    handoff = fields.UUID(attribute="handoff_id", required=True)
    reference = fields.String(required=True)
    service = fields.String(required=True, metadata={"description": "Slug of the service"})
    unit = fields.String(required=True)
    state = fields.Enum(HandoffState, by_value=True, required=True)
    version = fields.Integer(required=True)


class FeedSchema(Schema):
    """A stretch of the feed. Keep `next_cursor`, and ask with it the next time."""

    items = fields.List(fields.Nested(FeedEventSchema), required=True)
    next_cursor = fields.String(required=True)
    more = fields.Boolean(required=True, metadata={"description": "There is more already: ask again at once"})


class StatusSchema(Strict):
    """Where it stands in your own system."""

    code = fields.String(required=True, validate=validate.Length(min=1, max=60), metadata={"example": "CRW-ALLOC"})
    text = fields.String(load_default="", validate=validate.Length(max=4000))
    external_id = fields.String(load_default="", validate=validate.Length(max=200))


class NothingSchema(Strict):
    """No fields: the request itself says it all."""


class DeclineSchema(Strict):
    """Why the unit does not take the work, and who should."""

    reason = fields.String(required=True, validate=LONG_TEXT)
    suggested_unit = fields.String(
        required=True,
        validate=validate.Length(min=1, max=80),
        metadata={"description": "Slug of the unit that should have it"},
    )


class ReturnSchema(Strict):
    """What is missing for the work to be done."""

    missing = fields.String(required=True, validate=LONG_TEXT)


class CompleteSchema(Strict):
    """How it ended, in words that the customer will read."""

    text = fields.String(required=True, validate=LONG_TEXT, metadata={"description": "The customer reads this"})
    disposition = fields.Enum(Disposition, by_value=True, load_default=Disposition.DONE)
