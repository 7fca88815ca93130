"""The rules of survivorship, which a person puts in order, attribute by attribute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mdm.errors import BadRules
from mdm.kinds.kind import Kind


class Rule(StrEnum):
    """One way to prefer a value. A rule that cannot tell two values apart leaves them to the next."""

    TRUSTED_SOURCE = "trusted_source"
    MOST_RECENT = "most_recent"
    MOST_FREQUENT = "most_frequent"
    MOST_COMPLETE = "most_complete"
    VALID_FIRST = "valid_first"


USUAL = (Rule.VALID_FIRST, Rule.TRUSTED_SOURCE, Rule.MOST_RECENT, Rule.MOST_FREQUENT, Rule.MOST_COMPLETE)


@dataclass(frozen=True)
class Rules:
    """Which rules, in which order, for which attribute. Raises BadRules for what does not exist or contradicts itself.

    `together` lists attributes that make sense only from one record, such as the lines of an address: they survive as
    one, by the rules of the first of them.
    """

    by_attribute: Mapping[str, Sequence[str]] = field(default_factory=dict)
    usual: Sequence[str] = USUAL
    """For every attribute that has no order of its own."""
    trusted: Sequence[str] = ()
    """Source systems, the most trusted first; a source that is not listed comes last."""
    trusted_by_attribute: Mapping[str, Sequence[str]] = field(default_factory=dict)
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    """Attribute → kind, by which values are compared and judged valid; not needed for an attribute named like its kind."""
    together: Sequence[Sequence[str]] = ()

    def __post_init__(self) -> None:
        for attribute, order in {**self.by_attribute, "every other attribute": self.usual}.items():
            for name in order:
                if name not in set(Rule):
                    raise BadRules(f"'{name}' for '{attribute}' is no rule; use one of: {', '.join(Rule)}")
            if len(set(order)) < len(order):
                raise BadRules(f"A rule is named twice for '{attribute}'; name each once")
        members = [attribute for group in self.together for attribute in group]
        if len(set(members)) < len(members):
            raise BadRules("An attribute is in two groups that survive together; leave it in one")

    def order(self, attribute: str) -> tuple[Rule, ...]:
        return tuple(Rule(name) for name in self.by_attribute.get(attribute, self.usual))

    def trust(self, attribute: str) -> dict[str, int]:
        """Source → rank, 0 the most trusted."""
        return {source: rank for rank, source in enumerate(self.trusted_by_attribute.get(attribute, self.trusted))}

    def kind(self, attribute: str) -> Kind | None:
        given = self.kinds.get(attribute)
        return given if given is not None else _NAMED.get(attribute)

    def groups(self, attributes: Sequence[str]) -> list[tuple[str, ...]]:
        """The attributes in groups that survive as one: most alone, in the given order."""
        member = {attribute: tuple(group) for group in self.together for attribute in group}
        seen: dict[tuple[str, ...], None] = {}
        for attribute in attributes:
            seen.setdefault(member.get(attribute, (attribute,)))
        return list(seen)


_NAMED = {kind.value: kind for kind in Kind}
