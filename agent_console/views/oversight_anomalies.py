"""What was found that is not as it should be, who looks into it and how it ended; and the numbers that the searches go by."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.enquiries import OnVersion
from agent_console.forms.oversight import LookIntoForm, SettleForm, limits_form, limits_in
from agent_console.views.enquiry_choices import people
from agent_console.views.oversight_places import choices, filters
from agent_console.views.trying import attempt
from app.accounts.policy import Permission, may
from app.audit import queries as audit
from app.kernel.errors import NotFound
from app.kernel.paging import PageRequest
from app.oversight import queries, services
from app.oversight.enums import AnomalyKind, AnomalyStatus
from app.oversight.queries.anomalies import OPEN
from app.oversight.rows import AnomalyRow
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading
from app.web.i18n import gettext

bp = Blueprint("console_anomalies", __name__, url_prefix="/console/oversight")
Answer = str | Response | tuple[str, int]


@bp.get("/anomalies")
@staff(Permission.OVERSIGHT_VIEW)
def listing() -> str:
    """What is open, or was dealt with."""
    asked = request.args
    kind = AnomalyKind(asked["kind"]) if asked.get("kind") in set(AnomalyKind) else None
    statuses = {AnomalyStatus(asked["status"])} if asked.get("status") in set(AnomalyStatus) else OPEN
    with reading() as session:
        page = queries.anomalies(session, page=paging.wanted(), kind=kind, statuses=statuses, unit=filters().unit)
        return render_template(
            "agent_console/anomalies.html", page=page, kinds=list(AnomalyKind), statuses=list(AnomalyStatus),
            counts=queries.anomaly_counts(session), choices=choices(session), chosen=filters(), asked=asked,
        )  # fmt: skip


@bp.get("/anomalies/<uuid:anomaly_id>")
@staff(Permission.OWN_ACCOUNT)
def one(anomaly_id: UUID) -> str:
    """For the desk, and for whom it was given to; for all others there is none."""
    with reading() as session:
        return _show(session, anomaly_id)


@bp.post("/anomalies/<uuid:anomaly_id>/assign")
@staff(Permission.OWN_ACCOUNT)
def assign(anomaly_id: UUID) -> Answer:
    """Somebody looks into it."""
    form = LookIntoForm(prefix="assign-")
    with reading() as session:
        _seen(session, anomaly_id)
        form.to_account.choices = people(session)

    def work(session: Session) -> AnomalyRow:
        to = UUID(form.to_account.data)
        return services.assign_anomaly(session, actor(), anomaly_id, to_account=to, version=form.seen(), now=now())

    return _done(anomaly_id, form, work)


@bp.post("/anomalies/<uuid:anomaly_id>/explain")
@staff(Permission.OWN_ACCOUNT)
def explain(anomaly_id: UUID) -> Answer:
    """It is as it should be after all."""
    return _settle(anomaly_id, SettleForm(prefix="explain-"), services.explain_anomaly)


@bp.post("/anomalies/<uuid:anomaly_id>/fix")
@staff(Permission.OWN_ACCOUNT)
def fix(anomaly_id: UUID) -> Answer:
    """It is put right."""
    return _settle(anomaly_id, SettleForm(prefix="fix-"), services.fix_anomaly)


@bp.get("/thresholds")
@staff(Permission.OVERSIGHT_VIEW)
def thresholds() -> str:
    """The numbers that lists and searches go by."""
    with reading() as session:
        known = queries.limits(session)
    form = limits_form()(formdata=None, **{name.value: str(value) for name, value in known.items()})
    return render_template("agent_console/thresholds.html", form=form, acts=may(actor(), Permission.OVERSIGHT_ACT))


@bp.post("/thresholds")
@staff(Permission.OVERSIGHT_ACT)
def set_thresholds() -> Answer:
    """These from now on."""
    form = limits_form()()

    def work(session: Session) -> bool:
        services.set_limits(session, actor(), limits_in(form), now=now())
        return True

    if attempt(form, work) is None:
        return render_template("agent_console/thresholds.html", form=form, acts=True), 422
    notices.success(gettext("The lists and searches go by these numbers now."))
    return redirect(url_for("console_anomalies.thresholds"), 303)


def _settle(anomaly_id: UUID, form: SettleForm, verb: Callable[..., AnomalyRow]) -> Answer:
    with reading() as session:
        _seen(session, anomaly_id)

    def work(session: Session) -> AnomalyRow:
        return verb(session, actor(), anomaly_id, text=form.text.data, version=form.seen(), now=now())

    return _done(anomaly_id, form, work)


def _done(anomaly_id: UUID, form: OnVersion, work: Callable[[Session], AnomalyRow]) -> Answer:
    row = attempt(form, work)
    if row is None:
        with reading() as session:
            return _show(session, anomaly_id, form), 422
    notices.success(gettext(row.status.label))
    seen = may(actor(), Permission.OVERSIGHT_VIEW) or row.assignee_id == actor().account_id
    there = url_for("console_anomalies.one", anomaly_id=row.id) if seen else url_for("console_home.home")
    return redirect(there, 303)


def _seen(session: Session, anomaly_id: UUID) -> AnomalyRow:
    row = queries.anomaly(session, anomaly_id)
    if not may(actor(), Permission.OVERSIGHT_VIEW) and row.assignee_id != actor().account_id:
        raise NotFound
    return row


def _show(session: Session, anomaly_id: UUID, tried: OnVersion | None = None) -> str:
    row = _seen(session, anomaly_id)
    who = actor()
    fresh: dict[str, Any] = {"formdata": None, "version": row.version}
    forms: dict[str, Any] = {
        "assign": LookIntoForm(prefix="assign-", **fresh), "explain": SettleForm(prefix="explain-", **fresh),
        "fix": SettleForm(prefix="fix-", **fresh),
    }  # fmt: skip
    forms["assign"].to_account.choices = people(session)
    for name in forms:
        if tried is not None and tried.version.name == f"{name}-version":
            forms[name] = tried
    return render_template(
        "agent_console/anomaly.html",
        row=row,
        forms=forms,
        tried=tried,
        acts=row.open and (may(who, Permission.OVERSIGHT_ACT) or row.assignee_id == who.account_id),
        sees=may(who, Permission.ENQUIRIES_VIEW),
        desk=may(who, Permission.OVERSIGHT_VIEW),
        trail=audit.trail(session, "anomaly", row.id, PageRequest(1, 50)),
    )
