"""Ids that stay: a golden record keeps its id as long as most of its source records stay together. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Identities:
    """The golden id of each cluster, which of them are new, and where retired ids lead."""

    ids: list[UUID]
    created: frozenset[UUID]
    retired: dict[UUID, UUID | None]


def assign(clusters: Sequence[Sequence[UUID]], before: Mapping[UUID, UUID], fresh: Callable[[], UUID]) -> Identities:
    """Give every cluster of record ids the golden id with which it shares most records; each id goes to one cluster.

    Ties go to the lower golden id, then to the cluster that comes first. An id that no cluster gets is retired into the cluster
    that took most of its records.
    """
    shared: Counter[tuple[UUID, int]] = Counter()
    for number, members in enumerate(clusters):
        for record in members:
            if record in before:
                shared[before[record], number] += 1
    ranked = sorted(shared.items(), key=lambda item: (-item[1], item[0][0], item[0][1]))
    ids: dict[int, UUID] = {}
    kept: set[UUID] = set()
    heir: defaultdict[UUID, list[int]] = defaultdict(list)
    for (golden, number), _ in ranked:
        heir[golden].append(number)
        if golden not in kept and number not in ids:
            ids[number] = golden
            kept.add(golden)
    created = {number: fresh() for number in range(len(clusters)) if number not in ids}
    ids |= created
    retired = {golden: ids[heir[golden][0]] if heir[golden] else None for golden in sorted(set(before.values()) - kept)}
    return Identities([ids[number] for number in range(len(clusters))], frozenset(created.values()), retired)
