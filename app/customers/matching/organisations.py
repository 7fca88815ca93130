"""Organisations: those of one standardised name are one, unless a person says otherwise or a record of theirs is restricted."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import polars as pl

import mdm
from app.customers.enums import HoldReason
from app.customers.matching.people import Clusters, Pair
from app.customers.matching.records import Current, Decisions, Named
from mdm import standardise

MOST_RECORDS = 2000
"""An organisation has a record for every property that it pays for; beyond this it is left to a person."""
SURE = 12.0
"""What the same name says of two organisations, in nats."""


def names_of(records: Sequence[Current]) -> list[str]:
    """The standardised name of each record; '' where nothing is left of it."""
    names = standardise(
        pl.Series([record.attributes["organisation_name"] for record in records], dtype=pl.String),
        mdm.Kind.ORGANISATION_NAME,
    )
    return [name or "" for name in names.to_list()]


def mark_of(name: str) -> int:
    """The mark of all organisations of one name, a signed 64-bit number."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)


def cluster_organisations(records: Sequence[Current], decisions: Decisions) -> Clusters:
    """Who is the same organisation; all that share a name with one of these must be here."""
    order = sorted(range(len(records)), key=lambda number: records[number].name)
    place = {records[number].name: number for number in order}
    groups = _Groups(len(records))
    apart = _known(decisions.different, place)
    for one, other in _known(decisions.same, place):
        groups.join(one, other, apart)
    names = names_of(records)
    first: defaultdict[str, list[int]] = defaultdict(list)
    held: list[Pair] = []
    for number in order:
        if not names[number]:
            continue
        for other in first[names[number]]:
            if groups.root(other) == groups.root(number):
                break
            reason = _reason(groups, other, number, records)
            if reason is None and groups.join(other, number, apart):
                break
            if reason is not None:
                held.append(Pair(other, number, SURE, reason))
        else:
            first[names[number]].append(number)
    members = [sorted(group) for _, group in sorted(groups.members.items())]
    links = [Pair(group[0], other, SURE) for group in members for other in group[1:] if names[group[0]] == names[other]]
    return Clusters(members, links, _still_open(held, groups, apart))


class _Groups:
    """Clusters on their way."""

    def __init__(self, size: int) -> None:
        self._root = list(range(size))
        self.members = {number: [number] for number in range(size)}

    def root(self, number: int) -> int:
        return self._root[number]

    def join(self, one: int, other: int, apart: Sequence[tuple[int, int]]) -> bool:
        """Make one of two, unless that would join what is kept apart."""
        low, high = sorted((self._root[one], self._root[other]))
        if low == high:
            return True
        if any({self._root[a], self._root[b]} == {low, high} for a, b in apart):
            return False
        for number in self.members[high]:
            self._root[number] = low
        self.members[low] += self.members.pop(high)
        return True


def _reason(groups: _Groups, one: int, other: int, records: Sequence[Current]) -> HoldReason | None:
    both = [*groups.members[groups.root(one)], *groups.members[groups.root(other)]]
    if any(records[number].restricted for number in both):
        return HoldReason.RESTRICTED
    return HoldReason.SIZE if len(both) > MOST_RECORDS else None


def _known(pairs: Sequence[Named], place: dict[str, int]) -> list[tuple[int, int]]:
    return [(place[one], place[other]) for one, other in pairs if one in place and other in place]


def _still_open(held: Sequence[Pair], groups: _Groups, apart: Sequence[tuple[int, int]]) -> list[Pair]:
    """One pair between any two clusters that nobody has told apart."""
    settled = {frozenset((groups.root(one), groups.root(other))) for one, other in apart}
    left = []
    for pair in held:
        between = frozenset((groups.root(pair.left), groups.root(pair.right)))
        if len(between) == 2 and between not in settled:
            settled.add(between)
            left.append(pair)
    return left
