"""What agreement and disagreement say of two organisations: a fixed model, so that the engine weighs and explains them as it does people.

It is written down rather than learned. An authority has some hundreds of organisations that are recorded twice, too few to learn from,
and what a company number says does not depend on the place. docs/adr/0027 says how the figures were chosen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

import mdm
from app.customers.matching.records import Current
from mdm import Model, from_dict, level_labels
from mdm.steady import FEW, Prepared, Recipe

VERSION = 1
"""Part of what tells stored marks apart: raised whenever the figures or the marks of organisations change."""
ALIKE, SIMILAR, CLOSE = 2, 3, 4
"""Levels of two different names, as `mdm.levels_of_texts` numbers them."""
KINDS = {
    "id": "id", "organisation_name": "organisation_name", "company_number": "company_number", "email": "email",
    "phone": "phone", "postcode": "postcode", "house_number": "house_number", "street": "address_line",
}  # fmt: skip
"""Attribute → the engine's kind."""

_CLASSES = {"clean match": 1e5, "same place": 6e5, "shared contact": 2e5, "unrelated": 6e9}
"""Pairs of each class among some hundred thousand records."""
_SHARES: dict[str, dict[str, tuple[float, ...]]] = {
    # of pairs of one organisation; at one place; with one telephone number or e-mail address; of unrelated ones
    "organisation_name": {
        "different": (0.004, 0.97, 0.84, 0.9938),
        "alike": (0.06, 0.024, 0.09, 0.006),
        "similar": (0.08, 0.005, 0.06, 2e-4),
        "close": (0.12, 8e-4, 0.012, 1.2e-5),
        "equal": (0.736, 4e-5, 4e-4, 4e-7),
    },
    "company_number": {
        "different": (0.02, 0.95, 0.9, 0.96),
        "same beginning": (0.01, 0.049, 0.09, 0.0399),
        "two edits": (0.01, 7e-4, 6e-3, 7e-5),
        "one edit": (0.02, 3e-4, 4e-3, 2e-5),
        "equal": (0.94, 1e-5, 1e-5, 1e-7),
    },
    "email": {
        "different": (0.41, 0.98, 0.55, 0.99),
        "two edits": (0.04, 0.005, 0.01, 0.001),
        "same local part": (0.05, 0.013, 0.05, 0.0089),
        "equal": (0.5, 0.002, 0.39, 1e-4),
    },
    "phone": {
        "different": (0.38, 0.93, 0.44, 0.94),
        "same beginning": (0.05, 0.06, 0.05, 0.0578),
        "two edits": (0.02, 0.004, 0.02, 0.002),
        "one edit": (0.05, 0.002, 0.03, 2e-4),
        "equal": (0.5, 0.004, 0.46, 1e-4),
    },
    "postcode": {
        "different": (0.45, 0.01, 0.65, 0.93),
        "same beginning": (0.1, 0.01, 0.15, 0.065),
        "two edits": (0.03, 0.01, 0.02, 0.004),
        "one edit": (0.02, 0.01, 0.01, 5e-4),
        "equal": (0.4, 0.96, 0.17, 5e-4),
    },
    "house_number": {"different": (0.5, 0.25, 0.75, 0.965), "one edit": (0.02, 0.03, 0.02, 0.015), "equal": (0.48, 0.72, 0.23, 0.02)},
    "address_line": {
        "different": (0.45, 0.03, 0.65, 0.94),
        "alike": (0.06, 0.03, 0.09, 0.05),
        "similar": (0.03, 0.03, 0.03, 0.005),
        "close": (0.04, 0.04, 0.03, 0.001),
        "equal": (0.42, 0.87, 0.2, 0.004),
    },
}  # fmt: skip


@cache
def organisation_model() -> Model:
    """The model of version VERSION."""
    return from_dict(
        {
            "records": 110_000, "kinds": KINDS,
            "sources": [], "order": list(_CLASSES), "classes": _CLASSES, "shift": 0.0, "day_first": None, "keys": [],
            "floor": -60.0, "decisions": [],
            "fields": [
                {"name": kind, "kind": kind, "factor": 1.0, "common": {}, "levels": _levels(kind)} for kind in _SHARES
            ],
        }
    )  # fmt: skip


def _levels(kind: str) -> dict[str, list[float]]:
    """The shares by the engine's labels. How common a value is makes no difference: nothing is known of that beforehand."""
    shares = _SHARES[kind]
    return {label: list(shares[label.partition(",")[0]]) for label in level_labels(kind)[1:]}


def explain_organisations(left: Current, right: Current) -> mdm.Explanation:
    """Why two records of organisations have their weight."""
    told = mdm.explain(organisation_model(), _row(left), _row(right))
    return replace(told, fields=tuple(_without_rarity(bar) for bar in told.fields))


def _without_rarity(bar: mdm.FieldWeight) -> mdm.FieldWeight:
    """The model counts every value as rare; nobody is to be told that it has counted."""
    held = bar.level.partition(", in ")[2]
    return replace(bar, level="equal", words=bar.words.replace(f", in {held}", "")) if held else bar


def weigh(records: Sequence[Current], pairs: Sequence[tuple[int, int]]) -> list[float]:
    """The match weight of pairs of places in the list, in nats."""
    if not pairs:
        return []
    chosen = sorted({place for pair in pairs for place in pair})
    rows = [dict(_row(records[place])) for place in chosen]
    table: Any = rows
    if len(rows) > FEW:
        table = pa.table({column: pa.array([row[column] for row in rows], pa.string()) for column in KINDS})
    prepared = Prepared(organisation_model(), Recipe(keys=()), table)
    row = {name: number for number, name in enumerate(prepared.ids)}
    sides = [np.array([row[records[pair[side]].name] for pair in pairs], np.int32) for side in (0, 1)]
    left, right = np.minimum(*sides), np.maximum(*sides)
    return [float(weight) for weight in prepared.weigh(left, right)]


def _row(record: Current) -> Mapping[str, str | None]:
    said: dict[str, str | None] = {column: record.attributes.get(column) for column in KINDS}
    return {**said, "id": record.name}
