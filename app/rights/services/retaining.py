"""The schedule: each class of records has its time; what is over it goes, unless a hold stands on it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.kernel.actors import Actor
from app.kernel.clock import Clock
from app.kernel.db import Database
from app.kernel.errors import Invalid
from app.kernel.events import provided
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.kernel.personal import Holding, PersonalData
from app.rights.models import LegalHold, RetentionRule, RetentionRun
from app.rights.policy import months_before
from app.rights.subject import held, standing

AT_ONCE = 500
"""Rows of a class in one transaction."""
MOST = 20_000
"""Rows of a class in one run: the rest is done the next night."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What this body has set for a class."""

    months: int
    enforced: bool


def set_rule(
    session: Session, actor: Actor, holding: str, *, months: int, enforced: bool, reason: str, now: datetime
) -> None:
    """Keep a class so long here, and say whether the schedule is carried out or only reports."""
    authorize(actor, Permission.RIGHTS_HANDLE)
    found = provided(session, PersonalData).holding(holding)
    errors = {}
    if found is None or found.retention.expire is None:
        errors["holding"] = N_("This class has no time of its own")
    if not 1 <= months <= 1200:
        errors["months"] = N_("Enter a number of months, 1 or more")
    if not reason.strip():
        errors["reason"] = N_("Say on what the time is founded")
    if errors:
        raise Invalid(errors)
    said = {"months": months, "enforced": enforced, "reason": reason.strip(), "set_at": now, "set_by_name": actor.name}
    statement = insert(RetentionRule).values(holding=holding, **said)
    session.execute(statement.on_conflict_do_update(index_elements=[RetentionRule.holding], set_=said))
    audit.record(
        session,
        actor,
        "retention.set",
        "retention_rule",
        None,
        now=now,
        holding=holding,
        months=months,
        enforced=enforced,
    )


def run_schedule(database: Database, actor: Actor, *, clock: Clock, rehearsal: bool) -> UUID:
    """Go through every class; with `rehearsal`, or while a class is not enforced, only count. The report stays.

    From the top of the house down, so that no class takes away what another has counted.
    """
    with database.reading() as session:
        classes = [one for one in reversed(provided(session, PersonalData).holdings) if one.retention.expire]
        rules = {
            rule.holding: Rule(rule.months, enforced=rule.enforced) for rule in session.scalars(select(RetentionRule))
        }
    figures = [_one_class(database, one, rules.get(one.slug), clock, rehearsal=rehearsal) for one in classes]
    with database.transaction() as session:
        return _report(session, actor, figures, rehearsal=rehearsal, now=clock.now())


def _one_class(
    database: Database, holding: Holding, rule: Rule | None, clock: Clock, *, rehearsal: bool
) -> dict[str, Any]:
    now = clock.now()
    months = rule.months if rule else holding.retention.months or 0
    before, enforced = months_before(now, months), bool(rule and rule.enforced)
    with database.reading() as session:
        counting = holding.retention.count
        due = counting(session, before, held(session, now)) if counting else 0
    erased = 0
    if enforced and not rehearsal and due:
        erased = _carry_out(database, holding, before, now)
    return {"class": holding.slug, "months": months, "enforced": enforced, "due": due, "erased": erased}


def _carry_out(database: Database, holding: Holding, before: datetime, now: datetime) -> int:
    erased = 0
    while erased < MOST and holding.retention.expire is not None:
        with database.transaction() as session:
            done = holding.retention.expire(session, before, held(session, now), AT_ONCE, now)
        erased += done
        if not done:
            break
    return erased


def _report(session: Session, actor: Actor, figures: list[dict[str, Any]], *, rehearsal: bool, now: datetime) -> UUID:
    holds = (
        session.scalar(select(func.count()).select_from(standing(now).with_only_columns(LegalHold.id).subquery())) or 0
    )
    made = RetentionRun(id=new_id(), at=now, rehearsal=rehearsal, by_name=actor.name, figures=figures, holds=holds)
    session.add(made)
    session.flush()
    erased = sum(one["erased"] for one in figures)
    audit.record(session, actor, "retention.run", "retention_run", made.id, now=now, rehearsal=rehearsal, erased=erased)
    return made.id
