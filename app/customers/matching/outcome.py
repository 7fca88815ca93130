"""From clusters to the rows that a match run writes."""

import json
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from app.customers.enums import LinkMethod
from app.customers.matching.engine import Clusters, Pair
from app.customers.matching.forms import Forms
from app.customers.matching.identity import Identities
from app.customers.matching.records import Current, Decisions
from app.customers.matching.search_rows import search_row
from app.customers.matching.survival import Portrait, portray, rules
from app.customers.matching.swap import Outcome
from app.kernel.ids import new_id


def build_outcome(
    records: Sequence[Current], clusters: Clusters, ids: Identities, decisions: Decisions, today: date
) -> Outcome:
    """Golden records, what they are found by, links, retired ids and possible matches."""
    by, forms = rules(), Forms(records)
    joined = {record for pair in decisions.same for record in pair}
    linked = _Linked(records, clusters.links, joined)
    golden, search, links = [], [], []
    for golden_id, group in zip(ids.ids, clusters.members, strict=True):
        members = [records[number] for number in group]
        golden.append(_golden(golden_id, portray(members, by, today, forms), len(members)))
        search.append((str(golden_id), *search_row(members, forms)))
        links += [linked.row(number, golden_id, len(group)) for number in group]
    retired = [(str(old), str(into) if into else None) for old, into in ids.retired.items()]
    return Outcome(golden, search, links, retired, _possible(records, clusters, decisions))


def _golden(golden_id: UUID, shown: Portrait, size: int) -> tuple[object, ...]:
    return (
        str(golden_id), shown.kind.value, json.dumps(shown.attributes, ensure_ascii=False), shown.name, shown.date_of_birth,
        shown.address, shown.postcode, shown.phone, shown.email, shown.property_id, shown.restricted, size,
    )  # fmt: skip


class _Linked:
    """Each record's strongest link: the record at its other end, and the pair."""

    def __init__(self, records: Sequence[Current], links: Sequence[Pair], joined: set[UUID]) -> None:
        self._records, self._joined = records, joined
        self._best: dict[int, tuple[int, Pair]] = {}
        for pair in links:
            for one, other in ((pair.left, pair.right), (pair.right, pair.left)):
                if one not in self._best or pair.weight > self._best[one][1].weight:
                    self._best[one] = (other, pair)

    def row(self, number: int, golden_id: UUID, size: int) -> tuple[object, ...]:
        """The link of one record."""
        record, best = self._records[number], self._best.get(number)
        method = (
            LinkMethod.ALONE if size == 1 else LinkMethod.STEWARD if record.id in self._joined else LinkMethod.MATCHED
        )
        evidence, weight, chance = {}, None, None
        if best:
            other, pair = self._records[best[0]], best[1]
            evidence = {"with": str(other.id), "source": other.source_name, "key": other.key}
            weight, chance = round(pair.weight, 4), round(pair.probability, 6)
        return (str(record.id), str(golden_id), record.version, method.value, weight, chance, json.dumps(evidence))


def _possible(records: Sequence[Current], clusters: Clusters, decisions: Decisions) -> list[tuple[object, ...]]:
    """The strongest pair between any two clusters, unless a steward has spoken about it."""
    cluster_of = {number: place for place, group in enumerate(clusters.members) for number in group}
    place = {record.id: number for number, record in enumerate(records)}
    settled = {frozenset((cluster_of[place[left]], cluster_of[place[right]])) for left, right in decisions.different}
    rows: list[tuple[object, ...]] = []
    for pair in sorted(clusters.possible, key=lambda pair: (-pair.weight, pair.left, pair.right)):
        between = frozenset((cluster_of[pair.left], cluster_of[pair.right]))
        if between in settled:
            continue
        settled.add(between)
        left, right = sorted((records[pair.left].id, records[pair.right].id))
        rows.append((str(new_id()), str(left), str(right), round(pair.weight, 4), round(pair.probability, 6), "{}"))
    return rows
