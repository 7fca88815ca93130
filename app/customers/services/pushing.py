"""Records that a source sends by itself: taken in at once, in the transaction of the request, and told to whoever listens."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.customers.enums import ConnectorKind, LoadPhase
from app.customers.errors import LoadInProgress
from app.customers.loading import writing
from app.customers.loading.batch import Batch
from app.customers.loading.erased import erased_keys
from app.customers.loading.load import Wanted, queue, start
from app.customers.loading.register import Registered, registered
from app.customers.loading.work import close
from app.customers.models import LoadReject, SourceLoad, SourceSystem
from app.customers.parsing.attributes import REASONS
from app.customers.reading.rows import flaw_within, reject
from app.customers.rows import PushReport, RejectRow
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import Invalid, NotFound
from app.kernel.i18n import N_

MOST = 1000
"""Records in one request."""
_LOCK_NOT_AVAILABLE = "55P03"
_MINE = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def push(
    session: Session,
    actor: Actor,
    slug: str,
    records: Sequence[Mapping[str, Any]],
    *,
    gone: Sequence[str] = (),
    now: datetime,
) -> PushReport:
    """Take records of a source in; those named as `gone`, by key, are noted as gone. The same records again change nothing.

    Raises NotFound unless the source takes records by push, and from this sender.
    """
    source = _open_to(session, actor, slug, now)
    if len(records) > MOST or len(gone) > MOST:
        raise Invalid({"records": N_("Send at most %(most)s records at once")}, most=MOST)
    _only_one(session, source)
    batch = Batch(erased=erased_keys(session, source.id, source.slug))
    for number, record in enumerate(records, start=1):
        row = dict(record)
        flaw = flaw_within(row)
        batch.take(number, reject(flaw[0], row, detail=flaw[1]) if flaw else row, source.layout)
    wanted = Wanted(f"Sent by {actor.name}"[:255], "", 0, full=False, total=len(records), origin={"kind": "push"})
    load = session.get_one(SourceLoad, queue(session, source.id, wanted, actor, now=now, rehearsal=False))
    start(session, load, now=now)
    return _take_in(session, source, load, batch, list(gone), now=now)


def _take_in(
    session: Session, source: Registered, load: SourceLoad, batch: Batch, gone: list[str], *, now: datetime
) -> PushReport:
    load.staged, load.rejected = batch.stage(session, load.id)
    load.rows = load.written = batch.rows
    found = writing.compare(session, source.id, load.id, full=False)
    load.new, load.changed, load.same, load.phase = found.new, found.changed, found.same, LoadPhase.WRITING
    session.flush()
    writing.write(session, source.id, source.slug, load.id, after=0, upto=batch.rows, now=now, in_bulk=False)
    load.gone = writing.let_go_of(session, source.id, source.slug, gone, now=now)
    close(session, load, source, now=now)
    flaws = session.scalars(
        select(LoadReject).where(LoadReject.load_id == load.id).order_by(LoadReject.line, LoadReject.id)
    )
    rejects = tuple(
        RejectRow(flaw.line, flaw.field, flaw.reason, REASONS[flaw.reason], flaw.detail, flaw.content) for flaw in flaws
    )
    return PushReport(load.id, load.rows, load.new, load.changed, load.same, load.gone, load.rejected, rejects)


def _open_to(session: Session, actor: Actor, slug: str, now: datetime) -> Registered:
    """The source, if it takes records by push from this actor. Another sender's source is not told of."""
    row = session.scalar(select(SourceSystem).where(SourceSystem.slug == slug))
    if row is None or row.connector is not ConnectorKind.PUSH:
        raise NotFound
    sender = row.connector_settings.get("sender")
    if actor.kind is ActorKind.SERVICE and (not sender or UUID(sender) != actor.account_id):
        raise NotFound
    return registered(session, slug, now=now)


def _only_one(session: Session, source: Registered) -> None:
    """Wait a little for another push or load of the source; give up with LoadInProgress while a long one runs."""
    session.execute(text("SET LOCAL lock_timeout = '4s'"))
    try:
        session.execute(_MINE, {"name": f"firstpoint.customers.load.{source.slug}"})
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise LoadInProgress(source.layout.name) from error
        raise
    session.execute(text("SET LOCAL lock_timeout = 0"))
