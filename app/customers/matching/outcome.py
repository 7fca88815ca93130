"""From clusters to the rows that are written."""

from collections import defaultdict
from collections.abc import Sequence
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
    """Golden records, what they are found by, links, retired ids and possible matches."""
    forms, pinned = Forms(records), defaultdict[str, list[Pinned]](list)
    for pin in pins:
        pinned[pin.name].append(pin)
    linked = _Linked(records, clusters.links, {name for pair in decisions.same for name in pair})
    golden, search, links = [], [], []
    for golden_id, group in zip(ids.ids, clusters.members, strict=True):
        members = [records[number] for number in group]
        theirs = [pin for member in members for pin in pinned.get(member.name, ())]
        golden.append(_golden(golden_id, portray(members, by, today, forms, theirs), len(members)))
        search.append((str(golden_id), *search_row(members, forms)))
        links += [linked.row(number, golden_id, len(group)) for number in group]
    retired = [(str(old), str(into) if into else None) for old, into in ids.retired.items()]
    return Outcome(golden, search, links, retired, [_possible(records, pair) for pair in clusters.open])


def _golden(golden_id: UUID, shown: Portrait, size: int) -> tuple[Any, ...]:
    return (
        str(golden_id), shown.kind.value, shown.attributes, shown.name, shown.date_of_birth, shown.address, shown.postcode,
        shown.phone, shown.email, shown.property_id, shown.restricted, size,
    )  # fmt: skip


class _Linked:
    """Each record's strongest link: the record at its other end, and the pair."""

    def __init__(self, records: Sequence[Current], links: Sequence[Pair], joined: set[str]) -> None:
        self._records, self._joined = records, joined
        self._best: dict[int, tuple[tuple[float, str], int, Pair]] = {}
        for pair in links:
            for one, other in ((pair.left, pair.right), (pair.right, pair.left)):
                rank = (-pair.weight, records[other].name)
                if one not in self._best or rank < self._best[one][0]:
                    self._best[one] = (rank, other, pair)

    def row(self, number: int, golden_id: UUID, size: int) -> tuple[Any, ...]:
        """The link of one record."""
        record, best = self._records[number], self._best.get(number)
        method = (
            LinkMethod.ALONE if size == 1 else LinkMethod.STEWARD if record.name in self._joined else LinkMethod.MATCHED
        )
        evidence: dict[str, str] = {}
        weight, chance = None, None
        if best:
            _, place, pair = best
            other = self._records[place]
            evidence = {"with": str(other.id), "source": other.source_name, "key": other.key}
            weight, chance = round(pair.weight, 4), round(pair.probability, 6)
        return (str(record.id), str(golden_id), record.version, method.value, weight, chance, evidence)


def _possible(records: Sequence[Current], pair: Pair) -> tuple[Any, ...]:
    left, right = sorted((records[pair.left].id, records[pair.right].id))
    weight, chance = round(pair.weight, 4), round(pair.probability, 6)
    return (str(new_id()), str(left), str(right), weight, chance, {}, pair.reason.value)
