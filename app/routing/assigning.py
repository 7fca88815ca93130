"""Who takes an enquiry: by skill, language, shift and load. And nothing stays with somebody who is not there for it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.enums import AccountStatus
from app.accounts.models import Account, AccountRole
from app.accounts.policy import ROLE_PERMISSIONS, Permission, authorize
from app.enquiries import queries as enquiry_queries
from app.enquiries import services as enquiries
from app.enquiries.enums import EntryKind
from app.enquiries.models import Enquiry
from app.enquiries.policy import OWNED
from app.enquiries.rows import EnquiryRow
from app.kernel.actors import Actor
from app.kernel.errors import Conflict
from app.kernel.i18n import N_
from app.organisation import queries as organisation
from app.organisation.rows import ServiceRow
from app.routing.assigning_policy import is_away

BATCH = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody in the unit who is there now, what they have already, and how well they fit."""

    account_id: UUID
    name: str
    load: int
    skilled: bool
    speaks: bool

    @property
    def order(self) -> tuple[bool, bool, int, str, UUID]:
        return not self.skilled, not self.speaks, self.load, self.name, self.account_id


def candidates(session: Session, reference: str, actor: Actor, *, now: datetime) -> tuple[Candidate, ...]:
    """Who of the unit that has it is on shift, the best placed first."""
    row = enquiry_queries.enquiry(session, actor, reference)
    return _candidates(session, row.unit_id, organisation.service(session, row.service_id), row.raiser.locale, now)


def assign_best(session: Session, actor: Actor, reference: str, *, version: int | None, now: datetime) -> EnquiryRow:
    """Give it to the best placed colleague of its unit who has the skill. Conflict if nobody is there who could."""
    authorize(actor, Permission.ENQUIRIES_ASSIGN)
    row = enquiry_queries.enquiry(session, actor, reference)
    able = [
        each
        for each in candidates(session, reference, actor, now=now)
        if each.skilled and each.account_id != row.owner_id
    ]
    if not able:
        raise Conflict(
            N_("Nobody of this unit who could take it is on shift now. Put it into a queue, or choose a person")
        )
    return enquiries.assign(session, actor, reference, to_account=able[0].account_id, version=version, now=now)


def move_on_from_absent(session: Session, *, now: datetime, account_ids: Collection[UUID] | None = None) -> int:
    """Whatever is with somebody who is not there for it goes to a colleague, or back to a queue; says how much."""
    held = _held_by(session, account_ids)
    people = sorted({row.owner_id for row in held})
    works, next_shifts = _who_works(session, people), organisation.next_shift(session, people, at=now)
    services = {service.id: service for service in organisation.catalogue(session)}
    desks = _Desks(session, now)
    moved = 0
    for row in held:
        service = services.get(row.service_id) or organisation.service(session, row.service_id)
        gone = row.owner_id not in works
        if not gone and not _away(row, service, next_shifts.get(row.owner_id), now):
            continue
        taker = desks.taker(row, service)
        why = EntryKind.OWNER_GONE if gone else EntryKind.OWNER_AWAY
        moved += enquiries.move_on(session, row.id, to_account=taker, why=why, now=now)
    return moved


def move_on_from_unit(session: Session, account_id: UUID, unit_id: UUID, *, now: datetime) -> int:
    """Somebody works in this unit no more: what they had of its work goes to a colleague there, or back to a queue."""
    desks, moved = _Desks(session, now), 0
    for row in _held_by(session, [account_id]):
        if row.unit_id == unit_id:
            taker = desks.taker(row, organisation.service(session, row.service_id))
            moved += enquiries.move_on(session, row.id, to_account=taker, why=EntryKind.OWNER_GONE, now=now)
    return moved


@dataclass(frozen=True, slots=True)
class _Held:
    id: UUID
    owner_id: UUID
    unit_id: UUID
    service_id: UUID
    locale: str
    needed_at: datetime


def _held_by(session: Session, account_ids: Collection[UUID] | None) -> list[_Held]:
    query = select(
        Enquiry.id, Enquiry.owner_id, Enquiry.unit_id, Enquiry.service_id, Enquiry.locale,
        func.least(Enquiry.next_action_at, Enquiry.promised_at, Enquiry.urgent_until),
    ).where(Enquiry.state.in_(OWNED), Enquiry.owner_id.is_not(None))  # fmt: skip
    if account_ids is not None:
        query = query.where(Enquiry.owner_id.in_(account_ids))
    return [_Held(*row) for row in session.execute(query.order_by(Enquiry.promised_at, Enquiry.id))]


def _away(row: _Held, service: ServiceRow, next_shift: datetime | None, now: datetime) -> bool:
    return is_away(
        next_shift=next_shift, needed_at=row.needed_at, hours=service.hours, closed=service.holidays, now=now
    )


class _Desks:
    """Who is there to take what has to move now. What is given out counts as load, so that it is spread."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session, self._now = session, now
        self._known: dict[tuple[UUID, UUID, str], tuple[Candidate, ...]] = {}
        self._given: Counter[UUID] = Counter()

    def taker(self, row: _Held, service: ServiceRow) -> UUID | None:
        """The best placed colleague who has the skill; None if nobody is there who could."""
        key = (row.unit_id, service.id, row.locale)
        if key not in self._known:
            self._known[key] = _candidates(self._session, row.unit_id, service, row.locale, self._now)
        able = [each for each in self._known[key] if each.skilled and each.account_id != row.owner_id]
        if not able:
            return None
        chosen = min(able, key=lambda each: (not each.speaks, each.load + self._given[each.account_id], each.order))
        self._given[chosen.account_id] += 1
        return chosen.account_id


def _candidates(
    session: Session, unit_id: UUID, service: ServiceRow, locale: str, now: datetime
) -> tuple[Candidate, ...]:
    there = organisation.members_who_can(session, unit_id, language="", at=now)
    ids = [member.account_id for member in there]
    works, loads = _who_works(session, ids), _loads(session, ids)
    skills, languages = organisation.skills_of(session, ids), organisation.languages_of(session, ids)
    wanted = frozenset(service.skills)
    found = (
        Candidate(
            member.account_id, member.name, loads.get(member.account_id, 0), skills[member.account_id] >= wanted,
            locale in languages[member.account_id],
        )
        for member in there
        if member.account_id in works
    )  # fmt: skip
    return tuple(sorted(found, key=lambda each: each.order))


def _loads(session: Session, account_ids: Collection[UUID]) -> Mapping[UUID, int]:
    query = select(Enquiry.owner_id, func.count()).where(Enquiry.owner_id.in_(account_ids), Enquiry.state.in_(OWNED))
    return {row[0]: row[1] for row in session.execute(query.group_by(Enquiry.owner_id)) if row[0] is not None}


def _who_works(session: Session, account_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those who are active, belong to a unit, and whose roles let them work on enquiries."""
    ids = list(account_ids)
    able = {role for role, permissions in ROLE_PERMISSIONS.items() if Permission.ENQUIRIES_WORK in permissions}
    query = select(AccountRole.account_id).where(AccountRole.account_id.in_(ids), AccountRole.role.in_(able))
    allowed = set(session.scalars(query.join(Account).where(Account.status == AccountStatus.ACTIVE)))
    members = {member.account_id for member in organisation.staff_of_units(session)}
    return frozenset(who for who in ids if who in members and who in allowed)
