"""Where a cluster would come apart: the links without which it falls into two, the weakest first. Pure."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

N = TypeVar("N", bound=Hashable)
Edge = tuple[N, N, float]


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
