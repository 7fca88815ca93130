"""One step of matching: some records that came, changed, went, or that somebody has decided about.

It re-clusters the components that they touch and no others, by the model that holds. Since clusters are a function of
whole components, the same records come to the same clusters in whatever steps they come (docs/adr/0016).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.customers.enums import RunKind
from app.customers.events import CustomersMatched
from app.customers.matching import neighbourhood as around
from app.customers.matching.identity import Identities, assign
from app.customers.matching.marking import edges_of, marks_of_organisations, marks_of_people
from app.customers.matching.neighbourhood import Marked
from app.customers.matching.organisation_flow import take_in_organisations
from app.customers.matching.organisations import cluster_organisations
from app.customers.matching.outcome import build_outcome
from app.customers.matching.parameters import Parameters, current_parameters
from app.customers.matching.people import Clusters, Pair, People
from app.customers.matching.records import Current, Decisions, read_current, read_decisions, read_links, read_pins
from app.customers.matching.rules import read_rules
from app.customers.matching.step_runs import close_step, open_run
from app.customers.matching.writing import write
from app.customers.models import GoldenRecord, LinkVersion
from app.kernel.actors import Actor
from app.kernel.clock import london_date
from app.kernel.events import publish
from app.kernel.ids import new_id
from app.kernel.sets import among

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('firstpoint.customers.golden', 0))")


@dataclass(frozen=True, slots=True)
class Step:
    """What a step did. `golden`: the golden records that it looked at, as they are now called."""

    run_id: UUID
    records: int
    created: int
    retired: int
    golden: frozenset[UUID] = field(default_factory=frozenset)


def hold(session: Session) -> None:
    """Whoever changes links or golden records does it alone, until the end of the transaction."""
    session.execute(_ONE_AT_A_TIME)


def is_ready(session: Session) -> bool:
    """Whether there is a model by which records can be matched as they come, and this machine marks records as it did."""
    by = current_parameters(session)
    return by is not None and by.is_usable


def step(
    session: Session,
    actor: Actor,
    *,
    kind: RunKind,
    now: datetime,
    changed: Collection[UUID] = (),
    decided: Collection[UUID] = (),
) -> Step | None:
    """Match anew what these records touch: `changed` say something else than before, `decided` are only seen in a new light.

    None before the first run, and when this machine cannot use the stored marks: a run over everything is needed then.
    """
    hold(session)
    by = current_parameters(session)
    if by is None or not by.is_usable:
        return None
    seeds = _take_in(session, by, set(changed)) | set(decided)
    return settle(session, actor, by, around.component(session, seeds), kind=kind, now=now)


def settle(
    session: Session, actor: Actor, by: Parameters, ids: Collection[UUID], *, kind: RunKind, now: datetime
) -> Step | None:
    """Cluster whole components, and write down what has changed. None if there is nobody in them."""
    records = read_current(session, ids)
    if not records:
        return None
    names = {record.name for record in records}
    decisions = read_decisions(session, names).among(names)
    clusters = _clusters(session, by, records, decisions)
    run = open_run(session, actor, by, kind, now)
    identities = name_clusters(session, records, clusters, read_links(session, [record.id for record in records]))
    pins, rules = read_pins(session, names), read_rules(session)
    outcome = build_outcome(records, clusters, identities, decisions, pins=pins, by=rules, today=london_date(now))
    write(session, run.id, outcome, now, [record.id for record in records])
    counts = {
        "records": len(records), "golden_records": len(identities.ids), "created": len(identities.created),
        "retired": len(identities.retired), "possible_matches": len(clusters.open),
    }  # fmt: skip
    close_step(run, counts, now)
    session.flush()
    publish(session, CustomersMatched(run.id))
    return Step(run.id, len(records), len(identities.created), len(identities.retired), frozenset(identities.ids))


def name_clusters(
    session: Session, records: Sequence[Current], clusters: Clusters, before: Mapping[UUID, UUID]
) -> Identities:
    """The golden id of each cluster; one that is parted from another gets back the id that it had before they met."""
    groups = [[records[number].id for number in group] for group in clusters.members]
    if len(set(before.values())) >= len(groups):
        return assign(groups, before, new_id)
    return assign(groups, before, new_id, _former(session, [record for group in groups for record in group]))


def _former(session: Session, ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Record → the retired golden ids that it has had, the latest first."""
    query = (
        select(LinkVersion.source_record_id, LinkVersion.golden_id)
        .join(GoldenRecord, GoldenRecord.id == LinkVersion.golden_id)
        .where(among(LinkVersion.source_record_id, ids), GoldenRecord.retired_at.is_not(None))
        .order_by(LinkVersion.until_at.desc(), LinkVersion.id.desc())
    )
    found: dict[UUID, list[UUID]] = {}
    for record, golden in session.execute(query):
        found.setdefault(record, []).append(golden)
    return found


def _clusters(session: Session, by: Parameters, records: Sequence[Current], decisions: Decisions) -> Clusters:
    """Clusters of people and of organisations, by places in the list of records."""
    people = [number for number, record in enumerate(records) if not record.is_organisation]
    bodies = [number for number, record in enumerate(records) if record.is_organisation]
    parts = []
    if people:
        chosen = [records[number] for number in people]
        name_of = {record.id: record.name for record in chosen}
        some = _prepared(session, by, chosen)
        pairs = [(name_of[one], name_of[other]) for one, other in around.edges_among(session, name_of.keys())]
        parts.append((people, some.cluster(some.near_among(pairs), decisions)))
    if bodies:
        some_bodies = [records[number] for number in bodies]
        body_of = {record.id: record.name for record in some_bodies}
        near = [(body_of[one], body_of[other]) for one, other in around.edges_among(session, body_of.keys())]
        parts.append((bodies, cluster_organisations(some_bodies, near, decisions, by.recipe.most_of_organisation)))
    return joined(parts)


def joined(parts: Sequence[tuple[Sequence[int], Clusters]]) -> Clusters:
    """Clusters of parts of a list as clusters of the list; `places` lead from a part to the list."""
    members: list[list[int]] = []
    links: list[Pair] = []
    left_open: list[Pair] = []
    for places, found in parts:
        members += [[places[number] for number in group] for group in found.members]
        for pairs, into in ((found.links, links), (found.open, left_open)):
            into += [Pair(places[pair.left], places[pair.right], pair.weight, pair.reason) for pair in pairs]
    return Clusters(members, links, left_open)


def _take_in(session: Session, by: Parameters, changed: set[UUID]) -> set[UUID]:
    """Bring marks and near pairs up to date for the changed records; gives everybody whose component that touches."""
    if not changed:
        return set()
    known = around.marked(session, changed)
    records = read_current(session, changed)
    people = [record for record in records if not record.is_organisation]
    bodies = [record for record in records if record.is_organisation]
    fresh = [*(marks_of_people(People(people, by)) if people else ()), *marks_of_organisations(bodies)]
    assert by.id is not None  # noqa: S101 - the current model has been stored
    around.remember(session, fresh, by.id, gone=changed)
    again = _regrouped(session, by, known, {one.record_id: one for one in fresh})
    near = _new_edges(session, by, {record.id for record in people} | again, changed | again)
    return changed | again | near | take_in_organisations(session, known.values(), bodies)


def _regrouped(
    session: Session, by: Parameters, known: Mapping[UUID, Marked], fresh: Mapping[UUID, Marked]
) -> set[UUID]:
    """People whose pairs are to be looked at again, although they have not changed: a group of theirs has outgrown its limit or
    shrunk below it, or a value of theirs has become, or is no longer, one that too many share."""
    recipe, changed = by.recipe, known.keys() | fresh.keys()
    before, after = _holders(known.values()), _holders(fresh.values())
    marks = {mark for mark in before.keys() | after.keys() if before.get(mark) != after.get(mark)}
    lent = {mark for one in (*known.values(), *fresh.values()) for mark in one.lent}
    groups = around.members(session, marks | lent, recipe.largest_group + len(changed) + 1)
    again: set[UUID] = set()
    for mark in marks:
        now = len(groups.get(mark, ()))
        was = now - len(after.get(mark, ())) + len(before.get(mark, ()))
        if (now <= recipe.largest_group) != (was <= recipe.largest_group):
            again |= {record for record, _ in groups.get(mark, ())}
    stored = around.shared_values(session, lent)
    now_shared, no_longer = set[int](), set[int]()
    for mark in lent:
        group = groups.get(mark, [])
        crowd = len(group) > recipe.largest_group or len({who for _, who in group}) > recipe.namesakes
        if crowd != (mark in stored):
            (now_shared if crowd else no_longer).add(mark)
            again |= {record for record, _ in group}
    around.set_shared(session, now_shared, no_longer)
    return again


def _holders(some: Iterable[Marked]) -> dict[int, set[UUID]]:
    """Mark → the people among these who have it."""
    found: dict[int, set[UUID]] = {}
    for one in some:
        for mark in () if one.organisation else one.marks:
            found.setdefault(mark, set()).add(one.record_id)
    return found


def _new_edges(session: Session, by: Parameters, rescored: set[UUID], changed: set[UUID]) -> set[UUID]:
    """Look at the pairs of these people again; gives all who were or are near one of them."""
    touched = around.drop_edges(session, changed | rescored)
    marks_of = {record: one.marks for record, one in around.marked(session, rescored).items() if not one.organisation}
    groups = around.members(
        session, {mark for marks in marks_of.values() for mark in marks}, by.recipe.largest_group + 1
    )
    pairs = {
        (min(record, other), max(record, other))
        for record, marks in marks_of.items()
        for mark in marks
        if len(groups[mark]) <= by.recipe.largest_group
        for other, _ in groups[mark]
        if other != record
    }
    if not pairs:
        return touched
    records = read_current(session, {end for pair in pairs for end in pair})
    name_of = {record.id: record.name for record in records}
    people = _prepared(session, by, records)
    edges = edges_of(people, people.near_among((name_of[one], name_of[other]) for one, other in pairs))
    around.add_edges(session, edges)
    return touched | {end for pair, _ in edges for end in pair}


def _prepared(session: Session, by: Parameters, records: Sequence[Current]) -> People:
    """People of whom what many share says nothing."""
    people = People(records, by)
    people.without(around.shared_values(session, people.lent))
    return people
