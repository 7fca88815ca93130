"""The steps that enquiries about each service begin with."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from agent_console.forms.agreements import ChecklistForm
from agent_console.views.trying import attempt
from app.accounts.policy import Permission
from app.enquiries import queries, services
from app.organisation import queries as organisation
from app.web import notices
from app.web.access import staff
from app.web.context import actor, now, reading
from app.web.i18n import gettext

bp = Blueprint("console_checklists", __name__, url_prefix="/console/checklists")


@bp.get("")
@staff(Permission.CATALOGUE_MANAGE)
def listing() -> str:
    """Every service, with how many steps it has."""
    with reading() as session:
        services_ = organisation.catalogue(session)
        counts = {service.id: len(queries.checklist(session, service.id)) for service in services_}
    return render_template("agent_console/checklists.html", services=services_, counts=counts)


@bp.get("/<slug>")
@staff(Permission.CATALOGUE_MANAGE)
def one(slug: str) -> str:
    """The steps of a service, to be changed."""
    with reading() as session:
        service = organisation.service_by_slug(session, slug)
        steps = queries.checklist(session, service.id)
    written = "\n".join(f"{title} | {days}" if days else title for title, days in steps)
    return render_template("agent_console/checklist.html", service=service, form=ChecklistForm(steps=written))


@bp.post("/<slug>")
@staff(Permission.CATALOGUE_MANAGE)
def save(slug: str) -> str | Response | tuple[str, int]:
    """Set the steps. Enquiries that are there keep theirs."""
    with reading() as session:
        service = organisation.service_by_slug(session, slug)
    form = ChecklistForm()

    def write(session: object) -> bool:
        services.set_checklist(session, actor(), slug, form.given(), now=now())
        return True

    if attempt(form, write) is None:
        return render_template("agent_console/checklist.html", service=service, form=form), 422
    notices.success(gettext("Saved. New enquiries begin with these steps"))
    return redirect(url_for("console_checklists.listing"), 303)
