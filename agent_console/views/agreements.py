"""Agreements with the service units: versions, signatures, and each month's pack to sign off."""

from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from agent_console.forms.agreements import AgreementForm, MonthForm
from agent_console.views.trying import attempt
from app.accounts.policy import Permission
from app.kernel.errors import NotFound
from app.kernel.sheets import MIME
from app.organisation import queries as organisation
from app.sla import agreements, packs, signing_off
from app.sla.agreements import AgreementRow
from app.sla.enums import Measure, Party
from app.web import notices
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.forms import Form
from app.web.i18n import gettext

bp = Blueprint("console_agreements", __name__, url_prefix="/console/agreements")
Answer = str | AnyResponse | tuple[str, int]


@bp.get("")
@staff(Permission.AGREEMENTS_VIEW)
def listing() -> str:
    """Every version of every agreement."""
    with reading() as session:
        return render_template("agent_console/agreements.html", rows=agreements.agreements(session))


@bp.get("/new")
@staff(Permission.AGREEMENTS_MANAGE)
def new() -> str:
    """An empty draft."""
    return render_template("agent_console/agreement_new.html", form=_form())


@bp.post("/new")
@staff(Permission.AGREEMENTS_MANAGE)
def write() -> Answer:
    """Write the next version of a service's agreement."""
    form = _form()
    row = attempt(form, lambda session: agreements.draft(session, actor(), **form.given(), now=now()))
    if row is None:
        return render_template("agent_console/agreement_new.html", form=form), 422
    notices.success(gettext("The draft is written. Both parties have to sign it"))
    return redirect(url_for("console_agreements.one", agreement_id=row.id), 303)


@bp.get("/<uuid:agreement_id>")
@staff(Permission.AGREEMENTS_VIEW)
def one(agreement_id: UUID) -> str:
    """A version: who has signed, what was agreed, and its closed months."""
    with reading() as session:
        return _show(agreements.agreement(session, agreement_id), signing_off.sign_offs(session, actor(), agreement_id))


@bp.post("/<uuid:agreement_id>/sign")
@staff(Permission.AGREEMENTS_VIEW)
def sign(agreement_id: UUID) -> AnyResponse:
    """Sign for one party."""
    with transaction() as session:
        row = agreements.sign(session, actor(), agreement_id, party=_party(), now=now())
    signed = (
        gettext("It is in force") if row.status == "in_force" else gettext("Signed. The other side has to sign too")
    )
    notices.success(signed)
    return redirect(url_for("console_agreements.one", agreement_id=agreement_id), 303)


@bp.post("/<uuid:agreement_id>/drop")
@staff(Permission.AGREEMENTS_MANAGE)
def drop(agreement_id: UUID) -> AnyResponse:
    """The draft will not be signed."""
    with transaction() as session:
        agreements.drop_draft(session, actor(), agreement_id, now=now())
    notices.success(gettext("The draft is gone"))
    return redirect(url_for("console_agreements.listing"), 303)


@bp.get("/months/<uuid:sign_off_id>")
@staff(Permission.AGREEMENTS_VIEW)
def month(sign_off_id: UUID) -> str:
    """A month's figures, and who has signed them."""
    with reading() as session:
        row = signing_off.sign_off(session, actor(), sign_off_id)
    return render_template(
        "agent_console/agreement_month.html",
        row=row,
        facts=packs.facts(row),
        measures=packs.measures(row),
        parties=list(Party),
        missed={measure: row.figures["measures"][measure.value]["missed"] for measure in Measure},
        form=MonthForm(),
    )


@bp.post("/months/<uuid:sign_off_id>/sign")
@staff(Permission.AGREEMENTS_VIEW)
def sign_month(sign_off_id: UUID) -> AnyResponse:
    """Sign the month for one party, with a comment."""
    with transaction() as session:
        signing_off.sign_month(
            session, actor(), sign_off_id, party=_party(), comment=MonthForm().comment.data or "", now=now()
        )
    notices.success(gettext("The month is signed"))
    return redirect(url_for("console_agreements.month", sign_off_id=sign_off_id), 303)


@bp.get("/months/<uuid:sign_off_id>/pack.<kind>")
@staff(Permission.AGREEMENTS_VIEW)
def pack(sign_off_id: UUID, kind: str) -> Response:
    """The pack as PDF or XLSX."""
    makers = {"pdf": (packs.pack_pdf, "application/pdf"), "xlsx": (packs.pack_xlsx, MIME)}
    if kind not in makers:
        raise NotFound
    with reading() as session:
        row = signing_off.sign_off(session, actor(), sign_off_id)
    make, mime = makers[kind]
    response = Response(make(row), content_type=mime)
    name = f"{row.agreement.service_slug}-{row.month:%Y-%m}.{kind}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _party() -> Party:
    chosen = request.form.get("party", "")
    if chosen not in set(Party):
        raise NotFound
    return Party(chosen)


def _show(row: AgreementRow, months: tuple[signing_off.SignOffRow, ...]) -> str:
    return render_template(
        "agent_console/agreement.html", row=row, months=months, measures=list(Measure), parties=list(Party), sign=Form()
    )


def _form() -> AgreementForm:
    form = AgreementForm()
    with reading() as session:
        units = [
            ("", gettext("Choose a unit")),
            *((unit.slug, gettext(unit.name)) for unit in organisation.units(session)),
        ]
        form.front_unit.choices = form.service_unit.choices = units
        form.service.choices = [
            ("", gettext("Choose a service")), *((s.slug, gettext(s.name)) for s in organisation.catalogue(session)),
        ]  # fmt: skip
    return form
