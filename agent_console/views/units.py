"""Units and teams: who works where, when the unit is open, and who is there now."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.hours import written
from agent_console.forms.units import AliasForm, CalendarForm, ClosureForm, SkillForm, TeamForm, UnitForm, by_unit
from agent_console.views.trying import attempt
from app.accounts.policy import Permission, may
from app.kernel.clock import london_date
from app.kernel.errors import Invalid
from app.organisation import queries, services
from app.organisation.naming import slug_of
from app.organisation.policy import REGIONS, WEEKDAYS, bank_holidays_in
from app.web import notices
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.forms import Form
from app.web.i18n import gettext

bp = Blueprint("console_units", __name__, url_prefix="/console/units")
organiser = staff(Permission.ORGANISATION_MANAGE)
rota_keeper = staff(Permission.ORGANISATION_MANAGE, Permission.ROTA_MANAGE)


@bp.get("")
@rota_keeper
def listing() -> str:
    """Every unit, how many work there and how many of them are there now."""
    return _listing()


@bp.post("/new")
@organiser
def add_unit() -> ResponseReturnValue:
    form = UnitForm()
    with reading() as session:
        form.offer(queries.units(session))

    def work(session: Session) -> Any:
        slug = slug_of(form.name.data or "")
        if not slug or slug in {unit.slug for unit in queries.units(session)}:
            raise Invalid({"name": "There is already a unit with this name"})
        return services.create_unit(
            session, actor(), slug=slug, name=form.name.data or "", parent=form.parent.data or None, now=now()
        )

    made = attempt(form, work)
    if made is None:
        return _listing(unit=form), 422
    notices.success(gettext("The unit is there now."))
    return redirect(url_for("console_units.one", slug=made.slug), 303)


@bp.post("/skills")
@organiser
def add_skill() -> ResponseReturnValue:
    form = SkillForm()
    if attempt(form, lambda session: services.add_skill(session, actor(), form.skill.data or "", now=now())) is None:
        return _listing(skill=form), 422
    notices.success(gettext("The skill can be given to people now."))
    return redirect(url_for("console_units.listing"), 303)


@bp.get("/<slug>")
@rota_keeper
def one(slug: str) -> str:
    return _unit(slug)


@bp.post("/<slug>/calendar")
@organiser
def set_calendar(slug: str) -> ResponseReturnValue:
    """When it works, and whose bank holidays it keeps."""
    form = CalendarForm()

    def work(session: Session) -> bool:
        hours = form.working_hours()
        if hours is None:
            raise Invalid({"mon": "Give the opening hours of at least one day"})
        services.set_hours(session, actor(), slug, hours, now=now())
        services.set_region(session, actor(), slug, form.region.data or "", now=now())
        return True

    return _answer(slug, form, work, "calendar", gettext("The unit works at these times from now on."))


@bp.post("/<slug>/closures")
@organiser
def close_on(slug: str) -> ResponseReturnValue:
    form = ClosureForm()

    def work(session: Session) -> bool:
        services.close_on(session, actor(), slug, form.day.data, form.reason.data or "", now=now())
        return True

    return _answer(slug, form, work, "closure", gettext("The unit is closed on this day."))


@bp.post("/<slug>/closures/<day>/remove")
@organiser
def open_again(slug: str, day: str) -> Response:
    with transaction() as session:
        services.open_again_on(session, actor(), slug, _day(day), now=now())
    notices.success(gettext("The unit works on this day after all."))
    return redirect(url_for("console_units.one", slug=slug), 303)


@bp.post("/<slug>/teams")
@organiser
def add_team(slug: str) -> ResponseReturnValue:
    form = TeamForm()

    def work(session: Session) -> Any:
        name = form.team.data or ""
        if slug_of(name) in {team.slug for team in queries.teams(session, slug)}:
            raise Invalid({"team": "There is already a team with this name"})
        return services.create_team(session, actor(), unit=slug, slug=slug_of(name) or "team", name=name, now=now())

    return _answer(slug, form, work, "team", gettext("The team is there now."))


@bp.post("/<slug>/aliases")
@organiser
def set_aliases(slug: str) -> ResponseReturnValue:
    form = AliasForm()

    def work(session: Session) -> bool:
        services.set_aliases(session, actor(), slug, (form.aliases.data or "").splitlines(), now=now())
        return True

    return _answer(slug, form, work, "aliases", gettext("Names of queues are checked against these from now on."))


def _answer(slug: str, form: Form, work: Callable[[Session], Any], name: str, said: str) -> ResponseReturnValue:
    """Do it and come back to the unit, or show what is wrong at its form."""
    with reading() as session:
        queries.unit_by_slug(session, slug)
    if attempt(form, work) is None:
        return _unit(slug, **{name: form}), 422
    notices.success(said)
    return redirect(url_for("console_units.one", slug=slug), 303)


def _listing(unit: UnitForm | None = None, skill: SkillForm | None = None) -> str:
    with reading() as session:
        units, members = queries.units(session), by_unit(queries.staff_of_units(session))
        everybody = {member.account_id for group in members.values() for member in group}
        unit_form = unit or UnitForm(formdata=None)
        unit_form.offer(units)
        return render_template(
            "agent_console/units.html",
            units=units,
            members=members,
            there=queries.on_shift(session, everybody, at=now()),
            skills=queries.skills(session),
            unit_form=unit_form,
            skill_form=skill or SkillForm(formdata=None),
            wrong=unit or skill,
            organises=may(actor(), Permission.ORGANISATION_MANAGE),
        )


def _unit(slug: str, **wrong: Form) -> str:
    with reading() as session:
        card = queries.unit_card(session, slug)
        members = queries.unit_members(session, slug)
        ids = [member.account_id for member in members]
        calendar = CalendarForm(formdata=None, data=written(card.hours) | {"region": card.holiday_region})
        year = london_date(now()).year
        forms = {
            "calendar": calendar, "closure": ClosureForm(formdata=None), "team": TeamForm(formdata=None),
            "aliases": AliasForm(formdata=None, data={"aliases": "\n".join(card.aliases)}),
        } | wrong  # fmt: skip
        return render_template(
            "agent_console/unit.html",
            unit=card,
            teams=queries.teams(session, slug),
            members=members,
            there=queries.on_shift(session, ids, at=now()),
            next_shift=queries.next_shift(session, ids, at=now()),
            skills=queries.skills_of(session, ids),
            spoken=queries.languages_of(session, ids),
            sessions=queries.team_sessions(session, unit_id=card.id, now=now()),
            holidays=[item for one in (year, year + 1) for item in bank_holidays_in(card.holiday_region, one)],
            regions=REGIONS,
            weekdays=WEEKDAYS,
            forms=forms,
            wrong=next(iter(wrong.values()), None),
            organises=may(actor(), Permission.ORGANISATION_MANAGE),
        )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid({"day": "Enter the day"}) from error
