"""The rules of survivorship as a steward sees them."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.customers.matching.rules import ORDERS, read_ruling, read_trusting, trust_in
from app.customers.queries.golden_view import LABELS

TRUST_OF = {"street": "address"}
"""An address survives as one: what is said of the street is said of all of it, and trust is said of the address."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """The rules for one attribute: their order, and how far each source is trusted in it (slug, name, 0 to 100)."""

    attribute: str
    label: str
    order: tuple[str, ...]
    trust: tuple[tuple[str, str, int], ...]


def rule_table(session: Session) -> tuple[int, tuple[RuleRow, ...]]:
    """The version of the rules that hold (0: as they came with the house), and the rules by attribute."""
    ruling, sources = read_ruling(session), read_trusting(session)
    rows = tuple(
        RuleRow(
            name,
            LABELS[name],
            tuple(ruling.orders[name]),
            tuple((one.slug, one.name, trust_in(ruling, one, TRUST_OF.get(name, name))) for one in sources),
        )
        for name in ORDERS
    )
    return ruling.number, rows
