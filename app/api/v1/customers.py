"""Is this person, or this organisation, a customer already? Asked and answered in the shape of FHIR's Patient/$match."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_smorest import Blueprint

from app.api import fhir, problems
from app.api.v1.customer_schemas import BundleSchema, ParametersSchema
from app.customers import services
from app.customers.rows import Likely
from app.customers.services import OURS
from app.kernel.errors import Invalid
from app.kernel.i18n import N_
from app.web.access import api
from app.web.context import actor, now, transaction

bp = Blueprint("customers", __name__, url_prefix="/api/v1/customers", description="Who is a customer already")
problems.answer_for(bp)
fhir.speak_for(bp)
CUSTOMER, SOURCE, COMPANY = "urn:firstpoint:customer", "urn:firstpoint:source:", "urn:firstpoint:company-number"
_WHOLE_DAY = 10
GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"


@bp.post("/$match")
@api("customers:match")
@bp.arguments(ParametersSchema)
@bp.response(200, BundleSchema)
@problems.refuses(bp, writes=True)
def match(body: dict[str, Any]) -> dict[str, Any]:
    """Ask whether a person (a Patient) or an organisation (an Organization) is a customer already: who may be them, how likely, and how
    sure that is.

    It changes nothing, and is written down as a look-up. The answer names customers by our id and says nothing else of them. Whoever's
    record is restricted is never among them, so that nobody is found does not say that there is nobody.
    """
    given = {parameter["name"]: parameter for parameter in body["parameter"]}
    if "resource" not in given:
        raise Invalid({"parameter": N_("Send the person or the organisation as the parameter called resource")})
    wanted = given["resource"]["resource"]
    is_body = wanted["resourceType"] == "Organization"
    ask = services.match_organisation if is_body else services.match_person
    single = given.get("onlySingleMatch", {}).get("valueBoolean", False)
    with transaction() as session:
        found = ask(
            session,
            actor(),
            _said_of_organisation(wanted) if is_body else _said(wanted),
            address=_lines(wanted),
            identifiers=[
                _identifier(one) for one in wanted["identifier"] if one["system"].startswith((CUSTOMER, SOURCE))
            ],
            only_certain=given.get("onlyCertainMatches", {}).get("valueBoolean", False),
            count=1 if single else given.get("count", {}).get("valueInteger", 10),
            now=now(),
        )
    bundle = {"resourceType": "Bundle", "type": "searchset", "total": len(found)}
    return bundle | ({"entry": [_entry(one, wanted["resourceType"]) for one in found]} if found else {})


def _said(patient: Mapping[str, Any]) -> dict[str, str]:
    """The person in the words of source records."""
    name = _first(patient["name"])
    given = name.get("given", [])
    born = patient.get("birthDate", "")
    said = {
        "title": " ".join(name.get("prefix", [])),
        "given_name": " ".join(given[:1]),
        "middle_name": " ".join(given[1:]),
        "family_name": name.get("family", ""),
        "date_of_birth": born if len(born) == _WHOLE_DAY else "",
        "gender": {"male": "Male", "female": "Female"}.get(patient.get("gender", ""), ""),
    }
    return said | _contacts(patient)


def _said_of_organisation(organisation: Mapping[str, Any]) -> dict[str, str]:
    """The same for an organisation."""
    number = _first([one for one in organisation["identifier"] if one["system"] == COMPANY]).get("value", "")
    return {
        "organisation_name": organisation.get("name", ""),
        "company_number": number,
        **_contacts(organisation),
    }


def _contacts(wanted: Mapping[str, Any]) -> dict[str, str]:
    """The first telephone number and the first e-mail address."""
    return {
        system: _first([one for one in wanted["telecom"] if one["system"] == system]).get("value", "")
        for system in ("phone", "email")
    }


def _lines(wanted: Mapping[str, Any]) -> list[str]:
    address = _first(wanted["address"])
    return [*address.get("line", []), *(address[part] for part in ("city", "postalCode") if part in address)]


def _first(some: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return some[0] if some else {}


def _identifier(one: Mapping[str, str]) -> tuple[str, str]:
    return OURS if one["system"] == CUSTOMER else one["system"].removeprefix(SOURCE), one["value"]


def _entry(one: Likely, resource_type: str) -> dict[str, Any]:
    golden = one.customer.golden_id
    return {
        "fullUrl": f"urn:uuid:{golden}",
        "resource": {
            "resourceType": resource_type,
            "id": golden,
            "active": True,
            "identifier": [{"system": CUSTOMER, "value": str(golden)}],
        },
        "search": {
            "mode": "match",
            "score": one.probability,
            "extension": [{"url": GRADE, "valueCode": one.grade}],
        },
    }
