"""My Account: what I asked for by any channel, how each one stands, and writing about it."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.enquiries import queries, services
from app.enquiries.rows import TrackRow
from app.kernel.errors import Invalid, SignInNeeded
from app.web import notices, paging
from app.web.access import resident
from app.web.context import actor, now, reading, transaction
from app.web.files import send
from app.web.i18n import gettext
from portal.forms.enquiry import ReplyForm

bp = Blueprint("my_enquiries", __name__, url_prefix="/account")


@bp.get("")
@resident
def mine() -> str:
    """All my enquiries, newest first."""
    with reading() as session:
        page = queries.my_enquiries(session, _me(), page=paging.wanted(20))
    return render_template("portal/account.html", page=page)


@bp.get("/enquiries/<reference>")
@resident
def one(reference: str) -> str | Response:
    """One enquiry: where it is, what has happened, and a box to write in. One that was joined to another of mine opens that one."""
    with reading() as session:
        survivor = queries.opens_survivor(session, actor(), reference)
    if survivor:
        notices.information(gettext("%(reference)s is dealt with together with this enquiry", reference=reference))
        return redirect(url_for("my_enquiries.one", reference=survivor))
    return _show(_mine(reference), ReplyForm())


@bp.get("/enquiries/<reference>/files/<uuid:file_id>")
@resident
def file(reference: str, file_id: UUID) -> Response:
    """One of its files, to keep."""
    with reading() as session:
        return send(queries.file_content(session, actor(), reference, file_id))


@bp.post("/enquiries/<reference>")
@resident
def reply(reference: str) -> str | Response | tuple[str, int]:
    """Send what was written to whoever has the enquiry."""
    form = ReplyForm()
    if not form.validate():
        return _show(_mine(reference), form), 422
    try:
        given = form.files.given()
        with transaction() as session:
            services.customer_replied(session, actor(), reference, body=form.body.data, now=now())
            if given:
                services.attach(session, actor(), reference, given, now=now())
    except Invalid as refused:
        form.refuse(refused, {"file": "files"})
        return _show(_mine(reference), form), 422
    notices.success(gettext("Your message was sent"))
    return redirect(url_for("my_enquiries.one", reference=reference), 303)


def _mine(reference: str) -> TrackRow:
    with reading() as session:
        return queries.my_enquiry(session, actor(), reference)


def _show(row: TrackRow, form: ReplyForm) -> str:
    with reading() as session:
        files = queries.files(session, actor(), row.reference)
    action = url_for("my_enquiries.reply", reference=row.reference)
    return render_template(
        "portal/enquiry.html", row=row, form=form, action=action, files=files, file_page="my_enquiries.file"
    )


def _me() -> UUID:
    account_id = actor().account_id
    if account_id is None:
        raise SignInNeeded
    return account_id
