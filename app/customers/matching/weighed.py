"""Two records as matching weighed them, for those who tell why: what many people share has said nothing, and shows nothing."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from sqlalchemy.orm import Session

from app.customers.matching import neighbourhood as around
from app.customers.matching.parameters import Parameters
from app.customers.matching.people import People
from app.customers.matching.records import Current
from mdm.steady import SHAREABLE

_FIRST, _SECOND = np.array([0], np.int32), np.array([1], np.int32)
_SAME_WEIGHT = 0.02
"""In nats. Stored weights are rounded."""


def as_weighed(
    session: Session, by: Parameters, left: Current, right: Current, weight: float
) -> tuple[Current, Current]:
    """Both records without the values that did not count, if that is how they come to this weight; else as they are."""
    if left.is_organisation or right.is_organisation:
        return left, right
    people = People([left, right], by)
    shared = around.shared_values(session, people.lent)
    if not shared:
        return left, right
    people.without(shared)
    counted = people.prepared.weigh(_FIRST, _SECOND)[0]
    if abs(counted - weight) > _SAME_WEIGHT:
        return left, right
    hollow = _shared_of([left, right], by, shared)
    return _without(left, hollow), _without(right, hollow)


def _shared_of(records: list[Current], by: Parameters, shared: Collection[int]) -> set[tuple[str, str]]:
    """(record's name, attribute) of every value that many people share."""
    alone = {
        f"{record.name}#{name}": (record.name, name) for record in records for name in SHAREABLE if record.attributes.get(name)
    }  # fmt: skip
    probes = [
        replace(record, key=f"{record.key}#{name}", attributes={name: record.attributes[name]})
        for record in records
        for name in SHAREABLE
        if record.attributes.get(name)
    ]
    if not probes:
        return set()
    prepared = People(probes, by).prepared
    rows, marks = prepared.lent()
    ids = prepared.ids
    return {alone[ids[row]] for row, mark in zip(rows.tolist(), marks.tolist(), strict=True) if mark in shared}


def _without(record: Current, hollow: set[tuple[str, str]]) -> Current:
    kept = {name: value for name, value in record.attributes.items() if (record.name, name) not in hollow}
    return replace(record, attributes=kept)
