"""Why two records match, or don't: a weight that is the sum of its parts, and the explanations that it had to beat.

The match weight is s = Σ_f W_f + prior, exactly (see :meth:`mdm.model.Model.evidence`). W_f is what the agreement or
disagreement in field f says for one person, against the mixture of rival explanations that suits this very pair.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from mdm.columns import Records, read_records
from mdm.compare import Comparison, compare
from mdm.fields import fields_of_model
from mdm.kinds.kind import Kind
from mdm.model import CLASSES, MATCHES, Model, probability

#: What each rival explanation means, in words.
RIVALS = {
    "household": "two members of one household",
    "same place": "two people at the same place",
    "shared contact": "two people who share a phone number or an e-mail address",
    "namesake": "two people whose e-mail addresses look alike because their names do",
    "unrelated": "two unrelated people who agree by chance",
}
#: The same of organisations.
RIVALS_OF_ORGANISATIONS = {
    "same place": "two organisations at the same place",
    "shared contact": "two organisations that share a phone number or an e-mail address",
    "unrelated": "two unrelated organisations that agree by chance",
}


@dataclass(frozen=True)
class FieldWeight:
    """One bar of the waterfall: ``weight`` in nats, and in ``words``."""

    field: str
    kind: str
    left: str | None
    right: str | None
    level: str
    weight: float
    words: str


@dataclass(frozen=True)
class Rival:
    """Another explanation of the pair, its ``share`` among the rivals, and what it means in ``words``."""

    name: str
    share: float
    words: str


@dataclass(frozen=True)
class Explanation:
    """Why a pair has its weight: ``weight = prior + Σ fields.weight``, in nats; ``probability`` follows from it."""

    weight: float
    probability: float
    prior: float
    fields: tuple[FieldWeight, ...]
    rivals: tuple[Rival, ...]
    words: str

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for a waterfall or a file."""
        return asdict(self)


def explain(model: Model, left: Mapping[str, Any], right: Mapping[str, Any]) -> Explanation:
    """Explain a pair of raw records, each a mapping from column to value."""
    records = _two_records(model, left, right)
    fields = fields_of_model(model, records)
    levels = compare(fields, np.array([0], np.int32), np.array([1], np.int32))
    evidence = model.evidence(levels)
    bodies = any(field.kind == Kind.ORGANISATION_NAME for field in fields) and all(
        field.kind not in (Kind.GIVEN_NAME, Kind.FAMILY_NAME) for field in fields
    )
    subject, meanings = ("one organisation", RIVALS | RIVALS_OF_ORGANISATIONS) if bodies else ("one person", RIVALS)
    bars = []
    for number, field in enumerate(fields):
        level, weight = int(levels[number, 0]), float(evidence.parts[number, 0])
        values = (_value(field, 0), _value(field, 1)) if isinstance(field, Comparison) else _systems(records)
        words = _bar_in_words(field.name, field.labels[level], level, weight, subject)
        bars.append(FieldWeight(field.name, field.kind, *values, field.labels[level], weight, words))
    rivals = [
        Rival(name, float(share), meanings[name])
        for name, share in zip(CLASSES[MATCHES:], evidence.rivals[:, 0], strict=True)
        if share > 0
    ]
    rivals.sort(key=lambda rival: -rival.share)
    prior = float(evidence.prior[0])
    weight = prior + sum(bar.weight for bar in bars)
    chance = float(probability(np.array([weight]))[0])
    words = _in_words(weight, chance, bars, rivals)
    return Explanation(weight, chance, prior, tuple(bars), tuple(rivals), words)


def _two_records(model: Model, left: Mapping[str, Any], right: Mapping[str, Any]) -> Records:
    """The two raw records, encoded as the model's kinds say; an id is of no account here."""
    kinds = {column: kind for column, kind in model.kinds.items() if kind not in (Kind.ID, Kind.IGNORE)}
    table = {column: [_text(left.get(column)), _text(right.get(column))] for column in kinds}
    return read_records({**table, "": ["0", "1"]}, {**kinds, "": "id"}, day_first=model.day_first)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _value(field: Comparison, row: int) -> str | None:
    code = int(field.column.codes[row])
    return None if code < 0 else str(field.column.vocabulary.values[code])


def _systems(records: Records) -> tuple[str | None, str | None]:
    if not len(records.sources):
        return None, None
    return records.source_names[records.sources[0]], records.source_names[records.sources[1]]


def _bar_in_words(name: str, level: str, number: int, weight: float, subject: str) -> str:
    label = name.replace("_", " ")
    if not number:
        return f"{label}: missing on a side, or told with another field; says nothing"
    if abs(weight) < 0.05:
        return f"{label}: {level}; hardly speaks for or against"
    return f"{label}: {level}; {_strength(weight)} {'for' if weight > 0 else 'against'} {subject}"


def _strength(weight: float) -> str:
    size = abs(weight)
    return (
        "speaks weakly"
        if size < 1
        else "speaks"
        if size < 4
        else "speaks strongly"
        if size < 8
        else "speaks very strongly"
    )


def _in_words(weight: float, chance: float, bars: list[FieldWeight], rivals: list[Rival]) -> str:
    verdict = "a match" if weight >= 0 else "not a match"
    order = sorted(bars, key=lambda bar: -abs(bar.weight))
    leading = ", ".join(bar.field.replace("_", " ") for bar in order[:2] if abs(bar.weight) >= 0.05)
    told = f" {leading[0].upper()}{leading[1:]} told most." if leading else ""
    against = f" The strongest other explanation: {rivals[0].words} ({rivals[0].share:.0%})." if rivals else ""
    return f"Probability {chance:.1%}: {verdict}.{told}{against}"
