"""Booking for a customer: what, which day, which time and for whom; and looking after what is booked."""

from datetime import date
from functools import partial
from typing import Any
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.bookings import BookForm, HomeBookForm
from agent_console.forms.customers import OpenForm
from app.accounts.policy import Permission, may
from app.bookings import queries, services
from app.bookings.errors import BookedAlready, NoPlace
from app.bookings.rows import BookingRow, TimetableRow
from app.customers import queries as customers
from app.enquiries import queries as enquiries
from app.enquiries.enums import Channel
from app.enquiries.rows import ContactRow, Raiser
from app.kernel.clock import london_date
from app.kernel.errors import Invalid
from app.web import notices, paging
from app.web.access import staff
from app.web.bookings import TimeForm, by_month, day_given, moment_given, offer
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("console_bookings", __name__, url_prefix="/console/bookings")
advisor = staff(Permission.BOOKINGS_MAKE)
Answer = str | Response | tuple[str, int]


@bp.get("/new")
@advisor
def new() -> str:
    """What can be booked for somebody."""
    with reading() as session:
        page = queries.bookable(session, now=now(), page=paging.wanted(25), online=False)
        return render_template("agent_console/booking_new.html", page=page, call=_call(session))


@bp.get("/new/<slug>")
@advisor
def days(slug: str) -> str:
    with reading() as session:
        row = queries.timetable(session, slug)
        free = queries.free_days(session, row, now=now())
        return render_template(
            "agent_console/booking_days.html", row=row, months=by_month(free), free=free, call=_call(session)
        )


@bp.get("/new/<slug>/<day>")
@advisor
def times(slug: str, day: str) -> str:
    """A time, and who it is for; with what the call says already."""
    wanted = day_given(day)
    with reading() as session:
        row, call = queries.timetable(session, slug), _call(session)
        form = _form(row)
        form.client_token.data = str(uuid4())
        if call:
            record = call.source_record_id
            person = customers.person(session, record) if record and not call.relationship_id else None
            form.name.data = call.caller_name or (person.name if person else "")
            form.email.data = call.caller_email or (person.email if person else "")
            form.phone.data = call.caller_phone or (person.phone if person else "")
        return _ask(session, row, wanted, form, call)


@bp.post("/new/<slug>/<day>")
@advisor
def book(slug: str, day: str) -> Answer:
    """Booked at once, or, where the time has gone, the other times with all that was typed."""
    wanted = day_given(day)
    with reading() as session:
        row, call = queries.timetable(session, slug), _call(session)
        form = _form(row)
        offer(form, queries.free_times(session, row, wanted, now=now()))
        if isinstance(form, HomeBookForm):
            form.property.look_up(partial(customers.search_properties, session, limit=100))
        if request.form.get("step") == "find":
            return _ask(session, row, wanted, form, call)
        if not form.validate():
            return _ask(session, row, wanted, form, call), 422
    status = 422
    try:
        with transaction() as session:
            made = services.book(
                session,
                actor(),
                timetable=slug,
                starts_at=moment_given(wanted, form.time.data),
                now=now(),
                **_given(form, call),
            )
    except Invalid as refused:
        form.refuse(refused)
    except (NoPlace, BookedAlready) as gone:
        form.problem("time", gettext(gone.message, **gone.params))
        status = 409
    else:
        notices.success(gettext("Booked: %(reference)s", reference=made.reference))
        return redirect(url_for("console_bookings.page", reference=made.reference), 303)
    with reading() as session:
        return _ask(session, row, wanted, form, call), status


@bp.get("/<reference>")
@staff(Permission.BOOKINGS_MAKE, Permission.BOOKINGS_KEEP)
def page(reference: str) -> str:
    with reading() as session:
        return _show(queries.booking(session, actor(), reference))


@bp.post("/<reference>/open")
@staff(Permission.BOOKINGS_MAKE, Permission.BOOKINGS_KEEP)
def open_restricted(reference: str) -> Answer:
    """Who comes although their record is restricted, once, for a reason that is kept."""
    form = OpenForm()
    if not form.validate():
        with reading() as session:
            return _show(queries.booking(session, actor(), reference), form), 422
    with transaction() as session:
        row = services.open_restricted(session, actor(), reference, reason=form.reason.data, now=now())
    return _show(row, form)


@bp.get("/<reference>/cancel")
@advisor
def ask_cancel(reference: str) -> str:
    return render_template("agent_console/booking_cancel.html", row=_row(reference))


@bp.post("/<reference>/cancel")
@advisor
def cancel(reference: str) -> Response:
    version = request.form.get("version", type=int)
    with transaction() as session:
        row = services.cancel(session, actor(), reference, version=version, now=now())
    notices.success(gettext("The booking is cancelled, and the customer is told"))
    return redirect(url_for("console_bookings.page", reference=row.reference), 303)


@bp.get("/<reference>/move")
@advisor
def move_days(reference: str) -> str:
    with reading() as session:
        row = queries.booking(session, actor(), reference)
        free = queries.free_days(session, row.timetable, now=now())
    return render_template(
        "agent_console/booking_days.html", row=row.timetable, months=by_month(free), free=free, moving=row
    )


@bp.get("/<reference>/move/<day>")
@advisor
def move_times(reference: str, day: str) -> str:
    return _move(_row(reference), day_given(day), TimeForm(formdata=None))


@bp.post("/<reference>/move/<day>")
@advisor
def move(reference: str, day: str) -> Answer:
    row, wanted = _row(reference), day_given(day)
    form = TimeForm()
    with reading() as session:
        offer(form, queries.free_times(session, row.timetable, wanted, now=now()))
    if not form.validate():
        return _move(row, wanted, form), 422
    try:
        with transaction() as session:
            services.move(session, actor(), reference, starts_at=moment_given(wanted, form.time.data), now=now())
    except (NoPlace, BookedAlready) as gone:
        form.problem("time", gettext(gone.message, **gone.params))
        return _move(row, wanted, form), 409
    notices.success(gettext("The booking has a new time, and the customer is told"))
    return redirect(url_for("console_bookings.page", reference=row.reference), 303)


def _given(form: BookForm, call: ContactRow | None) -> dict[str, Any]:
    """The arguments of `book` from the form and the call that it stands in."""
    return {
        "person": Raiser(form.name.data or "", form.email.data or "", form.phone.data or "", form.locale.data or "en"),
        "channel": call.channel if call else Channel.PHONE, "contact_id": call.id if call else None,
        "source_record_id": call.source_record_id if call else None, "note_given": form.note.data or "",
        "uprn": form.property.data if isinstance(form, HomeBookForm) else "", "client_token": form.client_token.data or None,
    }  # fmt: skip


def _ask(session: Session, row: TimetableRow, day: date, form: BookForm, call: ContactRow | None) -> str:
    found = queries.free_times(session, row, day, now=now())
    offer(form, found)
    return render_template("agent_console/booking_times.html", row=row, day=day, times=found, form=form, call=call)


def _move(row: BookingRow, day: date, form: TimeForm) -> str:
    with reading() as session:
        found = queries.free_times(session, row.timetable, day, now=now())
    return render_template(
        "agent_console/booking_times.html", row=row.timetable, day=day, times=found, form=offer(form, found), moving=row
    )


def _row(reference: str) -> BookingRow:
    with reading() as session:
        return queries.booking(session, actor(), reference)


def _show(row: BookingRow, form: OpenForm | None = None) -> str:
    opens = row.hidden and may(actor(), Permission.CUSTOMERS_RESTRICTED)
    return render_template(
        "agent_console/booking.html",
        row=row,
        form=(form or OpenForm()) if opens else None,
        day=london_date(row.starts_at).isoformat(),
    )


def _form(row: TimetableRow) -> BookForm:
    return HomeBookForm() if row.at_home else BookForm()


def _call(session: Session) -> ContactRow | None:
    """The call that I am in."""
    me = actor().account_id
    return enquiries.open_contact_of(session, me) if me and may(actor(), Permission.CONTACTS_TAKE) else None
