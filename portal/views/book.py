"""Booking online: what can be booked, a free day, a free time, who it is for, and it is booked.

Nothing is kept on the server before it is booked: what was typed travels in the page.
"""

from datetime import date, datetime
from functools import partial
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import queries as accounts
from app.accounts.queries import AccountRow
from app.bookings import queries, services
from app.bookings.errors import BookedAlready, NoPlace
from app.bookings.rows import SlotRow, TimetableRow
from app.customers import queries as customers
from app.enquiries.enums import Channel
from app.enquiries.rows import Raiser
from app.kernel.clock import london_date
from app.kernel.errors import Invalid, NotFound, SignInNeeded
from app.web import paging
from app.web.access import public, resident
from app.web.bookings import TimeForm, by_month, day_given, moment_given, offer, span, time_key
from app.web.context import actor, now, reading, transaction
from app.web.i18n import current, gettext
from portal.forms.booking import BookingForm, HomeBookingForm

bp = Blueprint("book", __name__, url_prefix="/book")
Answer = str | Response | tuple[str, int]
NOT_CARRIED = frozenset({"csrf_token", "step", "time"})


@bp.get("")
@public
def listing() -> str:
    """What can be booked."""
    with reading() as session:
        page = queries.bookable(session, now=now(), page=paging.wanted(25), online=True)
    return render_template("portal/book.html", page=page)


@bp.get("/<slug>")
@public
def days(slug: str) -> str:
    """The days with free places, by month."""
    with reading() as session:
        row = _offered(queries.timetable(session, slug))
        free = queries.free_days(session, row, now=now())
    return render_template("portal/book_days.html", row=row, months=by_month(free), free=free)


@bp.get("/<slug>/<day>")
@public
def times(slug: str, day: str) -> str:
    """The free times of a day."""
    row, found = _times(slug, day_given(day))
    return _choose(row, day_given(day), found, TimeForm(formdata=None))


@bp.post("/<slug>/<day>")
@public
def choose(slug: str, day: str) -> Answer:
    """On to who it is for."""
    row, found = _times(slug, day_given(day))
    form = offer(TimeForm(), found)
    if not form.validate():
        return _choose(row, day_given(day), found, form), 422
    return redirect(url_for("book.details", slug=slug, day=day, time=form.time.data), 303)


@bp.get("/<slug>/<day>/<time>")
@resident
def details(slug: str, day: str, time: str) -> str:
    """Who it is for; a visit at home asks where."""
    row, me = _start(slug)
    starts_at = moment_given(day_given(day), time)
    form = _form(row)
    form.client_token.data, form.name.data, form.phone.data = str(uuid4()), me.name, me.phone or ""
    return _details(row, starts_at, form)


@bp.post("/<slug>/<day>/<time>")
@resident
def answer(slug: str, day: str, time: str) -> Answer:
    """One step on: find an address, check, change, or book."""
    row, me = _start(slug)
    starts_at = moment_given(day_given(day), request.form.get("time") or time)
    form = _form(row)
    if isinstance(form, HomeBookingForm):
        with reading() as session:
            form.property.look_up(partial(customers.search_properties, session, limit=100))
    step = request.form.get("step", "check")
    if step in {"find", "edit"}:
        return _details(row, starts_at, form)
    if not form.validate():
        return _details(row, starts_at, form), 422
    if step == "send":
        return _send(row, starts_at, form, me)
    return _check(row, starts_at, form, me)


def _send(row: TimetableRow, starts_at: datetime, form: BookingForm, me: AccountRow) -> Answer:
    person = Raiser(form.name.data, me.email or "", form.phone.data or "", current())
    uprn = form.property.data if isinstance(form, HomeBookingForm) else ""
    try:
        with transaction() as session:
            made = services.book(
                session, actor(), timetable=row.slug, starts_at=starts_at, person=person, channel=Channel.WEB,
                note_given=form.note.data or "", uprn=uprn, client_token=form.client_token.data or None, now=now(),
            )  # fmt: skip
    except Invalid as refused:
        form.refuse(refused)
        return _details(row, starts_at, form), 422
    except (NoPlace, BookedAlready) as gone:
        form.form_errors.append(gettext(gone.message, **gone.params))
        return _check(row, starts_at, form, me, others=True), 409
    return redirect(url_for("my_bookings.done", reference=made.reference), 303)


def _times(slug: str, day: date) -> tuple[TimetableRow, tuple[SlotRow, ...]]:
    with reading() as session:
        row = _offered(queries.timetable(session, slug))
        return row, queries.free_times(session, row, day, now=now())


def _start(slug: str) -> tuple[TimetableRow, AccountRow]:
    with reading() as session:
        return _offered(queries.timetable(session, slug)), accounts.account(session, _me())


def _offered(row: TimetableRow) -> TimetableRow:
    """Only what residents may book themselves."""
    if not row.online:
        raise NotFound
    return row


def _form(row: TimetableRow) -> BookingForm:
    return HomeBookingForm() if row.at_home else BookingForm()


def _choose(row: TimetableRow, day: date, found: tuple[SlotRow, ...], form: TimeForm) -> str:
    return render_template("portal/book_times.html", row=row, day=day, times=found, form=offer(form, found))


def _details(row: TimetableRow, starts_at: datetime, form: BookingForm) -> str:
    return render_template("portal/book_details.html", row=row, starts_at=starts_at, form=form, day=_day(starts_at))


def _check(row: TimetableRow, starts_at: datetime, form: BookingForm, me: AccountRow, *, others: bool = False) -> str:
    """What is booked when it is sent. If the time has gone: the other times of the day, with all that was typed kept."""
    with reading() as session:
        found = queries.free_times(session, row, day_given(_day(starts_at)), now=now())
    left = [one for one in found if one.starts_at != starts_at]
    at = next((span(one.starts_at, one.ends_at) for one in found if one.starts_at == starts_at), "")
    carried = [(name, value) for name, values in request.form.lists() for value in values if name not in NOT_CARRIED]
    again = offer(TimeForm(formdata=None), left) if others else None
    return render_template(
        "portal/book_check.html", row=row, starts_at=starts_at, at=at, form=form, me=me, again=again, carried=carried,
        day=_day(starts_at), time=time_key(starts_at),
    )  # fmt: skip


def _day(starts_at: datetime) -> str:
    return london_date(starts_at).isoformat()


def _me() -> UUID:
    account_id = actor().account_id
    if account_id is None:
        raise SignInNeeded
    return account_id
