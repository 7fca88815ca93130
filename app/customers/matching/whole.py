"""All records at once: the same components and the same clusters as step by step, worked out in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from app.customers.matching.flow import joined
from app.customers.matching.marking import edges_of, edges_of_organisations, marks_of_organisations, marks_of_people
from app.customers.matching.neighbourhood import Edge, Marked
from app.customers.matching.organisation_marks import bodies_of, groups_of, near_pairs
from app.customers.matching.organisations import cluster_organisations
from app.customers.matching.parameters import Parameters, learn
from app.customers.matching.people import Clusters, People
from app.customers.matching.records import Current, Decisions
from mdm.steady import Recipe
from mdm.steady_clusters import Neighbours


@dataclass(frozen=True)
class Whole:
    """Every record there is, prepared under one model; without one when there are no people to learn from."""

    records: Sequence[Current]
    by: Parameters | None

    @cached_property
    def people(self) -> list[int]:
        return [number for number, record in enumerate(self.records) if not record.is_organisation]

    @cached_property
    def bodies(self) -> list[int]:
        return [number for number, record in enumerate(self.records) if record.is_organisation]

    @cached_property
    def _prepared(self) -> People:
        if self.by is None:
            raise LookupError("people are matched by a model")
        return People([self.records[number] for number in self.people], self.by)

    @cached_property
    def shared(self) -> list[int]:
        return self._prepared.find_shared().tolist() if self.people else []

    @cached_property
    def near(self) -> Neighbours:
        """Pairs of people that are not hopeless. What is shared comes first: it decides what pairs weigh."""
        self._prepared.find_shared()
        return self._prepared.near()

    def clusters(self, decisions: Decisions) -> Clusters:
        """Who is the same, as places in `records`."""
        parts: list[tuple[Sequence[int], Clusters]] = []
        if self.people:
            parts.append((self.people, self._prepared.cluster(self.near, decisions)))
        if self.bodies:
            near = [(one.name, other.name) for one, other in self._near_bodies]
            recipe = self.by.recipe if self.by else Recipe()
            found = cluster_organisations(self._organisations, near, decisions, recipe.most_of_organisation)
            parts.append((self.bodies, found))
        return joined(parts)

    def marks(self) -> list[Marked]:
        people = marks_of_people(self._prepared) if self.people else ()
        return [*people, *marks_of_organisations(self._organisations)]

    def edges(self) -> list[tuple[Edge, float]]:
        people = edges_of(self._prepared, self.near) if self.people else []
        return [*people, *edges_of_organisations(self._near_bodies)]

    @cached_property
    def _organisations(self) -> list[Current]:
        return [self.records[number] for number in self.bodies]

    @cached_property
    def _near_bodies(self) -> list[tuple[Current, Current]]:
        """Organisations of similar names that share a contact or a place."""
        bodies = bodies_of(self._organisations)
        found = near_pairs(groups_of(bodies), lambda places: {place: bodies[place].name for place in places})
        return [(self._organisations[one], self._organisations[other]) for one, other in sorted(found)]


def learned_from(records: Sequence[Current]) -> Parameters | None:
    """A model from the people among these; None if there is nobody to learn from."""
    people = [record for record in records if not record.is_organisation]
    return learn(people) if people else None
