"""Requests of people about their own data: the list, one request, and what is done with it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from agent_console.forms.rights import (
    AddressForm,
    CorrectionForm,
    ExtendForm,
    IdentityForm,
    NewRequestForm,
    PackageForm,
    ReasonForm,
    RecordForm,
    SourceAnswerForm,
)
from agent_console.views.trying import attempt
from agent_console.wording_rights import CORRECTION_COLOURS, EVENTS, PACKAGE_COLOURS, STATE_COLOURS, STATES
from app.accounts.policy import Permission
from app.customers import queries as customers
from app.customers.queries import LABELS
from app.kernel.errors import NotFound
from app.rights import queries, services
from app.rights.enums import AskedBy, RightKind
from app.rights.rows import RequestRow
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading, runtime, transaction
from app.web.downloads import send_parts
from app.web.forms import Form
from app.web.i18n import gettext

bp = Blueprint("console_rights", __name__, url_prefix="/console/rights")
Answer = str | AnyResponse | tuple[str, int]
HANDLE = Permission.RIGHTS_HANDLE


@bp.get("")
@staff(HANDLE)
def listing() -> str:
    """What is due first is at the top."""
    everything = request.args.get("show") == "all"
    with reading() as session:
        page = queries.requests(session, paging.wanted(), open_only=not everything, now=now())
        late = queries.overdue_count(session, now())
    return render_template(
        "agent_console/rights.html", page=page, everything=everything, late=late, colours=STATE_COLOURS, states=STATES
    )


@bp.get("/new")
@staff(HANDLE)
def blank() -> Answer:
    return render_template("agent_console/rights_new.html", form=NewRequestForm(formdata=None))


@bp.post("/new")
@staff(HANDLE)
def write_down() -> Answer:
    form = NewRequestForm()
    made = attempt(
        form,
        lambda session: services.write_down(
            session, actor(), RightKind(form.kind.data), AskedBy(form.asked_by.data), name=form.name.data or "",
            email=form.email.data or "", said=form.said.data or "", now=now(),
        ),
    )  # fmt: skip
    if made is None:
        return render_template("agent_console/rights_new.html", form=form), 422
    return redirect(url_for("console_rights.one", request_id=made), 303)


@bp.get("/<uuid:request_id>")
@staff(HANDLE)
def one(request_id: UUID) -> Answer:
    with reading() as session:
        row = queries.request(session, request_id, now=now())
        erasure = queries.erasure_of(session, request_id)
    return render_template(
        "agent_console/right.html", row=row, erasure=erasure, labels=LABELS, events=EVENTS, states=STATES, state_colours=STATE_COLOURS,
        package_colours=PACKAGE_COLOURS, correction_colours=CORRECTION_COLOURS,
        being_made=any(made.state.value in {"queued", "making"} for made in row.packages),
    )  # fmt: skip


@bp.post("/<uuid:request_id>/take")
@staff(HANDLE)
def take(request_id: UUID) -> Answer:
    with transaction() as session:
        services.take(session, actor(), request_id, now=now())
    notices.success(gettext("It is yours"))
    return _back(request_id)


STEPS: dict[str, tuple[type[Form], Any, Any]] = {}
"""Step → its form, its heading and what it does; each is a page of its own."""


@bp.get("/<uuid:request_id>/<step>")
@staff(HANDLE)
def ask_step(request_id: UUID, step: str) -> Answer:
    form_class, _, _ = _step(step)
    return _show_step(request_id, step, form_class(formdata=None))


@bp.post("/<uuid:request_id>/<step>")
@staff(HANDLE)
def do_step(request_id: UUID, step: str) -> Answer:
    form_class, _, work = _step(step)
    form = form_class()
    _fill(form, _row(request_id))
    if attempt(form, lambda session: work(session, request_id, form) or True) is None:
        return _show_step(request_id, step, form, 422)
    notices.success(gettext("Saved"))
    return _back(request_id)


@bp.post("/<uuid:request_id>/records/<uuid:source_record_id>/drop")
@staff(HANDLE)
def drop(request_id: UUID, source_record_id: UUID) -> Answer:
    with transaction() as session:
        reason = gettext("Taken out by whoever handles the request")
        services.drop_record(session, actor(), request_id, source_record_id, reason=reason, now=now())
    notices.success(gettext("The record no longer counts as theirs"))
    return _back(request_id)


@bp.post("/<uuid:request_id>/addresses/drop")
@staff(HANDLE)
def drop_address(request_id: UUID) -> Answer:
    """The address comes in the form: it is never in ours."""
    with transaction() as session:
        services.drop_address(session, actor(), request_id, request.form.get("address", ""), now=now())
    notices.success(gettext("It no longer counts as theirs"))
    return _back(request_id)


@bp.get("/corrections/<uuid:correction_id>")
@staff(HANDLE)
def ask_answer(correction_id: UUID) -> Answer:
    return _show_answer(correction_id, SourceAnswerForm(formdata=None))


@bp.post("/corrections/<uuid:correction_id>")
@staff(HANDLE)
def answer(correction_id: UUID) -> Answer:
    """Write down what the source says."""
    form = SourceAnswerForm()
    done = attempt(
        form,
        lambda session: services.source_answered(
            session, actor(), correction_id, accepted=form.accepted.data == "yes", answer=form.answer.data or "", now=now()
        )
        or True,
    )  # fmt: skip
    if done is None:
        return _show_answer(correction_id, form, 422)
    notices.success(gettext("Saved"))
    with reading() as session:
        return _back(queries.correction(session, correction_id, now=now()).request_id)


@bp.post("/corrections/<uuid:correction_id>/pin")
@staff(HANDLE)
def lift_pin(correction_id: UUID) -> Answer:
    """The source says it itself: the rules decide again."""
    with transaction() as session:
        services.lift_pin(session, actor(), correction_id, now=now())
        request_id = queries.correction(session, correction_id, now=now()).request_id
    notices.success(gettext("The pin is lifted"))
    return _back(request_id)


@bp.get("/packages/<uuid:package_id>")
@staff(HANDLE)
def download(package_id: UUID) -> Response:
    """The copy, to be handed over. It is noted who had it."""
    with transaction() as session:
        row = services.download(session, actor(), package_id, now=now())
        reference = queries.request(session, row.request_id, now=now()).reference
    return send_parts(queries.package_bytes(runtime().database, package_id), f"{reference}.zip", row.size)


def _show_step(request_id: UUID, step: str, form: Form, status: int = 200) -> Answer:
    row = _row(request_id)
    _fill(form, row)
    _, heading, _ = _step(step)
    page = render_template(
        "agent_console/right_step.html", row=row, form=form, heading=heading, step=step, labels=LABELS
    )
    return page, status


def _show_answer(correction_id: UUID, form: SourceAnswerForm, status: int = 200) -> Answer:
    with reading() as session:
        correction = queries.correction(session, correction_id, now=now())
    return render_template("agent_console/right_answer.html", form=form, correction=correction, labels=LABELS), status


def _fill(form: Form, row: RequestRow) -> None:
    """What can be chosen depends on the request."""
    if isinstance(form, RecordForm):
        with reading() as session:
            form.source.choices = [
                ("", gettext("Choose")),
                *((one.slug, one.name) for one in customers.sources(session, now=now())),
            ]
    if isinstance(form, CorrectionForm):
        held = [line for line in row.records if line.there]
        form.record.choices = [(str(line.source_record_id), f"{line.source_name}, {line.source_key}") for line in held]
        if len(held) == 1:
            form.record.data = str(held[0].source_record_id)
    if isinstance(form, PackageForm) and not row.restricted:
        del form.by_hand_reason, form.with_address


def _row(request_id: UUID) -> RequestRow:
    with reading() as session:
        return queries.request(session, request_id, now=now())


def _step(step: str) -> tuple[type[Form], Any, Callable[[Session, UUID, Any], object]]:
    if step not in STEPS:
        raise NotFound
    return STEPS[step]


def _back(request_id: UUID) -> AnyResponse:
    return redirect(url_for("console_rights.one", request_id=request_id), 303)


def _identity(session: Session, request_id: UUID, form: IdentityForm) -> None:
    services.show_identity(
        session, actor(), request_id, how=form.how.data or "", account_email=form.account_email.data or "", now=now()
    )


def _record(session: Session, request_id: UUID, form: RecordForm) -> None:
    services.add_record(
        session,
        actor(),
        request_id,
        form.source.data or "",
        form.key.data or "",
        reason=form.reason.data or "",
        now=now(),
    )


def _address(session: Session, request_id: UUID, form: AddressForm) -> None:
    services.add_address(
        session, actor(), request_id, form.address.data or "", reason=form.reason.data or "", now=now()
    )


def _extend(session: Session, request_id: UUID, form: ExtendForm) -> None:
    services.extend(
        session, actor(), request_id, months=int(form.months.data or 0), reason=form.reason.data or "", now=now()
    )


def _refuse(session: Session, request_id: UUID, form: ReasonForm) -> None:
    services.refuse(session, actor(), request_id, reason=form.reason.data or "", now=now())


def _meet(session: Session, request_id: UUID, form: ReasonForm) -> None:
    services.meet(session, actor(), request_id, answer=form.reason.data or "", now=now())


def _package(session: Session, request_id: UUID, form: PackageForm) -> None:
    by_hand = form.by_hand_reason.data if "by_hand_reason" in form else ""
    address = bool(form.with_address.data) if "with_address" in form else False
    services.ask_package(session, actor(), request_id, by_hand_reason=by_hand or "", with_address=address, now=now())


def _correct(session: Session, request_id: UUID, form: CorrectionForm) -> None:
    services.correct(
        session, actor(), request_id, UUID(form.record.data), form.attribute.data or "", should_say=form.should_say.data or "",
        reason=form.reason.data or "", pin=bool(form.pin.data), now=now(),
    )  # fmt: skip


STEPS |= {
    "identity": (IdentityForm, "Who they are", _identity),
    "record": (RecordForm, "Add a record", _record),
    "address": (AddressForm, "Add an address or number", _address),
    "extend": (ExtendForm, "More time", _extend),
    "refuse": (ReasonForm, "Refuse", _refuse),
    "answer": (ReasonForm, "It is done", _meet),
    "copy": (PackageForm, "Put a copy together", _package),
    "correct": (CorrectionForm, "Put a value right", _correct),
}
