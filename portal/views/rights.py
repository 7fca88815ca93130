"""A resident asks for a copy of their data, for a correction or to be erased, and sees how it stands."""

from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.kernel.errors import Conflict, Invalid, NotFound, SignInNeeded
from app.rights import queries, services
from app.rights.enums import RightKind
from app.web import notices
from app.web.access import resident
from app.web.context import actor, now, reading, runtime, transaction
from app.web.downloads import send_parts
from app.web.forms import Form
from app.web.i18n import gettext
from portal.forms.rights import CorrectionForm, ErasureForm

bp = Blueprint("my_rights", __name__, url_prefix="/account/rights")
Answer = str | AnyResponse | tuple[str, int]
FORMS: dict[str, type[Form]] = {"rectification": CorrectionForm, "erasure": ErasureForm, "access": Form}


@bp.get("")
@resident
def overview() -> str:
    """What they have asked for, and what they can ask for."""
    with reading() as session:
        return render_template("portal/rights.html", requests=queries.mine(session, _me(), now=now()))


@bp.get("/ask/<kind>")
@resident
def ask(kind: str) -> str:
    return render_template("portal/rights_ask.html", kind=_kind(kind), form=FORMS[kind](formdata=None))


@bp.post("/ask/<kind>")
@resident
def send(kind: str) -> Answer:
    wanted = _kind(kind)
    form = FORMS[kind]()
    if not form.validate():
        return render_template("portal/rights_ask.html", kind=wanted, form=form), 422
    try:
        with transaction() as session:
            services.ask(session, actor(), wanted, said=request.form.get("said", ""), now=now())
    except Invalid as refused:
        form.refuse(refused)
        return render_template("portal/rights_ask.html", kind=wanted, form=form), 422
    except Conflict as refused:
        notices.problem(gettext(refused.message))
        return redirect(url_for("my_rights.overview"), 303)
    notices.success(gettext("We have your request. We will answer within a month"))
    return redirect(url_for("my_rights.overview"), 303)


@bp.post("/<uuid:request_id>/withdraw")
@resident
def withdraw(request_id: UUID) -> Answer:
    with transaction() as session:
        services.withdraw(session, actor(), request_id, now=now())
    notices.success(gettext("You have withdrawn your request"))
    return redirect(url_for("my_rights.overview"), 303)


@bp.get("/copies/<uuid:package_id>")
@resident
def download(package_id: UUID) -> Response:
    """Their own copy, while it can be had."""
    with transaction() as session:
        row = services.download(session, actor(), package_id, now=now())
    return send_parts(queries.package_bytes(runtime().database, package_id), gettext("your-data") + ".zip", row.size)


def _kind(kind: str) -> RightKind:
    if kind not in FORMS:
        raise NotFound
    return RightKind(kind)


def _me() -> UUID:
    account_id = actor().account_id
    if account_id is None:
        raise SignInNeeded
    return account_id
