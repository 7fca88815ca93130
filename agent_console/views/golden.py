"""A golden record's past, and what stewards do with it: merge, unmerge, pin."""

import re
from datetime import UTC, datetime, time
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.golden import DayForm, MergeForm, OtherForm, PinForm, ReasonForm, UnmergeForm
from agent_console.views.trying import attempt
from agent_console.wording_customers import PURPOSES
from app.accounts.policy import Permission
from app.customers import queries, services
from app.customers.queries import LABELS
from app.kernel.clock import LONDON, london_date
from app.kernel.errors import NotFound
from app.kernel.paging import Page
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("console_golden", __name__, url_prefix="/console/customers/<uuid:golden_id>")
Answer = str | Response | tuple[str, int]
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@bp.get("/history")
@staff(Permission.CUSTOMERS_VIEW)
def history(golden_id: UUID) -> str:
    """All that has changed a customer, and what was known on a day."""
    form = DayForm(request.args)
    day = form.on.data if "on" in request.args and form.validate() and form.on.data else london_date(now())
    at = datetime.combine(day, time.max, LONDON).astimezone(UTC)
    with transaction() as session:
        then, story = services.look_back(session, actor(), golden_id, purpose=_why(), at=at, now=now())
    asked = paging.wanted()
    start = (asked.number - 1) * asked.size
    return render_template(
        "agent_console/golden_history.html",
        golden_id=golden_id,
        then=then,
        page=Page(tuple(story[start : start + asked.size]), len(story), asked.number, asked.size),
        form=form,
        day=day,
        purpose=_purpose(),
    )


@bp.get("/pins")
@staff(Permission.STEWARDSHIP_DECIDE)
def pins(golden_id: UUID) -> Answer:
    return _show_pins(golden_id, None)


@bp.post("/pins")
@staff(Permission.STEWARDSHIP_DECIDE)
def pin(golden_id: UUID) -> Answer:
    """Pin a typed value, or the value of a record."""
    with transaction() as session:
        form = _pin_form(session, golden_id)
    record = UUID(form.record.data) if _ID.fullmatch(form.record.data or "") else None
    made = attempt(
        form,
        lambda session: services.pin(
            session, actor(), golden_id, form.attribute.data, value=None if record else form.value.data or "",
            source_record_id=record, reason=form.reason.data or "", now=now(),
        ),
    )  # fmt: skip
    if made is None:
        return _show_pins(golden_id, form), 422
    notices.success(gettext("Pinned. The rules no longer decide about this value"))
    return redirect(url_for("console_golden.pins", golden_id=golden_id), 303)


@bp.post("/pins/<uuid:pin_id>/lift")
@staff(Permission.STEWARDSHIP_DECIDE)
def lift(golden_id: UUID, pin_id: UUID) -> Answer:
    form = ReasonForm()
    if attempt(form, lambda session: _lifted(session, pin_id, form)) is None:
        return _show_pins(golden_id, None, lifting=form), 422
    notices.success(gettext("Lifted. The rules decide again"))
    return redirect(url_for("console_golden.pins", golden_id=golden_id), 303)


@bp.get("/merge")
@staff(Permission.STEWARDSHIP_DECIDE)
def merge(golden_id: UUID) -> Answer:
    """Which other customer is the same, then what merging them touches."""
    if "other" not in request.args:
        with reading() as session:
            queries.resolve(session, golden_id)
        return render_template("agent_console/golden_other.html", golden_id=golden_id, form=OtherForm())
    form = OtherForm(request.args, meta={"csrf": False})
    with transaction() as session:
        found = _named(session, request.args["other"])
        if found is None:
            form.validate()
            form.problem("other", gettext("There is no customer with this page or identifier"))
            return render_template("agent_console/golden_other.html", golden_id=golden_id, form=form), 422
    return _show_merge(golden_id, found)


@bp.post("/merge/<uuid:other_id>")
@staff(Permission.STEWARDSHIP_DECIDE)
def merged(golden_id: UUID, other_id: UUID) -> Answer:
    with transaction() as session:
        form = MergeForm.settling(queries.blast_radius(session, golden_id, other_id))
    seen = (request.form.get("kept_revision", -1, int), request.form.get("gone_revision", -1, int))
    made = attempt(
        form,
        lambda session: services.merge(
            session,
            actor(),
            golden_id,
            other_id,
            reason=form.reason.data or "",
            revisions=seen,
            settled=form.settled(),
            now=now(),
        ),
    )
    if made is None:
        return _show_merge(golden_id, other_id, form)
    notices.success(gettext("Merged. You can take it back at any time from the customer's pins and merges"))
    return redirect(url_for("console_customer.page", golden_id=made.kept_id, purpose="quality"), 303)


@bp.get("/unmerge/<uuid:merge_id>")
@staff(Permission.STEWARDSHIP_DECIDE)
def unmerge(golden_id: UUID, merge_id: UUID) -> Answer:
    return _show_unmerge(golden_id, merge_id, None)


@bp.post("/unmerge/<uuid:merge_id>")
@staff(Permission.STEWARDSHIP_DECIDE)
def unmerged(golden_id: UUID, merge_id: UUID) -> Answer:
    with transaction() as session:
        plan = queries.unmerge_plan(session, merge_id)
    form = UnmergeForm.asking(plan)
    told = {doubt.account_id: field.data or "" for doubt, field in zip(plan.doubts, form.questions(), strict=True)}
    made = attempt(
        form,
        lambda session: services.unmerge(
            session, actor(), merge_id, reason=form.reason.data or "", accounts=told, now=now()
        ),
    )
    if made is None:
        return _show_unmerge(golden_id, merge_id, form)
    notices.success(gettext("Taken back. Both customers are what they were"))
    return redirect(url_for("console_customer.page", golden_id=made.gone_id, purpose="quality"), 303)


def _show_pins(golden_id: UUID, form: PinForm | None, lifting: ReasonForm | None = None) -> str:
    with transaction() as session:
        current = queries.resolve(session, golden_id)
        restricted = services.note_look(session, actor(), current, purpose=_why("quality"), now=now())
        records = queries.source_records_of_golden(session, current)
        return render_template(
            "agent_console/golden_pins.html",
            golden_id=current,
            restricted=restricted,
            pins=() if restricted else queries.pins_of(session, records),
            merges=queries.merges_of(session, current),
            form=form or _pin_form(session, current, fresh=True),
            lifting=lifting or ReasonForm(formdata=None),
        )


def _lifted(session: Session, pin_id: UUID, form: ReasonForm) -> bool:
    services.lift_pin(session, actor(), pin_id, reason=form.reason.data or "", now=now())
    return True


def _pin_form(session: Session, golden_id: UUID, *, fresh: bool = False) -> PinForm:
    form = PinForm(formdata=None) if fresh else PinForm()
    people = queries.people(session, queries.source_records_of_golden(session, golden_id)).values()
    form.record.choices = [("", gettext("No record: the value below"))] + [
        (
            str(one.source_record_id),
            gettext(one.source_name) if one.restricted else f"{gettext(one.source_name)}, {one.source_key}",
        )
        for one in people
    ]
    return form


def _show_merge(golden_id: UUID, other_id: UUID, form: MergeForm | None = None) -> Answer:
    with transaction() as session:
        for one in (golden_id, other_id):
            services.note_look(session, actor(), one, purpose=_why("quality"), now=now())
        seen = queries.blast_radius(session, golden_id, other_id)
        shown = form or MergeForm.settling(seen)
        page = render_template(
            "agent_console/golden_merge.html",
            golden_id=golden_id,
            other_id=other_id,
            seen=seen,
            form=shown,
            labels=LABELS,
        )
    return page, 422 if form else 200


def _show_unmerge(golden_id: UUID, merge_id: UUID, form: UnmergeForm | None) -> Answer:
    with transaction() as session:
        services.note_look(session, actor(), golden_id, purpose=_why("quality"), now=now())
        plan = queries.unmerge_plan(session, merge_id)
        shown = form or UnmergeForm.asking(plan)
        page = render_template("agent_console/golden_unmerge.html", golden_id=golden_id, plan=plan, form=shown)
    return page, 422 if form else 200


def _named(session: Session, typed: str) -> UUID | None:
    """A customer by the address of their page, or by a source's identifier."""
    given = _ID.search(typed)
    if given:
        try:
            return queries.resolve(session, UUID(given.group()))
        except NotFound:
            return None
    for source in queries.sources(session):
        record = queries.record_by_key(session, source.slug, typed)
        found = queries.golden_of_source_record(session, record) if record else None
        if found is not None:
            return found
    return None


def _why(code: str = "") -> str:
    return str(PURPOSES[code or _purpose()])


def _purpose() -> str:
    asked = request.args.get("purpose", "")
    return asked if asked in PURPOSES else "quality"
