"""The worker's part in matching: what waits is matched within a second or two, and runs that people ask for are taken up."""

from typing import Protocol

from sqlalchemy import select

from app.customers.enums import RunKind, RunStatus
from app.customers.errors import MatchInProgress
from app.customers.matching.run import match_all
from app.customers.matching.waiting import match_waiting
from app.customers.models import MatchRun
from app.kernel.actors import Actor, ActorKind
from app.kernel.clock import Clock
from app.kernel.db import Database

_ASKED = (
    select(MatchRun.id, MatchRun.kind, MatchRun.learns, MatchRun.actor_id, MatchRun.actor_name)
    .where(MatchRun.status == RunStatus.QUEUED)
    .order_by(MatchRun.started_at, MatchRun.id)
    .limit(1)
)


class House(Protocol):
    """What the jobs need of the Runtime, which stands above this room."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...


def match_what_waits(house: House) -> str:
    """Match the records that arrived or were decided about; everything, if so many wait that this is quicker."""
    worked = match_waiting(house.database, clock=house.clock)
    if worked.everything:
        try:
            report = match_all(house.database, clock=house.clock, learns=False)
        except MatchInProgress:
            return "a match run is in progress"
        return f"{report.records} records, all there are"
    return f"{worked.records} records" if worked.records else ""


def take_up_runs(house: House) -> str:
    """Do the oldest run that somebody has asked for."""
    with house.database.reading() as session:
        asked = session.execute(_ASKED).first()
    if asked is None:
        return ""
    actor = Actor(ActorKind.STAFF, asked.actor_id, asked.actor_name)
    rehearsal = asked.kind is RunKind.REHEARSAL
    try:
        report = match_all(
            house.database, clock=house.clock, actor=actor, learns=asked.learns, rehearsal=rehearsal, run_id=asked.id
        )
    except MatchInProgress:
        return ""
    return f"{report.records} records, {'rehearsed' if rehearsal else 'matched'}"
