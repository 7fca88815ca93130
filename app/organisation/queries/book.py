"""Reads of the whole queue register: drafts and tombstones too, and what is doubtful about the names in it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account
from app.kernel.errors import NotFound
from app.kernel.i18n import N_
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation.enums import NameFinding, QueueKind, QueueStatus
from app.organisation.models import Membership, Queue, QueueNameOverride, QueueReader, Unit
from app.organisation.naming import NamedQueue, NamedUnit, Names, NameWarning
from app.organisation.queries.units import unit_row
from app.organisation.rows import ReaderRow, RegisterRow, StandingWarning, UnitRow

_owner, _deputy, _monitor = aliased(Account), aliased(Account), aliased(Account)
_redirect = aliased(Queue)


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """Which part of the register is wanted; `overdue` are reviews and last days that passed before this day."""

    search: str = ""
    status: QueueStatus | None = None
    kind: QueueKind | None = None
    unit: str = ""
    overdue: date | None = None
    ids: Collection[UUID] | None = None


def register(session: Session, wanted: RegisterFilter, page: PageRequest) -> Page[RegisterRow]:
    """The register by name."""
    found = fetch_page(session, _filtered(wanted), page)
    return Page(tuple(_entry(row) for row in found.items), found.total, found.number, found.size)


def register_entry(session: Session, slug: str) -> RegisterRow:
    """One queue, whatever its status. NotFound."""
    row = session.execute(_entries().where(Queue.slug == slug)).first()
    if row is None:
        raise NotFound(N_("There is no queue called %(slug)s"), slug=slug)
    return _entry(row)


def register_counts(session: Session) -> dict[QueueStatus, int]:
    """How many queues there are of each status."""
    rows = session.execute(select(Queue.status, func.count()).group_by(Queue.status))
    return dict.fromkeys(QueueStatus, 0) | {row[0]: row[1] for row in rows}


def readers_of(session: Session, queue_id: UUID) -> tuple[tuple[UnitRow, ...], tuple[ReaderRow, ...]]:
    """The units, and the persons by name, that can open a queue."""
    units = select(Unit).join(QueueReader, QueueReader.unit_id == Unit.id).where(QueueReader.queue_id == queue_id)
    people = (
        select(Account.id, Account.name)
        .join(QueueReader, QueueReader.account_id == Account.id)
        .where(QueueReader.queue_id == queue_id)
    )
    return (
        tuple(unit_row(unit) for unit in session.scalars(units.order_by(Unit.name, Unit.id))),
        tuple(ReaderRow(*row) for row in session.execute(people.order_by(Account.name, Account.id))),
    )


def name_warnings(
    session: Session,
    name: str,
    *,
    unit_slugs: Collection[str] = (),
    account_ids: Collection[UUID] = (),
    queue_id: UUID | None = None,
) -> tuple[NameWarning, ...]:
    """What is doubtful about a name for a queue that these units and persons could read."""
    units = set(session.scalars(select(Unit.id).where(Unit.slug.in_(unit_slugs))))
    units |= set(session.scalars(select(Membership.unit_id).where(Membership.account_id.in_(account_ids))))
    queue = NamedQueue(queue_id or UUID(int=0), "", name, frozenset(units))
    return names(session).warnings(queue)


def weighed_warnings(session: Session, queue_id: UUID, name: str) -> frozenset[tuple[NameFinding, str]]:
    """The doubts about this name of a queue that somebody has let stand."""
    query = select(QueueNameOverride.finding, QueueNameOverride.about)
    found = session.execute(query.where(QueueNameOverride.queue_id == queue_id, QueueNameOverride.name == name.strip()))
    return frozenset((row.finding, row.about) for row in found)


def standing_warnings(session: Session) -> tuple[StandingWarning, ...]:
    """Every doubt about a name in the register, the ones that nobody has weighed first; closed queues are left out."""
    book = names(session)
    twins = book.twins()
    let_stand = _let_stand(session)
    found = []
    for queue in book.queues:
        alike = (NameWarning(NameFinding.TWIN, other.slug, other.name) for other in twins.get(queue.id, ()))
        for warning in (*book.audience(queue), *alike):
            reason, by = let_stand.get((queue.id, queue.name, warning.finding, warning.about), ("", ""))
            found.append(StandingWarning(queue.id, queue.slug, queue.name, warning, reason, by))
    return tuple(sorted(found, key=lambda row: (bool(row.reason), row.queue_name, row.queue_slug, row.warning.about)))


def warnings_of(session: Session, queue_id: UUID) -> tuple[StandingWarning, ...]:
    """The doubts about one queue's name."""
    book = names(session)
    let_stand = _let_stand(session)
    return tuple(
        StandingWarning(
            queue.id, queue.slug, queue.name, warning,
            *let_stand.get((queue.id, queue.name, warning.finding, warning.about), ("", "")),
        )
        for queue in book.queues
        if queue.id == queue_id
        for warning in book.warnings(queue)
    )  # fmt: skip


def names(session: Session) -> Names:
    """All units and all queues that are not closed, with the units whose people can read each. Four queries."""
    units = [
        NamedUnit(unit.id, unit.slug, unit.name, tuple(unit.aliases), unit.parent_id)
        for unit in session.scalars(select(Unit).order_by(Unit.name, Unit.id))
    ]
    readers = _reading_units(session)
    query = select(Queue.id, Queue.slug, Queue.name).where(Queue.status != QueueStatus.CLOSED)
    queues = [NamedQueue(*row, readers=frozenset(readers[row.id])) for row in session.execute(query)]
    return Names(units, queues)


def _reading_units(session: Session) -> defaultdict[UUID, set[UUID]]:
    """Of each queue the units of those who can open it: reading units, and the units of the persons who read or look after it."""
    named: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for reader in session.scalars(select(QueueReader)):
        if reader.unit_id is not None:
            named[reader.queue_id].add(reader.unit_id)
    persons = select(QueueReader.queue_id, Membership.unit_id).join(
        Membership, Membership.account_id == QueueReader.account_id
    )
    keepers = select(Queue.id, Membership.unit_id).join(
        Membership, or_(Membership.account_id == Queue.owner_id, Membership.account_id == Queue.deputy_id)
    )
    for queue_id, unit_id in session.execute(persons.union(keepers)):
        named[queue_id].add(unit_id)
    return named


def _let_stand(session: Session) -> dict[tuple[UUID, str, NameFinding, str], tuple[str, str]]:
    rows: Iterable[QueueNameOverride] = session.scalars(select(QueueNameOverride))
    return {(row.queue_id, row.name, row.finding, row.about): (row.reason, row.by) for row in rows}


def _filtered(wanted: RegisterFilter) -> Select[*tuple[Any, ...]]:
    query = _entries()
    if text := wanted.search.strip():
        query = query.where(or_(
            Queue.name.icontains(text, autoescape=True), Queue.purpose.icontains(text, autoescape=True),
            Queue.slug.icontains(text, autoescape=True),
        ))  # fmt: skip
    if wanted.status is not None:
        query = query.where(Queue.status == wanted.status)
    if wanted.kind is not None:
        query = query.where(Queue.kind == wanted.kind)
    if wanted.unit:
        query = query.where(Unit.slug == wanted.unit)
    if wanted.overdue is not None:
        late = or_(Queue.review_on < wanted.overdue, Queue.ends_on < wanted.overdue)
        query = query.where(late, Queue.status != QueueStatus.CLOSED)
    return query if wanted.ids is None else query.where(Queue.id.in_(wanted.ids))


def _entries() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Queue, Unit.slug, Unit.name, _owner.name, _deputy.name, _monitor.name,
            _redirect.slug.label("redirect_slug"), _redirect.name.label("redirect_name"),
        )
        .outerjoin(Unit, Unit.id == Queue.unit_id)
        .outerjoin(_owner, _owner.id == Queue.owner_id)
        .outerjoin(_deputy, _deputy.id == Queue.deputy_id)
        .outerjoin(_monitor, _monitor.id == Queue.monitor_id)
        .outerjoin(_redirect, _redirect.id == Queue.redirect_to_id)
        .order_by(Queue.name, Queue.id)
    )  # fmt: skip


def _entry(row: Any) -> RegisterRow:
    queue, unit_slug, unit_name, owner, deputy, monitor, redirect_slug, redirect_name = row
    return RegisterRow(
        queue.id, queue.slug, queue.name, queue.purpose, queue.kind, queue.status, queue.unit_id, unit_slug, unit_name or "",
        queue.owner_id, owner or "", queue.deputy_id, deputy or "", queue.monitor_id, monitor or "", queue.ends_on,
        queue.review_on, queue.closed_reason, queue.closed_at, queue.closed_by, redirect_slug, redirect_name or "",
        queue.import_id, dict(queue.listed),
    )  # fmt: skip
