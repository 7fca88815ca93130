"""Which golden id each cluster goes by, so that a customer keeps the same id from run to run. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Identities:
    """The golden id of each cluster, which of them are new, which were retired and are back, and where retired ids lead."""

    ids: list[UUID]
    created: frozenset[UUID]
    retired: dict[UUID, UUID | None]
    revived: frozenset[UUID] = frozenset()


def assign(
    clusters: Sequence[Sequence[UUID]],
    before: Mapping[UUID, UUID],
    fresh: Callable[[], UUID],
    former: Mapping[UUID, Sequence[UUID]] | None = None,
) -> Identities:
    """Give every cluster of record ids the golden id with which it shares most records; each id goes to one cluster.

    Ties go to the lower golden id, then to the cluster that comes first. An id that no cluster gets is retired into the cluster
    that took most of its records. A cluster that is left without one gets back a retired id that most of its records once
    had (`former`: record → retired ids, the latest first), else a fresh one.
    """
    ranked = _ranked(clusters, {record: [golden] for record, golden in before.items()})
    ids: dict[int, UUID] = {}
    kept: set[UUID] = set()
    heir: defaultdict[UUID, list[int]] = defaultdict(list)
    for golden, number in ranked:
        heir[golden].append(number)
        if golden not in kept and number not in ids:
            ids[number] = golden
            kept.add(golden)
    revived: set[UUID] = set()
    for golden, number in _ranked(clusters, former or {}):
        if number not in ids and golden not in revived and golden not in kept:
            ids[number] = golden
            revived.add(golden)
    created = {number: fresh() for number in range(len(clusters)) if number not in ids}
    ids |= created
    retired = {golden: ids[heir[golden][0]] if heir[golden] else None for golden in sorted(set(before.values()) - kept)}
    return Identities(
        [ids[number] for number in range(len(clusters))], frozenset(created.values()), retired, frozenset(revived)
    )


def _ranked(clusters: Sequence[Sequence[UUID]], known: Mapping[UUID, Sequence[UUID]]) -> list[tuple[UUID, int]]:
    """(golden id, cluster) by how many records speak for it, most first."""
    shared: Counter[tuple[UUID, int]] = Counter()
    for number, members in enumerate(clusters):
        for record in members:
            for golden in dict.fromkeys(known.get(record, ())):
                shared[golden, number] += 1
    return [pair for pair, _ in sorted(shared.items(), key=lambda item: (-item[1], item[0][0], item[0][1]))]
