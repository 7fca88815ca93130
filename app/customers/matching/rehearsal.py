"""What would become of golden records if some source records said something else: worked out in memory, nothing is written."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.matching.differences import differences
from app.customers.matching.flow import name_clusters
from app.customers.matching.parameters import current_parameters
from app.customers.matching.records import Current, read_current, read_decisions, read_links
from app.customers.matching.whole import Whole, learned_from
from app.customers.models import SourceSystem
from app.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a source would say of one of its records. Without attributes, the record would be gone."""

    source: str
    key: str
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What would be: golden records that are `new`, of several made one (`joined`), of one made several (`parted`), no longer there
    (`retired`); existing golden records that get records they did not have (`grown`); pairs left to a person; examples."""

    new: int
    joined: int
    parted: int
    retired: int
    grown: int
    possible_matches: int
    examples: tuple[dict[str, Any], ...]


def rehearse(session: Session, proposed: Iterable[Proposed]) -> Rehearsed:
    """Match as if the proposed records had arrived, by the model that holds (by one learned from them all before the first run).

    Every record takes part: seconds for tens of thousands. Needs no more than a reading session.
    """
    known = {(record.source, record.key): record for record in read_current(session)}
    names = {row[0]: row[1] for row in session.execute(select(SourceSystem.slug, SourceSystem.name))}
    fresh: set[UUID] = set()
    for one in proposed:
        place = (one.source, one.key)
        held = known.get(place)
        if held is not None and one.attributes:
            known[place] = replace(held, version=held.version + 1, attributes=one.attributes)
        elif one.attributes:
            made = new_id()
            fresh.add(made)
            name = names.get(one.source, one.source)
            known[place] = Current(made, one.source, name, one.key, 1, one.attributes, None, restricted=False)
    records = [known[place] for place in sorted(known)]
    whole = Whole(records, current_parameters(session) or learned_from(records))
    clusters = whole.clusters(read_decisions(session))
    before = read_links(session)
    ids = name_clusters(session, records, clusters, {one.id: before[one.id] for one in records if one.id in before})
    told = differences(records, clusters, ids, before)
    grown = sum(
        any(records[number].id in fresh for number in group) and golden not in ids.created
        for golden, group in zip(ids.ids, clusters.members, strict=True)
    )
    return Rehearsed(
        told["new"], told["joined"], told["parted"], told["retired"], grown, len(clusters.open), tuple(told["examples"])
    )
