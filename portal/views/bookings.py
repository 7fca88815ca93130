"""My bookings: to come and past; another time; cancelled until the notice is over, and then whom to call."""

from datetime import date
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.bookings import queries, services
from app.bookings.errors import BookedAlready, NoPlace
from app.bookings.rows import BookingRow
from app.kernel.errors import SignInNeeded
from app.web import notices, paging
from app.web.access import resident
from app.web.bookings import TimeForm, by_month, day_given, moment_given, offer
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("my_bookings", __name__, url_prefix="/account/bookings")
Answer = str | Response | tuple[str, int]


@bp.get("")
@resident
def mine() -> str:
    """Those to come, or those that are over."""
    over = request.args.get("show") == "over"
    with reading() as session:
        page = queries.my_bookings(session, _me(), coming=not over, now=now(), page=paging.wanted(20))
    return render_template("portal/bookings.html", page=page, over=over)


@bp.get("/<reference>")
@resident
def one(reference: str) -> str:
    return render_template("portal/booking.html", row=_mine(reference))


@bp.get("/<reference>/booked")
@resident
def done(reference: str) -> str:
    """It is booked: the reference, and what to bring."""
    return render_template("portal/booking_done.html", row=_mine(reference))


@bp.get("/<reference>/cancel")
@resident
def ask_cancel(reference: str) -> Answer:
    row = _mine(reference)
    if not row.changeable(now()):
        return redirect(url_for("my_bookings.one", reference=row.reference))
    return render_template("portal/booking_cancel.html", row=row)


@bp.post("/<reference>/cancel")
@resident
def cancel(reference: str) -> Answer:
    version = request.form.get("version", type=int)
    with transaction() as session:
        row = services.cancel(session, actor(), reference, version=version, now=now())
    notices.success(gettext("Your booking is cancelled. Somebody else can have the place"))
    return redirect(url_for("my_bookings.one", reference=row.reference), 303)


@bp.get("/<reference>/move")
@resident
def days(reference: str) -> Answer:
    """The days to which it can be moved."""
    row = _mine(reference)
    if not row.changeable(now()):
        return redirect(url_for("my_bookings.one", reference=row.reference))
    with reading() as session:
        free = queries.free_days(session, row.timetable, now=now())
    return render_template("portal/book_days.html", row=row.timetable, months=by_month(free), free=free, moving=row)


@bp.get("/<reference>/move/<day>")
@resident
def times(reference: str, day: str) -> str:
    return _choose(_mine(reference), day_given(day), TimeForm(formdata=None))


@bp.post("/<reference>/move/<day>")
@resident
def move(reference: str, day: str) -> Answer:
    """To another time, at once."""
    row, wanted = _mine(reference), day_given(day)
    form = _offered(row, wanted, TimeForm())
    if not form.validate():
        return _choose(row, wanted, form), 422
    try:
        with transaction() as session:
            services.move(session, actor(), reference, starts_at=moment_given(wanted, form.time.data), now=now())
    except (NoPlace, BookedAlready) as gone:
        form.problem("time", gettext(gone.message, **gone.params))
        return _choose(row, wanted, form), 409
    notices.success(gettext("Your booking has a new time"))
    return redirect(url_for("my_bookings.one", reference=row.reference), 303)


def _offered(row: BookingRow, day: date, form: TimeForm) -> TimeForm:
    with reading() as session:
        return offer(form, queries.free_times(session, row.timetable, day, now=now()))


def _choose(row: BookingRow, day: date, form: TimeForm) -> str:
    with reading() as session:
        found = queries.free_times(session, row.timetable, day, now=now())
    return render_template(
        "portal/book_times.html", row=row.timetable, day=day, times=found, form=offer(form, found), moving=row
    )


def _mine(reference: str) -> BookingRow:
    with reading() as session:
        return queries.my_booking(session, actor(), reference)


def _me() -> UUID:
    account_id = actor().account_id
    if account_id is None:
        raise SignInNeeded
    return account_id
