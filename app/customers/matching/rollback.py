"""A run over everything, taken back as a whole: links and golden records as they were, and what people said since is kept."""

# ruff: noqa: S608 - statements are put together from names of our own columns; every value is bound

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.enums import RunKind, RunStatus
from app.customers.events import CustomersMatched
from app.customers.matching import neighbourhood as around
from app.customers.matching.flow import hold, step
from app.customers.matching.forms import Forms
from app.customers.matching.parameters import make_current, parameters
from app.customers.matching.records import Current, read_current, read_decisions, read_links
from app.customers.matching.search_rows import search_row
from app.customers.matching.whole import Whole
from app.customers.matching.writing import GOLDEN, Outcome, write
from app.customers.models import MatchRun
from app.kernel.actors import Actor
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.events import publish
from app.kernel.i18n import N_
from app.kernel.ids import new_id

_CONTENT = [column for column in GOLDEN if column != "id"]
_TYPED = ", ".join(f"{column} {kind}" for column, kind in GOLDEN.items() if column != "id")


def roll_back(session: Session, actor: Actor, run_id: UUID, *, reason: str, now: datetime) -> UUID:
    """Put links and golden records back as they were before a run; gives the run that did it.

    Decisions and pins that were made since are kept and put into effect; records that arrived since are matched by the model
    that held before. Raises Conflict for a run that is not the latest, or before which there was nothing.
    """
    if not reason.strip():
        raise Invalid({"reason": N_("Say why the run is taken back")})
    hold(session)
    run = session.get(MatchRun, run_id, with_for_update=True)
    if run is None or run.kind is not RunKind.FULL:
        raise NotFound
    _refuse(session, run)
    before = parameters(session, UUID(run.differences["model_before"]))
    made = MatchRun(
        id=new_id(), kind=RunKind.ROLLBACK, status=RunStatus.RUNNING, learns=False, model_id=before.id, started_at=now,
        actor_id=actor.account_id, actor_name=actor.name, differences={"of": str(run_id), "reason": reason.strip()},
    )  # fmt: skip
    session.add(made)
    session.flush()
    values = {"run": run_id, "back": made.id, "now": now, "began": run.started_at}
    late = set(session.scalars(_TOUCHED_SINCE, values))
    for statement in (_LINKS_BACK, _GOLDEN_BACK, _MADE_BY_IT):
        session.execute(statement, values)
    whole = Whole(read_current(session), before)
    if before.id != run.model_id and whole.people and before.id is not None:
        around.remember_all(session, whole.marks(), whole.edges(), whole.shared, before.id)
    make_current(session, before.id)
    restored = list(session.scalars(_RESTORED, values))
    _find_again(session, made.id, whole, restored, now)
    run.rolled_back_at, run.rolled_back_by = now, actor.name
    if late:
        step(session, actor, kind=RunKind.DECISION, now=now, decided=late)
    made.status, made.finished_at = RunStatus.DONE, now
    made.counts = {"golden_records": len(restored), "records": len(late)}
    audit.record(session, actor, "match_run.rolled_back", "match_run", run_id, now=now, reason=reason.strip())
    publish(session, CustomersMatched(made.id))
    return made.id


def _refuse(session: Session, run: MatchRun) -> None:
    if run.rolled_back_at is not None:
        raise Conflict(N_("This run has been taken back already"))
    if run.status is not RunStatus.DONE:
        raise Conflict(N_("Only a run that has ended well can be taken back"))
    later = (
        select(MatchRun.id)
        .where(MatchRun.kind == RunKind.FULL, MatchRun.status == RunStatus.DONE, MatchRun.rolled_back_at.is_(None))
        .where(MatchRun.finished_at > run.finished_at)
    )
    if session.scalar(later.limit(1)) is not None:
        raise Conflict(N_("A later run stands on this one. Take that back first"))
    if not run.differences.get("model_before"):
        raise Conflict(N_("There was nothing before this run: it was the first"))


def _find_again(session: Session, run_id: UUID, whole: Whole, golden: list[UUID], now: datetime) -> None:
    """What the restored records are found by, and the pairs that wait for a person under the model that holds again."""
    known = {record.id: record for record in whole.records}
    links = read_links(session)
    groups: defaultdict[UUID, list[Current]] = defaultdict(list)
    for record, golden_id in links.items():
        groups[golden_id].append(known[record])
    forms = Forms(whole.records)
    search = [(str(one), *search_row(groups[one], forms)) for one in golden if groups.get(one)]
    clusters = whole.clusters(read_decisions(session))
    possible: list[tuple[Any, ...]] = []
    for pair in clusters.open:
        one, other = whole.records[pair.left], whole.records[pair.right]
        if links.get(one.id) != links.get(other.id):
            low, high = sorted((one.id, other.id))
            told: tuple[Any, ...] = (round(pair.weight, 4), round(pair.probability, 6), {}, pair.reason.value)
            possible.append((str(new_id()), str(low), str(high), *told))
    retired = session.scalars(
        text("SELECT golden_id FROM golden_search s JOIN golden_record g ON g.id = s.golden_id WHERE NOT g.live")
    )
    session.execute(text("DELETE FROM golden_search WHERE golden_id = ANY(:gone)"), {"gone": list(retired)})
    write(session, run_id, Outcome([], search, [], [], possible), now)


_TOUCHED_SINCE = text(
    """
    SELECT l.source_record_id FROM link l WHERE l.run_id <> :run AND (
        EXISTS (SELECT 1 FROM link_version v WHERE v.source_record_id = l.source_record_id AND v.ended_by = :run)
        OR l.changed_at >= :began AND NOT EXISTS (SELECT 1 FROM link_version v WHERE v.source_record_id = l.source_record_id))
    UNION SELECT l.source_record_id FROM link l WHERE l.run_id = :run
        AND NOT EXISTS (SELECT 1 FROM link_version v WHERE v.source_record_id = l.source_record_id AND v.ended_by = :run)
    UNION SELECT l.source_record_id FROM link l JOIN golden_record g ON g.id = l.golden_id
        JOIN golden_version v ON v.golden_id = g.id AND v.ended_by = :run WHERE g.run_id <> :run
    UNION SELECT r.id FROM steward_decision d JOIN source_system s ON s.slug IN (d.left_source, d.right_source)
        JOIN source_record r ON r.source_id = s.id AND (s.slug, r.key) IN ((d.left_source, d.left_key), (d.right_source, d.right_key))
        WHERE d.decided_at >= :began OR d.lifted_at >= :began
    UNION SELECT r.id FROM golden_pin p JOIN source_system s ON s.slug = p.source
        JOIN source_record r ON r.source_id = s.id AND r.key = p.key WHERE p.pinned_at >= :began OR p.lifted_at >= :began
    """
)
"""Records whose links or golden records something else has changed since the run, and those that it was the first to match."""
_LINKS_BACK = text(
    "UPDATE link l SET golden_id = v.golden_id, version = v.version, method = v.method, weight = v.weight, "
    "probability = v.probability, evidence = v.evidence, since = v.since, run_id = :back, changed_at = :now "
    "FROM link_version v WHERE v.source_record_id = l.source_record_id AND v.ended_by = :run AND l.run_id = :run"
)
_GOLDEN_BACK = text(
    f"UPDATE golden_record g SET ({', '.join(_CONTENT)}, retired_at, retired_into) = "
    f"(SELECT {', '.join(_CONTENT)}, retired_at, retired_into FROM "
    f"jsonb_to_record(v.content) AS c({_TYPED}, retired_at timestamptz, retired_into uuid)), run_id = :back, changed_at = :now "
    "FROM golden_version v WHERE v.golden_id = g.id AND v.ended_by = :run AND g.run_id = :run"
)
_MADE_BY_IT = text(
    """
    UPDATE golden_record g SET retired_at = :now, changed_at = :now, run_id = :back, retired_into = (
        SELECT l.golden_id FROM link_version v JOIN link l ON l.source_record_id = v.source_record_id
        WHERE v.golden_id = g.id AND v.ended_by = :back GROUP BY l.golden_id ORDER BY count(*) DESC, l.golden_id LIMIT 1)
    WHERE g.retired_at IS NULL AND NOT EXISTS (SELECT 1 FROM link l WHERE l.golden_id = g.id)
    """
)
_RESTORED = text("SELECT id FROM golden_record WHERE run_id = :back AND live")
