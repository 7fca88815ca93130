"""From clusters to the rows that are written."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.customers.enums import LinkMethod
from app.customers.matching.forms import Forms
from app.customers.matching.identity import Identities
from app.customers.matching.people import Clusters, Pair
from app.customers.matching.records import Current, Decisions, Pinned
from app.customers.matching.search_rows import search_row
from app.customers.matching.survival import Portrait, portray
from app.customers.matching.writing import Outcome
from app.kernel.ids import new_id
from mdm import Rules

Row = tuple[Any, ...]


def build_outcome(
    records: Sequence[Current],
    clusters: Clusters,
    ids: Identities,
    decisions: Decisions,
    *,
    pins: Sequence[Pinned],
    by: Rules,
    today: date,
) -> Outcome:
    """Golden records, what they are found by, links, retired ids and possible matches. The first three are worked out
    row by row while they are written."""
    linked = _Linked(records, clusters.links, {name for pair in decisions.same for name in pair})
    named = _Named(records, clusters.members, ids.ids, linked, Forms(records))
    pinned = defaultdict[str, list[Pinned]](list)
    for pin in pins:
        pinned[pin.name].append(pin)
    return Outcome(
        golden=_Made(len(ids.ids), lambda: named.golden(pinned, by, today)),
        search=_Made(len(ids.ids), named.search),
        links=_Made(sum(map(len, clusters.members)), named.links),
        retired=[(str(old), str(into) if into else None) for old, into in ids.retired.items()],
        possible=[_possible(records, pair) for pair in clusters.open],
    )


@dataclass(frozen=True)
class _Made:
    """Rows that are made anew whenever they are read: all golden records of a million at once would fill the memory."""

    count: int
    make: Callable[[], Iterator[Row]]

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Row]:
        return self.make()


@dataclass(frozen=True)
class _Named:
    """Clusters of records (places in the list) by their golden ids, a row at a time."""

    records: Sequence[Current]
    groups: Sequence[Sequence[int]]
    ids: Sequence[UUID]
    linked: "_Linked"
    forms: Forms

    def golden(self, pinned: Mapping[str, Sequence[Pinned]], by: Rules, today: date) -> Iterator[Row]:
        for golden_id, members in self._members():
            theirs = [pin for member in members for pin in pinned.get(member.name, ())]
            yield _golden(golden_id, portray(members, by, today, self.forms, theirs), len(members))

    def search(self) -> Iterator[Row]:
        return ((str(golden_id), *search_row(members, self.forms)) for golden_id, members in self._members())

    def links(self) -> Iterator[Row]:
        for golden_id, group in zip(self.ids, self.groups, strict=True):
            yield from (self.linked.row(number, golden_id, len(group)) for number in group)

    def _members(self) -> Iterator[tuple[UUID, list[Current]]]:
        for golden_id, group in zip(self.ids, self.groups, strict=True):
            yield golden_id, [self.records[number] for number in group]


def _golden(golden_id: UUID, shown: Portrait, size: int) -> Row:
    return (
        str(golden_id), shown.kind.value, shown.attributes, shown.name, shown.date_of_birth, shown.address, shown.postcode,
        shown.phone, shown.email, shown.property_id, shown.restricted, size,
    )  # fmt: skip


class _Linked:
    """Each record's strongest link: the record at its other end, and the pair."""

    def __init__(self, records: Sequence[Current], links: Sequence[Pair], joined: set[str]) -> None:
        self._records, self._joined = records, joined
        self._best: dict[int, Pair] = {}
        for pair in links:
            for one in (pair.left, pair.right):
                if one not in self._best or self._rank(pair, one) < self._rank(self._best[one], one):
                    self._best[one] = pair

    def _rank(self, pair: Pair, one: int) -> tuple[float, str]:
        """The strongest first; of equally strong ones, by the name of the other record."""
        return -pair.weight, self._other(pair, one).name

    def _other(self, pair: Pair, one: int) -> Current:
        return self._records[pair.right if pair.left == one else pair.left]

    def row(self, number: int, golden_id: UUID, size: int) -> tuple[Any, ...]:
        """The link of one record."""
        record, best = self._records[number], self._best.get(number)
        method = (
            LinkMethod.ALONE if size == 1 else LinkMethod.STEWARD if record.name in self._joined else LinkMethod.MATCHED
        )
        evidence: dict[str, str] = {}
        weight, chance = None, None
        if best:
            other = self._other(best, number)
            evidence = {"with": str(other.id), "source": other.source_name, "key": other.key}
            weight, chance = round(best.weight, 4), round(best.probability, 6)
        return (str(record.id), str(golden_id), record.version, method.value, weight, chance, evidence)


def _possible(records: Sequence[Current], pair: Pair) -> tuple[Any, ...]:
    left, right = sorted((records[pair.left].id, records[pair.right].id))
    weight, chance = round(pair.weight, 4), round(pair.probability, 6)
    return (str(new_id()), str(left), str(right), weight, chance, {}, pair.reason.value)
