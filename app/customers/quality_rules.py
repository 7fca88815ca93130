"""What a good value looks like, as PostgreSQL checks it: shapes only, for whether it is true nobody can tell from here."""

from app.customers.layout import ATTRIBUTES, Layout

PEOPLE = frozenset({"title", "given_name", "middle_name", "family_name", "date_of_birth", "gender", "national_id"})
"""What only a person has."""
ORGANISATIONS = frozenset({"organisation_name", "company_number"})
"""What only an organisation has."""

_WHOLE_NAME = ("given_name", "family_name")
_WHOLE_ADDRESS = ("house_number", "street", "city")
_NAME = "{v} !~ '[0-9@]' AND length({v}) > 1"

_SHAPES = {
    "given_name": "{v} !~ '[0-9@]'",
    "family_name": _NAME,
    "date_of_birth": (
        "{v} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}' AND left({v}, 10) > '1900-01-01' AND left({v}, 10) <= to_char(now(), 'YYYY-MM-DD')"
    ),
    "email": "{v} ~* '^[^@[:space:]]+@[^@[:space:]]+[.][a-z]{{2,}}$' AND {v} !~* '^(none|test|noemail|unknown|a)@'",
    "phone": (
        "length(regexp_replace({v}, '[^0-9]', '', 'g')) BETWEEN 10 AND 15 "
        "AND regexp_replace({v}, '[^0-9]', '', 'g') !~ '^0?(.)\\1+$'"
    ),
    "postcode": "{v} ~ '^[A-Z]{{1,2}}[0-9][A-Z0-9]? [0-9][A-Z]{{2}}$'",
    "uprn": "{v} ~ '^[0-9]{{1,12}}$'",
    "company_number": "upper({v}) ~ '^([0-9]{{8}}|[A-Z]{{2}}[0-9]{{6}}|[A-Z][0-9]{{7}})$'",
    "national_id": "upper(replace({v}, ' ', '')) ~ '^[A-CEGHJ-PR-TW-Z]{{2}}[0-9]{{6}}[A-D]$'",
}
_SHAPES["phone_2"] = _SHAPES["phone"]


def measured(layout: Layout) -> list[str]:
    """The attributes that a source of this layout can fill, in their usual order."""
    named = {attribute for record in layout.records for attribute in record.attributes}
    named |= set(_WHOLE_NAME) if "full_name" in named else set()
    named |= set(_WHOLE_ADDRESS) if "address" in named else set()
    return [attribute for attribute in ATTRIBUTES if attribute in named]


def concerned(attribute: str) -> str:
    """SQL: the record is of a kind that has the attribute at all."""
    if attribute in ORGANISATIONS:
        return "r.attributes ? 'organisation_name'"
    return "NOT r.attributes ? 'organisation_name'" if attribute in PEOPLE else "true"


def filled(attribute: str) -> str:
    """SQL: the record says something of it. `attribute` is one of ATTRIBUTES, never what somebody typed."""
    if attribute not in ATTRIBUTES:
        raise ValueError(attribute)
    return f"r.attributes ? '{attribute}'"


def well_formed(attribute: str) -> str:
    """SQL: what it says has the shape that such values have."""
    shape = _SHAPES.get(attribute)
    return shape.format(v=f"(r.attributes ->> '{attribute}')") if shape else "true"
