"""Source records as the matching engine takes them."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

import mdm
from app.customers.matching.organisation_model import explain_organisations
from app.customers.matching.records import Current
from mdm.steady import FEW

KINDS = {
    "id": "id",
    "source": "source",
    "given_name": "given_name",
    "middle_name": "middle_name",
    "family_name": "family_name",
    "date_of_birth": "date_of_birth",
    "gender": "gender",
    "national_id": "national_id",
    "email": "email",
    "phone": "phone",
    "unit": "unit",
    "house_number": "house_number",
    "street": "address_line",
    "city": "city",
    "postcode": "postcode",
}
"""Attribute → the engine's kind."""

_GENDER_OF_TITLE = {"mr": "m", "mrs": "f", "miss": "f", "ms": "f"}


def as_table(records: Sequence[Current]) -> pa.Table:
    """The records as the engine takes them: a column of text for every kind."""
    columns = {column: [record.attributes.get(column) for record in records] for column in KINDS}
    columns["id"] = [record.name for record in records]
    columns["source"] = [record.source for record in records]
    columns["gender"] = [_gender(record.attributes) for record in records]
    return pa.table({column: pa.array(values, pa.string()) for column, values in columns.items()})


def as_table_or_rows(records: Sequence[Current]) -> pa.Table | list[dict[str, str | None]]:
    """The records as matching in the flow takes them; of a few, rows are read much quicker than columns."""
    return [as_row(record) for record in records] if len(records) <= FEW else as_table(records)


def as_row(record: Current) -> dict[str, str | None]:
    """One record as the engine takes it."""
    attributes: dict[str, str | None] = {column: record.attributes.get(column) for column in KINDS}
    return {**attributes, "id": record.name, "source": record.source, "gender": _gender(record.attributes)}


def explain_pair(model: mdm.Model | None, left: Current, right: Current) -> mdm.Explanation | None:
    """Why two records have their weight: people by the model that was learned, organisations by their own. None before the first run."""
    if left.is_organisation and right.is_organisation:
        return explain_organisations(left, right)
    return mdm.explain(model, as_row(left), as_row(right)) if model else None


def _gender(attributes: Mapping[str, str]) -> str | None:
    """A title tells the gender where the source does not."""
    return attributes.get("gender") or _GENDER_OF_TITLE.get(attributes.get("title", "").lower())
