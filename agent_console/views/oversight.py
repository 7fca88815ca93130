"""The monitoring desk: the figures, who has waited how long, what is stuck, and giving it to somebody."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.enquiries import DeskForm
from agent_console.views.enquiry import people
from agent_console.views.trying import attempt
from app.accounts.policy import Permission, may
from app.enquiries import queries as enquiries
from app.enquiries.policy import OPEN
from app.handoffs import queries as handoffs
from app.kernel.paging import PageRequest
from app.oversight import gaps, queries, services
from app.oversight.enums import AgeingMeasure
from app.oversight.policy import BANDS
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading
from app.web.i18n import gettext

bp = Blueprint("console_oversight", __name__, url_prefix="/console/oversight")
monitor = staff(Permission.OVERSIGHT_VIEW)
FIRST = PageRequest(1, 10)


@bp.get("")
@monitor
def desk() -> str:
    """Everything that should worry somebody, on one page."""
    with reading() as session:
        return render_template(
            "agent_console/oversight.html",
            breaches=queries.breaches(session, now=now()),
            ageing=queries.ageing(session, now=now()),
            stuck=queries.stuck(session, now=now(), page=paging.wanted(10)),
            unattended=queries.unattended(session, now=now(), page=FIRST),
            about_to_breach=queries.about_to_breach(session, now=now(), page=FIRST),
            ownerless=queries.ownerless(session, now=now(), page=FIRST),
            undelivered=gaps.undelivered(session, now=now(), page=FIRST),
            queue_gaps=gaps.queue_gaps(session),
            expired=handoffs.expired_unattended(session, now=now()),
            loads=queries.unit_loads(session, now=now()),
            sees=may(actor(), Permission.ENQUIRIES_VIEW),
            organises=may(actor(), Permission.ORGANISATION_MANAGE),
        )


@bp.get("/waiting")
@monitor
def band() -> str:
    """The enquiries behind one number of the ageing table."""
    asked = request.args.get("measure", "")
    measure = AgeingMeasure(asked) if asked in set(AgeingMeasure) else AgeingMeasure.RECEIVED
    chosen = next((known for known in BANDS if known.code == request.args.get("band")), BANDS[-1])
    with reading() as session:
        page = queries.in_band(session, measure=measure, band=chosen.code, now=now(), page=paging.wanted())
    return render_template(
        "agent_console/band.html", page=page, measure=measure, band=chosen, sees=may(actor(), Permission.ENQUIRIES_VIEW)
    )


@bp.get("/enquiries/<reference>")
@staff(Permission.OVERSIGHT_ACT, Permission.ENQUIRIES_ASSIGN)
def stuck(reference: str) -> str:
    """Where it has been, and the form to give it to somebody."""
    with reading() as session:
        return _show(session, reference)


@bp.post("/enquiries/<reference>/assign")
@staff(Permission.OVERSIGHT_ACT, Permission.ENQUIRIES_ASSIGN)
def assign(reference: str) -> str | Response | tuple[str, int]:
    """To somebody who will move it; the customer is told."""
    form = DeskForm()
    with reading() as session:
        form.to_account.choices = people(session)
    row = attempt(
        form,
        lambda session: services.assign_from_desk(
            session,
            actor(),
            reference,
            to_account=UUID(form.to_account.data),
            reason=form.reason.data,
            version=form.seen(),
            now=now(),
        ),
    )
    if row is None:
        with reading() as session:
            return _show(session, reference, form), 422
    notices.success(
        gettext(
            "%(reference)s is with %(name)s now. The customer is told.", reference=row.reference, name=row.owner_name
        )
    )
    return redirect(url_for("console_oversight.stuck", reference=row.reference), 303)


def _show(session: Session, reference: str, form: DeskForm | None = None) -> str:
    row = enquiries.enquiry(session, actor(), reference)
    if form is None:
        form = DeskForm(formdata=None, version=row.version)
        form.to_account.choices = people(session)
    return render_template(
        "agent_console/stuck.html",
        row=row,
        form=form,
        assignable=row.state in OPEN and row.state != "with_service",
        places=enquiries.places(session, actor(), row.reference),
        entries=enquiries.entries(session, actor(), row.reference),
        now=now(),
    )
