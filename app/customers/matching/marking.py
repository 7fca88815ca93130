"""The marks of records: by what groups matching finds the candidates of each."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from app.customers.matching.neighbourhood import Edge, Marked
from app.customers.matching.organisations import mark_of, names_of
from app.customers.matching.people import People
from app.customers.matching.records import Current
from mdm.steady_clusters import Neighbours


def marks_of_people(people: People) -> Iterator[Marked]:
    """What is to be known of each person's record."""
    prepared = people.prepared
    groups: list[list[int]] = [[] for _ in people.place]
    for row, mark in zip(*(one.tolist() for one in prepared.marks()), strict=True):
        groups[row].append(mark)
    lent: defaultdict[int, list[int]] = defaultdict(list)
    for row, mark in zip(*(one.tolist() for one in prepared.lent()), strict=True):
        lent[row].append(mark)
    for row, who in enumerate(prepared.who().tolist()):
        record = people.records[people.place[row]]
        yield Marked(record.id, record.version, False, who, tuple(groups[row]), tuple(sorted(set(lent[row]))))


def marks_of_organisations(records: Sequence[Current]) -> Iterator[Marked]:
    """What is to be known of each organisation's record: the mark of its name."""
    for record, name in zip(records, names_of(records), strict=True):
        yield Marked(record.id, record.version, True, 0, (mark_of(name),) if name else (), ())


def edges_of(people: People, near: Neighbours) -> list[tuple[Edge, float]]:
    """Near pairs by the ids of their records."""
    edges = []
    for left, right, weight in zip(near.left.tolist(), near.right.tolist(), near.weight.tolist(), strict=True):
        one, other = (people.records[people.place[row]].id for row in (left, right))
        edges.append(((min(one, other), max(one, other)), max(round(weight, 4), -1e9)))
    return edges
