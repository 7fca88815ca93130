"""A day as the people of a unit see it: who comes and when, on paper and as a table; who came; and closing it."""

from datetime import date, datetime, timedelta

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from agent_console import exports
from agent_console.forms.bookings import CloseForm
from agent_console.views.trying import attempt
from app.accounts.policy import Permission
from app.bookings import queries, services
from app.bookings.errors import OthersCame
from app.bookings.rows import BookingRow, DayList, TimetableRow
from app.kernel.clock import london_date
from app.kernel.sheets import Cell
from app.web import notices
from app.web.access import staff
from app.web.bookings import day_given, moment_given, span, time_key
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("console_booking_days", __name__, url_prefix="/console/timetables/<slug>/days")
keeper = staff(Permission.BOOKINGS_KEEP)
Answer = str | AnyResponse | tuple[str, int]


@bp.get("")
@keeper
def today(slug: str) -> AnyResponse:
    """The day that was asked for by the form of the page; else today."""
    asked = request.args.get("day", "")
    day = day_given(asked) if asked else london_date(now())
    return redirect(url_for("console_booking_days.page", slug=_kept(slug).slug, day=day.isoformat()))


@bp.get("/<day>")
@keeper
def page(slug: str, day: str) -> str:
    wanted = day_given(day)
    one = timedelta(days=1)
    return render_template(
        "agent_console/booking_day.html", list=_list(slug, wanted), day=wanted, before=wanted - one, after=wanted + one,
        today=london_date(now()), time_key=time_key, span=span,
    )  # fmt: skip


@bp.get("/<day>/export.<form>")
@keeper
def export(slug: str, day: str, form: str) -> Response:
    """The list as a table. Of somebody restricted it says that somebody comes, and no more."""
    wanted = day_given(day)
    found = _list(slug, wanted)
    headings = [
        gettext(one)
        for one in ("From", "Until", "Reference", "Name", "Telephone", "Where", "Note", "State")
    ]  # fmt: skip
    rows = [_cells(row) for _, rows in found.slots for row in rows]
    return exports.table(form, f"{slug}-{wanted.isoformat()}", headings, rows)


@bp.post("/<day>/settle/<reference>")
@keeper
def settle(slug: str, day: str, reference: str) -> AnyResponse:
    """They came, or did not."""
    with transaction() as session:
        row = services.settle(session, actor(), reference, kept=request.form.get("kept") == "yes", now=now())
    notices.success(gettext("%(reference)s: %(state)s", reference=row.reference, state=gettext(row.state.label)))
    return redirect(url_for("console_booking_days.page", slug=slug, day=day), 303)


@bp.get("/<day>/close")
@keeper
def ask_close(slug: str, day: str) -> str:
    """Who is booked there, before it is closed: a day, or one time of it."""
    return _ask(slug, day_given(day), CloseForm(formdata=None))


@bp.post("/<day>/close")
@keeper
def close(slug: str, day: str) -> Answer:
    wanted, form = day_given(day), CloseForm()
    at = _at(wanted)
    reason = form.reason.data or ""
    try:
        done = attempt(form, lambda session: 1 + (
            services.close_slot(session, actor(), slug, at, reason=reason, seen=form.counted(), now=now())
            if at
            else services.close_day(session, actor(), slug, wanted, reason=reason, seen=form.counted(), now=now())
        ))  # fmt: skip
    except OthersCame as others:
        form.problem("reason", gettext(others.message))
        return _ask(slug, wanted, form), 409
    if done is None:
        return _ask(slug, wanted, form), 422
    notices.success(gettext("Closed. Bookings that we cancelled: %(count)s", count=done - 1))
    return redirect(url_for("console_booking_days.page", slug=slug, day=day), 303)


@bp.post("/<day>/open")
@keeper
def open_again(slug: str, day: str) -> AnyResponse:
    wanted = day_given(day)
    at = _at(wanted)
    with transaction() as session:
        if at:
            services.open_slot(session, actor(), slug, at, now=now())
        else:
            services.open_day(session, actor(), slug, wanted, now=now())
    notices.success(gettext("It can be booked again. Whoever was cancelled stays so"))
    return redirect(url_for("console_booking_days.page", slug=slug, day=day), 303)


def _at(day: date) -> datetime | None:
    """The one time that is meant; None for the whole day."""
    asked = request.args.get("at", "")
    return moment_given(day, asked) if asked else None


def _ask(slug: str, day: date, form: CloseForm) -> str:
    at = _at(day)
    row = _kept(slug)
    with reading() as session:
        booked = queries.booked_in(session, row, day, starts_at=at, live=True)
    form.seen.data = str(len(booked))
    return render_template("agent_console/booking_close.html", row=row, day=day, at=at, booked=booked, form=form)


def _list(slug: str, day: date) -> DayList:
    row = _kept(slug)
    with reading() as session:
        return queries.day_list(session, row, day)


def _kept(slug: str) -> TimetableRow:
    """The timetable, for those who keep it."""
    with transaction() as session:
        row = queries.timetable(session, slug)
        services.must_keep(session, actor(), row.unit_id)
        return row


def _cells(row: BookingRow) -> list[Cell]:
    name = gettext("Protected: open the booking") if row.hidden else row.person_name
    where = "" if row.hidden else row.address or row.timetable.place
    return [
        time_key(row.starts_at),
        time_key(row.ends_at),
        row.reference,
        name,
        row.phone,
        where,
        row.note,
        gettext(row.state.label),
    ]
