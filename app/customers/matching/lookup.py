"""One person who is not (yet) a record, against all records: by the marks and the model that match records as they come."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from app.customers.matching import neighbourhood as around
from app.customers.matching.marking import marks_of_people
from app.customers.matching.parameters import current_parameters
from app.customers.matching.people import People
from app.customers.matching.records import Current, read_current, read_links
from mdm import probability

ASKED = UUID(int=0)
"""Stands for the id of whoever is asked for."""
_MOST = 400
"""So many records are compared at the most."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The record of a golden record that is most like the one asked for, and how much it weighs, in nats.

    `contradicted`: an identifier that nobody has two of says that it is another.
    """

    golden_id: UUID
    weight: float
    contradicted: bool = False

    @property
    def probability(self) -> float:
        return float(probability(np.array([self.weight]))[0])


def weigh(session: Session, said: Mapping[str, str], also: Collection[UUID] = ()) -> list[Weighed]:
    """Golden records by how likely they are this person, the likeliest first; `also`: records to compare whatever they share.

    Nobody before the first match run. Values that many people share say nothing, as in matching.
    """
    by = current_parameters(session)
    if by is None:
        return []
    asked = Current(ASKED, "", "", "asked", 1, dict(said), None, restricted=False)
    near = set(also)
    if by.is_usable:
        [mine] = marks_of_people(People([asked], by))
        groups = around.members(session, mine.marks, by.recipe.largest_group + 1)
        small = [group for group in groups.values() if len(group) <= by.recipe.largest_group]
        near |= {record for group in sorted(small, key=len) for record, _ in group}
    records = [one for one in read_current(session, sorted(near)[:_MOST]) if not one.is_organisation]
    if not records:
        return []
    people = People([asked, *records], by)
    people.without(around.shared_values(session, people.lent))
    found = people.near_among((asked.name, record.name) for record in records)
    links = read_links(session, [record.id for record in records])
    best: dict[UUID, float] = {}
    for left, right, weight in zip(found.left.tolist(), found.right.tolist(), found.weight.tolist(), strict=True):
        place = people.place[left] or people.place[right]
        golden = links.get(people.records[place].id)
        if golden is not None:
            best[golden] = max(best.get(golden, weight), weight)
    ranked = sorted(best.items(), key=lambda one: (-one[1], one[0]))
    return [Weighed(golden, weight) for golden, weight in ranked]
