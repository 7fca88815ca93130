"""Lists come in pages: numbered from 1, of a bounded size, in an order that never depends on luck."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import GenerativeSelect, Select, func, select
from sqlalchemy.orm import Session

T = TypeVar("T")
LARGEST = 100


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is wanted. Numbers below 1 mean 1; sizes are held between 1 and 100."""

    number: int = 1
    size: int = 25

    def __post_init__(self) -> None:
        object.__setattr__(self, "number", max(1, self.number))
        object.__setattr__(self, "size", min(max(1, self.size), LARGEST))


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of rows, and how many rows there are in all; with `more`, that many were counted and there are more."""

    items: tuple[T, ...]
    total: int
    number: int
    size: int
    more: bool = False

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """Position of the first row shown, counted from 1; 0 for an empty list."""
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last(self) -> int:
        return self.first + len(self.items) - 1 if self.items else 0


def counted(session: Session, query: GenerativeSelect, most: int) -> tuple[int, bool]:
    """How many rows there are, and whether it stopped counting at `most`: nobody leafs through more than that."""
    found = session.scalar(select(func.count()).select_from(query.limit(most + 1).subquery())) or 0
    return min(found, most), found > most


def fetch_page(session: Session, query: Select[*tuple[Any, ...]], wanted: PageRequest) -> Page[Any]:
    """Two queries: the count, and the rows of one page. The query brings its own order."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    rows = session.execute(query.limit(wanted.size).offset((wanted.number - 1) * wanted.size)).all()
    items = tuple(row[0] if len(row) == 1 else row for row in rows)
    return Page(items, total, wanted.number, wanted.size)
