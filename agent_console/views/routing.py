"""The routing table: read it, print it, change it, and try it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from agent_console import exports
from agent_console.forms.hours import minutes
from agent_console.forms.routing import RULE_FIELDS, RuleForm, ServiceForm, TrialForm
from app.accounts.policy import Permission
from app.enquiries.enums import Channel
from app.kernel.clock import LONDON, london_date
from app.kernel.errors import Invalid
from app.kernel.i18n import N_
from app.kernel.paging import PageRequest
from app.organisation import queries as organisation
from app.organisation.rows import ServiceRow
from app.routing import queries, services
from app.routing.rows import RuleRow
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("console_routing", __name__, url_prefix="/console/routing")
SHORT_DAYS = {
    "mon": N_("Mon"), "tue": N_("Tue"), "wed": N_("Wed"), "thu": N_("Thu"), "fri": N_("Fri"), "sat": N_("Sat"), "sun": N_("Sun"),
}  # fmt: skip
HEADINGS = (
    N_("Service"), N_("Channel"), N_("Area"), N_("Language"), N_("Need"), N_("Queue"), N_("Focal point"), N_("Hours"),
    N_("Cover"), N_("Used"), N_("May be out of date"),
)  # fmt: skip
organiser = staff(Permission.ORGANISATION_MANAGE)
looker = staff(Permission.ORGANISATION_MANAGE, Permission.OVERSIGHT_VIEW)


@bp.get("")
@looker
def table() -> str:
    """The whole table, with what may be out of date in it."""
    return _table("agent_console/routing.html")


@bp.get("/print")
@looker
def printed() -> str:
    """The same on paper: no menu, no forms, and the day on which it was so."""
    return _table("agent_console/routing_print.html")


@bp.get("/table.<form>")
@looker
def file(form: str) -> Response:
    """The same to take away."""
    with reading() as session:
        rows = queries.rules(session, now=now())
    headings = [gettext(text) for text in HEADINGS]
    return exports.table(form, "routing-table", headings, [_cells(row) for row in rows])


@bp.get("/try")
@looker
def trial() -> ResponseReturnValue:
    """Where would this go, and why? Nothing is sent."""
    asked = MultiDict(request.args)
    form = TrialForm(asked or None, service="", channel=Channel.PHONE.value, language="en")
    with reading() as session:
        form.offer(organisation.catalogue(session))
        found = None
        if asked and form.validate():
            at = _moment(form)
            if not form.errors:
                found = queries.try_it(
                    session, form.service.data, Channel(form.channel.data), at=at, language=form.language.data,
                    postcode=form.postcode.data or "", ward=form.ward.data or "", answers=_answers(session, form.service.data),
                )  # fmt: skip
        questions = _choosable(session, form.service.data) if asked else ()
    page = render_template("agent_console/routing_try.html", form=form, trial=found, questions=questions)
    return page if found or not asked else (page, 422)


@bp.get("/trouble")
@looker
def trouble() -> str:
    """What no rule could place."""
    with reading() as session:
        return render_template("agent_console/routing_trouble.html", page=queries.trouble(session, paging.wanted()))


@bp.get("/new")
@organiser
def new() -> str:
    """First the service, since the needs that can be named are its answers; then the rest."""
    with reading() as session:
        if "service" not in request.args:
            form = ServiceForm()
            form.offer(organisation.catalogue(session))
            return render_template("agent_console/routing_service.html", form=form)
        service = _service(session, request.args["service"])
        return _rule_page(_offered(session, service), service, None)


@bp.post("/new")
@organiser
def enter() -> ResponseReturnValue:
    """Add the line."""
    return _save(request.args.get("service", ""), None)


@bp.get("/<uuid:rule_id>")
@organiser
def edit(rule_id: UUID) -> str:
    with reading() as session:
        card = services.card_of(session, rule_id)
        service = _service(session, card.service)
        form = _offered(session, service)
        form.show(card)
        return _rule_page(form, service, queries.rule(session, rule_id, now=now()))


@bp.post("/<uuid:rule_id>")
@organiser
def change(rule_id: UUID) -> ResponseReturnValue:
    """Rewrite the line."""
    with reading() as session:
        service = services.card_of(session, rule_id).service
    return _save(service, rule_id)


@bp.post("/<uuid:rule_id>/remove")
@organiser
def remove(rule_id: UUID) -> Response:
    """Take the line out."""
    with transaction() as session:
        services.remove_rule(session, actor(), rule_id, now=now())
    notices.success(gettext("The rule is gone. What it placed goes by the next rule that applies."))
    return redirect(url_for("console_routing.table"), 303)


def _save(slug: str, rule_id: UUID | None) -> ResponseReturnValue:
    with reading() as session:
        service = _service(session, slug)
        form = _offered(session, service)
    if form.validate():
        try:
            with transaction() as session:
                _write(session, form, slug, rule_id)
        except Invalid as refused:
            form.refuse(refused, RULE_FIELDS)
    if not form.errors:
        notices.success(gettext("The routing table says so now."))
        return redirect(url_for("console_routing.table"), 303)
    with reading() as session:
        return _rule_page(form, service, queries.rule(session, rule_id, now=now()) if rule_id else None), 422


def _write(session: Session, form: RuleForm, slug: str, rule_id: UUID | None) -> None:
    card = form.card(slug)
    if rule_id is None:
        services.enter_rule(session, actor(), card, now=now())
    else:
        services.change_rule(session, actor(), rule_id, card, now=now())


def _table(template: str) -> str:
    with reading() as session:
        rows = queries.rules(session, now=now())
        troubled = queries.trouble(session, PageRequest(1, 1)).total
    return render_template(
        template, rows=rows, stale=[row for row in rows if row.warnings], hours=_hours, troubled=troubled
    )


def _rule_page(form: RuleForm, service: ServiceRow | None, rule: RuleRow | None) -> str:
    return render_template("agent_console/routing_rule.html", form=form, service=service, rule=rule)


def _offered(session: Session, service: ServiceRow | None) -> RuleForm:
    form = RuleForm()
    form.offer(service, organisation.queues(session), organisation.staff_of_units(session))
    return form


def _service(session: Session, slug: str) -> ServiceRow | None:
    return organisation.service_by_slug(session, slug) if slug else None


def _choosable(session: Session, slug: str | None) -> tuple[Any, ...]:
    """The questions of a service that a rule can ask about."""
    known = {row.slug: row for row in organisation.catalogue(session)}
    return tuple(question for question in known[slug].questions if question.options) if slug in known else ()


def _answers(session: Session, slug: str) -> dict[str, list[str]]:
    """The answers given in the trial."""
    return {question.id: request.args.getlist(f"answer_{question.id}") for question in _choosable(session, slug)}


def _moment(form: TrialForm) -> datetime:
    """The moment asked about, in London; what is left out is now. A mistake is put into the form."""
    day: date = form.day.data or london_date(now())
    try:
        at = minutes(form.time.data) if form.time.data else None
    except ValidationError as error:
        form.problem("time", str(error))
        at = None
    local = now().astimezone(LONDON)
    midnight = datetime.combine(day, time(), LONDON)
    return (midnight + timedelta(minutes=at if at is not None else local.hour * 60 + local.minute)).astimezone(UTC)


def _cells(row: RuleRow) -> tuple[str | int, ...]:
    any_, need = gettext("Any"), ", ".join(gettext(value) for value in row.need_values)
    return (
        gettext(row.service_name) if row.service_name else any_, gettext(row.channel.label) if row.channel else any_,
        row.area or any_, gettext(row.language.label) if row.language else any_,
        f"{gettext(row.need_question)} {need}" if row.need_question else any_, gettext(row.queue_name), row.focal_point,
        _hours(row.hours), gettext(row.cover_name) if row.cover_name else "", row.hits,
        "; ".join(gettext(mark.kind.label, **mark.params) for mark in row.warnings),
    )  # fmt: skip


def _hours(written: Any) -> str:
    """Hours in one line: "mon-fri" would hide a day that differs, so each day is named."""
    if not written:
        return gettext("Always")
    if not isinstance(written, dict):
        return str(written)
    return ", ".join(
        f"{gettext(SHORT_DAYS.get(day, day))} {'-'.join(map(str, times))}" for day, times in written.items()
    )
