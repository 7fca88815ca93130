"""The regular work: when each job last ran, how it went, and when it runs next."""

from flask import Blueprint, render_template

from app.accounts.policy import Permission
from app.kernel.errors import NotFound
from app.scheduler import queries
from app.web import paging
from app.web.access import staff
from app.web.context import now, reading

bp = Blueprint("console_jobs", __name__, url_prefix="/console/jobs")


@bp.get("")
@staff(Permission.JOBS_VIEW)
def listing() -> str:
    with reading() as session:
        return render_template("agent_console/jobs.html", jobs=queries.overview(session), now=now())


@bp.get("/<name>")
@staff(Permission.JOBS_VIEW)
def one(name: str) -> str:
    """The runs of one job, latest first."""
    with reading() as session:
        job = next((job for job in queries.overview(session) if job.name == name), None)
        if job is None:
            raise NotFound
        return render_template("agent_console/job.html", job=job, page=queries.history(session, name, paging.wanted()))
