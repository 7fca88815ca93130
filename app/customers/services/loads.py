"""Loads as people ask for them: a file is queued, rehearsed, let in, stopped or taken back; a worker does the work."""

from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.enums import OPEN_LOADS, LoadPhase, LoadStatus
from app.customers.errors import BadFile
from app.customers.loading.files import keep_file
from app.customers.loading.load import Wanted, queue
from app.customers.loading.register import registered
from app.customers.loading.undoing import can_be_undone
from app.customers.loading.work import clear
from app.customers.models import SourceFile, SourceLoad, SourceSystem
from app.kernel.actors import Actor
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.i18n import N_

STORED, REFRESH, UNDO = "stored", "refresh", "undo"


def queue_file(
    session: Session,
    actor: Actor,
    slug: str,
    name: str,
    stream: BinaryIO,
    *,
    full: bool,
    rehearsal: bool,
    now: datetime,
) -> UUID:
    """Take a file in and queue its load; returns the load's id."""
    source = _source(session, slug, now)
    file = keep_file(session, actor, name, stream, now=now)
    if not file.size:
        raise BadFile(N_("The file is empty"))
    return _queue(session, source, file, actor, full=full, rehearsal=rehearsal, now=now)


def queue_sample(session: Session, actor: Actor, slug: str, *, rehearsal: bool, now: datetime) -> UUID:
    """The same with the sample from which the source was made, as often as it takes: it is kept until records were loaded.

    Takes the place of a rehearsal of the sample that still stands; one that waits for a worker is given again.
    """
    source = _source(session, slug, now)
    session.refresh(source, with_for_update=True)
    file = session.get(SourceFile, source.sample_id) if source.sample_id else None
    if file is None:
        raise Conflict(N_("The sample is no longer kept. Load a file instead"))
    for load in _open_loads_of(session, file):
        if load.status not in {LoadStatus.REHEARSED, LoadStatus.WAITING}:
            return load.id
        discard(session, actor, load.id, now=now)
    return _queue(session, source, file, actor, full=True, rehearsal=rehearsal, now=now)


def queue_refresh(session: Session, actor: Actor, slug: str, *, rehearsal: bool, now: datetime) -> UUID:
    """Have the source fetched as soon as a worker is free."""
    source = _source(session, slug, now)
    waiting = session.scalar(
        select(SourceLoad.id).where(SourceLoad.source_id == source.id, SourceLoad.status == LoadStatus.QUEUED).limit(1)
    )
    if waiting is not None:
        return waiting
    wanted = Wanted(N_("Fetched"), "", 0, full=True, total=None, origin={"kind": REFRESH})
    return queue(session, source.id, wanted, actor, now=now, rehearsal=rehearsal)


def let_in(session: Session, actor: Actor, load_id: UUID, *, now: datetime) -> None:
    """Load what was rehearsed."""
    load = _locked(session, load_id)
    if load.status is not LoadStatus.REHEARSED:
        raise Conflict(N_("This is not a rehearsal that waits to be loaded"))
    load.rehearsal, load.status = False, LoadStatus.QUEUED
    load.actor_id, load.actor_name = actor.account_id, actor.name
    audit.record(session, actor, "load.let_in", "source_load", load.id, now=now)


def confirm_gone(session: Session, actor: Actor, load_id: UUID, *, reason: str, now: datetime) -> None:
    """A person says that so many records are meant to be gone. Not without a reason."""
    if not reason.strip():
        raise Invalid({"reason": N_("Say why so many records are meant to be gone")})
    load = _locked(session, load_id)
    if load.status is not LoadStatus.WAITING:
        raise Conflict(N_("This load does not wait for an answer"))
    load.confirmed_reason, load.confirmed_by, load.status = reason.strip(), actor.name, LoadStatus.QUEUED
    audit.record(
        session, actor, "load.gone_confirmed", "source_load", load.id, now=now, gone=load.gone, reason=reason.strip()
    )


def discard(session: Session, actor: Actor, load_id: UUID, *, now: datetime) -> None:
    """Decide against a load that has written nothing yet."""
    load = _locked(session, load_id)
    if load.status not in {LoadStatus.QUEUED, LoadStatus.REHEARSED, LoadStatus.WAITING} or load.written:
        raise Conflict(N_("This load has begun to write. Take it back when it is done"))
    load.status, load.phase, load.finished_at = LoadStatus.DISCARDED, LoadPhase.ENDED, now
    clear(session, load)
    audit.record(session, actor, "load.discarded", "source_load", load.id, now=now)


def take_back(session: Session, actor: Actor, load_id: UUID, *, reason: str, now: datetime) -> UUID:
    """Queue the load that undoes this one: every record says again what it said before. Nothing is deleted.

    Only the last load of a source can be taken back. Returns the id of the load that does it.
    """
    if not reason.strip():
        raise Invalid({"reason": N_("Say why the load is taken back")})
    load = _locked(session, load_id)
    if not can_be_undone(session, load):
        raise Conflict(N_("Only the last load of a source can be taken back"))
    wanted = Wanted(
        load.file_name, "", 0, full=False, total=None,
        origin={"kind": UNDO, "of": str(load.id), "reason": reason.strip(), "at": (load.finished_at or now).isoformat()},
    )  # fmt: skip
    audit.record(session, actor, "load.taken_back", "source_load", load.id, now=now, reason=reason.strip())
    return queue(session, load.source_id, wanted, actor, now=now, rehearsal=False)


def discard_forgotten(session: Session, *, before: datetime, now: datetime) -> int:
    """Rehearsals and questions that nobody came back to. Their rows do not wait for ever."""
    old = session.scalars(
        select(SourceLoad)
        .where(SourceLoad.status.in_((LoadStatus.REHEARSED, LoadStatus.WAITING)), SourceLoad.started_at < before)
        .with_for_update(skip_locked=True)
    ).all()
    for load in old:
        load.status, load.phase, load.finished_at = LoadStatus.DISCARDED, LoadPhase.ENDED, now
        clear(session, load)
    return len(old)


def _queue(
    session: Session,
    source: SourceSystem,
    file: SourceFile,
    actor: Actor,
    *,
    full: bool,
    rehearsal: bool,
    now: datetime,
) -> UUID:
    wanted = Wanted(file.name, file.sha256, file.size, full, None, {"kind": STORED})
    return queue(session, source.id, wanted, actor, now=now, rehearsal=rehearsal, file_id=file.id)


def _open_loads_of(session: Session, file: SourceFile) -> Sequence[SourceLoad]:
    """Those at work first, so that nothing is thrown away for the sake of what is there already."""
    at_work = SourceLoad.status.in_((LoadStatus.QUEUED, LoadStatus.RUNNING))
    query = select(SourceLoad).where(SourceLoad.file_id == file.id, SourceLoad.status.in_(OPEN_LOADS))
    return session.scalars(query.order_by(at_work.desc(), SourceLoad.started_at, SourceLoad.id)).all()


def _source(session: Session, slug: str, now: datetime) -> SourceSystem:
    return session.get_one(SourceSystem, registered(session, slug, now=now).id)


def _locked(session: Session, load_id: UUID) -> SourceLoad:
    load = session.get(SourceLoad, load_id, with_for_update=True)
    if load is None:
        raise NotFound
    return load
