"""Seeing an enquiry without an account: its reference and the e-mail address that goes with it.

A wrong address and an unknown reference get the same answer, and both are counted. The address that opened an enquiry is kept,
sealed, in this browser's session cookie until it is closed or the reader says that they are done.
"""

from datetime import timedelta
from uuid import UUID

from cryptography.fernet import InvalidToken
from flask import Blueprint, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from app.accounts.throttles import throttle
from app.enquiries import queries, services
from app.enquiries.rows import TrackRow
from app.kernel import references
from app.kernel.actors import PUBLIC, ActorKind
from app.kernel.errors import Invalid, NotFound
from app.web import notices
from app.web.access import public
from app.web.context import actor, now, reading, runtime, transaction
from app.web.files import send
from app.web.i18n import gettext
from portal.forms.enquiry import ReplyForm, TrackForm

bp = Blueprint("track", __name__, url_prefix="/track")
PREFIX = "FP"
WINDOW = timedelta(minutes=15)
TRIES_PER_REFERENCE = 8
TRIES_PER_ADDRESS = 30
Answer = str | Response | tuple[str, int]


@bp.get("")
@public
def ask() -> str:
    """Ask for the reference and the address."""
    return _ask(TrackForm())


@bp.post("")
@public
def open_one() -> Answer:
    """Open the enquiry if both fit."""
    form = TrackForm()
    if not form.validate():
        return _ask(form), 422
    try:
        reference = references.parse(form.reference.data, PREFIX)
        _count(reference)
        with reading() as db:
            queries.track(db, reference, form.email.data, now=now())
    except Invalid as typo:
        form.refuse(typo)
        return _ask(form), 422
    except NotFound:
        form.problem(
            "reference", gettext("We found no enquiry with this reference and this e-mail address. Check both")
        )
        return _ask(form), 422
    session["track"] = {"reference": reference, "email": runtime().sealer.seal(form.email.data)}
    return redirect(url_for("track.one", reference=reference), 303)


@bp.get("/<reference>")
@public
def one(reference: str) -> Answer:
    """The enquiry, if this browser has opened it; else the form with the reference filled in. Links in our messages lead here."""
    canonical = _canonical(reference)
    if canonical and _is_mine(canonical):
        return redirect(url_for("my_enquiries.one", reference=canonical))
    row = _opened(canonical)
    if row:
        survivor = _survivor(row)
        if survivor:
            session["track"] = {"reference": survivor, "email": session["track"]["email"]}
            notices.information(
                gettext("%(reference)s is dealt with together with this enquiry", reference=row.reference)
            )
            return redirect(url_for("track.one", reference=survivor))
        return _show(row, ReplyForm())
    form = TrackForm()
    form.reference.data = canonical or reference[:40]
    return _ask(form)


@bp.post("/<reference>")
@public
def reply(reference: str) -> Answer:
    """Send what was written to whoever has the enquiry."""
    row = _opened(_canonical(reference))
    if not row:
        return redirect(url_for("track.one", reference=reference), 303)
    form = ReplyForm()
    if not form.validate():
        return _show(row, form), 422
    given = form.files.given()
    try:
        with transaction() as db:
            services.customer_replied(db, actor(), row.reference, body=form.body.data, email=_address(), now=now())
            if given:
                services.attach(db, actor(), row.reference, given, email=_address(), now=now())
    except Invalid as refused:
        form.refuse(refused, {"file": "files"})
        return _show(row, form), 422
    notices.success(gettext("Your message was sent"))
    return redirect(url_for("track.one", reference=row.reference), 303)


@bp.get("/<reference>/files/<uuid:file_id>")
@public
def file(reference: str, file_id: UUID) -> Response:
    """One of its files, for the browser that has opened the enquiry."""
    row = _opened(_canonical(reference))
    if row is None:
        raise NotFound
    with reading() as db:
        return send(queries.file_content(db, PUBLIC, row.reference, file_id, email=_address()))


@bp.post("/done")
@public
def done() -> Response:
    """Forget what this browser had opened."""
    session.pop("track", None)
    return redirect(url_for("home.start"), 303)


def _count(reference: str) -> None:
    with transaction() as db:
        throttle(db, f"track-from:{actor().address}", TRIES_PER_ADDRESS, WINDOW, now=now())
        throttle(db, f"track:{reference}", TRIES_PER_REFERENCE, WINDOW, now=now())


def _canonical(reference: str) -> str:
    try:
        return references.parse(reference, PREFIX)
    except Invalid:
        return ""


def _is_mine(reference: str) -> bool:
    if actor().kind is not ActorKind.RESIDENT:
        return False
    try:
        with reading() as db:
            queries.my_enquiry(db, actor(), reference)
    except NotFound:
        return False
    return True


def _opened(reference: str) -> TrackRow | None:
    """The enquiry this browser opened, if it is this one and the address still fits."""
    address = _address()
    if not reference or not address or session["track"]["reference"] != reference:
        return None
    try:
        with reading() as db:
            return queries.track(db, reference, address, now=now())
    except NotFound:
        return None


def _address() -> str:
    try:
        return runtime().sealer.open(session["track"]["email"])
    except (KeyError, InvalidToken):
        return ""


def _ask(form: TrackForm) -> str:
    return render_template("portal/track.html", form=form)


def _survivor(row: TrackRow) -> str | None:
    with reading() as db:
        return queries.opens_survivor(db, PUBLIC, row.reference, email=_address(), now=now())


def _show(row: TrackRow, form: ReplyForm) -> str:
    with reading() as db:
        files = queries.files(db, PUBLIC, row.reference, email=_address())
    return render_template(
        "portal/enquiry.html", row=row, form=form, action=url_for("track.reply", reference=row.reference), without_account=True,
        files=files, file_page="track.file",
    )  # fmt: skip
