"""A new source in three steps: a sample, what its columns hold, what the register wants to know."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from agent_console.forms.sources import ColumnsForm, EntryForm, SampleForm
from agent_console.views.trying import attempt
from agent_console.wording_sources import KINDS, sureness, sureness_colour
from app.accounts.policy import Permission
from app.customers import services
from app.customers.rows import DraftRow
from app.kernel.errors import Invalid
from app.organisation import queries as organisation
from app.web import notices
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("console_source_wizard", __name__, url_prefix="/console/sources/new")
manager = staff(Permission.SOURCES_MANAGE)


@bp.get("")
@manager
def begin() -> str:
    return render_template("agent_console/source_new.html", form=SampleForm())


@bp.post("")
@manager
def sample() -> Response | tuple[str, int]:
    """Learn from a sample."""
    form, brought = SampleForm(), request.files.get("sample")
    name = (brought.filename or "") if brought else ""
    try:
        draft_id = attempt(
            form, lambda session: services.draft(session, actor(), name, form.sample.data.stream, now=now())
        )
    except Invalid as refused:
        form.refuse(refused, also={"file": "sample"})
        draft_id = None
    if draft_id is None:
        return render_template("agent_console/source_new.html", form=form), 422
    return redirect(url_for("console_source_wizard.columns", draft_id=draft_id), 303)


@bp.get("/<uuid:draft_id>/columns")
@manager
def columns(draft_id: UUID) -> str:
    draft = _draft(draft_id)
    return _columns_page(draft, ColumnsForm.asking(draft.kinds, draft.kinds))


@bp.post("/<uuid:draft_id>/columns")
@manager
def choose(draft_id: UUID) -> Response | tuple[str, int]:
    """What a person says of the columns: the ten rows are shown anew, or it goes on."""
    draft = _draft(draft_id)
    form = ColumnsForm.asking(draft.kinds, draft.kinds)
    if form.validate():
        try:
            with transaction() as session:
                services.choose(session, actor(), draft_id, form.chosen())
        except Invalid as refused:
            form.refuse(refused, also=form.places())
    if form.errors:
        return _columns_page(draft, form), 422
    if request.form.get("step") == "show":
        return redirect(url_for("console_source_wizard.columns", draft_id=draft_id, _anchor="rows"), 303)
    return redirect(url_for("console_source_wizard.register", draft_id=draft_id), 303)


@bp.get("/<uuid:draft_id>/register")
@manager
def register(draft_id: UUID) -> str:
    draft, form = _draft(draft_id), _entry_form()
    form.name.data = (
        form.name.data or draft.file_name.rpartition(".")[0].replace("_", " ").replace("-", " ").capitalize()
    )
    return render_template("agent_console/source_register.html", draft=draft, form=form)


@bp.post("/<uuid:draft_id>/register")
@manager
def save(draft_id: UUID) -> Response | tuple[str, int]:
    """Save the source; its page offers to rehearse the sample."""
    form = _entry_form()
    slug = attempt(form, lambda session: services.register_draft(session, actor(), draft_id, form.entry(), now=now()))
    if slug is None:
        return render_template("agent_console/source_register.html", draft=_draft(draft_id), form=form), 422
    notices.success(gettext("The source is saved. Rehearse the sample to see what loading it would do"))
    return redirect(url_for("console_sources.one", slug=slug), 303)


def _draft(draft_id: UUID) -> DraftRow:
    with reading() as session:
        return services.look_at(session, actor(), draft_id)


def _entry_form() -> EntryForm:
    form = EntryForm()
    with reading() as session:
        form.offer(unit.name for unit in organisation.units(session))
    return form


def _columns_page(draft: DraftRow, form: ColumnsForm) -> str:
    return render_template(
        "agent_console/source_columns.html",
        draft=draft,
        form=form,
        kinds=KINDS,
        sureness=sureness,
        colour=sureness_colour,
    )
