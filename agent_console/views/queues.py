"""The queue register: every active queue, and who looks after it."""

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.queues import KeepersForm
from agent_console.views.trying import attempt
from app.accounts import queries as accounts
from app.accounts.policy import Permission
from app.kernel.errors import NotFound
from app.organisation import queries, services
from app.organisation.enums import QueueStatus
from app.organisation.rows import QueueRow
from app.web import notices
from app.web.access import staff
from app.web.context import actor, now, reading
from app.web.i18n import gettext

bp = Blueprint("console_queues", __name__, url_prefix="/console/queues")
organiser = staff(Permission.ORGANISATION_MANAGE)


@bp.get("")
@organiser
def listing() -> str:
    """Every active queue by name."""
    with reading() as session:
        queues = queries.queues(session)
        keepers = [keeper for queue in queues for keeper in (queue.owner_id, queue.deputy_id, queue.monitor_id)]
        return render_template("agent_console/queues.html", queues=queues, names=accounts.names(session, keepers))


@bp.get("/<slug>")
@organiser
def one(slug: str) -> str:
    with reading() as session:
        queue = _active(session, slug)
        form = KeepersForm(owner=queue.owner_id, deputy=queue.deputy_id, monitor=queue.monitor_id)
        form.offer(queries.staff_of_units(session))
    return render_template("agent_console/queue.html", queue=queue, form=form)


@bp.post("/<slug>")
@organiser
def name_people(slug: str) -> Response | tuple[str, int]:
    """These three from now on."""
    form = KeepersForm()
    with reading() as session:
        queue = _active(session, slug)
        form.offer(queries.staff_of_units(session))
    if not attempt(form, lambda session: services.name_people(session, actor(), slug, **form.named(), now=now())):
        return render_template("agent_console/queue.html", queue=queue, form=form), 422
    notices.success(gettext("These people look after the queue now."))
    return redirect(url_for("console_queues.listing"), 303)


def _active(session: Session, slug: str) -> QueueRow:
    queue = queries.queue_by_slug(session, slug)
    if queue.status is not QueueStatus.ACTIVE:
        raise NotFound
    return queue
