"""Clusters of organisations on their way: what may be joined by itself, what is kept apart, and what is to be asked."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from app.customers.enums import HoldReason
from app.customers.matching.organisation_marks import MOST_NAMES, Body
from app.customers.matching.records import Current, Decisions


class Groups:
    """Every record by its place in the list; a cluster goes by its root. The order of records is that of their names."""

    def __init__(self, records: Sequence[Current], bodies: Sequence[Body], decisions: Decisions, most: int) -> None:
        """`most`: no organisation of more records than these comes about by itself; beyond, it is left to a person."""
        self._most = most
        self.bodies = bodies = _without_crowded_numbers(bodies)
        order = sorted(range(len(records)), key=lambda number: records[number].name)
        self._rank = {place: rank for rank, place in enumerate(order)}
        self._order = order
        self._root = list(range(len(records)))
        self.members = {place: [place] for place in range(len(records))}
        self.numbers: dict[int, set[str]] = {
            place: {body.number} if body.number else set() for place, body in enumerate(bodies)
        }
        self._values = {place: set(body.values) for place, body in enumerate(bodies)}
        self._registered = {place for place, body in enumerate(bodies) if body.registered}
        self._restricted = {place for place, record in enumerate(records) if record.restricted}
        self._apart: defaultdict[int, set[int]] = defaultdict(set)
        self._asked: list[tuple[int, int]] = []
        self._decide({record.name: place for place, record in enumerate(records)}, decisions)

    def rank(self, place: int) -> int:
        return self._rank[place]

    def root(self, place: int) -> int:
        return self._root[place]

    def roots(self, places: Iterable[int]) -> list[int]:
        """The clusters of these records, by the first record of each that is among them."""
        return list(dict.fromkeys(self._root[place] for place in sorted(places, key=self.rank)))

    def having(self, what: Callable[[Body], str]) -> list[list[int]]:
        """Records that say the same, in their order; the same in any order of the list."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for place in self._order:
            if value := what(self.bodies[place]):
                found[value].append(place)
        return [places for _, places in sorted(found.items()) if len(places) > 1]

    def is_registered(self, root: int) -> bool:
        return root in self._registered

    def is_whole(self, root: int) -> bool:
        """Whether the cluster says both how to reach it and where it is."""
        kinds = {value[0] for value in self._values[root]}
        return bool(kinds & {"t", "e"}) and bool(kinds & {"p", "s"})

    def share(self, one: int, other: int) -> bool:
        """Whether two clusters have a contact or a place in common."""
        return not self._values[one].isdisjoint(self._values[other])

    def unite(self, places: Iterable[int]) -> None:
        """Make one of these as far as that may come about by itself: each joins the first of those before it that it can join."""
        leaders: list[int] = []
        for place in sorted(places, key=self.rank):
            for leader in leaders:
                if self._root[leader] == self._root[place]:
                    break
                if self._may_join(leader, place):
                    self._join(leader, place)
                    break
                self.ask(leader, place)
            else:
                leaders.append(place)

    def ask(self, one: int, other: int) -> None:
        """A person is to say whether these are one; nothing if a person has said already."""
        if self._root[one] != self._root[other] and self._root[other] not in self._apart[self._root[one]]:
            self._asked.append((one, other))

    def ask_each(self, roots: Sequence[int]) -> None:
        """One question for each cluster but the first: whether it is the first of those before it that it has not been told apart from."""
        for number, root in enumerate(roots):
            for other in roots[:number]:
                if other not in self._apart[root]:
                    self.ask(other, root)
                    break

    def ask_similar(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Of names that are similar, every two clusters that have a contact or a place in common. Whichever records stand for the names."""
        named: defaultdict[str, list[int]] = defaultdict(list)
        for place in self._order:
            named[self.bodies[place].name].append(place)
        names = {(self.bodies[one].name, self.bodies[other].name) for one, other in pairs}
        for ours, theirs in sorted((min(pair), max(pair)) for pair in names):
            for one in self.roots(named[ours]):
                for other in self.roots(named[theirs]):
                    if self.share(one, other):
                        self.ask(one, other)

    def still_open(self) -> list[tuple[int, int, HoldReason]]:
        """One pair between any two clusters that nobody has told apart, the pair with most in common; and why it is open."""
        between: dict[tuple[int, int], None] = {}
        for one, other in self._asked:
            low, high = sorted((self._root[one], self._root[other]), key=self.rank)
            if low != high and high not in self._apart[low]:
                between[low, high] = None
        return [(*self._nearest(low, high), self._reason(low, high)) for low, high in between]

    def _reason(self, one: int, other: int) -> HoldReason:
        if one in self._restricted or other in self._restricted:
            return HoldReason.RESTRICTED
        if self._contradict(one, other):
            return HoldReason.IDENTIFIER
        big = len(self.members[one]) + len(self.members[other]) > self._most
        return HoldReason.SIZE if big else HoldReason.UNSURE

    def _nearest(self, one: int, other: int) -> tuple[int, int]:
        """The record of each cluster that has most of what both have."""
        both = self._values[one] & self._values[other]
        return self._with_most_of(both, one), self._with_most_of(both, other)

    def _with_most_of(self, values: set[str], root: int) -> int:
        members = self.members[root]
        if not values:
            return min(members, key=self._rank.__getitem__)
        return min(members, key=lambda place: (-len(values.intersection(self.bodies[place].values)), self.rank(place)))

    def _may_join(self, one: int, other: int) -> bool:
        low, high = self._root[one], self._root[other]
        return not (
            high in self._apart[low]
            or low in self._restricted
            or high in self._restricted
            or self._contradict(low, high)
            or len(self.members[low]) + len(self.members[high]) > self._most
        )

    def _contradict(self, one: int, other: int) -> bool:
        """Whether both have a company number, and none that is the other's too."""
        ours, theirs = self.numbers[one], self.numbers[other]
        return bool(ours and theirs) and ours.isdisjoint(theirs)

    def _join(self, one: int, other: int) -> None:
        """The cluster of the first record in order takes in the other; the smaller one's records are moved."""
        low, high = self._root[one], self._root[other]
        if (-len(self.members[low]), self.rank(low)) > (-len(self.members[high]), self.rank(high)):
            low, high = high, low
        for place in self.members[high]:
            self._root[place] = low
        self.members[low] += self.members.pop(high)
        self.numbers[low] |= self.numbers.pop(high)
        self._values[low] |= self._values.pop(high)
        for marked in (self._registered, self._restricted):
            if high in marked:
                marked.add(low)
        for enemy in self._apart.pop(high, ()):
            self._apart[enemy].discard(high)
            self._apart[enemy].add(low)
            self._apart[low].add(enemy)

    def _decide(self, place: dict[str, int], decisions: Decisions) -> None:
        """What stewards have said: different ones outrank same ones, and both outrank everything else."""
        for one, other in decisions.different:
            if one in place and other in place:
                self._apart[place[one]].add(place[other])
                self._apart[place[other]].add(place[one])
        for one, other in decisions.same:
            if one in place and other in place:
                low, high = self._root[place[one]], self._root[place[other]]
                if low != high and high not in self._apart[low]:
                    self._join(low, high)


def _without_crowded_numbers(bodies: Sequence[Body]) -> Sequence[Body]:
    """A number that so many names are recorded under was written by somebody who knew none."""
    names: defaultdict[str, set[str]] = defaultdict(set)
    for body in bodies:
        if body.number:
            names[body.number].add(body.name)
    crowded = {number for number, some in names.items() if len(some) > MOST_NAMES}
    return [replace(body, number="") if body.number in crowded else body for body in bodies] if crowded else bodies
