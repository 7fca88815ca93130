"""What the register says of a source, how its records arrive, how often, and how far it is trusted."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from agent_console.forms.sources import ColumnsForm, ConnectorForm, EntryForm, ScheduleForm, TrustForm
from agent_console.views.trying import attempt
from agent_console.wording_sources import KINDS
from app.accounts import queries as accounts
from app.accounts.enums import AccountKind
from app.accounts.policy import Permission
from app.customers import queries, services
from app.customers.enums import ConnectorKind
from app.customers.rows import RegisterRow
from app.kernel.errors import DomainError, Invalid
from app.kernel.paging import LARGEST, PageRequest
from app.organisation import queries as organisation
from app.web import notices
from app.web.access import staff
from app.web.context import actor, now, reading, runtime
from app.web.i18n import gettext

bp = Blueprint("console_source_settings", __name__, url_prefix="/console/sources")
manager = staff(Permission.SOURCES_MANAGE)


@bp.route("/<slug>/entry", methods=["GET", "POST"])
@manager
def entry(slug: str) -> str | AnyResponse | tuple[str, int]:
    row = _row(slug)
    form = EntryForm.showing(row.entry)
    with reading() as session:
        form.offer((unit.name for unit in organisation.units(session)), row.entry.unit_name)
    if row.committed:
        form.name.data, form.unit_name.data = row.entry.name, row.entry.unit_name

    def work(session: Session) -> bool:
        services.edit_entry(session, actor(), slug, form.entry(), now=now())
        return True

    if request.method == "POST" and attempt(form, work):
        return _saved(slug)
    page = render_template("agent_console/source_entry.html", row=row, form=form)
    return (page, 422) if form.errors else page


@bp.route("/<slug>/connector", methods=["GET", "POST"])
@manager
def connector(slug: str) -> str | AnyResponse | tuple[str, int]:
    """How the records arrive from now on."""
    row = _row(slug)
    form = ConnectorForm.showing(row)
    form.offer(_systems())

    def work(session: Session) -> bool:
        services.connect(
            session, actor(), slug, ConnectorKind(form.kind.data), form.settings(), secret=form.secret.data or None,
            reach=services.Reach.of(runtime().settings), now=now(),
        )  # fmt: skip
        return True

    if request.method == "POST" and attempt(form, work):
        return _saved(slug)
    folder = runtime().settings.sources_folder
    page = render_template("agent_console/source_connector.html", row=row, form=form, folder=folder)
    return (page, 422) if form.errors else page


@bp.post("/<slug>/connector/try")
@manager
def try_it(slug: str) -> str:
    """A few rows, as the connector brings them. Nothing is kept."""
    rows, problem = [], ""
    try:
        rows = services.first_rows(services.fetcher_of(runtime()), slug)
    except Invalid as error:
        problem = "; ".join(gettext(message, **error.params) for message in error.errors.values())
    except DomainError as error:
        problem = gettext(error.message, **error.params)
    row = _row(slug)
    missing = [name for name in row.columns if rows and name.split(".")[0] not in rows[0]]
    return render_template("agent_console/source_try.html", row=row, rows=rows, problem=problem, missing=missing)


@bp.route("/<slug>/schedule", methods=["GET", "POST"])
@manager
def schedule(slug: str) -> str | AnyResponse | tuple[str, int]:
    row = _row(slug)
    form = ScheduleForm(every=str(row.refresh_minutes or ""), at=row.refresh_at or "")

    def work(session: Session) -> bool:
        minutes = int(form.every.data) if form.every.data else None
        services.schedule(session, actor(), slug, minutes, form.at.data or None, now=now())
        return True

    if request.method == "POST" and attempt(form, work):
        return _saved(slug)
    page = render_template("agent_console/source_schedule.html", row=row, form=form)
    return (page, 422) if form.errors else page


@bp.route("/<slug>/trust", methods=["GET", "POST"])
@manager
def trust(slug: str) -> str | AnyResponse | tuple[str, int]:
    """0 to 100 for each attribute: who is believed when two sources differ."""
    row = _row(slug)
    form = TrustForm.asking(row.trust, KINDS | {"other": gettext("Everything else"), "address": gettext("Address")})

    def work(session: Session) -> bool:
        services.set_trust(session, actor(), slug, form.trust(), now=now())
        return True

    seen = None
    if request.method == "POST" and request.form.get("act") == "try":
        seen = attempt(form, lambda session: services.preview_trust(session, slug, form.trust(), now=now()))
    elif request.method == "POST" and attempt(form, work):
        notices.success(gettext("Saved. A run puts it into effect within a minute"))
        return redirect(url_for("console_sources.one", slug=slug), 303)
    page = render_template("agent_console/source_trust.html", row=row, form=form, seen=seen, labels=queries.LABELS)
    return (page, 422) if form.errors else page


@bp.route("/<slug>/columns", methods=["GET", "POST"])
@manager
def columns(slug: str) -> str | AnyResponse | tuple[str, int]:
    """What the columns hold, for a source that was made in the console."""
    row = _row(slug)
    with reading() as session:
        unused = services.unused_columns(session, slug)
    form = ColumnsForm.asking([*row.columns, *unused], row.columns)
    if request.method == "POST" and form.validate():
        try:
            with runtime().database.transaction() as session:
                services.relearn(session, actor(), slug, form.chosen(), now=now())
        except Invalid as refused:
            form.refuse(refused, also=form.places())
        else:
            return _saved(slug)
    page = render_template("agent_console/source_relearn.html", row=row, form=form)
    return (page, 422) if form.errors else page


@bp.get("/<slug>/layout.toml")
@manager
def layout(slug: str) -> Response:
    """The layout as a file that could be committed."""
    headers = {"Content-Disposition": f'attachment; filename="{slug}.toml"'}
    return Response(_row(slug).layout, mimetype="application/toml", headers=headers)


def _row(slug: str) -> RegisterRow:
    with reading() as session:
        return queries.register_entry(session, slug, now=now())


def _systems() -> dict[str, str]:
    """Systems with an account, by id."""
    with reading() as session:
        page = accounts.list_accounts(session, PageRequest(1, LARGEST), kinds=[AccountKind.SERVICE])
    return {str(account.id): account.name for account in page.items}


def _saved(slug: str) -> AnyResponse:
    notices.success(gettext("Saved"))
    return redirect(url_for("console_sources.one", slug=slug), 303)
