"""Match runs: what they did, what a rehearsal would do, and the way back. The versions of the model."""

from uuid import UUID

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from agent_console.forms.golden import ReasonForm
from agent_console.views.trying import attempt
from agent_console.wording_customers import RUN_COLOURS, RUN_KINDS, RUNS
from app.accounts.policy import Permission, may
from app.customers import queries, services
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("console_match_runs", __name__, url_prefix="/console/match-runs")
WORDS = {"kinds": RUN_KINDS, "states": RUNS, "colours": RUN_COLOURS}


@bp.get("")
@staff(Permission.STEWARDSHIP_VIEW)
def listing() -> str:
    """Runs over everything, the latest first; steps and decisions too when asked for."""
    everything = request.args.get("show") == "everything"
    with reading() as session:
        return render_template(
            "agent_console/match_runs.html",
            page=queries.match_runs(session, paging.wanted(), everything=everything),
            models=queries.match_models(session),
            waiting=queries.records_waiting(session),
            everything=everything,
            may_run=may(actor(), Permission.STEWARDSHIP_DECIDE),
            **WORDS,
        )


@bp.post("")
@staff(Permission.STEWARDSHIP_DECIDE)
def start() -> Redirect:
    """Ask for a run, or for a rehearsal of one."""
    what = request.form.get("what", "")
    with transaction() as session:
        run_id = services.queue_run(session, actor(), learns=what != "same", rehearsal=what == "rehearse", now=now())
    notices.success(gettext("A worker takes it up within seconds"))
    return redirect(url_for("console_match_runs.one", run_id=run_id), 303)


@bp.get("/<uuid:run_id>")
@staff(Permission.STEWARDSHIP_VIEW)
def one(run_id: UUID) -> str:
    return _show(run_id, ReasonForm())


@bp.post("/<uuid:run_id>/roll-back")
@staff(Permission.STEWARDSHIP_DECIDE)
def roll_back(run_id: UUID) -> Redirect | tuple[str, int]:
    form = ReasonForm()
    made = attempt(
        form, lambda session: services.roll_back(session, actor(), run_id, reason=form.reason.data or "", now=now())
    )
    if made is None:
        return _show(run_id, form), 422
    notices.success(gettext("Taken back. Links and customers are as they were before the run"))
    return redirect(url_for("console_match_runs.one", run_id=made), 303)


@bp.get("/models/<int:number>.json")
@staff(Permission.STEWARDSHIP_VIEW)
def model(number: int) -> Response:
    """The parameters of a version, to be read and compared line by line."""
    with reading() as session:
        return jsonify(queries.match_model_parameters(session, number))


def _show(run_id: UUID, form: ReasonForm) -> str:
    with reading() as session:
        return render_template(
            "agent_console/match_run.html",
            run=queries.match_run(session, run_id),
            form=form,
            may_run=may(actor(), Permission.STEWARDSHIP_DECIDE),
            **WORDS,
        )
