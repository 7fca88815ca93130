"""The rules of survivorship: as stewards have set them, or as they come with the house."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.layout import ATTRIBUTES
from app.customers.models import RuleSet, SourceSystem
from mdm import Rules

ADDRESS = ("street", "house_number", "unit", "building", "city", "postcode", "uprn")
"""What makes sense only from one record: it survives as one, by the rules for the street."""
ENDED = " (ended)"
"""Behind the name of a source whose record says that it is over: it counts last for where somebody lives."""

_STEADY = ("valid_first", "most_frequent", "trusted_source", "most_recent", "most_complete")
_LATEST = ("valid_first", "most_recent", "trusted_source", "most_frequent", "most_complete")
_FULLEST = ("valid_first", "most_complete", "most_frequent", "trusted_source", "most_recent")
_TRUSTED = ("valid_first", "trusted_source", "most_recent", "most_frequent", "most_complete")

ORDERS: dict[str, tuple[str, ...]] = {
    "title": _LATEST,
    "given_name": _STEADY,
    "middle_name": _FULLEST,
    "family_name": _STEADY,
    "organisation_name": _STEADY,
    "company_number": _TRUSTED,
    "date_of_birth": _STEADY,
    "gender": _STEADY,
    "national_id": _TRUSTED,
    "email": _LATEST,
    "phone": _LATEST,
    "street": _TRUSTED,
}
"""Attribute → the rules in their order: what hardly changes goes by the majority, what changes by the latest word."""
MIDDLING = 50


@dataclass(frozen=True, slots=True)
class Ruling:
    """The order of rules by attribute, and how far each source is trusted (0 to 100) where that differs from its layout."""

    number: int = 0
    orders: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(ORDERS))
    trust: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trusting:
    """A source as the rules see it: `trust` by attribute, as its layout has it."""

    slug: str
    name: str
    trust: Mapping[str, int]


def read_ruling(session: Session) -> Ruling:
    """The rules that hold."""
    held = session.scalar(select(RuleSet).order_by(RuleSet.number.desc()).limit(1))
    if held is None:
        return Ruling()
    orders = {**ORDERS, **{name: tuple(order) for name, order in held.orders.items()}}
    return Ruling(held.number, orders, held.trust)


def read_trusting(session: Session) -> list[Trusting]:
    """Every source of the register, by its slug."""
    query = select(SourceSystem.slug, SourceSystem.name, SourceSystem.layout).order_by(SourceSystem.slug)
    return [Trusting(slug, name, layout.get("trust", {})) for slug, name, layout in session.execute(query)]


@dataclass(frozen=True)
class TrustRules(Rules):
    """Rules in which sources that are trusted alike are told apart by the next rule, not by their names."""

    ranks: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Attribute → source → rank, 0 the most trusted; "other" for every attribute that is not named."""

    def trust(self, attribute: str) -> dict[str, int]:
        return dict(self.ranks.get(attribute, self.ranks["other"]))


def rules_of(ruling: Ruling, sources: Sequence[Trusting]) -> Rules:
    """The rules as the engine takes them."""

    def ranked(attribute: str) -> dict[str, int]:
        trusted = {source.name: trust_in(ruling, source, attribute) for source in sources}
        steps = sorted(set(trusted.values()), reverse=True)
        ranks = {name: steps.index(told) for name, told in trusted.items()}
        return ranks | {name + ENDED: len(steps) + rank for name, rank in ranks.items()}

    ranks = {attribute: ranked(attribute) for attribute in (*ATTRIBUTES, "other")} | {"street": ranked("address")}
    return TrustRules(by_attribute=ruling.orders, together=[ADDRESS], ranks=ranks)


def trust_in(ruling: Ruling, source: Trusting, attribute: str) -> int:
    """0 to 100; "address" stands for everything that survives with the street."""
    told = ruling.trust.get(attribute, {}).get(source.slug)
    return told if told is not None else source.trust.get(attribute, source.trust.get("other", MIDDLING))


def read_rules(session: Session) -> Rules:
    """The rules that hold, as the engine takes them."""
    return rules_of(read_ruling(session), read_trusting(session))
