"""Pins as survivorship takes them. An address is one thing: who pins the street of a record pins the address of that record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.customers.matching.records import Current, Pinned
from app.customers.matching.rules import ADDRESS
from mdm import Pin

WHOLE = "street"
"""The attribute that stands for the whole address, as it does in the rules."""


@dataclass(frozen=True, slots=True)
class Pins:
    """`chosen` for the engine; `records`: attribute → the record that it is pinned to; `unsaid`: parts of the address that the pinned
    record does not have, so that nobody else's are shown beside it."""

    chosen: list[Pin]
    records: Mapping[str, str]
    unsaid: frozenset[str] = field(default_factory=frozenset)


def pins_of(standing: Sequence[Pinned], held: Mapping[str, Current]) -> Pins:
    """Of two pins on one attribute the later one holds. `held`: the records of the golden record, by name."""
    latest = {pin.attribute: pin for pin in sorted(standing, key=lambda pin: pin.order)}
    chosen = [Pin(pin.attribute, pin.value, pin.record, pin.reason) for pin in latest.values()]
    records = {pin.attribute: pin.record for pin in latest.values() if pin.record is not None and pin.record in held}
    if WHOLE not in records:
        return Pins(chosen, records)
    home, reason = records[WHOLE], latest[WHOLE].reason
    rest = [name for name in ADDRESS if name == WHOLE or name not in latest]
    said = [name for name in rest if held[home].attributes.get(name)]
    chosen += [Pin(name, None, home, reason) for name in said if name != WHOLE]
    return Pins(chosen, records | dict.fromkeys(said, home), frozenset(rest) - frozenset(said))
