"""Rows about organisations as a list of them all."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    """An organisation among the others. `address`: in one line, where all its records agree. `people`: how many act for it today; `records`: how many source records it is made of."""

    golden_id: UUID
    name: str
    address: str
    numbers: tuple[str, ...]
    people: int
    sources: tuple[str, ...]
    records: int
