"""The first page: what I am in the middle of, what waits for me, and the next thing to take."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from agent_console.forms.calls import TakeForm
from app.accounts.policy import Permission, may
from app.enquiries import queries as enquiries
from app.handoffs import queries as handoffs
from app.kernel.errors import SignInNeeded
from app.kernel.paging import PageRequest
from app.organisation import queries as organisation
from app.oversight import queries as oversight
from app.oversight import services as watching
from app.routing import services as routing
from app.web import notices
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("console_home", __name__, url_prefix="/console")


@bp.get("")
@staff(Permission.OWN_ACCOUNT)
def home() -> str:
    """My call, my work, my queues, and the figures that my roles should see."""
    who = actor()
    if who.account_id is None:
        raise SignInNeeded
    with reading() as session:
        works = may(who, Permission.ENQUIRIES_VIEW)
        queues = organisation.queues_readable_by(session, who.account_id, at=now()) if works else ()
        return render_template(
            "agent_console/home.html",
            call=enquiries.open_contact_of(session, who.account_id),
            take=TakeForm(),
            mine=enquiries.worklist(session, owner_id=who.account_id, page=PageRequest(1, 10), now=now())
            if works
            else None,
            queues=queues,
            waiting=enquiries.waiting_counts(session, [queue.id for queue in queues]),
            offers=handoffs.waiting(session, who.account_id),
            waiting_feedback=oversight.waiting_feedback(session, who.account_id),
            breaches=oversight.custody_breaches(session, now=now()) if may(who, Permission.OVERSIGHT_VIEW) else None,
        )


@bp.post("/next")
@staff(Permission.ENQUIRIES_WORK)
def take_next() -> Response:
    """The enquiry with the earliest promise from the queues that I read."""
    with transaction() as session:
        row = routing.pick_next(session, actor(), now=now())
        if row is not None and row.queue_id is not None:
            watching.opened_queues(session, actor(), [row.queue_id], now=now())
    if row is None:
        notices.information(gettext("Nothing is waiting in your queues"))
        return redirect(url_for("console_home.home"), 303)
    notices.success(gettext("You have %(reference)s now", reference=row.reference))
    return redirect(url_for("console_enquiry.page", reference=row.reference), 303)
