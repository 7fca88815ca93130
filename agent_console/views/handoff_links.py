"""Answering by the link in an e-mail: outside sign-in, for one handoff, with what is needed and no more.

Looking changes nothing, so a mail system that opens every link does no harm: each step is a form that is sent.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.enquiries import OnVersion
from agent_console.forms.handoffs import CompleteForm, DeclineForm, ReturnForm
from agent_console.views.trying import attempt
from app.enquiries.enums import Disposition
from app.handoffs import queries, services
from app.handoffs.enums import HandoffState
from app.handoffs.rows import HandoffRow
from app.handoffs.services.links import Bearer
from app.kernel.actors import Actor
from app.kernel.errors import NotFound
from app.kernel.i18n import N_
from app.organisation import queries as organisation
from app.web import notices
from app.web.access import public
from app.web.context import now, reading
from app.web.i18n import gettext

bp = Blueprint("handoff_links", __name__, url_prefix="/handoff")
H = HandoffState
Step = Callable[[Session, Actor, UUID, Any], HandoffRow]


def _accept(session: Session, actor: Actor, key: UUID, form: Any) -> HandoffRow:
    return services.accept(session, actor, key, version=form.seen(), now=now())


def _start(session: Session, actor: Actor, key: UUID, form: Any) -> HandoffRow:
    return services.start(session, actor, key, version=form.seen(), now=now())


def _decline(session: Session, actor: Actor, key: UUID, form: Any) -> HandoffRow:
    given = {"reason": form.reason.data, "suggested_unit": form.suggested_unit.data}
    return services.decline(session, actor, key, **given, version=form.seen(), now=now())


def _return(session: Session, actor: Actor, key: UUID, form: Any) -> HandoffRow:
    return services.return_to_sender(session, actor, key, missing=form.missing.data, version=form.seen(), now=now())


def _complete(session: Session, actor: Actor, key: UUID, form: Any) -> HandoffRow:
    disposition = Disposition(form.disposition.data)
    return services.complete(
        session, actor, key, text=form.text.data, disposition=disposition, version=form.seen(), now=now()
    )


STEPS: dict[str, tuple[str, type[OnVersion], HandoffState, Step]] = {
    "accept": (N_("Accept"), OnVersion, H.ACCEPTED, _accept),
    "start": (N_("Start work"), OnVersion, H.IN_WORK, _start),
    "complete": (N_("Complete"), CompleteForm, H.COMPLETED, _complete),
    "decline": (N_("Decline"), DeclineForm, H.DECLINED, _decline),
    "return": (N_("Send back: something is missing"), ReturnForm, H.RETURNED, _return),
}


@bp.get("/<token>")
@public
def look(token: str) -> str:
    """What is to be done, and the ways to answer. Nothing happens by looking."""
    with reading() as session:
        return _page(session, token, services.bearer(session, token, now=now()))


@bp.post("/<token>/<name>")
@public
def step(token: str, name: str) -> str | Response | tuple[str, int]:
    if name not in STEPS:
        raise NotFound
    _, kind, _, run = STEPS[name]
    with reading() as session:
        bearer = services.bearer(session, token, now=now())
        form = _form(session, kind(prefix=f"{name}-"))
    if attempt(form, lambda session: run(session, bearer.actor, bearer.handoff_id, form)) is None:
        with reading() as session:
            return _page(session, token, bearer, tried=name, form=form), 422
    notices.success(gettext("Thank you. Whoever sent it knows"))
    return redirect(url_for(".look", token=token), 303)


def _page(session: Session, token: str, bearer: Bearer, tried: str = "", form: OnVersion | None = None) -> str:
    row = queries.handoff_for(session, bearer.handoff_id)
    steps = [
        (name, title, form if form is not None and tried == name else _form(
            session, kind(prefix=f"{name}-", formdata=None, version=row.version)
        ))
        for name, (title, kind, becomes, _) in STEPS.items()
        if bearer.open and becomes in row.allowed
    ]  # fmt: skip
    return render_template(
        "agent_console/handoff_link.html", row=row, steps=steps, tried=tried, form=form, token=token, open=bearer.open
    )


def _form(session: Session, form: OnVersion) -> OnVersion:
    if isinstance(form, DeclineForm):
        named = [(unit.slug, gettext(unit.name)) for unit in organisation.units(session)]
        form.suggested_unit.choices = [("", gettext("Choose a unit")), *named]
    return form
