"""Values that are one slip of the pen away from a query's, and names that stand for one another.

Whoever wrote *Andew* may have meant *Andrew*; whoever asks for *Preston* may be known as *Oreston*, for *Conway* as
*Conway Jackson*, for *Becky* as *Rebecca*. Every name and street of the index is kept under its near hashes
(:mod:`mdm.blocking_near`), a name of several words under each of them too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mdm.blocking_keys import Hashes
from mdm.blocking_near import LONGEST, SHORTEST, hash_lists
from mdm.columns import NAME_KINDS, Records
from mdm.compare_nicknames import ROOTS
from mdm.index.derivations import hashes

SEVERAL = 2
"""What was meant is held by so many records at least."""

RARER = 4
"""A slip is held by so many times fewer records than what was meant."""

COMMON = 50
"""A value that more records hold is no slip."""

MOST = 4
"""So many values that may have been meant are followed, the commonest first; and so many other forms of a name."""

MOST_SLIPS = 60
"""So many values that may be slips of the query's are followed, the rarest first."""

STREETS = ("address_line",)
FORENAMES = ("given_name", "middle_name")

Held = Callable[[str, int], int]
"""How many records hold the value with this code in this field."""

Asked = Mapping[str, tuple[str, int]]
"""Field → a query's value and its code."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """Codes of values: what the query's may have been `meant` for, other `forms` of a forename, and what may be `slips`
    of it or hold it among other words."""

    meant: list[int]
    forms: list[int]
    slips: list[int]


class NearValues:
    """Names and streets by their near hashes: sorted arrays of the first ones, a dictionary of later ones."""

    def __init__(self, records: Records) -> None:
        self.names = [column.name for kind in NAME_KINDS for column in records.of_kind(kind)]
        self.streets = [column.name for kind in STREETS for column in records.of_kind(kind)]
        self.fields = self.names + self.streets
        self._forenames = {column.name for kind in FORENAMES for column in records.of_kind(kind)}
        self._known: dict[str, tuple[Hashes, NDArray[np.int32]]] = {}
        self._later: dict[str, dict[int, list[int]]] = {}
        self._of_root: dict[str, dict[int, list[int]]] = {}
        made: dict[int, str] = {}
        for name in self.fields:
            vocabulary = records.columns[name].vocabulary
            same = made.setdefault(id(vocabulary), name)
            if same == name:
                alike = [column for column in records.columns.values() if column.vocabulary is vocabulary]
                held = np.sum([column.counts for column in alike], axis=0)
                least = 1 if name in self.names else SEVERAL
                self._known[name] = _sorted(vocabulary.values, np.flatnonzero(held >= least), name in self.names)
                self._later[name], self._of_root[name] = {}, {}
                for code, value in enumerate(vocabulary.values.to_list() if name in self.names else ()):
                    self._learn_root(name, code, value)
            self._known[name], self._later[name] = self._known[same], self._later[same]
            self._of_root[name] = self._of_root[same]

    def learn(self, field: str, code: int, value: str) -> None:
        """A new value."""
        for one in (hashes(_near(value, field in self.names)) | np.uint64(1)).tolist():
            self._later[field].setdefault(one, []).append(code)
        if field in self.names:
            self._learn_root(field, code, value)

    def _learn_root(self, field: str, code: int, value: str) -> None:
        for root in _roots(value):
            self._of_root[field].setdefault(root, []).append(code)

    def find(self, asked: Asked, held: Held, *, freely: bool = True) -> dict[str, Nearby]:
        """What is near to each of the query's values; without `freely` only what was meant."""
        texts = {field: _near(value, field in self.names) for field, (value, _) in asked.items()}
        every = hashes([text for some in texts.values() for text in some]) | np.uint64(1)
        found, begin = {}, 0
        for field, (value, code) in asked.items():
            end = begin + len(texts[field])
            near = self._under(field, every[begin:end]) - {code}
            found[field] = self._told_apart(field, value, code, near, held, freely=freely)
            begin = end
        return found

    def _under(self, field: str, wanted: Hashes) -> set[int]:
        """Codes of the values that have one of these near hashes."""
        known, codes = self._known[field]
        begins, ends = known.searchsorted(wanted), known.searchsorted(wanted, side="right")
        some = np.flatnonzero(begins < ends)
        found = {code for place in some.tolist() for code in codes[begins[place] : ends[place]].tolist()}
        later = self._later[field]
        if later:
            found.update(code for one in wanted.tolist() for code in later.get(one, ()))
        return found

    def _told_apart(self, field: str, value: str, code: int, near: set[int], held: Held, *, freely: bool) -> Nearby:
        own = held(field, code)
        if not freely and own > COMMON:
            return Nearby([], [], [])
        counted = sorted((-held(field, one), one) for one in near)
        least = max(SEVERAL, RARER * own)
        meant = [one for times, one in counted if -times >= least][:MOST] if own <= COMMON else []
        if field in self.streets or not freely:
            return Nearby(meant, [], [])
        slips = [one for times, one in reversed(counted) if 0 < -times <= COMMON and one not in meant]
        return Nearby(meant, self._other_forms(field, value, {code, *meant}, held), slips[:MOST_SLIPS])

    def _other_forms(self, field: str, value: str, known: set[int], held: Held) -> list[int]:
        """Codes of the commonest other forms of a forename."""
        if field not in self._forenames:
            return []
        forms = {one for root in _roots(value) for one in self._of_root[field].get(root, ())} - known
        counted = sorted((-held(field, one), one) for one in forms)
        return [one for times, one in counted[:MOST] if -times >= SEVERAL]


def _roots(value: str) -> Iterable[int]:
    return [root for root in ROOTS[value].tolist() if root] if value in ROOTS else ()


def _sorted(values: pl.Series, chosen: NDArray[np.int64], words_too: bool) -> tuple[Hashes, NDArray[np.int32]]:
    """The near hashes of the chosen values in order, and whose they are."""
    some = values.gather(chosen)
    lists = hash_lists(some)
    which = np.repeat(chosen, lists.list.len().to_numpy()).astype(np.int32)
    found = lists.explode().drop_nulls().to_numpy().astype(np.uint64)
    if words_too:
        words = pl.DataFrame({"code": chosen, "word": some}).filter(pl.col("word").str.contains(" ", literal=True))
        words = words.with_columns(pl.col("word").str.split(" ")).explode("word")
        words = words.filter(pl.col("word").str.len_chars() >= SHORTEST)
        which = np.append(which, words["code"].to_numpy().astype(np.int32))
        found = np.append(found, words["word"].hash(seed=0).to_numpy() | np.uint64(1))
    order = np.argsort(found, kind="stable")
    return found[order], which[order]


def _near(value: str, words_too: bool) -> list[str]:
    """The texts of which one value has the near hashes."""
    if len(value) < SHORTEST:
        return []
    texts = dict.fromkeys([value, *(value[:at] + value[at + 1 :] for at in range(min(len(value), LONGEST)))])
    if words_too and " " in value:
        texts |= dict.fromkeys(word for word in value.split() if len(word) >= SHORTEST)
    return list(texts)
