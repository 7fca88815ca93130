"""Several enquiries of a list at once: choose, say what is to happen, see what was done and what was refused, and undo it."""

import re
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.enquiries import DeskForm, OnVersion
from agent_console.forms.oversight import EscalateForm, RerouteForm
from agent_console.views.enquiry_choices import people
from agent_console.views.oversight import act, listed_queues
from agent_console.views.trying import attempt
from app.kernel.errors import NotFound
from app.kernel.paging import LARGEST
from app.oversight import queries, services
from app.oversight.enums import DeskAct, DeskList
from app.oversight.rows import BatchRow
from app.oversight.services import Wanted
from app.web import notices
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext, ngettext

bp = Blueprint("console_many", __name__, url_prefix="/console/oversight")
Answer = str | Response | tuple[str, int]
MARK = re.compile(r"(?P<reference>[0-9A-Z-]{1,20})\.(?P<version>\d{1,9})")
"""As the boxes of a list say which enquiry is meant, and how far it was when it was shown."""
FORMS: dict[DeskAct, type[OnVersion]] = {
    DeskAct.CLAIM: OnVersion, DeskAct.ASSIGN: DeskForm, DeskAct.REROUTE: RerouteForm, DeskAct.ESCALATE: EscalateForm,
}  # fmt: skip


@bp.get("/lists/<name>/some")
@act
def some(name: str) -> Answer:
    """What is to happen with those chosen."""
    which = _list(name)
    marks = _wrong(chosen := _chosen())
    if marks:
        notices.problem(marks)
        return redirect(url_for("console_oversight.listing", name=name), 303)
    with reading() as session:
        return _page(session, which, chosen)


@bp.post("/lists/<name>/some/<act_name>")
@act
def do(name: str, act_name: str) -> Answer:
    """Do it to each of them, and tell what became of each."""
    which = _list(name)
    if act_name not in set(DeskAct):
        raise NotFound
    wanted, chosen = DeskAct(act_name), _chosen()
    wrong = _wrong(chosen)
    if wrong:
        notices.problem(wrong)
        return redirect(url_for("console_oversight.listing", name=name), 303)
    form: Any = FORMS[wanted](prefix=f"{wanted.value}-")
    with reading() as session:
        _offer(session, form)

    def work(session: Session) -> BatchRow:
        given: dict[str, Any] = {}
        if wanted is DeskAct.ASSIGN:
            given["to_account"] = UUID(form.to_account.data)
        if wanted is DeskAct.REROUTE:
            given["queue"] = form.queue.data
        reason = "" if wanted is DeskAct.CLAIM else form.reason.data
        return services.act_on_many(session, actor(), wanted, chosen, which=which, reason=reason, **given, now=now())

    made = attempt(form, work)
    if made is None:
        with reading() as session:
            return _page(session, which, chosen, wanted, form), 422
    return redirect(url_for(".batch", batch_id=made.id), 303)


@bp.get("/batches/<uuid:batch_id>")
@act
def batch(batch_id: UUID) -> str:
    """What was done, what was refused and why, and the way back."""
    with reading() as session:
        return render_template("agent_console/oversight_batch.html", row=queries.batch(session, batch_id))


@bp.post("/batches/<uuid:batch_id>/undo")
@act
def undo(batch_id: UUID) -> Response:
    """Put back what nobody has touched since."""
    with transaction() as session:
        row = services.undo(session, actor(), batch_id, now=now())
    back = sum(bool(line.back) for line in row.lines)
    notices.success(
        ngettext("%(num)d enquiry is back where it was", "%(num)d enquiries are back where they were", back)
    )
    return redirect(url_for(".batch", batch_id=batch_id), 303)


def _list(name: str) -> DeskList:
    if name not in set(DeskList):
        raise NotFound
    return DeskList(name)


def _chosen() -> list[Wanted]:
    """The boxes that were ticked; “all on this page” brings all of them in one."""
    every = request.values.get("every", "").split(",") if request.values.get("every") else []
    found = (MARK.fullmatch(mark) for mark in every or request.values.getlist("chosen"))
    return [Wanted(match["reference"], int(match["version"])) for match in found if match]


def _wrong(chosen: list[Wanted]) -> str:
    if not chosen:
        return gettext("Choose at least one enquiry")
    return gettext("Choose one page of enquiries at most") if len(chosen) > LARGEST else ""


def _page(
    session: Session, which: DeskList, chosen: list[Wanted], tried_act: DeskAct | None = None, tried: Any = None
) -> str:
    forms: dict[DeskAct, Any] = {name: kind(prefix=f"{name.value}-", formdata=None) for name, kind in FORMS.items()}
    for form in forms.values():
        _offer(session, form)
    if tried_act is not None:
        forms[tried_act] = tried
    return render_template(
        "agent_console/oversight_some.html",
        which=which,
        rows=queries.chosen(session, [each.reference for each in chosen]),
        marks=[f"{each.reference}.{each.version}" for each in chosen],
        forms={name.value: form for name, form in forms.items()},
        tried=tried,
        now=now(),
    )


def _offer(session: Session, form: Any) -> None:
    """Fill in what can be chosen from."""
    if isinstance(form, DeskForm):
        form.to_account.choices = people(session)
    if isinstance(form, RerouteForm):
        form.queue.choices = listed_queues(session)
