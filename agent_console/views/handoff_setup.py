"""How services are reached, what their offers have to hold, what their codes mean; and what declines teach."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.handoffs import ChecklistForm, ConnectionForm, StatusRuleForm
from agent_console.views.trying import attempt
from app.accounts.policy import Permission
from app.handoffs import queries, services
from app.handoffs.enums import Becomes, Enforcement, Reach
from app.organisation import queries as organisation
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading, runtime, transaction
from app.web.i18n import gettext

bp = Blueprint("console_handoff_setup", __name__, url_prefix="/console/handoffs/setup")
organiser = staff(Permission.ORGANISATION_MANAGE)


@bp.get("")
@organiser
def listing() -> str:
    """Every unit and how it is reached; every checklist."""
    with reading() as session:
        return render_template(
            "agent_console/handoff_setup.html",
            connections=queries.connections(session),
            checklists=queries.checklists(session),
        )


@bp.get("/units/<slug>")
@organiser
def unit(slug: str) -> str:
    with reading() as session:
        row = queries.connection(session, slug)
        form = ConnectionForm(
            formdata=None, version=row.version, reach=row.reach.value, email=row.email, open311_url=row.open311_url,
            jurisdiction=row.jurisdiction, codes="\n".join(f"{ours} = {theirs}" for ours, theirs in sorted(row.codes.items())),
        )  # fmt: skip
        return _unit_page(session, slug, form, _rule_form(session, fresh=True))


@bp.post("/units/<slug>")
@organiser
def connect(slug: str) -> Response | tuple[str, int]:
    form = ConnectionForm()

    def work(session: Session) -> bool:
        services.connect(
            session, actor(), unit=slug, reach=Reach(form.reach.data), email=form.email.data or "",
            open311_url=form.open311_url.data or "", open311_key=form.open311_key.data or "",
            jurisdiction=form.jurisdiction.data or "", codes=form.pairs(), settings=runtime().settings, version=form.seen(),
            now=now(),
        )  # fmt: skip
        return True

    if not attempt(form, work):
        with reading() as session:
            return _unit_page(session, slug, form, _rule_form(session, fresh=True)), 422
    return _done(".unit", gettext("Offers to this unit travel like this from now on"), slug=slug)


@bp.post("/units/<slug>/rules")
@organiser
def save_rule(slug: str) -> Response | tuple[str, int]:
    """What a code means; for a code that has a rule, in its place."""
    with reading() as session:
        form = _rule_form(session)

    def work(session: Session) -> UUID:
        return services.save_rule(
            session, actor(), unit=slug, code=form.code.data or "", becomes=Becomes(form.becomes.data or Becomes.NOTHING),
            words=form.words.data or "", suggested_unit=form.suggested_unit.data or None, silent_days=form.days(),
            silent_becomes=Becomes(form.silent_becomes.data) if form.silent_becomes.data else None, now=now(),
        )  # fmt: skip

    if attempt(form, work) is None:
        with reading() as session:
            row = queries.connection(session, slug)
            return _unit_page(
                session, slug, ConnectionForm(formdata=None, version=row.version, reach=row.reach.value), form
            ), 422
    return _done(".unit", gettext("The code is known from now on"), slug=slug)


@bp.post("/units/<slug>/rules/<uuid:rule_id>/drop")
@organiser
def drop_rule(slug: str, rule_id: UUID) -> Response:
    with transaction() as session:
        services.drop_rule(session, actor(), rule_id, now=now())
    return _done(".unit", gettext("The code means nothing here any more"), slug=slug)


@bp.get("/checklists/new")
@organiser
def new_checklist() -> str:
    with reading() as session:
        return render_template("agent_console/handoff_checklist.html", form=_checklist_form(session))


@bp.post("/checklists/new")
@organiser
def save_checklist() -> Response | tuple[str, int]:
    """For a service and unit that have one, in its place."""
    with reading() as session:
        form = _checklist_form(session)

    def work(session: Session) -> UUID:
        return services.save_checklist(
            session, actor(), service=form.service.data, unit=form.unit.data or None,
            required=(form.required.data or "").splitlines(), optional=(form.optional.data or "").splitlines(),
            enforcement=Enforcement(form.enforcement.data), now=now(),
        )  # fmt: skip

    if attempt(form, work) is None:
        return render_template("agent_console/handoff_checklist.html", form=form), 422
    return _done(".listing", gettext("Offers need this from now on"))


@bp.post("/checklists/<uuid:checklist_id>/drop")
@organiser
def drop_checklist(checklist_id: UUID) -> Response:
    with transaction() as session:
        services.drop_checklist(session, actor(), checklist_id, now=now())
    return _done(".listing", gettext("Offers need no checklist for this any more"))


@bp.get("/declines")
@staff(Permission.OVERSIGHT_VIEW)
def declines() -> str:
    """Where the same is declined again and again, the routing is wrong."""
    with reading() as session:
        page = queries.declines(session, actor(), page=paging.wanted(), now=now())
    routing = url_for("console_routing.table")
    return render_template("agent_console/declines.html", page=page, routing=routing)


def _unit_page(session: Session, slug: str, form: ConnectionForm, rule: StatusRuleForm) -> str:
    return render_template(
        "agent_console/handoff_unit.html", row=queries.connection(session, slug), form=form, rule=rule,
        rules=queries.status_rules(session, slug),
    )  # fmt: skip


def _rule_form(session: Session, *, fresh: bool = False) -> StatusRuleForm:
    form = StatusRuleForm(**({"formdata": None} if fresh else {}))
    form.suggested_unit.choices = [("", gettext("Choose a unit")), *_named(organisation.units(session))]
    form.silent_becomes.choices = [("", gettext("Nothing")), *((each.value, gettext(each.label)) for each in Becomes)]
    return form


def _checklist_form(session: Session) -> ChecklistForm:
    form = ChecklistForm()
    form.service.choices = [("", gettext("Choose a service")), *_named(organisation.catalogue(session))]
    form.unit.choices = [("", gettext("Any unit")), *_named(organisation.units(session))]
    return form


def _named(rows: Any) -> list[tuple[str, str]]:
    return [(row.slug, gettext(row.name)) for row in rows]


def _done(endpoint: str, said: str, **where: str) -> Response:
    notices.success(said)
    return redirect(url_for(endpoint, **where), 303)
