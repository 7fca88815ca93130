"""A step's part for organisations: near pairs brought up to date for the records that have changed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from app.customers.matching import neighbourhood as around
from app.customers.matching.marking import edges_of_organisations
from app.customers.matching.neighbourhood import Marked
from app.customers.matching.organisation_marks import (
    MOST_HOLDERS,
    bodies_of,
    is_near_mark,
    marks_of,
    near_pairs,
    standing_for,
)
from app.customers.matching.records import Current, read_current

Group = Sequence[tuple[UUID, int]]


def take_in_organisations(session: Session, known: Iterable[Marked], fresh: Sequence[Current]) -> set[UUID]:
    """Renew the near pairs that these records have, had, or stood for another in; gives everybody whom that touches.

    `known`: as the changed records were marked. Their new marks have been written down.
    """
    before = [one for one in known if one.organisation]
    now = {mark for body in bodies_of(fresh) for mark in marks_of(body)}
    marks = now | {mark for one in before for mark in one.marks}
    if not marks:
        return set()
    groups = _groups(session, marks)
    gone: dict[int, list[tuple[UUID, int]]] = {}
    for one in before:
        for mark in one.marks:
            gone.setdefault(mark, []).append((one.record_id, one.who))
    fresh_ids = {record.id for record in fresh}
    again = fresh_ids | {one.record_id for one in before}
    namesakes: set[UUID] = set()
    for mark, group in groups.items():
        if is_near_mark(mark):
            earlier = [(record, name) for record, name in group if record not in fresh_ids] + gone.get(mark, [])
            again |= {*standing_for(group).values(), *standing_for(earlier).values()}
        else:
            namesakes |= {record for record, _ in group}
    return namesakes | again | _renew(session, again)


def _renew(session: Session, again: Collection[UUID]) -> set[UUID]:
    """Drop the near pairs of these records and find them anew; gives who is at their other ends."""
    touched = around.drop_edges(session, again)
    marks = {mark for one in around.marked(session, again).values() for mark in one.marks if is_near_mark(mark)}
    here = set(again)
    groups = {
        mark: group for mark, group in _groups(session, marks).items() if not here.isdisjoint(r for r, _ in group)
    }
    seen: dict[UUID, Current] = {}

    def names_of(ids: Collection[UUID]) -> Mapping[UUID, str]:
        records = read_current(session, ids)
        seen.update((record.id, record) for record in records)
        return {record.id: body.name for record, body in zip(records, bodies_of(records), strict=True)}

    pairs = {pair for pair in near_pairs(groups, names_of) if not here.isdisjoint(pair)}
    around.add_edges(session, edges_of_organisations([(seen[one], seen[other]) for one, other in sorted(pairs)]))
    return touched | {end for pair in pairs for end in pair}


def _groups(session: Session, marks: Collection[int]) -> dict[int, Group]:
    """The records of each group, but of those that are too large to look at."""
    found = around.members(session, marks, MOST_HOLDERS + 1)
    return {mark: group for mark, group in found.items() if len(group) <= MOST_HOLDERS}
