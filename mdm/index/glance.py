"""A first look at many records for one query: which of them are worth a comparison, in a few matrix products.

Per field there are four cases: missing, equal, nearly equal (they sound alike, or share a part), and different. The
model's levels are added up accordingly, and every class of the mixture gets its log probability at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mdm.columns import Records
from mdm.compare import Comparison, SourceComparison
from mdm.index.keys import Slot
from mdm.model import MATCHES, Model

NEAR: dict[str, tuple[str, ...]] = {
    "given_name": ("skeleton", "lone", "initial"), "middle_name": ("skeleton", "lone", "initial"),
    "family_name": ("skeleton",),
    "organisation_name": ("skeleton",), "date_of_birth": ("year", "day_month"), "national_id": ("first6", "last4"),
    "company_number": ("last4",), "phone": ("first6", "last4"), "postcode": ("outward", "inward"), "email": ("local", "letters"),
    "address_line": ("first_word", "proper"), "city": ("skeleton",),
}  # fmt: skip
"""What two values of a kind share when they are nearly equal."""

MEETS = {"lone": "initial", "initial": "lone"}
"""An initial that stands alone is near to every name that begins with it, and two names are not for their initials."""

Parts = NDArray[np.uint16]


def near_slots(records: Records) -> list[Slot]:
    return [Slot(name, derived) for name, column in records.columns.items() for derived in NEAR.get(column.kind, ())]


def asked_parts(slots: Sequence[Slot], derived: Mapping[str, Mapping[str, int]]) -> list[int]:
    """The bits (P,) that a record's parts need, to be near to what has been `derived` from a query."""
    return [derived[slot.field][f"hash.{MEETS.get(slot.derived, slot.derived)}"] >> 48 for slot in slots]


def near_derivations(records: Records) -> dict[str, tuple[str, ...]]:
    """What is derived from each field for the first look."""
    return {name: NEAR.get(column.kind, ()) for name, column in records.columns.items()}


def near_parts(records: Records, slots: Sequence[Slot], room: int) -> Parts:
    """The leading bits (n + room, P) of the hash of each part, 0 where missing."""
    parts = np.zeros((len(records) + room, len(slots)), np.uint16)
    for place, slot in enumerate(slots):
        parts[: len(records), place] = slot.of_records(records) >> np.uint64(48)
    return parts


class Glance:
    """The model's tables as log probabilities (F, C) of a difference, of near equality, and of equality (L, F, C)."""

    def __init__(self, model: Model, fields: Sequence[Comparison | SourceComparison], slots: Sequence[Slot]) -> None:
        chosen = [
            (one, field) for one, field in zip(model.fields, fields, strict=True) if isinstance(field, Comparison)
        ]
        self._exact = [field.exact for _, field in chosen]
        self._equal = [np.log(one.tables[:, field.exact :]).T.astype(np.float32) for one, field in chosen]
        self._different = np.array([_log_sum(one.tables[:, 1 : field.exact]) for one, field in chosen], np.float32)
        self._near = np.array(
            [_log_sum(one.tables[:, min(2, field.exact - 1) : field.exact]) for one, field in chosen], np.float32
        )
        with np.errstate(divide="ignore"):
            self._sizes = np.log(np.maximum(model.sizes, 1e-300)).astype(np.float32)
        places = {one.name: place for place, (one, _) in enumerate(chosen)}
        self._field_of_part = np.zeros((len(slots), len(chosen)), np.float32)
        for part, slot in enumerate(slots):
            if slot.field in places:
                self._field_of_part[part, places[slot.field]] = 1

    def weights(
        self, mine: NDArray[np.int32], rarity: Sequence[int], codes: NDArray[np.int32], my_parts: Parts, parts: Parts,
        *, meant: Mapping[int, Sequence[int]],
    ) -> NDArray[np.float32]:  # fmt: skip
        """Approximate weights (K,) of a record with value codes `mine` (F,) of such `rarity` and `my_parts` (P,)
        against records with `codes` (K, F) and `parts` (K, P). `meant` are codes of values, by field, that its own may
        be a slip of."""
        both = (codes >= 0) & (mine >= 0)
        equal = both & (codes == mine)
        shared = ((parts == my_parts) & (my_parts != 0)).astype(np.float32) @ self._field_of_part
        for place, nearby in meant.items():
            shared[:, place] += np.isin(codes[:, place], nearby)
        near = both & ~equal & (shared > 0)
        different = both & ~equal & ~near
        of_equality = np.stack([table[bin_] for table, bin_ in zip(self._equal, rarity, strict=True)])
        total = self._sizes + equal.astype(np.float32) @ of_equality
        total += near.astype(np.float32) @ self._near
        total += different.astype(np.float32) @ self._different
        weight: NDArray[np.float32] = total[:, :MATCHES].max(axis=1) - total[:, MATCHES:].max(axis=1)
        return weight


def _log_sum(tables: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log probability (C,) of any of the levels (C, L)."""
    total: NDArray[np.float64] = np.log(np.maximum(tables.sum(axis=1), 1e-300))
    return total
