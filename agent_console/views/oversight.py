"""The monitoring desk: its figures and lists across all units, and what can be done from each of them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.enquiries import DeskForm, OnVersion
from agent_console.forms.oversight import EscalateForm, ExplainForm, RerouteForm
from agent_console.views.enquiry_choices import people
from agent_console.views.oversight_places import choices, filters
from agent_console.views.trying import attempt
from app.accounts.policy import Permission, may
from app.enquiries import queries as enquiries
from app.enquiries.policy import OPEN
from app.enquiries.rows import EnquiryRow
from app.kernel.errors import NotFound
from app.kernel.paging import PageRequest
from app.organisation import queries as organisation
from app.oversight import queries, services
from app.oversight.enums import DeskList, DeskSort
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading
from app.web.i18n import gettext

bp = Blueprint("console_oversight", __name__, url_prefix="/console/oversight")
monitor = staff(Permission.OVERSIGHT_VIEW)
act = staff(Permission.OVERSIGHT_ACT, Permission.ENQUIRIES_ASSIGN)
SORTS = {sort.value: sort for sort in DeskSort}
TOP = PageRequest(1, 10)
Answer = str | Response | tuple[str, int]


@bp.get("")
@monitor
def desk() -> str:
    """Everything that should worry somebody, on one page."""
    with reading() as session:
        limits = queries.limits(session)
        return render_template(
            "agent_console/oversight.html",
            lists=list(DeskList),
            counts=queries.counts(session, limits=limits, now=now()),
            breaches=queries.breaches(session, now=now(), most=10),
            custody=queries.custody_days(session, now=now(), page=PageRequest(1, 14)),
            stuck=queries.listing(session, DeskList.STUCK, limits=limits, now=now(), page=TOP),
            ageing=queries.ageing(session, now=now()),
            anomalies=queries.anomaly_counts(session),
            queue_gaps=queries.queue_gaps(session),
            loads=queries.unit_loads(session, now=now()),
            now=now(),
            **_seeing(),
        )


@bp.get("/lists/<name>")
@monitor
def listing(name: str) -> str:
    """One of the lists, narrowed and sorted."""
    if name not in set(DeskList):
        raise NotFound
    which = DeskList(name)
    sort, descending = paging.order(SORTS, DeskSort.SINCE.value)
    with reading() as session:
        page = queries.listing(
            session, which, limits=queries.limits(session), now=now(), page=paging.wanted(), filters=filters(),
            sort=SORTS[sort], descending=descending,
        )  # fmt: skip
        return render_template(
            "agent_console/oversight_list.html", which=which, page=page, sort=sort, descending=descending,
            chosen=filters(), choices=choices(session), asked=request.args, now=now(), **_seeing(),
        )  # fmt: skip


@bp.get("/custody")
@monitor
def custody() -> str:
    """The custody figure of each day since it was first measured."""
    with reading() as session:
        return render_template(
            "agent_console/oversight_custody.html",
            page=queries.custody_days(session, now=now(), page=paging.wanted(31)),
            breaches=queries.breaches(session, now=now()),
            total=queries.custody_breaches(session, now=now()),
            **_seeing(),
        )


@bp.get("/enquiries/<reference>")
@act
def stuck(reference: str) -> str:
    """Where it has been, and what the desk can do with it."""
    with reading() as session:
        return _show(session, reference)


@bp.post("/enquiries/<reference>/assign")
@act
def assign(reference: str) -> Answer:
    """To somebody who will move it; the customer is told."""
    form = DeskForm()
    with reading() as session:
        form.to_account.choices = people(session)

    def work(session: Session) -> EnquiryRow:
        return services.assign_from_desk(
            session, actor(), reference, to_account=UUID(form.to_account.data), reason=form.reason.data, version=form.seen(),
            now=now(),
        )  # fmt: skip

    return done(reference, form, work, "The customer is told.")


@bp.post("/enquiries/<reference>/claim")
@act
def claim(reference: str) -> Answer:
    """It is mine from here."""
    form = OnVersion()
    return done(
        reference,
        form,
        lambda session: services.claim(session, actor(), reference, version=form.seen(), now=now()),
    )


@bp.post("/enquiries/<reference>/reroute")
@act
def reroute(reference: str) -> Answer:
    """Into the queue where it belongs."""
    form = RerouteForm(prefix="reroute-")
    with reading() as session:
        form.queue.choices = listed_queues(session)

    def work(session: Session) -> EnquiryRow:
        return services.reroute(
            session, actor(), reference, queue=form.queue.data, reason=form.reason.data, version=form.seen(), now=now()
        )

    return done(reference, form, work)


@bp.post("/enquiries/<reference>/escalate")
@act
def escalate(reference: str) -> Answer:
    """To the head of the unit that has it."""
    form = EscalateForm(prefix="escalate-")

    def work(session: Session) -> EnquiryRow:
        return services.escalate(session, actor(), reference, reason=form.reason.data, version=form.seen(), now=now())

    return done(reference, form, work, "The head of the unit gets an e-mail.")


def done(reference: str, form: OnVersion, work: Callable[[Session], EnquiryRow], also: str = "") -> Answer:
    """Back to the enquiry with a word on what happened; with something wrong, its page with the form as it was filled in."""
    row = attempt(form, work)
    if row is None:
        with reading() as session:
            return _show(session, reference, form), 422
    said = gettext(
        "%(reference)s is with %(name)s now.", reference=row.reference, name=row.owner_name or row.queue_name
    )
    notices.success(f"{said} {gettext(also)}".strip())
    return redirect(url_for("console_oversight.stuck", reference=row.reference), 303)


def _show(session: Session, reference: str, tried: OnVersion | None = None) -> str:
    row = enquiries.enquiry(session, actor(), reference)
    fresh: dict[str, Any] = {"formdata": None, "version": row.version}
    forms: dict[str, Any] = {
        "assign": DeskForm(**fresh), "claim": OnVersion(**fresh), "reroute": RerouteForm(prefix="reroute-", **fresh),
        "escalate": EscalateForm(prefix="escalate-", **fresh), "explain": ExplainForm(prefix="explain-", **fresh),
    }  # fmt: skip
    forms["assign"].to_account.choices = people(session)
    forms["reroute"].queue.choices = listed_queues(session)
    for name, form in forms.items():
        if type(form) is type(tried):
            forms[name] = tried
    return render_template(
        "agent_console/stuck.html",
        row=row,
        forms=forms,
        tried=tried,
        undelivered=queries.stuck_deliveries(session, row.id, now=now()),
        is_open=row.state in OPEN,
        mine=row.owner_id == actor().account_id,
        places=enquiries.places(session, actor(), row.reference),
        entries=enquiries.entries(session, actor(), row.reference),
        now=now(),
    )


def listed_queues(session: Session) -> list[tuple[str, str]]:
    """What an enquiry can be re-routed to."""
    return [("", gettext("Choose a queue")), *((queue.slug, queue.name) for queue in organisation.queues(session))]


def _seeing() -> dict[str, bool]:
    """What of the lists whoever looks may open."""
    who = actor()
    acts = may(who, Permission.OVERSIGHT_ACT, Permission.ENQUIRIES_ASSIGN)
    return {"sees": acts and may(who, Permission.ENQUIRIES_VIEW), "organises": may(who, Permission.ORGANISATION_MANAGE)}
