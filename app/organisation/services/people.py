"""What members can do and may decide, and when they are there. Whoever relies on somebody's rota hears of each change."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session, aliased

from app.accounts.policy import Permission, authorize, may
from app.audit import services as audit
from app.kernel.actors import Actor
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from app.kernel.events import publish
from app.kernel.i18n import N_
from app.organisation.enums import WITH_LIMIT, Authority, Language, RotaKind
from app.organisation.events import ShiftChanged
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
)
from app.organisation.naming import slug_of
from app.organisation.rows import ShiftRow, SkillRow

MOST_PENCE = 2_000_000_000


def add_skill(session: Session, actor: Actor, name: str, *, now: datetime) -> SkillRow:
    """A new word for something that members can do. Conflict if there is one like it."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    slug = slug_of(name)
    if not slug:
        raise Invalid({"name": N_("Give the skill a name")})
    if session.scalar(select(exists().where(Skill.slug == slug))):
        raise Invalid({"name": N_("There is already a skill with this name")})
    skill = Skill(slug=slug, name=name.strip())
    session.add(skill)
    session.flush()
    audit.record(session, actor, "skill.added", "skill", skill.id, now=now, slug=slug)
    return SkillRow(slug, skill.name)


def set_skills(session: Session, actor: Actor, account_id: UUID, slugs: Collection[str], *, now: datetime) -> None:
    """This person can do these things and no others."""
    _may_look_after(session, actor, account_id)
    known = {row.slug: row.id for row in session.execute(select(Skill.slug, Skill.id).where(Skill.slug.in_(slugs)))}
    if set(slugs) - set(known):
        raise Invalid({"skills": N_("Choose skills from the list")})
    session.execute(delete(MemberSkill).where(MemberSkill.account_id == account_id))
    session.add_all(MemberSkill(account_id=account_id, skill_id=known[slug]) for slug in sorted(known))
    session.flush()
    audit.record(session, actor, "member.skills_set", "account", account_id, now=now, skills=sorted(known))


def set_languages(
    session: Session, actor: Actor, account_id: UUID, languages: Collection[Language], *, now: datetime
) -> None:
    """This person serves customers in these languages, and in English."""
    _may_look_after(session, actor, account_id)
    spoken = sorted(set(languages) - {Language.ENGLISH})
    session.execute(delete(MemberLanguage).where(MemberLanguage.account_id == account_id))
    session.add_all(MemberLanguage(account_id=account_id, language=language) for language in spoken)
    session.flush()
    audit.record(session, actor, "member.languages_set", "account", account_id, now=now, languages=spoken)


def set_authorities(
    session: Session, actor: Actor, account_id: UUID, authorities: Mapping[Authority, int | None], *, now: datetime
) -> None:
    """What this person may decide alone; a limit in pence for those about money. Nobody widens their own authority."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    _must_work_here(session, account_id)
    if actor.account_id == account_id:
        raise NotAllowed(N_("Somebody else has to decide what you may decide"))
    limits = {authority: authorities[authority] if authority in WITH_LIMIT else None for authority in authorities}
    wrong = [authority for authority in WITH_LIMIT & set(limits) if not 0 < (limits[authority] or 0) < MOST_PENCE]
    if wrong:
        raise Invalid({f"limit_{authority.value}": N_("Enter up to how much, like 250") for authority in sorted(wrong)})
    session.execute(delete(MemberAuthority).where(MemberAuthority.account_id == account_id))
    for authority in sorted(limits):
        session.add(MemberAuthority(account_id=account_id, authority=authority, limit_pence=limits[authority]))
    session.flush()
    audit.record(session, actor, "member.authorities_set", "account", account_id, now=now, authorities=limits)


def set_pattern(session: Session, actor: Actor, account_id: UUID, shifts: Sequence[ShiftRow], *, now: datetime) -> None:
    """When this person works in an ordinary week; nothing means whenever their unit is open."""
    _may_look_after(session, actor, account_id)
    _check_pattern(shifts)
    session.execute(delete(RotaShift).where(RotaShift.account_id == account_id))
    for shift in shifts:
        line = RotaShift(account_id=account_id, weekday=shift.weekday, starts=shift.starts, ends=shift.ends)
        session.add(line)
    session.flush()
    written = [[shift.weekday, shift.starts, shift.ends] for shift in shifts]
    _changed(session, actor, account_id, "member.pattern_set", now, shifts=written)


def add_exception(
    session: Session,
    actor: Actor,
    account_id: UUID,
    kind: RotaKind,
    *,
    starts_at: datetime,
    ends_at: datetime | None,
    note: str = "",
    now: datetime,
) -> UUID:
    """Somebody is away, or there when the pattern does not say so. Sickness may have no end yet."""
    _may_look_after(session, actor, account_id)
    if ends_at is None and kind is not RotaKind.SICKNESS:
        raise Invalid({"ends": N_("Enter when it ends")})
    if ends_at is not None and ends_at <= starts_at:
        raise Invalid({"ends": N_("The end must be after the start")})
    row = RotaException(
        account_id=account_id, kind=kind, starts_at=starts_at, ends_at=ends_at, note=note.strip(),
        recorded_by=actor.name, recorded_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _changed(session, actor, account_id, "member.exception_added", now, kind=kind.value)
    return row.id


def end_exception(session: Session, actor: Actor, exception_id: UUID, *, now: datetime) -> None:
    """They are back, or it will not happen: what lies in the future is dropped, what has begun ends now."""
    row = session.get(RotaException, exception_id, with_for_update=True)
    if row is None:
        raise NotFound
    _may_look_after(session, actor, row.account_id)
    if row.starts_at >= now:
        session.delete(row)
    elif row.ends_at is None or row.ends_at > now:
        row.ends_at = now
    session.flush()
    _changed(session, actor, row.account_id, "member.exception_ended", now, kind=row.kind.value)


def sit_with_team(
    session: Session,
    actor: Actor,
    account_id: UUID,
    *,
    unit: str,
    team: str,
    starts_at: datetime,
    ends_at: datetime,
    note: str = "",
    now: datetime,
) -> UUID:
    """A specialist works with another unit's team for a session: on shift there, and reads what it reads."""
    authorize(actor, Permission.ROTA_MANAGE)
    _must_work_here(session, account_id)
    query = select(Team).join(Unit, Unit.id == Team.unit_id).where(Unit.slug == unit, Team.slug == team)
    found = session.scalar(query)
    if found is None:
        raise Invalid({"team": N_("Choose a team from the list")})
    if not may(actor, Permission.ORGANISATION_MANAGE) and not _leads(session, actor, account_id, found.unit_id):
        raise NotAllowed
    if ends_at <= starts_at:
        raise Invalid({"ends": N_("The end must be after the start")})
    if _is_member(session, account_id, found.unit_id):
        raise Invalid({"person": N_("This person works in the unit already")})
    sitting = TeamSession(
        account_id=account_id, team_id=found.id, starts_at=starts_at, ends_at=ends_at, note=note.strip()
    )
    session.add(sitting)
    session.flush()
    _changed(session, actor, account_id, "member.session_added", now, team=found.slug)
    return sitting.id


def end_session(session: Session, actor: Actor, session_id: UUID, *, now: datetime) -> None:
    """The session is off, or over earlier than planned."""
    sitting = session.get(TeamSession, session_id, with_for_update=True)
    if sitting is None:
        raise NotFound
    _may_look_after(session, actor, sitting.account_id)
    if sitting.starts_at >= now:
        session.delete(sitting)
    elif sitting.ends_at > now:
        sitting.ends_at = now
    session.flush()
    _changed(session, actor, sitting.account_id, "member.session_ended", now)


def _changed(session: Session, actor: Actor, account_id: UUID, what: str, now: datetime, **detail: Any) -> None:
    audit.record(session, actor, what, "account", account_id, now=now, **detail)
    publish(session, ShiftChanged(account_id, now))


def _check_pattern(shifts: Sequence[ShiftRow]) -> None:
    if any(not 0 <= shift.starts < shift.ends <= 24 * 60 for shift in shifts):
        raise Invalid({"pattern": N_("A shift must end after it starts")})
    ordered = sorted(shifts, key=lambda shift: (shift.weekday, shift.starts))
    for first, second in pairwise(ordered):
        if first.weekday == second.weekday and second.starts < first.ends:
            raise Conflict(N_("Two shifts of the same day overlap"))


def _may_look_after(session: Session, actor: Actor, account_id: UUID) -> None:
    """The administrator, and who leads a unit in which this person works."""
    authorize(actor, Permission.ROTA_MANAGE)
    _must_work_here(session, account_id)
    if not may(actor, Permission.ORGANISATION_MANAGE) and not _leads(session, actor, account_id, None):
        raise NotAllowed


def _must_work_here(session: Session, account_id: UUID) -> None:
    if not session.scalar(select(exists().where(Membership.account_id == account_id))):
        raise NotFound


def _leads(session: Session, actor: Actor, account_id: UUID, unit_id: UUID | None) -> bool:
    """Whether the actor leads this unit, or one in which the person works."""
    lead, member = aliased(Membership), aliased(Membership)
    query = select(lead.id).join(member, member.unit_id == lead.unit_id)
    mine = lead.account_id == actor.account_id, lead.can_lead
    ours = session.scalar(query.where(*mine, member.account_id == account_id).limit(1)) is not None
    return ours or (
        unit_id is not None
        and session.scalar(
            select(
                exists().where(
                    Membership.account_id == actor.account_id, Membership.can_lead, Membership.unit_id == unit_id
                )
            )
        )
        is True
    )


def _is_member(session: Session, account_id: UUID, unit_id: UUID) -> bool:
    here = exists().where(Membership.account_id == account_id, Membership.unit_id == unit_id)
    return bool(session.scalar(select(here)))
