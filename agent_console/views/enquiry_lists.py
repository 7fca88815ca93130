"""Lists that cut across queues: what is urgent, who is about to be left waiting, and my tasks."""

from flask import Blueprint, render_template

from app.accounts.policy import Permission
from app.enquiries import queries, services
from app.kernel.errors import SignInNeeded
from app.web import paging
from app.web.access import staff
from app.web.context import actor, now, reading

bp = Blueprint("console_lists", __name__, url_prefix="/console/enquiries")


@bp.get("/urgent")
@staff(Permission.ENQUIRIES_VIEW)
def urgent() -> str:
    """What is urgent, the nearest deadline first, and what waits for somebody to authorise it."""
    with reading() as session:
        return render_template(
            "agent_console/urgent.html",
            page=queries.urgent(session, page=paging.wanted(25)),
            asked=queries.urgent(session, waiting=True, page=paging.wanted(25)),
            counts=queries.urgent_counts(session, now=now()),
            decides=services.is_authority(session, actor()),
            now=now(),
        )


@bp.get("/waiting")
@staff(Permission.ENQUIRIES_VIEW)
def waiting() -> str:
    """Customers who must hear from us soon, or should have."""
    with reading() as session:
        return render_template(
            "agent_console/silent.html",
            page=queries.about_to_be_silent(session, now=now(), page=paging.wanted(25)),
            counts=queries.silence_counts(session, now=now()),
        )


@bp.get("/tasks")
@staff(Permission.ENQUIRIES_WORK)
def tasks() -> str:
    """What I am to do, on whoever's enquiry."""
    who = actor().account_id
    if who is None:
        raise SignInNeeded
    with reading() as session:
        page = queries.my_tasks(session, who, page=paging.wanted(25))
    return render_template("agent_console/my_tasks.html", page=page, now=now())
