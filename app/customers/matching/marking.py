"""The marks of records: by what groups matching finds the candidates of each."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from app.customers.matching.neighbourhood import Edge, Marked
from app.customers.matching.organisation_marks import bodies_of, marks_of, who
from app.customers.matching.organisation_model import weigh
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
    for row, named in enumerate(prepared.who().tolist()):
        record = people.records[people.place[row]]
        yield Marked(record.id, record.version, False, named, tuple(groups[row]), tuple(sorted(set(lent[row]))))


def marks_of_organisations(records: Sequence[Current]) -> Iterator[Marked]:
    """What is to be known of each organisation's record: the marks of its name and number, and of what it may share with others."""
    for record, body in zip(records, bodies_of(records), strict=True):
        yield Marked(record.id, record.version, True, who(body), marks_of(body), ())


def edges_of(people: People, near: Neighbours) -> list[tuple[Edge, float]]:
    """Near pairs by the ids of their records."""
    edges = []
    for left, right, weight in zip(near.left.tolist(), near.right.tolist(), near.weight.tolist(), strict=True):
        one, other = (people.records[people.place[row]].id for row in (left, right))
        edges.append(((min(one, other), max(one, other)), max(round(weight, 4), -1e9)))
    return edges


def edges_of_organisations(pairs: Sequence[tuple[Current, Current]]) -> list[tuple[Edge, float]]:
    """Near pairs of organisations by the ids of their records, weighed."""
    records = list({record.id: record for pair in pairs for record in pair}.values())
    place = {record.id: number for number, record in enumerate(records)}
    ends = [(place[one.id], place[other.id]) for one, other in pairs]
    return [
        ((min(one.id, other.id), max(one.id, other.id)), round(weight, 4))
        for (one, other), weight in zip(pairs, weigh(records, ends), strict=True)
    ]
