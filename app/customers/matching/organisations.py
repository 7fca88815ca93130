"""Which records are one organisation: a pure function of records that share names, numbers and decisions, whatever the order.

By itself an organisation is joined only by one company number under names that are alike, or by one name that nothing contradicts.
Everything else that speaks for one organisation is a question to a steward (docs/adr/0027).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from app.customers.matching.organisation_groups import Groups
from app.customers.matching.organisation_marks import bodies_of, similarity
from app.customers.matching.organisation_model import ALIKE, weigh
from app.customers.matching.people import Clusters, Pair
from app.customers.matching.records import Current, Decisions, Named
from mdm.steady import Recipe

MOST_RECORDS = Recipe().most_of_organisation
DOMINANT = 4
"""What a name's records leave open goes with the one that has so many times the records of all others together."""


def cluster_organisations(
    records: Sequence[Current], near: Iterable[Named], decisions: Decisions, most: int = MOST_RECORDS
) -> Clusters:
    """Who is the same organisation; all that share a name or a number with one of these must be here. `near`: pairs of records' names."""
    place = {record.name: number for number, record in enumerate(records)}
    groups = Groups(records, bodies_of(records), decisions, most)
    _by_number(groups)
    _by_name(groups)
    groups.ask_similar((place[one], place[other]) for one, other in near if one in place and other in place)
    members = sorted(sorted(group) for group in groups.members.values())
    linked, open_pairs = _links(groups, members), groups.still_open()
    weights = weigh(records, [*linked, *((one, other) for one, other, _ in open_pairs)])
    links = [Pair(*pair, weight) for pair, weight in zip(linked, weights, strict=False)]
    left_open = [
        Pair(one, other, weight, reason)
        for (one, other, reason), weight in zip(open_pairs, weights[len(linked) :], strict=True)
    ]
    return Clusters(members, links, left_open)


def _by_number(groups: Groups) -> None:
    """One number and names that are alike are one organisation; under names that are not, it is a question."""
    for places in groups.having(lambda body: body.number):
        by_name: defaultdict[str, list[int]] = defaultdict(list)
        for place in places:
            by_name[groups.bodies[place].name].append(place)
        told = sorted(by_name)
        pairs = list(combinations(told, 2))
        alike = {pair for pair, level in zip(pairs, similarity(pairs), strict=True) if level >= ALIKE or "" in pair}
        for part in _connected(told, alike):
            groups.unite(sorted((place for name in part for place in by_name[name]), key=groups.rank))
        groups.ask_each(groups.roots(places))


def _by_name(groups: Groups) -> None:
    for places in groups.having(lambda body: body.name):
        if len(groups.roots(places)) > 1:
            _settle_name(groups, places)


def _settle_name(groups: Groups, places: Sequence[int]) -> None:
    """Join the records of one name as far as nothing contradicts; what does is asked."""
    _join_neighbours(groups, places)
    unsure = [root for root in groups.roots(places) if not groups.numbers[root]]
    groups.unite([root for root in unsure if groups.is_registered(root)])
    roots = groups.roots(places)
    rivals = [root for root in roots if groups.numbers[root] or groups.is_whole(root)]
    if not _contradict(groups, rivals):
        groups.unite(places)
    else:
        groups.unite([root for root in roots if root not in rivals])
        _follow_the_many(groups, places, rivals)
    groups.ask_each(groups.roots(places))


def _join_neighbours(groups: Groups, places: Sequence[int]) -> None:
    """Those without a number that share a contact or a place are one; and with a number, if only one of that name shares it."""
    bare = [place for place in places if not groups.numbers[groups.root(place)]]
    by_value: defaultdict[str, list[int]] = defaultdict(list)
    for place in bare:
        for value in groups.bodies[place].values:
            by_value[value].append(place)
    for _, sharing in sorted(by_value.items()):
        groups.unite(sharing)
    numbered = [root for root in groups.roots(places) if groups.numbers[root]]
    wanted = []
    for root in groups.roots(bare):
        sharing = [other for other in numbered if groups.share(root, other)] if not groups.numbers[root] else []
        wanted += [(root, sharing[0])] if len(sharing) == 1 else []
    for root, other in wanted:
        groups.unite([other, root])


def _contradict(groups: Groups, rivals: Sequence[int]) -> bool:
    """Different numbers; or a name that is in no register, borne at two places that have nothing in common."""
    numbers = [groups.numbers[root] for root in rivals if groups.numbers[root]]
    if any(one.isdisjoint(other) for one, other in combinations(numbers, 2)):
        return True
    whole = [root for root in rivals if groups.is_whole(root)]
    return len(whole) > 1 and not all(groups.is_registered(root) for root in whole)


def _follow_the_many(groups: Groups, places: Sequence[int], rivals: Sequence[int]) -> None:
    """Records that fit several go with the one that has nearly all: a slip of the pen in one record is not to break up a thousand."""
    size = {root: len(groups.members[groups.root(root)]) for root in rivals}
    most = max(rivals, key=lambda root: (size[root], -groups.rank(root)))
    if size[most] >= DOMINANT * (sum(size.values()) - size[most]):
        taken = {groups.root(root) for root in rivals}
        groups.unite([most, *(root for root in groups.roots(places) if root not in taken)])


def _connected(names: Sequence[str], alike: Iterable[tuple[str, str]]) -> list[list[str]]:
    root = {name: name for name in names}
    for one, other in sorted(alike):
        low, high = sorted((root[one], root[other]))
        root = {name: low if own == high else own for name, own in root.items()}
    return [[name for name in names if root[name] == own] for own in sorted(set(root.values()))]


def _links(groups: Groups, members: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """For every record the first of its cluster with the same number, or else the same name."""
    links = []
    for group in members:
        first: dict[str, int] = {}
        for place in sorted(group, key=groups.rank):
            body = groups.bodies[place]
            keys = [key for key in (f"#{body.number}" if body.number else "", body.name) if key]
            known = [first[key] for key in keys if key in first]
            links += [(known[0], place)] if known else []
            for key in keys:
                first.setdefault(key, place)
    return links
