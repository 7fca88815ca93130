"""The handoff inbox of a service: what is offered to us, what we have accepted, and what I sent to others."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.enquiries import OnVersion
from agent_console.forms.handoffs import CompleteForm, DeclineForm, RecallForm, ReturnForm
from agent_console.views.trying import attempt
from app.accounts.policy import Permission, may
from app.enquiries.enums import Disposition
from app.handoffs import queries, services
from app.handoffs.enums import HandoffState
from app.handoffs.policy import OPEN
from app.handoffs.rows import HandoffRow
from app.kernel.errors import NotFound
from app.kernel.i18n import N_
from app.organisation import queries as organisation
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("console_handoffs", __name__, url_prefix="/console/handoffs")
H = HandoffState
Step = Callable[[Session, UUID, Any], HandoffRow]


def _plain(verb: Callable[..., HandoffRow], **fields: Callable[[Any], object]) -> Step:
    def run(session: Session, handoff_id: UUID, form: Any) -> HandoffRow:
        given = {name: read(form) for name, read in fields.items()}
        return verb(session, actor(), handoff_id, version=form.seen(), now=now(), **given)

    return run


STEPS: dict[str, tuple[str, type[OnVersion], HandoffState, Step, str]] = {
    "accept": (N_("Accept"), OnVersion, H.ACCEPTED, _plain(services.accept), N_("Accepted. The customer is told that you have it")),
    "start": (N_("Start work"), OnVersion, H.IN_WORK, _plain(services.start), N_("You are working on it")),
    "complete": (
        N_("Complete"), CompleteForm, H.COMPLETED,
        _plain(services.complete, text=lambda form: form.text.data, disposition=lambda form: Disposition(form.disposition.data)),
        N_("Completed. The customer is told"),
    ),
    "decline": (
        N_("Decline"), DeclineForm, H.DECLINED,
        _plain(
            services.decline, reason=lambda form: form.reason.data, suggested_unit=lambda form: form.suggested_unit.data
        ),
        N_("Declined. It is back with the sender"),
    ),
    "return": (
        N_("Send back: something is missing"), ReturnForm, H.RETURNED,
        _plain(services.return_to_sender, missing=lambda form: form.missing.data), N_("It is back with the sender"),
    ),
    "recall": (
        N_("Take it back"), RecallForm, H.RECALLED, _plain(services.recall, reason=lambda form: form.reason.data),
        N_("You have it again"),
    ),
    "confirm": (N_("Confirm that you have seen how it ended"), OnVersion, H.CONFIRMED, _plain(services.confirm), N_("Confirmed")),
}  # fmt: skip
OF_THE_SENDER = frozenset({"recall", "confirm"})


SHOWN = ("inbox", "mine", "late", "sent")


@bp.get("")
@staff(Permission.HANDOFFS_VIEW)
def inbox() -> str:
    """What waits for my units, all of it, mine, or what is late; or with `?show=sent` what I sent."""
    show = request.args.get("show") if request.args.get("show") in SHOWN else "inbox"
    state = H(request.args["state"]) if request.args.get("state") in {*OPEN} else None
    service = request.args.get("service", "")
    with reading() as session:
        if show == "sent":
            page = queries.sent(session, actor(), page=paging.wanted())
        else:
            page = queries.inbox(
                session, actor(), state=state, service=service, mine=show == "mine", late=now() if show == "late" else None,
                page=paging.wanted(),
            )  # fmt: skip
        named = queries.services_in(session, actor())
    return render_template(
        "agent_console/handoffs.html", page=page, show=show, state=state, states=sorted(OPEN), service=service,
        services=named, now=now(),
    )  # fmt: skip


@bp.post("/<uuid:handoff_id>/claim")
@staff(Permission.HANDOFFS_WORK)
def claim(handoff_id: UUID) -> Response:
    """I look at this one; or not any more."""
    with transaction() as session:
        row = services.claim(session, actor(), handoff_id, now=now())
    mine = row.claimed_by_id == actor().account_id
    notices.success(gettext("Your colleagues see that you look at it") if mine else gettext("It is free again"))
    return redirect(url_for("console_handoffs.one", handoff_id=handoff_id), 303)


@bp.get("/<uuid:handoff_id>")
@staff(Permission.HANDOFFS_VIEW)
def one(handoff_id: UUID) -> str:
    with reading() as session:
        return _show(session, queries.handoff(session, actor(), handoff_id))


@bp.post("/<uuid:handoff_id>/<name>")
@staff(Permission.HANDOFFS_WORK, Permission.HANDOFFS_OFFER)
def step(handoff_id: UUID, name: str) -> str | Response | tuple[str, int]:
    """Accept, decline, start, complete, send back; or as the sender take back and confirm."""
    if name not in STEPS:
        raise NotFound
    _, _, _, run, done = STEPS[name]
    with reading() as session:
        row = queries.handoff(session, actor(), handoff_id)
        form = _form(session, name, row)
    if attempt(form, lambda session: run(session, handoff_id, form)) is None:
        with reading() as session:
            return _show(session, row, tried=name, form=form), 422
    notices.success(gettext(done))
    return redirect(url_for("console_handoffs.one", handoff_id=handoff_id), 303)


def _show(session: Session, row: HandoffRow, tried: str = "", form: OnVersion | None = None) -> str:
    steps = [
        (name, STEPS[name][0], form if form is not None and name == tried else _form(session, name, row, fresh=True))
        for name in STEPS
        if _fits(session, name, row)
    ]
    claimable = row.state in OPEN and _works_here(session, row)
    return render_template(
        "agent_console/handoff.html", row=row, steps=steps, tried=tried, form=form, claimable=claimable, now=now()
    )


def _fits(session: Session, name: str, row: HandoffRow) -> bool:
    who = actor()
    if STEPS[name][2] not in row.allowed:
        return False
    if name in OF_THE_SENDER:
        return row.sender_id == who.account_id
    return _works_here(session, row)


def _works_here(session: Session, row: HandoffRow) -> bool:
    who = actor()
    units = organisation.units_of(session, who.account_id) if who.account_id else ()
    return may(who, Permission.HANDOFFS_WORK) and row.unit_id in {unit.id for unit in units}


def _form(session: Session, name: str, row: HandoffRow, *, fresh: bool = False) -> OnVersion:
    options = {"formdata": None, "version": row.version} if fresh else {}
    form = STEPS[name][1](prefix=f"{name}-", **options)
    if isinstance(form, DeclineForm):
        units = [unit for unit in organisation.units(session) if unit.id != row.unit_id]
        form.suggested_unit.choices = [
            ("", gettext("Choose a unit")),
            *((unit.slug, gettext(unit.name)) for unit in units),
        ]
    return form
