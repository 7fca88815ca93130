"""The match model: Fellegi and Sunter (1969) as a mixture in absolute counts.

A pair of records belongs to one of several classes: two records of one person (clean, dirty, or made before and after
a move), of one household, of one place, of people who share a contact, of namesakes with look-alike e-mail addresses, or of two unrelated people.
Class k holds N_k pairs of the whole file, and its pairs show level g in field f with probability t_kf(g)::

    s = ln Σ_{k match} N_k Π_f t_kf(g_f)  −  ln Σ_{k rival} N_k Π_f t_kf(g_f)

s is the match weight in natural log-odds (nats): 0 is p = .5, and that is the threshold. N of the unrelated class is
*all* pairs of the file, so that neither the prior nor u is bent by blocking. A missing field has t = 1 in all classes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mdm.compare import Comparison, SourceComparison, level_labels, source_labels
from mdm.compare_levels import Levels
from mdm.errors import BadModel

Floats = NDArray[np.float64]
Decision = tuple[str, str, bool]

VERSION = 1
#: What levels were once called in saved models.
FORMER_LABELS = {"part of the other": "short form"}
#: Highest odds, in nats, that a record has for belonging to a cluster beforehand.
MOST_BELONGING = 1.5
#: So many patterns are weighed at a time: their class probabilities stay in the processor's cache.
AT_ONCE = 1 << 14
#: The classes of the mixture, matches first.
CLASSES = (
    "clean match", "dirty match", "moved match", "household", "same place", "shared contact", "namesake", "unrelated",
)  # fmt: skip
MATCHES = 3
UNRELATED = CLASSES.index("unrelated")


@dataclass(frozen=True, eq=False)
class FieldModel:
    """What the model knows of one field.

    ``tables`` (C, L): probability of each level in each class; column 0 (missing) is 1. ``common`` holds the number
    of records for each value held by more than 3: all other values are rare. ``factor`` scales the field's evidence
    for who knows it to be over- or underrated; 1 as trained.
    """

    name: str
    kind: str
    labels: tuple[str, ...]
    tables: Floats
    common: Mapping[str, int] = field(default_factory=dict)
    factor: float = 1.0


@dataclass(frozen=True, eq=False)
class Evidence:
    """Scores of P patterns: weight (P,), each field's part (F, P), the prior's part (P,), so that
    ``weight = parts.sum(axis=0) + prior``; how the rival classes share each pattern, (R, P); and what speaks for any
    record's belonging to a cluster at all (nats)."""

    weight: Floats
    parts: Floats
    prior: Floats
    rivals: Floats
    belonging: float = 0.0


@dataclass(frozen=True, eq=False)
class Model:
    """A trained model. ``sizes`` (C,) is the number of pairs of each class in a file of ``n`` records.

    ``shift`` is added to the prior (0 as trained); ``day_first`` how the file's dates were to be read;
    ``keys`` the blocking keys worth their pairs, and ``floor`` the coarse weight (nats) below which no pair needs a look;
    ``decisions`` what stewards have decided on the records that it was trained on: (left id, right id, same person?).
    """

    fields: tuple[FieldModel, ...]
    sizes: Floats
    n: int
    kinds: Mapping[str, str]
    sources: tuple[str, ...] = ()
    shift: float = 0.0
    day_first: bool | None = None
    keys: tuple[str, ...] = ()
    floor: float = -12.0
    decisions: tuple[Decision, ...] = ()

    @cached_property
    def logs(self) -> list[Floats]:
        """Log probabilities per field, (C, L)."""
        return [np.log(one.tables) for one in self.fields]

    @cached_property
    def is_adjusted(self) -> bool:
        return self.shift != 0.0 or any(one.factor != 1.0 for one in self.fields)

    def class_logs(self, patterns: Levels) -> Floats:
        """ln N_k + Σ_f ln t_kf for each class and pattern: (F, P) -> (C, P)."""
        with np.errstate(divide="ignore"):
            total = np.repeat(np.log(self.sizes)[:, None], patterns.shape[1], axis=1)
        for logs, levels in zip(self.logs, patterns, strict=True):
            total += logs[:, levels]
        return total

    def weights(self, patterns: Levels) -> Floats:
        """Match weight of each pattern: (F, P) -> (P,) nats."""
        weights = np.empty(patterns.shape[1])
        for start in range(0, len(weights), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            weights[some] = self._weights(patterns[:, some])
        return weights

    def _weights(self, patterns: Levels) -> Floats:
        if self.is_adjusted:
            return self.evidence(patterns).weight
        logs = self.class_logs(patterns)
        return log_sum(logs[:MATCHES])[0] - log_sum(logs[MATCHES:])[0]

    def evidence(self, patterns: Levels) -> Evidence:
        """Weights taken apart field by field.

        W_f = E_matches[ln t_f] − E_rivals[ln t_f], each class weighed by its share of the pattern; the prior's part
        is what remains of s. A factor other than 1 scales W_f, and a shift moves the prior.
        """
        logs = self.class_logs(patterns)
        (matches, matched), (rivals, rivalled) = log_sum(logs[:MATCHES]), log_sum(logs[MATCHES:])
        parts = np.empty((len(self.fields), patterns.shape[1]))
        for number, (table, levels) in enumerate(zip(self.logs, patterns, strict=True)):
            found = table[:, levels]
            parts[number] = (matched * found[:MATCHES]).sum(axis=0) - (rivalled * found[MATCHES:]).sum(axis=0)
        prior = matches - rivals - parts.sum(axis=0) + self.shift
        parts *= np.array([one.factor for one in self.fields])[:, None]
        return Evidence(parts.sum(axis=0) + prior, parts, prior, rivalled, self.belonging)

    @cached_property
    def belonging(self) -> float:
        """β, nats: ln of the matching pairs that there are for every record, from 0 to MOST_BELONGING.

        The prior counts pairs. For a record beside a cluster the question is another one: does it belong to this person
        or to one who is nowhere else in the file? The more records people have, the less likely is the second.
        """
        pairs = float(self.sizes[:MATCHES].sum()) / max(self.n, 1)
        return float(np.clip(np.log(max(pairs, 1.0)), 0.0, MOST_BELONGING))

    def for_size(self, n: int) -> Model:
        """The same model for a file of n records: matches grow with n, unrelated pairs with n²."""
        if n == self.n:
            return self
        sizes = self.sizes * (n / self.n)
        sizes[UNRELATED] = max(n * (n - 1) / 2, 1.0)
        return replace(self, sizes=sizes, n=n)

    def save(self, path: str | Path) -> None:
        """Write the model as JSON that can be read and compared line by line."""
        Path(path).write_text(json.dumps(self.as_dict(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    def as_dict(self) -> dict[str, Any]:
        """The model as plain data."""
        return {
            "version": VERSION,
            "records": self.n,
            "kinds": dict(self.kinds),
            "sources": list(self.sources),
            "order": list(CLASSES),
            "classes": dict(zip(CLASSES, self.sizes.tolist(), strict=True)),
            "shift": self.shift,
            "day_first": self.day_first,
            "keys": list(self.keys),
            "floor": self.floor,
            "decisions": [list(decision) for decision in self.decisions],
            "fields": [_field_as_dict(one) for one in self.fields],
        }


def _field_as_dict(one: FieldModel) -> dict[str, Any]:
    levels = {label: one.tables[:, level].tolist() for level, label in enumerate(one.labels) if level}
    return {
        "name": one.name, "kind": one.kind, "factor": one.factor, "levels": levels, "common": dict(one.common),
    }  # fmt: skip


def load(path: str | Path) -> Model:
    """Read a model that :meth:`Model.save` wrote; raises BadModel if it is none."""
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadModel(f"{path} can't be read as a model: {error}.") from error
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise BadModel(f"{path} is no model of version {VERSION}.")
    try:
        return from_dict(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadModel(f"{path} is not a whole model: {error!r}.") from error


def from_dict(data: Mapping[str, Any]) -> Model:
    """The model that :meth:`Model.as_dict` described; a class that it does not know holds no pairs.

    ``order`` says whose numbers come first: whoever kept the description may not have kept the order of its mappings.
    """
    sources, classes = tuple(data["sources"]), data["classes"]
    order = [name for name in data.get("order", classes) if name in classes]
    fields = tuple(_field_from_dict(one, sources, order) for one in data["fields"])
    sizes = np.array([classes.get(name, 0.0) for name in CLASSES], float)
    return Model(
        fields=fields,
        sizes=sizes,
        n=int(data["records"]),
        kinds=dict(data["kinds"]),
        sources=sources,
        shift=float(data["shift"]),
        day_first=data["day_first"],
        keys=tuple(data["keys"]),
        floor=float(data["floor"]),
        decisions=tuple((str(left), str(right), bool(same)) for left, right, same in data["decisions"]),
    )


def _field_from_dict(data: Mapping[str, Any], sources: Sequence[str], classes: list[str]) -> FieldModel:
    kind = data["kind"]
    labels = source_labels(sources) if kind == "source" else level_labels(kind)
    levels = {FORMER_LABELS.get(label, label): shares for label, shares in data["levels"].items()}
    columns = np.array([levels[label] for label in labels[1:]], float)
    tables = np.ones((len(CLASSES), len(labels)))
    tables[[CLASSES.index(name) for name in classes], 1:] = columns.T
    common = {value: int(count) for value, count in data["common"].items()}
    return FieldModel(data["name"], kind, labels, tables, common, float(data["factor"]))


def describe_field(comparison: Comparison | SourceComparison, tables: Floats) -> FieldModel:
    """A field's tables together with what is needed to compare other records in the same way."""
    common: dict[str, int] = {}
    if isinstance(comparison, Comparison):
        counts = comparison.column.counts
        held = np.flatnonzero(counts > 3)
        values = comparison.column.vocabulary.values.gather(held).to_list()
        common = dict(sorted(zip(values, counts[held].tolist(), strict=True)))
    return FieldModel(comparison.name, comparison.kind, comparison.labels, tables, common)


def log_sum(logs: Floats) -> tuple[Floats, Floats]:
    """ln Σ exp over classes, (C, P) -> (P,), and the share of each class, (C, P)."""
    top = logs.max(axis=0)
    powers = np.exp(logs - top)
    total = powers.sum(axis=0)
    return top + np.log(total), powers / total


def probability(weight: Floats) -> Floats:
    """p = 1 / (1 + exp(−s))."""
    return 1.0 / (1.0 + np.exp(-np.clip(weight, -700, 700)))


def distinct_patterns(levels: Levels) -> tuple[Levels, NDArray[np.int64]]:
    """Distinct columns of levels (F, K) -> (F, P), and which of them each pair shows, (K,).

    Patterns are told apart by a 64-bit mix of their levels; with under 10⁷ patterns a collision is all but excluded.
    """
    code = np.zeros(levels.shape[1], np.uint64)
    for row in levels:
        code = (code ^ row) * np.uint64(0x9E3779B97F4A7C15)
        code ^= code >> np.uint64(29)
    order = np.argsort(code)
    ordered = code[order]
    new = np.ones(len(code), bool)
    new[1:] = ordered[1:] != ordered[:-1]
    shown = np.empty(len(code), np.int64)
    shown[order] = np.cumsum(new) - 1
    return levels[:, order[new]], shown
