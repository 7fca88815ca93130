"""One member of a unit: what they can do, may decide, and when they are there."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.hours import WeekForm, written_shifts
from agent_console.forms.units import AuthorityForm, ExceptionForm, PlaceForm, SessionForm, SkillsForm
from agent_console.views.trying import attempt
from agent_console.views.units import organiser, rota_keeper
from app.accounts.policy import Permission, may
from app.organisation import queries, services
from app.organisation.enums import Language, RotaKind
from app.organisation.rows import TeamRow, UnitRow
from app.web import notices
from app.web.context import actor, now, reading, transaction
from app.web.forms import Form
from app.web.i18n import gettext

bp = Blueprint("console_people", __name__, url_prefix="/console/units/people")


@bp.get("/<uuid:account_id>")
@rota_keeper
def one(account_id: UUID) -> str:
    return _page(account_id)


@bp.post("/<uuid:account_id>/skills")
@rota_keeper
def set_skills(account_id: UUID) -> ResponseReturnValue:
    """What they can do and in which languages."""
    form = SkillsForm()
    with reading() as session:
        form.offer(queries.skills(session))

    def work(session: Session) -> bool:
        services.set_skills(session, actor(), account_id, form.skills.data or (), now=now())
        languages = [Language(value) for value in form.languages.data or ()]
        services.set_languages(session, actor(), account_id, languages, now=now())
        return True

    return _answer(account_id, form, work, "skills", gettext("Skills and languages are kept."))


@bp.post("/<uuid:account_id>/authority")
@organiser
def set_authority(account_id: UUID) -> ResponseReturnValue:
    """What they may decide alone."""
    form = AuthorityForm()
    form.offer()

    def work(session: Session) -> bool:
        services.set_authorities(session, actor(), account_id, form.chosen(), now=now())
        return True

    return _answer(account_id, form, work, "authority", gettext("They may decide this alone now."))


@bp.post("/<uuid:account_id>/pattern")
@rota_keeper
def set_pattern(account_id: UUID) -> ResponseReturnValue:
    """Their ordinary week."""
    form = WeekForm()

    def work(session: Session) -> bool:
        services.set_pattern(session, actor(), account_id, form.shifts(), now=now())
        return True

    return _answer(account_id, form, work, "pattern", gettext("The rota says so now."))


@bp.post("/<uuid:account_id>/exceptions")
@rota_keeper
def add_exception(account_id: UUID) -> ResponseReturnValue:
    """Leave, sickness, training, an extra shift."""
    form = ExceptionForm()
    form.offer()

    def work(session: Session) -> UUID:
        starts, ends = form.times()
        return services.add_exception(
            session, actor(), account_id, RotaKind(form.kind.data), starts_at=starts, ends_at=ends,
            note=form.note.data or "", now=now(),
        )  # fmt: skip

    return _answer(account_id, form, work, "exception", gettext("The rota says so now."))


@bp.post("/<uuid:account_id>/exceptions/<uuid:exception_id>/end")
@rota_keeper
def end_exception(account_id: UUID, exception_id: UUID) -> Response:
    with transaction() as session:
        services.end_exception(session, actor(), exception_id, now=now())
    return _done(account_id, gettext("The rota says so now."))


@bp.post("/<uuid:account_id>/sessions")
@rota_keeper
def sit_with_team(account_id: UUID) -> ResponseReturnValue:
    """A session with a team of another unit."""
    form = SessionForm(prefix="session")
    with reading() as session:
        form.offer(_teams(session))

    def work(session: Session) -> UUID:
        unit, _, team = (form.team_of.data or "").partition("|")
        starts, ends = form.times()
        return services.sit_with_team(
            session,
            actor(),
            account_id,
            unit=unit,
            team=team,
            starts_at=starts,
            ends_at=ends,
            note=form.note.data or "",
            now=now(),
        )

    return _answer(account_id, form, work, "session", gettext("They sit with that team then."))


@bp.post("/<uuid:account_id>/sessions/<uuid:session_id>/end")
@rota_keeper
def end_session(account_id: UUID, session_id: UUID) -> Response:
    with transaction() as session:
        services.end_session(session, actor(), session_id, now=now())
    return _done(account_id, gettext("The rota says so now."))


@bp.post("/<uuid:account_id>/units/<slug>")
@organiser
def set_team(account_id: UUID, slug: str) -> ResponseReturnValue:
    """Their team in a unit, and whether they lead it."""
    form = PlaceForm(prefix=slug)
    with reading() as session:
        queries.profile(session, account_id, now=now())
        form.offer(queries.teams(session, slug))

    def work(session: Session) -> bool:
        leads = bool(form.leads.data)
        services.add_member(session, actor(), account_id, slug, team=form.team.data or None, can_lead=leads, now=now())
        return True

    return _answer(account_id, form, work, "place", gettext("The unit has them there now."))


def _done(account_id: UUID, said: str) -> Response:
    notices.success(said)
    return redirect(url_for("console_people.one", account_id=account_id), 303)


def _answer(account_id: UUID, form: Form, work: Callable[[Session], Any], name: str, said: str) -> ResponseReturnValue:
    with reading() as session:
        queries.profile(session, account_id, now=now())
    if attempt(form, work) is None:
        return _page(account_id, **{name: form}), 422
    return _done(account_id, said)


def _page(account_id: UUID, **wrong: Form) -> str:
    with reading() as session:
        profile = queries.profile(session, account_id, now=now())
        places = [row for row in queries.staff_of_units(session) if row.account_id == account_id]
        skills = SkillsForm(
            formdata=None, data={"skills": sorted(profile.skills), "languages": sorted(profile.languages)}
        )
        skills.offer(queries.skills(session))
        authority = AuthorityForm(formdata=None)
        authority.offer()
        authority.show(profile)
        exception, sitting = ExceptionForm(formdata=None), SessionForm(formdata=None, prefix="session")
        exception.offer()
        sitting.offer(_teams(session))
        forms = {
            "skills": skills, "authority": authority, "exception": exception, "session": sitting,
            "pattern": WeekForm(formdata=None, data=written_shifts(profile.shifts)),
        } | wrong  # fmt: skip
        return render_template(
            "agent_console/person.html",
            person=profile,
            places=places,
            place_forms={row.unit_slug: _place_form(session, row) for row in places},
            there=bool(queries.on_shift(session, [account_id], at=now())),
            next_shift=queries.next_shift(session, [account_id], at=now()).get(account_id),
            forms=forms,
            wrong=next(iter(wrong.values()), None),
            organises=may(actor(), Permission.ORGANISATION_MANAGE),
        )


def _place_form(session: Session, row: Any) -> PlaceForm:
    teams = queries.teams(session, row.unit_slug)
    now_in = next((team.slug for team in teams if team.name == row.team_name), "")
    data = {"team": now_in, "leads": ["yes"] if row.can_lead else []}
    form = PlaceForm(formdata=None, prefix=row.unit_slug, data=data)
    form.offer(teams)
    return form


def _teams(session: Session) -> list[tuple[UnitRow, TeamRow]]:
    return [(unit, team) for unit in queries.units(session) for team in queries.teams(session, unit.slug)]
