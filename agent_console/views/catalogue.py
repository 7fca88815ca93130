"""The service catalogue as staff read it: what is asked, said and promised, and where new enquiries arrive."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from agent_console.forms.catalogue import ServiceNeedsForm
from agent_console.views.trying import attempt
from app.accounts.policy import Permission, may
from app.organisation import queries, services
from app.web import notices
from app.web.access import staff
from app.web.context import actor, now, reading
from app.web.i18n import gettext

bp = Blueprint("console_catalogue", __name__, url_prefix="/console/services")
looker = staff(Permission.CATALOGUE_MANAGE, Permission.OVERSIGHT_VIEW)
keeper = staff(Permission.CATALOGUE_MANAGE)


@bp.get("")
@looker
def listing() -> str:
    """Every service with its promises."""
    with reading() as session:
        rows, queues = queries.catalogue(session), {queue.id: queue for queue in queries.queues(session)}
        return render_template("agent_console/services.html", services=rows, queues=queues)


@bp.get("/<slug>")
@looker
def one(slug: str) -> str:
    return _page(slug)


@bp.post("/<slug>")
@keeper
def save(slug: str) -> ResponseReturnValue:
    """Where its new enquiries arrive, and which skills they need."""
    form = ServiceNeedsForm()
    with reading() as session:
        queries.service_by_slug(session, slug)
        form.offer(queries.queues(session), queries.skills(session))

    def work(session: Session) -> bool:
        if form.queue.data:
            services.point_intake(session, actor(), slug, form.queue.data, now=now())
        services.need_skills(session, actor(), slug, form.skills.data or (), now=now())
        return True

    if not attempt(form, work):
        return _page(slug, form), 422
    notices.success(gettext("The catalogue says so now."))
    return redirect(url_for("console_catalogue.one", slug=slug), 303)


def _page(slug: str, wrong: ServiceNeedsForm | None = None) -> str:
    with reading() as session:
        service = queries.service_by_slug(session, slug)
        queues = queries.queues(session)
        intake = next((queue for queue in queues if queue.id == service.intake_queue_id), None)
        data = {"queue": intake.slug if intake else "", "skills": sorted(service.skills)}
        form = wrong or ServiceNeedsForm(formdata=None, data=data)
        form.offer(queues, queries.skills(session))
        questions = {question.id: question for question in service.questions}
    keeps = may(actor(), Permission.CATALOGUE_MANAGE)
    return render_template(
        "agent_console/service.html",
        service=service,
        intake=intake,
        form=form,
        wrong=wrong,
        questions=questions,
        keeps=keeps,
    )
