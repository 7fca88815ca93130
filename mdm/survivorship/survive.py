"""The decision itself: a pure function of the set of records, the rules and the pins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mdm.errors import BadRules, DuplicateIds
from mdm.kinds.kind import Kind
from mdm.survivorship.forms import form, valid
from mdm.survivorship.records import Beaten, Decided, Golden, Pin, SourceRecord, Survivor
from mdm.survivorship.rules import Rule, Rules

NEVER = datetime.min.replace(tzinfo=UTC)

BECAUSE = {
    Decided.TRUSTED_SOURCE: "It comes from {source}, the most trusted source that has a value",
    Decided.MOST_RECENT: "It was recorded last, on {day}",
    Decided.MOST_FREQUENT: "Most records say so: {count} of {total}",
    Decided.MOST_COMPLETE: "It is the most complete of the values",
    Decided.VALID_FIRST: "It is the only value that can be valid",
    Decided.TIE_BREAK: "The rules do not tell the values apart; the record {first} comes first by its key",
    Decided.ONLY_VALUE: "No record says otherwise",
}


@dataclass(frozen=True, slots=True)
class Contender:
    """One value of a group of attributes, and the records that hold it in any spelling."""

    forms: tuple[str, ...]
    records: tuple[SourceRecord, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(record.key for record in self.records)


Preference = Callable[[Contender], Any]


def survive(records: Iterable[SourceRecord], rules: Rules, pins: Iterable[Pin] = ()) -> Golden:
    """The golden record of `records`. The order in which records, rules' mappings and pins are given plays no part.

    Raises DuplicateIds when two different records have one key, BadRules when two pins contradict each other.
    """
    held = _by_key(records)
    pinned = _by_attribute(pins)
    attributes = sorted({attribute for record in held for attribute in record.values} | set(pinned))
    survivors: dict[str, Survivor] = {}
    for group in rules.groups(attributes):
        survivors |= _decide(group, held, rules)
    for attribute, pin in pinned.items():
        kept = _pin(pin, held, rules, survivors.get(attribute))
        if kept is not None:
            survivors[attribute] = kept
    return Golden({attribute: survivors[attribute] for attribute in sorted(survivors)})


def _by_key(records: Iterable[SourceRecord]) -> list[SourceRecord]:
    held: dict[str, SourceRecord] = {}
    for record in records:
        if held.setdefault(record.key, record) != record:
            raise DuplicateIds(f"Two different records have the key '{record.key}'; give each its own")
    return [held[key] for key in sorted(held)]


def _by_attribute(pins: Iterable[Pin]) -> dict[str, Pin]:
    held: dict[str, Pin] = {}
    for pin in pins:
        if (pin.value is None) == (pin.record is None):
            raise BadRules(f"The pin on '{pin.attribute}' needs either a value or a record")
        other = held.setdefault(pin.attribute, pin)
        if (other.value, other.record) != (pin.value, pin.record):
            raise BadRules(f"Two pins on '{pin.attribute}' contradict each other; take one away")
    return held


def _decide(group: tuple[str, ...], held: Sequence[SourceRecord], rules: Rules) -> dict[str, Survivor]:
    """Rule after rule keeps the contenders that it prefers, until one is left."""
    contenders = _contenders(group, held, rules)
    if not contenders:
        return {}
    left, fallen = contenders, list[tuple[Contender, Decided]]()
    by = Decided.ONLY_VALUE
    for rule in rules.order(group[0]) if len(left) > 1 else ():
        if len(left) == 1:
            break
        prefer = _preference(rule, group, rules)
        best = max(prefer(contender) for contender in left)
        lost = [contender for contender in left if prefer(contender) != best]
        if lost:
            by = Decided(rule)
            fallen += [(contender, by) for contender in lost]
            left = [contender for contender in left if prefer(contender) == best]
    if len(left) > 1:
        by = Decided.TIE_BREAK
        left.sort(key=lambda contender: contender.keys[0])
        fallen += [(contender, by) for contender in left[1:]]
    return _survivors(group, left[0], fallen, by, rules)


def _contenders(group: tuple[str, ...], held: Sequence[SourceRecord], rules: Rules) -> list[Contender]:
    kinds = [(attribute, rules.kind(attribute)) for attribute in group]
    holders: dict[tuple[str, ...], list[SourceRecord]] = {}
    for record in held:
        said = record.values
        forms = tuple([form(said[name], kind) if name in said else "" for name, kind in kinds])
        if any(forms):
            holders.setdefault(forms, []).append(record)
    return [Contender(forms, tuple(records)) for forms, records in sorted(holders.items())]


def _preference(rule: Rule, group: tuple[str, ...], rules: Rules) -> Preference:
    """The mark that a rule gives to a contender; the highest mark is kept."""
    if rule is Rule.TRUSTED_SOURCE:
        trust = rules.trust(group[0])
        return lambda contender: -min(trust.get(record.source, len(trust)) for record in contender.records)
    if rule is Rule.MOST_RECENT:
        return lambda contender: max(_instant(record) for record in contender.records)
    if rule is Rule.MOST_FREQUENT:
        return lambda contender: len(contender.records)
    if rule is Rule.MOST_COMPLETE:
        return lambda contender: (sum(map(bool, contender.forms)), sum(len(text) for text in contender.forms))
    kinds = [rules.kind(attribute) for attribute in group]
    return lambda contender: all(valid(text, kind) for text, kind in zip(contender.forms, kinds, strict=True) if text)


def _instant(record: SourceRecord) -> datetime:
    at = record.recorded_at
    if at is None:
        return NEVER
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _survivors(
    group: tuple[str, ...], winner: Contender, fallen: list[tuple[Contender, Decided]], by: Decided, rules: Rules
) -> dict[str, Survivor]:
    if len(group) == 1 and not fallen:
        return {group[0]: _unrivalled(group[0], winner, rules.kind(group[0]))}
    total = len(winner.records) + sum(len(contender.records) for contender, _ in fallen)
    why = _why(winner, by, total, rules.trust(group[0]))
    survivors = {}
    for place, attribute in enumerate(group):
        if not winner.forms[place]:
            continue
        kind = rules.kind(attribute)
        beat = tuple(
            Beaten(_shown(contender, place, attribute, kind), contender.keys, rule)
            for contender, rule in fallen
            if contender.forms[place] not in {"", winner.forms[place]}
        )
        value = _shown(winner, place, attribute, kind)
        decided, reason = (by, why) if beat or len(group) > 1 else (Decided.ONLY_VALUE, BECAUSE[Decided.ONLY_VALUE])
        survivors[attribute] = Survivor(attribute, value, winner.keys, _since(winner.records), decided, reason, beat)
    return survivors


def _unrivalled(attribute: str, winner: Contender, kind: Kind | None) -> Survivor:
    """What most attributes are: one value, and nobody who says otherwise."""
    value = _shown(winner, 0, attribute, kind)
    return Survivor(
        attribute, value, winner.keys, _since(winner.records), Decided.ONLY_VALUE, BECAUSE[Decided.ONLY_VALUE]
    )


def _why(winner: Contender, by: Decided, total: int, trust: dict[str, int]) -> str:
    source = min(winner.records, key=lambda record: (trust.get(record.source, len(trust)), record.key)).source
    latest = max(_instant(record) for record in winner.records)
    return BECAUSE[by].format(
        source=source, day=latest.date().isoformat(), count=len(winner.records), total=total, first=winner.keys[0]
    )


def _shown(contender: Contender, place: int, attribute: str, kind: Kind | None) -> str:
    """The spelling that most of the records use; of equals one in mixed case, then the latest, then the alphabet.

    A date of birth is written in one way, year-month-day, whatever the sources do.
    """
    text = contender.forms[place]
    if kind is Kind.DATE_OF_BIRTH and valid(text, kind):
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    spellings = [(record.values.get(attribute) or "").strip() for record in contender.records]
    if len(set(spellings)) == 1:
        return spellings[0]
    latest = {text: _instant(record) for text, record in zip(spellings, contender.records, strict=True)}
    for text, record in zip(spellings, contender.records, strict=True):
        latest[text] = max(latest[text], _instant(record))
    mixed = {text: text not in {text.lower(), text.upper()} for text in spellings}
    ranked = sorted(set(spellings))
    return max(ranked, key=lambda text: (spellings.count(text), mixed[text], latest[text]))


def _since(records: Iterable[SourceRecord]) -> datetime | None:
    known = [_instant(record) for record in records if record.recorded_at is not None]
    return min(known, default=None)


def _pin(pin: Pin, held: Sequence[SourceRecord], rules: Rules, ruled: Survivor | None) -> Survivor | None:
    """The steward's choice in place of the rules'; None where the pinned record is not linked or says nothing."""
    kind = rules.kind(pin.attribute)
    value = pin.value
    if pin.record is not None:
        value = next((record.values.get(pin.attribute) for record in held if record.key == pin.record), None)
        if not form(value, kind):
            return None
    shown = (value or "").strip()
    agree = [r for r in held if shown and form(r.values.get(pin.attribute), kind) == form(shown, kind)]
    why = f"A steward chose it: {pin.reason}" if pin.reason else "A steward chose it"
    return Survivor(
        pin.attribute, shown, tuple(record.key for record in agree), _since(agree), Decided.PIN, why,
        _beaten_by_pin(form(shown, kind), kind, ruled),
    )  # fmt: skip


def _beaten_by_pin(chosen: str, kind: Kind | None, ruled: Survivor | None) -> tuple[Beaten, ...]:
    """What the rules would have shown, and what they had put aside, except the chosen value itself."""
    if ruled is None:
        return ()
    rest = [(ruled.value, ruled.records), *((beaten.value, beaten.records) for beaten in ruled.beat)]
    return tuple(Beaten(value, keys, Decided.PIN) for value, keys in rest if form(value, kind) != chosen)
