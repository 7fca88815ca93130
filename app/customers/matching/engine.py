"""The one place that asks the matching engine who is who."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
import pyarrow as pa

import mdm
from app.customers.matching.records import Current, Decisions
from mdm.standardise import standardise

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


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records by their place in the list, and how the engine weighs them."""

    left: int
    right: int
    weight: float
    probability: float


@dataclass(frozen=True, slots=True)
class Clusters:
    """Clusters as lists of places in the list of records; links within them, and possible matches between them."""

    members: list[list[int]]
    links: list[Pair]
    possible: list[Pair]
    model: dict[str, Any]
    timings: dict[str, float]
    counts: dict[str, int]


def find_clusters(records: Sequence[Current], decisions: Decisions) -> Clusters:
    """Who is the same person or organisation. Decisions always hold."""
    place = {record.id: number for number, record in enumerate(records)}
    people = [number for number, record in enumerate(records) if not record.is_organisation]
    organisations = [number for number, record in enumerate(records) if record.is_organisation]
    members = _organisations(records, organisations, decisions, place)
    if not people:
        return Clusters(members, [], [], {}, {}, {})
    chosen = set(people)
    result = mdm.match(
        as_table([records[number] for number in people]),
        KINDS,
        must_link=_named(records, decisions.same, place, chosen),
        cannot_link=_named(records, decisions.different, place, chosen),
    )
    by_name = {records[number].name: number for number in people}
    grouped: defaultdict[str, list[int]] = defaultdict(list)
    for name, cluster in zip(*(result.clusters[column].to_pylist() for column in ("id", "cluster")), strict=True):
        grouped[cluster].append(by_name[name])
    members += [sorted(group) for _, group in sorted(grouped.items())]
    return Clusters(
        members,
        _pairs(result.links, by_name),
        _pairs(result.possible, by_name),
        result.model.as_dict(),
        dict(result.timings),
        dict(result.counts),
    )


def as_table(records: Sequence[Current]) -> pa.Table:
    """The records as the engine takes them: a column of text for every kind."""
    columns = {column: [record.attributes.get(column) for record in records] for column in KINDS}
    columns["id"] = [record.name for record in records]
    columns["source"] = [record.source for record in records]
    columns["gender"] = [_gender(record.attributes) for record in records]
    return pa.table({column: pa.array(values, pa.string()) for column, values in columns.items()})


def as_row(record: Current) -> dict[str, str | None]:
    """One record as the engine takes it."""
    attributes: dict[str, str | None] = {column: record.attributes.get(column) for column in KINDS}
    return {**attributes, "id": record.name, "source": record.source, "gender": _gender(record.attributes)}


def _gender(attributes: dict[str, str]) -> str | None:
    """A title tells the gender where the source does not."""
    return attributes.get("gender") or _GENDER_OF_TITLE.get(attributes.get("title", "").lower())


def _organisations(
    records: Sequence[Current], organisations: list[int], decisions: Decisions, place: dict[UUID, int]
) -> list[list[int]]:
    """Organisations of one standardised name are one; stewards join others, and part those that only share a name."""
    names = standardise(
        pl.Series([records[n].attributes["organisation_name"] for n in organisations], dtype=pl.String),
        mdm.Kind.ORGANISATION_NAME,
    )
    group = {number: name or records[number].name for number, name in zip(organisations, names.to_list(), strict=True)}
    for left, right in decisions.same:
        one, other = group.get(place[left]), group.get(place[right])
        if one is not None and other is not None:
            group = {number: one if name == other else name for number, name in group.items()}
    for left, right in decisions.different:
        if place[left] in group and group[place[left]] == group.get(place[right]):
            group[place[right]] = records[place[right]].name
    grouped: defaultdict[str, list[int]] = defaultdict(list)
    for number in organisations:
        grouped[group[number]].append(number)
    return [members for _, members in sorted(grouped.items())]


def _named(
    records: Sequence[Current], pairs: Sequence[tuple[UUID, UUID]], place: dict[UUID, int], chosen: set[int]
) -> list[tuple[str, str]]:
    """Pairs of ids as pairs of the engine's names."""
    numbered = [(place[left], place[right]) for left, right in pairs]
    return [(records[left].name, records[right].name) for left, right in numbered if {left, right} <= chosen]


def _pairs(table: pa.Table, by_name: dict[str, int]) -> list[Pair]:
    columns = (table[column].to_pylist() for column in ("left", "right", "weight", "probability"))
    return [
        Pair(by_name[left], by_name[right], weight, chance)
        for left, right, weight, chance in zip(*columns, strict=True)
    ]
