"""Where a cluster would come apart: the links without which it falls into two, the weakest first. Pure."""

import math
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

N = TypeVar("N", bound=Hashable)
Edge = tuple[N, N, float]
SURE = 50.0
"""The weight of a steward's word, beyond that of any evidence."""


@dataclass(frozen=True, slots=True)
class Bridge(Generic[N]):
    """The strongest link between two parts of a cluster. `weight` is None where no pair of records joins them; `part` is the smaller."""

    left: N
    right: N
    weight: float | None
    part: tuple[N, ...]


def bridges(nodes: Sequence[N], edges: Collection[Edge[N]], most: int = 3) -> list[Bridge[N]]:
    """The cluster's weakest joints, weakest first, at most so many.

    They are the lightest links of its maximum spanning tree: no way of parting the cluster cuts only weaker links than the lightest
    of them. Parts that no link joins at all are joints too, without a weight.
    """
    tree = _spanning(nodes, edges)
    order = {node: place for place, node in enumerate(nodes)}
    weakest = sorted(tree, key=lambda cut: (cut[2] is not None, cut[2] or 0.0, order[cut[0]], order[cut[1]]))[:most]
    return [_bridge(nodes, tree, cut) for cut in weakest]


@dataclass(frozen=True, slots=True)
class Whole:
    """How likely it is that a cluster is one, as far as its links say, 0 to 1: by its weakest joint alone (`weakest`), and, if
    every joint may be wrong by itself, at the least."""

    weakest: float
    at_least: float


def chance(weight: float) -> float:
    """The probability that a link of this weight, in nats, is right."""
    return (
        1 / (1 + math.exp(-weight)) if weight > 0 else math.exp(max(weight, -700)) / (1 + math.exp(max(weight, -700)))
    )


def wholeness(nodes: Sequence[N], edges: Collection[Edge[N]]) -> Whole | None:
    """Of the links that hold the cluster together, how likely it is that all are right; None where something else holds it.

    That one of several is wrong is no likelier than their doubts added up (Bonferroni), whatever they have to do with each other.
    """
    weights = [weight for _, _, weight in _spanning(nodes, edges)]
    known = [chance(weight) for weight in weights if weight is not None]
    if not known or len(known) < len(weights):
        return None
    return Whole(min(known), max(0.0, 1 - sum(1 - one for one in known)))


def contradictions(members: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """Attributes in which records of one person would not differ: dates of birth, national ids, first letters of first names;
    or of one organisation: company numbers."""
    found = [
        name
        for name in ("national_id", "company_number", "date_of_birth")
        if len({one[name] for one in members if one.get(name)}) > 1
    ]
    letters = {one["given_name"].strip()[:1].casefold() for one in members if one.get("given_name", "").strip()}
    return (*found, "given_name") if len(letters) > 1 else tuple(found)


def _spanning(nodes: Sequence[N], edges: Collection[Edge[N]]) -> list[tuple[N, N, float | None]]:
    parent = {node: node for node in nodes}

    def root(node: N) -> N:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    tree: list[tuple[N, N, float | None]] = []
    order = {node: place for place, node in enumerate(nodes)}
    usable = [edge for edge in edges if edge[0] in order and edge[1] in order]
    for one, other, weight in sorted(usable, key=lambda edge: (-edge[2], order[edge[0]], order[edge[1]])):
        if root(one) != root(other):
            parent[root(one)] = root(other)
            tree.append((one, other, weight))
    for node in nodes[1:]:
        if root(node) != root(nodes[0]):
            parent[root(node)] = root(nodes[0])
            tree.append((nodes[0], node, None))
    return tree


def _bridge(nodes: Sequence[N], tree: Sequence[tuple[N, N, float | None]], cut: tuple[N, N, float | None]) -> Bridge[N]:
    around: dict[N, list[N]] = {node: [] for node in nodes}
    for one, other, weight in tree:
        if (one, other, weight) != cut:
            around[one].append(other)
            around[other].append(one)
    reached, ahead = {cut[0]}, [cut[0]]
    while ahead:
        new = [node for node in around[ahead.pop()] if node not in reached]
        reached |= set(new)
        ahead += new
    part = [node for node in nodes if node in reached]
    rest = [node for node in nodes if node not in reached]
    return Bridge(cut[0], cut[1], cut[2], tuple(part if len(part) < len(rest) else rest))
