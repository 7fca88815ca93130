"""The shapes of FHIR's Patient/$match (R4 and R5), for an Organization too. What FHIR knows and we do not use is let through; what it does not know is refused."""

# ruff: noqa: N815 - these are FHIR's names

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.api.v1.schemas import Strict
from app.customers.enums import MatchGrade
from app.kernel.i18n import N_

MOST = 50
_WORDS = validate.Length(min=1, max=200)
_FEW = validate.Length(max=10)
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def _fhir_date(written: str) -> None:
    """A day, or a year or a month of one."""
    try:
        date.fromisoformat(written + "-01" * (2 - written.count("-")) if _DATE.fullmatch(written) else "")
    except ValueError:
        raise ValidationError(N_("Not a valid date.")) from None


class Element(Strict):
    """What every element of FHIR may carry, and we do not use."""

    id = fields.Raw()
    extension = fields.Raw()
    period = fields.Raw()


class NameSchema(Element):
    """A person's name."""

    text = fields.Raw()
    suffix = fields.Raw()

    use = fields.String(validate=validate.Length(max=20))
    family = fields.String(validate=_WORDS, metadata={"example": "Bloggs"})
    given = fields.List(fields.String(validate=_WORDS), validate=_FEW, metadata={"example": ["Josephine"]})
    prefix = fields.List(fields.String(validate=_WORDS), validate=_FEW)


class TelecomSchema(Element):
    """A telephone number or an e-mail address; of another kind of contact nothing is asked."""

    rank = fields.Raw()
    system = fields.String(
        required=True, validate=validate.OneOf(("phone", "email", "sms", "fax", "pager", "url", "other"))
    )
    value = fields.String(required=True, validate=_WORDS)
    use = fields.String(validate=validate.Length(max=20))


class AddressSchema(Element):
    """An address."""

    type = fields.Raw()
    text = fields.Raw()
    district = fields.Raw()
    state = fields.Raw()
    country = fields.Raw()

    use = fields.String(validate=validate.Length(max=20))
    line = fields.List(fields.String(validate=_WORDS), validate=_FEW, metadata={"example": ["9 Harbour Street"]})
    city = fields.String(validate=_WORDS)
    postalCode = fields.String(validate=validate.Length(min=1, max=20), metadata={"example": "ZF1 4EZ"})


class IdentifierSchema(Element):
    """What somebody is called in a system: `urn:firstpoint:customer`, or `urn:firstpoint:source:` and the name of a source.

    Of other systems we know nothing: their identifiers are not asked for.
    """

    use = fields.Raw()
    type = fields.Raw()
    assigner = fields.Raw()
    system = fields.String(required=True, validate=_WORDS, metadata={"example": "urn:firstpoint:source:council-tax"})
    value = fields.String(required=True, validate=_WORDS, metadata={"example": "700000001-1"})


class PatientSchema(Strict):
    """Who somebody is, in the shape of FHIR's Patient. Of a list the first entry counts. A date that is only begun says nothing."""

    id = fields.Raw()
    meta = fields.Raw()
    implicitRules = fields.Raw()
    language = fields.Raw()
    text = fields.Raw()
    contained = fields.Raw()
    extension = fields.Raw()
    active = fields.Raw()
    deceasedBoolean = fields.Raw()
    deceasedDateTime = fields.Raw()
    maritalStatus = fields.Raw()
    multipleBirthBoolean = fields.Raw()
    multipleBirthInteger = fields.Raw()
    photo = fields.Raw()
    contact = fields.Raw()
    communication = fields.Raw()
    generalPractitioner = fields.Raw()
    managingOrganization = fields.Raw()
    link = fields.Raw()

    resourceType = fields.String(validate=validate.OneOf(("Patient",)), load_default="Patient")
    name = fields.List(fields.Nested(NameSchema), load_default=list, validate=_FEW)
    birthDate = fields.String(validate=_fhir_date, metadata={"example": "1980-03-12"})
    gender = fields.String(validate=validate.OneOf(("male", "female", "other", "unknown")))
    telecom = fields.List(fields.Nested(TelecomSchema), load_default=list, validate=_FEW)
    address = fields.List(fields.Nested(AddressSchema), load_default=list, validate=_FEW)
    identifier = fields.List(fields.Nested(IdentifierSchema), load_default=list, validate=_FEW)


class OrganizationSchema(Strict):
    """An organisation, in the shape of FHIR's Organization. Of a list the first entry counts.

    Its company number is an identifier of the system `urn:firstpoint:company-number`.
    """

    id = fields.Raw()
    meta = fields.Raw()
    implicitRules = fields.Raw()
    language = fields.Raw()
    text = fields.Raw()
    contained = fields.Raw()
    extension = fields.Raw()
    active = fields.Raw()
    type = fields.Raw()
    alias = fields.Raw()
    description = fields.Raw()
    partOf = fields.Raw()
    contact = fields.Raw()
    qualification = fields.Raw()
    endpoint = fields.Raw()

    resourceType = fields.String(required=True, validate=validate.OneOf(("Organization",)))
    name = fields.String(validate=_WORDS, metadata={"example": "Northgate Lettings Ltd"})
    telecom = fields.List(fields.Nested(TelecomSchema), load_default=list, validate=_FEW)
    address = fields.List(fields.Nested(AddressSchema), load_default=list, validate=_FEW)
    identifier = fields.List(fields.Nested(IdentifierSchema), load_default=list, validate=_FEW)


class ResourceField(fields.Raw):
    """A Patient or an Organization, as its resourceType says; a Patient if it says nothing."""

    shapes: Mapping[str, type[Schema]] = {"Patient": PatientSchema, "Organization": OrganizationSchema}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        named = value.get("resourceType", "Patient") if isinstance(value, Mapping) else "Patient"
        if not isinstance(named, str) or named not in self.shapes:
            raise ValidationError({"resourceType": [N_("Must be one of: Patient, Organization.")]})
        return self.shapes[named]().load(value)


def describe_resource(converter: Any, field: fields.Field[Any], **_: Any) -> dict[str, Any]:
    """What OpenAPI says of a ResourceField: either shape."""
    if not isinstance(field, ResourceField):
        return {}
    return {"oneOf": [converter.resolve_nested_schema(shape) for shape in field.shapes.values()]}


class ParameterSchema(Strict):
    """One parameter: `resource`, `onlyCertainMatches`, `onlySingleMatch` or `count`."""

    name = fields.String(
        required=True, validate=validate.OneOf(("resource", "onlyCertainMatches", "onlySingleMatch", "count"))
    )
    resource = ResourceField()
    valueBoolean = fields.Boolean()
    valueInteger = fields.Integer(strict=True, validate=validate.Range(min=1, max=MOST))

    @validates_schema
    def _has_its_value(self, data: dict[str, Any], **_: Any) -> None:
        wanted = {
            "resource": "resource", "onlyCertainMatches": "valueBoolean", "onlySingleMatch": "valueBoolean", "count": "valueInteger",
        }  # fmt: skip
        missing = wanted.get(data.get("name", ""))
        if missing and missing not in data:
            raise ValidationError({missing: [N_("Missing data for required field.")]})


class ParametersSchema(Strict):
    """What is asked."""

    resourceType = fields.String(validate=validate.OneOf(("Parameters",)), load_default="Parameters")
    parameter = fields.List(fields.Nested(ParameterSchema), required=True, validate=validate.Length(min=1, max=4))


class FoundIdentifierSchema(Schema):
    """Our id of the customer."""

    system = fields.String(required=True)
    value = fields.String(required=True)


class FoundCustomerSchema(Schema):
    """A customer, by our id alone."""

    resourceType = fields.String(required=True, validate=validate.OneOf(tuple(ResourceField.shapes)))
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
    """One customer who may be the person or the organisation."""

    fullUrl = fields.String(required=True)
    resource = fields.Nested(FoundCustomerSchema, required=True)
    search = fields.Nested(SearchSchema, required=True)


class BundleSchema(Schema):
    """The customers who may be the one that was asked for, the likeliest first; without `entry` when there is nobody."""

    resourceType = fields.String(required=True, metadata={"example": "Bundle"})
    type = fields.String(required=True, metadata={"example": "searchset"})
    total = fields.Integer(required=True)
    entry = fields.List(fields.Nested(EntrySchema))
