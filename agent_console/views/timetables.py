"""Keeping what can be booked: listed, made, changed, given its week, ended."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.bookings import EndForm, NewTimetableForm, RemoveForm, TimesForm, TimetableForm
from agent_console.forms.hours import DAY_NAMES
from agent_console.views.trying import attempt
from app.accounts.policy import Permission
from app.bookings import queries, services
from app.bookings.policy import Window
from app.bookings.rows import TimetableCard
from app.kernel.clock import london_date
from app.organisation import queries as organisation
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.forms import Form
from app.web.i18n import gettext

bp = Blueprint("console_timetables", __name__, url_prefix="/console/timetables")
keeper = staff(Permission.BOOKINGS_KEEP)
Answer = str | Response | tuple[str, int]


@bp.get("")
@keeper
def listing() -> str:
    """Those of the units in which I work."""
    with reading() as session:
        units = services.kept_units(session, actor())
        page = queries.timetables(session, page=paging.wanted(25), unit_ids=units)
    return render_template("agent_console/timetables.html", page=page, today=london_date(now()))


@bp.get("/new")
@keeper
def new() -> str:
    return render_template("agent_console/timetable_new.html", form=_new_form())


@bp.post("/new")
@keeper
def make() -> Answer:
    form = _new_form()

    def work(session: Session) -> str:
        made = services.make(session, actor(), form.terms(), service=form.service.data, unit=form.unit.data, now=now())
        return made.slug

    slug = attempt(form, work)
    if slug is None:
        return render_template("agent_console/timetable_new.html", form=form), 422
    notices.success(gettext("It is there now. Add its times: nobody can book it before"))
    return redirect(url_for("console_timetables.one", slug=slug), 303)


@bp.get("/<slug>")
@keeper
def one(slug: str) -> str:
    """How it stands, its week, and what can be done with it."""
    return _show(slug)


@bp.post("/<slug>")
@keeper
def change(slug: str) -> Answer:
    form = TimetableForm()
    return _answer(
        slug, form, "terms", gettext("Saved"),
        lambda session: services.change_timetable(session, actor(), slug, form.terms(), version=form.seen(), now=now()),
    )  # fmt: skip


@bp.post("/<slug>/times")
@keeper
def add_times(slug: str) -> Answer:
    form = TimesForm()
    return _answer(
        slug, form, "times", gettext("The times are there now"),
        lambda session: services.add_windows(session, actor(), slug, now=now(), **form.given()) + 1,
    )  # fmt: skip


@bp.post("/<slug>/times/remove")
@keeper
def remove_times(slug: str) -> Answer:
    form = _offer(RemoveForm(), _card(slug))
    return _answer(
        slug, form, "remove", gettext("Nobody can book these times any more. Who has booked still comes"),
        lambda session: services.remove_windows(
            session, actor(), slug, [UUID(chosen) for chosen in form.windows.data or ()], now=now()
        ) + 1,
    )  # fmt: skip


@bp.post("/<slug>/end")
@keeper
def end(slug: str) -> Answer:
    form = EndForm()
    return _answer(
        slug, form, "end", gettext("Saved"),
        lambda session: services.end_timetable(
            session, actor(), slug, form.ends_on.data, version=form.seen(), now=now()
        ),
    )  # fmt: skip


def _answer(slug: str, form: Form, which: str, said: str, work: Callable[[Session], Any]) -> Answer:
    if attempt(form, work) is None:
        return _show(slug, **{which: form}), 422
    notices.success(said)
    return redirect(url_for("console_timetables.one", slug=slug), 303)


def _show(slug: str, **wrong: Any) -> str:
    card = _card(slug)
    row = card.row
    forms = {
        "terms": TimetableForm.of(row),
        "times": TimesForm(formdata=None, data={"places": row.places, "minutes": 30}),
        "remove": _offer(RemoveForm(formdata=None), card),
        "end": EndForm(formdata=None, data={"ends_on": row.ends_on, "version": row.version}),
    }
    week = [(DAY_NAMES[day], _stretches([one for one in card.windows if one.weekday == day])) for day in range(7)]
    return render_template(
        "agent_console/timetable.html", card=card, row=row, week=week, forms=forms | wrong,
        wrong=next(iter(wrong.values()), None), today=london_date(now()),
    )  # fmt: skip


def _card(slug: str) -> TimetableCard:
    with transaction() as session:
        card = queries.card(session, slug, now=now())
        services.must_keep(session, actor(), card.row.unit_id)
        return card


def _offer(form: RemoveForm, card: TimetableCard) -> RemoveForm:
    form.windows.choices = [(str(one.id), f"{DAY_NAMES[one.weekday]}, {_written(one)}") for one in card.windows]
    return form


def _written(window: Window) -> str:
    times = f"{_clock(window.starts)}–{_clock(window.ends)}"
    return gettext("%(times)s, places: %(places)s", times=times, places=window.places)


def _stretches(windows: list[Window]) -> list[str]:
    """Times that follow each other, are equally long and have as many places are told together."""
    found: list[list[Window]] = []
    for one in windows:
        last = found[-1][-1] if found else None
        alike = last and (last.ends, last.ends - last.starts, last.places) == (
            one.starts,
            one.ends - one.starts,
            one.places,
        )
        if alike:
            found[-1].append(one)
        else:
            found.append([one])
    return [_told(group) for group in found]


def _told(group: list[Window]) -> str:
    first, last = group[0], group[-1]
    if len(group) == 1:
        return _written(first)
    times = f"{_clock(first.starts)}–{_clock(last.ends)}"
    return gettext(
        "%(times)s, every %(minutes)s minutes, places: %(places)s", times=times, minutes=first.ends - first.starts, places=first.places
    )  # fmt: skip


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _new_form() -> NewTimetableForm:
    form = NewTimetableForm()
    with reading() as session:
        kept = services.kept_units(session, actor())
        form.service.choices = [(one.slug, gettext(one.name)) for one in organisation.catalogue(session)]
        form.unit.choices = [(one.slug, gettext(one.name)) for one in organisation.units(session) if one.id in kept]
    return form
