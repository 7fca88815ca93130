"""What we hold about a resident, as far as they have shown it to be theirs, and telling us that it is wrong."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.customers import queries, services
from app.customers.desk_rows import HeldRecord
from app.customers.enums import Wrong
from app.customers.queries import LABELS
from app.kernel.errors import Invalid, NotFound, SignInNeeded
from app.web import notices
from app.web.access import resident
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext
from portal.forms.records import WRONG, WrongForm

bp = Blueprint("my_records", __name__, url_prefix="/account/records")


@bp.get("")
@resident
def held() -> str:
    """Every record that was shown to be theirs, which of them we take for one person, and what they have told us."""
    with reading() as session:
        return render_template(
            "portal/records.html",
            records=queries.held_records(session, _me()),
            told=queries.cases_of(session, _me()),
            labels=LABELS,
            wrong=WRONG,
        )


@bp.get("/<uuid:source_record_id>/wrong")
@resident
def wrong(source_record_id: UUID) -> str:
    return _ask(source_record_id, WrongForm())


@bp.post("/<uuid:source_record_id>/wrong")
@resident
def tell(source_record_id: UUID) -> str | Response | tuple[str, int]:
    """Take it to the stewards' desk."""
    form = WrongForm()
    if not form.validate():
        return _ask(source_record_id, form), 422
    try:
        with transaction() as session:
            what = [Wrong(code) for code in form.what.data or ()]
            services.tell_us(session, actor(), source_record_id, what, form.said.data or "", now=now())
    except Invalid as refused:
        form.refuse(refused)
        return _ask(source_record_id, form), 422
    notices.success(gettext("Thank you. We will look at it and write to you"))
    return redirect(url_for("my_records.held"), 303)


def _ask(source_record_id: UUID, form: WrongForm) -> str:
    return render_template("portal/record_wrong.html", record=_mine(source_record_id), form=form)


def _mine(source_record_id: UUID) -> HeldRecord:
    with reading() as session:
        found = {one.source_record_id: one for one in queries.held_records(session, _me())}
    if source_record_id not in found:
        raise NotFound
    return found[source_record_id]


def _me() -> UUID:
    account_id = actor().account_id
    if account_id is None:
        raise SignInNeeded
    return account_id
