"""The trail: who looked at a person and why, and what the person did themselves."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, false, func, or_, select, text, update
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.audit.services import VIEWED
from app.kernel.actors import Actor, ActorKind
from app.kernel.i18n import N_
from app.kernel.personal import ERASED, Assessed, Held, Holding, Retention, Room, Row, Subject

AT_ONCE = 1000
_ERASING = text("SELECT set_config('firstpoint.erasing', :value, true)")
_WAS = text("SELECT coalesce(current_setting('firstpoint.erasing', true), '')")
_BY = {
    ActorKind.STAFF: N_("A member of our staff"), ActorKind.SERVICE: N_("A system of one of our services"),
    ActorKind.RESIDENT: N_("A resident"), ActorKind.SYSTEM: N_("Firstpoint itself"), ActorKind.PUBLIC: N_("Somebody not signed in"),
}  # fmt: skip


def export_lookups(session: Session, subject: Subject) -> Iterator[Row]:
    """Each time that somebody looked at them: when, what for, and of what kind whoever looked was; never a colleague's name."""
    query = select(AuditEntry.at, AuditEntry.actor_kind, AuditEntry.object_type, AuditEntry.action, AuditEntry.purpose)
    query = query.where(AuditEntry.action.in_((VIEWED, "record.opened_restricted")), _about(subject))
    ordered = query.order_by(AuditEntry.at, AuditEntry.id).execution_options(yield_per=AT_ONCE)
    for at, kind, what, action, purpose in session.execute(ordered):
        yield {
            "at": at.isoformat(),
            "by": _BY[kind],
            "what": what,
            "action": action,
            "purpose": subject.masked(purpose or ""),
        }


def export_doings(session: Session, subject: Subject) -> Iterator[Row]:
    """What they did in their account, and from which network address."""
    query = select(AuditEntry.at, AuditEntry.action, AuditEntry.object_type, AuditEntry.actor_address)
    query = query.where(AuditEntry.actor_id.in_(subject.accounts))
    ordered = query.order_by(AuditEntry.at, AuditEntry.id).execution_options(yield_per=AT_ONCE)
    for at, action, what, address in session.execute(ordered):
        yield {"at": at.isoformat(), "action": action, "what": what, "network_address": address}


def assess_lookups(session: Session, subject: Subject) -> Assessed:
    """They stay: who looked must be answerable as long as anybody can complain."""
    query = select(func.count()).select_from(AuditEntry).where(_about(subject))
    return Assessed.of(0, statutory=session.scalar(query) or 0)


def erase_lookups(_session: Session, _actor: Actor, _subject: Subject, _now: datetime) -> int:
    return 0


def assess_doings(session: Session, subject: Subject) -> Assessed:
    return Assessed(session.scalar(select(func.count()).select_from(AuditEntry).where(_doings(subject))) or 0)


def erase_doings(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    """The line stays, without the name and the network address."""
    before = session.scalar(_WAS)
    session.execute(_ERASING, {"value": "on"})
    blank = update(AuditEntry).where(_doings(subject)).values(actor_name=ERASED, actor_address=None)
    changed = session.scalars(blank.returning(AuditEntry.id).execution_options(synchronize_session=False)).all()
    session.execute(_ERASING, {"value": before})
    return len(changed)


def count_old(session: Session, before: datetime, held: Held) -> int:
    return session.scalar(select(func.count()).select_from(AuditEntry).where(_old(before, held))) or 0


def expire_old(session: Session, before: datetime, held: Held, most: int, _now: datetime) -> int:
    """Lines whose time is over, but for those about somebody on whom a hold stands."""
    ids = list(session.scalars(select(AuditEntry.id).where(_old(before, held)).order_by(AuditEntry.at).limit(most)))
    session.execute(_ERASING, {"value": "on"})
    session.execute(delete(AuditEntry).where(AuditEntry.id.in_(ids)))
    session.execute(_ERASING, {"value": ""})
    return len(ids)


def _about(subject: Subject) -> ColumnElement[bool]:
    """About one of their things, while it was theirs. A thing held for ever is one of a list; few are held for a time."""
    ids: dict[str, list[object]] = {}
    spans: list[ColumnElement[bool]] = []
    for thing in subject.things:
        if thing.since is None and thing.until is None:
            ids.setdefault(thing.type, []).append(thing.id)
            continue
        span = [AuditEntry.object_type == thing.type, AuditEntry.object_id == thing.id]
        span += [AuditEntry.at >= thing.since] if thing.since else []
        span += [AuditEntry.at < thing.until] if thing.until else []
        spans.append(and_(*span))
    lists = [
        and_(AuditEntry.object_type == kind, AuditEntry.object_id.in_(known)) for kind, known in sorted(ids.items())
    ]
    return or_(*lists, *spans) if lists or spans else false()


def _doings(subject: Subject) -> ColumnElement[bool]:
    return and_(AuditEntry.actor_id.in_(subject.accounts), AuditEntry.actor_name != ERASED)


def _old(before: datetime, held: Held) -> ColumnElement[bool]:
    kept = [*held.records, *held.accounts, *held.enquiries]
    about = AuditEntry.object_id.in_(kept) | AuditEntry.actor_id.in_(kept)
    return and_(AuditEntry.at < before, ~func.coalesce(about, False))


_SIX_YEARS = Retention(
    72, N_("the day it was written"), N_("deleted"), N_("UK GDPR article 5(2): we must be able to show who did what"), count_old, expire_old
)  # fmt: skip
_WITH = Retention(72, N_("the day it was written"), N_("deleted with the trail"), N_("Part of the same trail"))
ROOM = Room(
    "audit",
    (
        Holding(
            "lookups", N_("Who has looked at your records"), ("audit_entry.purpose", "audit_entry.detail"), _SIX_YEARS,
            N_("To show that nobody looks without a reason"), N_("Monitors and administrators"),
            export=export_lookups, assess=assess_lookups, erase=erase_lookups,
        ),
        Holding(
            "doings", N_("What you did in your account"), ("audit_entry.actor_name", "audit_entry.actor_address"), _WITH,
            N_("To keep your account safe"), N_("Monitors and administrators"),
            export=export_doings, assess=assess_doings, erase=erase_doings,
        ),
    ),
    {"audit_entry.action": "A word of our own", "audit_entry.object_type": "A word of our own"},
)  # fmt: skip
