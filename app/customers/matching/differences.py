"""What a run changes, or would change: told in counts and examples. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.customers.matching.identity import Identities
from app.customers.matching.people import Clusters
from app.customers.matching.records import Current

EXAMPLES = 12
MOST_SHOWN = 6


def differences(
    records: Sequence[Current], clusters: Clusters, ids: Identities, before: Mapping[UUID, UUID]
) -> dict[str, Any]:
    """Counts of golden records that are new, joined of several, parted into several, retired; of records that move; examples.

    A joined record is one with records of several old ones; `before`: record → golden record as it was.
    """
    now_in = {
        records[number].id: golden for golden, group in zip(ids.ids, clusters.members, strict=True) for number in group
    }
    by_id = {record.id: record for record in records}
    came_from: defaultdict[UUID, set[UUID]] = defaultdict(set)
    went_to: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for record, golden in now_in.items():
        if record in before:
            came_from[golden].add(before[record])
            went_to[before[record]].add(golden)
    joined = sorted(golden for golden, old in came_from.items() if len(old) > 1)
    parted = sorted(golden for golden, new in went_to.items() if len(new) > 1)
    moved = [record for record, golden in now_in.items() if record in before and before[record] != golden]
    members: defaultdict[UUID, list[Current]] = defaultdict(list)
    for record, golden in now_in.items():
        members[golden].append(by_id[record])
    were: defaultdict[UUID, list[Current]] = defaultdict(list)
    for record, golden in before.items():
        if record in by_id:
            were[golden].append(by_id[record])
    return {
        "new_records": sum(record.id not in before for record in records),
        "moved_records": len(moved),
        "new": len(ids.created),
        "joined": len(joined),
        "parted": len(parted),
        "retired": len(ids.retired),
        "examples": [
            *(_example("joined", golden, members[golden]) for golden in joined[:EXAMPLES]),
            *(_example("parted", golden, were[golden]) for golden in parted[:EXAMPLES]),
        ],
    }


def _example(what: str, golden: UUID, records: Sequence[Current]) -> dict[str, Any]:
    """Keys of source records only: who they are is looked up, with a purpose, by whoever may."""
    shown = sorted(records, key=lambda record: record.name)
    return {
        "what": what,
        "golden": str(golden),
        "records": [[record.source_name, record.key] for record in shown[:MOST_SHOWN]],
        "more": max(0, len(shown) - MOST_SHOWN),
    }
