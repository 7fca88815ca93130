"""The shapes of FHIR's Patient/$match, as far as we know them."""

# ruff: noqa: N815 - these are FHIR's names

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.api.v1.schemas import Strict
from app.customers.enums import MatchGrade
from app.kernel.i18n import N_

MOST = 50
_WORDS = validate.Length(min=1, max=200)
_FEW = validate.Length(max=10)


class NameSchema(Strict):
    """A person's name."""

    use = fields.String(validate=validate.Length(max=20))
    family = fields.String(validate=_WORDS, metadata={"example": "Bloggs"})
    given = fields.List(fields.String(validate=_WORDS), validate=_FEW, metadata={"example": ["Josephine"]})
    prefix = fields.List(fields.String(validate=_WORDS), validate=_FEW)


class TelecomSchema(Strict):
    """A telephone number or an e-mail address."""

    system = fields.String(required=True, validate=validate.OneOf(("phone", "email")))
    value = fields.String(required=True, validate=_WORDS)
    use = fields.String(validate=validate.Length(max=20))


class AddressSchema(Strict):
    """An address."""

    use = fields.String(validate=validate.Length(max=20))
    line = fields.List(fields.String(validate=_WORDS), validate=_FEW, metadata={"example": ["9 Harbour Street"]})
    city = fields.String(validate=_WORDS)
    postalCode = fields.String(validate=validate.Length(min=1, max=20), metadata={"example": "ZF1 4EZ"})


class IdentifierSchema(Strict):
    """What somebody is called in a system: `urn:firstpoint:customer`, or `urn:firstpoint:source:` and the name of a source."""

    system = fields.String(
        required=True,
        validate=validate.Regexp(
            r"^urn:firstpoint:(customer|source:[a-z0-9-]{1,60})\Z",
            error=N_("Name urn:firstpoint:customer, or urn:firstpoint:source: and a source"),
        ),
        metadata={"example": "urn:firstpoint:source:council-tax"},
    )
    value = fields.String(required=True, validate=_WORDS, metadata={"example": "700000001-1"})


class PatientSchema(Strict):
    """Who somebody is, in the shape of FHIR's Patient. Of a list the first entry counts."""

    resourceType = fields.String(validate=validate.OneOf(("Patient",)), load_default="Patient")
    name = fields.List(fields.Nested(NameSchema), load_default=list, validate=_FEW)
    birthDate = fields.Date(metadata={"example": "1980-03-12"})
    gender = fields.String(validate=validate.OneOf(("male", "female", "other", "unknown")))
    telecom = fields.List(fields.Nested(TelecomSchema), load_default=list, validate=_FEW)
    address = fields.List(fields.Nested(AddressSchema), load_default=list, validate=_FEW)
    identifier = fields.List(fields.Nested(IdentifierSchema), load_default=list, validate=_FEW)


class ParameterSchema(Strict):
    """One parameter: `resource`, `onlyCertainMatches` or `count`."""

    name = fields.String(required=True, validate=validate.OneOf(("resource", "onlyCertainMatches", "count")))
    resource = fields.Nested(PatientSchema)
    valueBoolean = fields.Boolean()
    valueInteger = fields.Integer(strict=True, validate=validate.Range(min=1, max=MOST))

    @validates_schema
    def _has_its_value(self, data: dict[str, Any], **_: Any) -> None:
        wanted = {"resource": "resource", "onlyCertainMatches": "valueBoolean", "count": "valueInteger"}
        missing = wanted.get(data.get("name", ""))
        if missing and missing not in data:
            raise ValidationError({missing: [N_("Missing data for required field.")]})


class ParametersSchema(Strict):
    """What is asked."""

    resourceType = fields.String(validate=validate.OneOf(("Parameters",)), load_default="Parameters")
    parameter = fields.List(fields.Nested(ParameterSchema), required=True, validate=validate.Length(min=1, max=3))


class FoundIdentifierSchema(Schema):
    """Our id of the customer."""

    system = fields.String(required=True)
    value = fields.String(required=True)


class FoundPatientSchema(Schema):
    """A customer, by our id alone."""

    resourceType = fields.String(required=True, metadata={"example": "Patient"})
    id = fields.UUID(required=True)
    active = fields.Boolean(required=True)
    identifier = fields.List(fields.Nested(FoundIdentifierSchema), required=True)


class GradeSchema(Schema):
    """How sure it is."""

    url = fields.String(required=True)
    valueCode = fields.Enum(MatchGrade, by_value=True, required=True)


class SearchSchema(Schema):
    """How likely the entry is, from 0 to 1."""

    mode = fields.String(required=True, metadata={"example": "match"})
    score = fields.Float(required=True)
    extension = fields.List(fields.Nested(GradeSchema), required=True)


class EntrySchema(Schema):
    """One customer who may be the person."""

    fullUrl = fields.String(required=True)
    resource = fields.Nested(FoundPatientSchema, required=True)
    search = fields.Nested(SearchSchema, required=True)


class BundleSchema(Schema):
    """The customers who may be the person, the likeliest first."""

    resourceType = fields.String(required=True, metadata={"example": "Bundle"})
    type = fields.String(required=True, metadata={"example": "searchset"})
    total = fields.Integer(required=True)
    entry = fields.List(fields.Nested(EntrySchema), required=True)
