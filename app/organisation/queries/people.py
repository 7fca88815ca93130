"""Reads of what members can do, what they may decide, and who is there when. A fixed number of queries for any number of people."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.accounts.enums import AccountStatus
from app.accounts.models import Account
from app.kernel.errors import NotFound
from app.organisation.enums import Authority, Language, RotaKind
from app.organisation.models import (
    MemberAuthority,
    MemberLanguage,
    Membership,
    MemberSkill,
    RotaException,
    RotaShift,
    Skill,
    Team,
    TeamSession,
    Unit,
    UnitClosure,
)
from app.organisation.policy import STANDARD_HOURS, ClosedDays, WorkingHours
from app.organisation.rota import Attendance, Calendar, pattern_of
from app.organisation.rows import AbsenceRow, AuthorityRow, MemberProfile, MemberRow, SessionRow, ShiftRow, SkillRow

NO_UNIT = Calendar(STANDARD_HOURS, ClosedDays("ENG"))


def on_shift(session: Session, account_ids: Collection[UUID], *, at: datetime) -> frozenset[UUID]:
    """Those of these people who are there at this instant. Without a pattern that is whenever one of their units is open."""
    attendances = _attendances(session, account_ids, since=at)
    return frozenset(account_id for account_id, attendance in attendances.items() if attendance.there_at(at))


def next_shift(session: Session, account_ids: Collection[UUID], *, at: datetime) -> Mapping[UUID, datetime]:
    """When each of these people is there next: `at` itself if they are there now. Who is away without an end is left out."""
    starts = {who: times.next_from(at) for who, times in _attendances(session, account_ids, since=at).items()}
    return {account_id: start for account_id, start in starts.items() if start is not None}


def skills_of(session: Session, account_ids: Collection[UUID]) -> Mapping[UUID, frozenset[str]]:
    """The skills of each person, by slug; every id asked for is a key."""
    query = select(MemberSkill.account_id, Skill.slug).join(Skill, Skill.id == MemberSkill.skill_id)
    return _gathered(account_ids, session.execute(query.where(MemberSkill.account_id.in_(account_ids))))


def languages_of(session: Session, account_ids: Collection[UUID]) -> Mapping[UUID, frozenset[str]]:
    """The languages in which each person serves customers, as codes; English is always among them."""
    query = select(MemberLanguage.account_id, MemberLanguage.language)
    found = _gathered(account_ids, session.execute(query.where(MemberLanguage.account_id.in_(account_ids))))
    return {account_id: languages | {Language.ENGLISH.value} for account_id, languages in found.items()}


def authorities_of(session: Session, account_ids: Collection[UUID]) -> Mapping[UUID, frozenset[AuthorityRow]]:
    """What each person may decide alone."""
    query = select(MemberAuthority).where(MemberAuthority.account_id.in_(account_ids))
    rows = ((row.account_id, AuthorityRow(row.authority, row.limit_pence)) for row in session.scalars(query))
    return _gathered(account_ids, rows)


def members_who_can(
    session: Session,
    unit_id: UUID,
    *,
    skills: Collection[str] = (),
    language: str = "en",
    authority: Authority | None = None,
    amount_pence: int | None = None,
    at: datetime,
) -> tuple[MemberRow, ...]:
    """Who works in this unit at this instant (or sits with one of its teams) and can do all this; by name."""
    people = _in_unit_at(session, unit_id, at)
    ids = [person.account_id for person in people]
    there, skilled = on_shift(session, ids, at=at), skills_of(session, ids)
    spoken, decided = languages_of(session, ids), authorities_of(session, ids)
    return tuple(
        person
        for person in people
        if person.account_id in there
        and skilled[person.account_id] >= set(skills)
        and (not language or language in spoken[person.account_id])
        and (authority is None or _may_decide(decided[person.account_id], authority, amount_pence))
    )


def members_of_at(session: Session, unit_id: UUID, *, at: datetime) -> tuple[MemberRow, ...]:
    """Everybody of the unit, and those who sit with one of its teams at this instant; on shift or not."""
    return _in_unit_at(session, unit_id, at)


def skills(session: Session) -> tuple[SkillRow, ...]:
    """Every skill there is a word for, by name."""
    return tuple(
        SkillRow(skill.slug, skill.name) for skill in session.scalars(select(Skill).order_by(Skill.name, Skill.id))
    )


def profile(session: Session, account_id: UUID, *, now: datetime) -> MemberProfile:
    """All about one member; exceptions and sessions that are over are left out. NotFound for who works in no unit."""
    name = session.scalar(select(Account.name).join(Membership).where(Account.id == account_id).limit(1))
    if name is None:
        raise NotFound
    decided = sorted(authorities_of(session, [account_id])[account_id], key=lambda row: row.authority)
    languages = languages_of(session, [account_id])[account_id]
    return MemberProfile(
        account_id, name, skills_of(session, [account_id])[account_id], frozenset(map(Language, languages)), tuple(decided),
        _shifts(session, account_id), _absences(session, account_id, now), team_sessions(session, account_id=account_id, now=now),
    )  # fmt: skip


def team_sessions(
    session: Session, *, now: datetime, account_id: UUID | None = None, unit_id: UUID | None = None
) -> tuple[SessionRow, ...]:
    """Sessions with other teams that are not over yet, of a person or in a unit, the earliest first."""
    query = (
        select(
            TeamSession.id, TeamSession.account_id, Account.name, Team.id, Team.name, Unit.slug, Unit.name,
            TeamSession.starts_at, TeamSession.ends_at, TeamSession.note,
        )
        .join(Account, Account.id == TeamSession.account_id)
        .join(Team, Team.id == TeamSession.team_id)
        .join(Unit, Unit.id == Team.unit_id)
        .where(TeamSession.ends_at > now)
        .order_by(TeamSession.starts_at, TeamSession.id)
    )  # fmt: skip
    if account_id is not None:
        query = query.where(TeamSession.account_id == account_id)
    if unit_id is not None:
        query = query.where(Unit.id == unit_id)
    rows: Any = session.execute(query)
    return tuple(SessionRow(*row) for row in rows)


def _may_decide(decided: Iterable[AuthorityRow], authority: Authority, amount_pence: int | None) -> bool:
    return any(row.authority is authority and row.covers(amount_pence) for row in decided)


def _in_unit_at(session: Session, unit_id: UUID, at: datetime) -> tuple[MemberRow, ...]:
    columns = (Account.id, Account.name, func.coalesce(Account.email, ""), Unit.id, Unit.slug, Unit.name, Team.name)
    members = (
        select(*columns, Membership.can_lead)
        .select_from(Membership)
        .join(Account, Account.id == Membership.account_id)
        .join(Unit, Unit.id == Membership.unit_id)
        .outerjoin(Team, Team.id == Membership.team_id)
        .where(Unit.id == unit_id)
    )
    visitors = (
        select(*columns)
        .select_from(TeamSession)
        .join(Account, Account.id == TeamSession.account_id)
        .join(Team, Team.id == TeamSession.team_id)
        .join(Unit, Unit.id == Team.unit_id)
        .where(Unit.id == unit_id, TeamSession.starts_at <= at, TeamSession.ends_at > at)
    )
    found = {row[0]: MemberRow(*row, can_lead=False) for row in session.execute(visitors)}
    found |= {row[0]: MemberRow(*row) for row in session.execute(members)}
    return tuple(sorted(found.values(), key=lambda person: (person.name, person.account_id)))


def _attendances(session: Session, account_ids: Collection[UUID], *, since: datetime) -> dict[UUID, Attendance]:
    """Of each active account among these, all that says when the person is there from then on."""
    active = select(Account.id).where(Account.id.in_(account_ids), Account.status == AccountStatus.ACTIVE)
    people = list(session.scalars(active))
    calendars, patterns = _calendars(session, people), _patterns(session, people)
    extras, absences = _exceptions(session, people, since)
    return {
        person: Attendance(
            tuple(calendars[person]) or (NO_UNIT,), patterns[person], tuple(extras[person]), tuple(absences[person])
        )
        for person in people
    }


def _calendars(session: Session, people: Collection[UUID]) -> defaultdict[UUID, list[Calendar]]:
    days = select(func.array_agg(UnitClosure.day)).where(UnitClosure.unit_id == Unit.id).scalar_subquery()
    query = (
        select(Membership.account_id, Unit.hours, Unit.holiday_region, days)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.account_id.in_(people))
        .order_by(Unit.slug)
    )
    found: defaultdict[UUID, list[Calendar]] = defaultdict(list)
    for account_id, hours, region, closed in session.execute(query):
        found[account_id].append(Calendar(WorkingHours.parse(hours), ClosedDays(region, frozenset(closed or ()))))
    return found


def _patterns(session: Session, people: Collection[UUID]) -> defaultdict[UUID, tuple[WorkingHours, ...]]:
    lines: defaultdict[UUID, list[tuple[int, int, int]]] = defaultdict(list)
    for row in session.scalars(select(RotaShift).where(RotaShift.account_id.in_(people))):
        lines[row.account_id].append((row.weekday, row.starts, row.ends))
    found: defaultdict[UUID, tuple[WorkingHours, ...]] = defaultdict(tuple)
    found.update({account_id: pattern_of(sorted(shifts)) for account_id, shifts in lines.items()})
    return found


def _exceptions(
    session: Session, people: Collection[UUID], since: datetime
) -> tuple[defaultdict[UUID, list[Any]], defaultdict[UUID, list[Any]]]:
    """Extra shifts (sessions with other teams among them), and absences, that are not over."""
    extras: defaultdict[UUID, list[Any]] = defaultdict(list)
    absences: defaultdict[UUID, list[Any]] = defaultdict(list)
    current = or_(RotaException.ends_at.is_(None), RotaException.ends_at > since)
    for row in session.scalars(select(RotaException).where(RotaException.account_id.in_(people), current)):
        (extras if row.kind is RotaKind.EXTRA else absences)[row.account_id].append((row.starts_at, row.ends_at))
    visits = select(TeamSession).where(TeamSession.account_id.in_(people), TeamSession.ends_at > since)
    for visit in session.scalars(visits):
        extras[visit.account_id].append((visit.starts_at, visit.ends_at))
    return extras, absences


def _shifts(session: Session, account_id: UUID) -> tuple[ShiftRow, ...]:
    query = select(RotaShift).where(RotaShift.account_id == account_id).order_by(RotaShift.weekday, RotaShift.starts)
    return tuple(ShiftRow(row.weekday, row.starts, row.ends) for row in session.scalars(query))


def _absences(session: Session, account_id: UUID, now: datetime) -> tuple[AbsenceRow, ...]:
    current = or_(RotaException.ends_at.is_(None), RotaException.ends_at > now)
    query = select(RotaException).where(RotaException.account_id == account_id, current)
    rows = session.scalars(query.order_by(RotaException.starts_at, RotaException.id))
    return tuple(AbsenceRow(row.id, row.kind, row.starts_at, row.ends_at, row.note) for row in rows)


def _gathered(account_ids: Collection[UUID], rows: Iterable[Any]) -> dict[UUID, frozenset[Any]]:
    found: dict[UUID, set[Any]] = {account_id: set() for account_id in account_ids}
    for account_id, thing in rows:
        found[account_id].add(thing.value if isinstance(thing, Language) else thing)
    return {account_id: frozenset(things) for account_id, things in found.items()}
