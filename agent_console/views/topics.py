"""A unit's topics: what can be followed, how many follow it, and its end."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.enquiries import OnVersion
from agent_console.forms.topics import TopicForm
from agent_console.views.trying import attempt
from app.accounts.policy import Permission
from app.kernel.errors import Conflict, NotFound
from app.organisation import queries as organisation
from app.subscriptions import queries, services
from app.subscriptions.rows import TopicRow
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext, ngettext

bp = Blueprint("console_topics", __name__, url_prefix="/console/topics")
keeper = staff(Permission.TOPICS_KEEP)
Answer = str | Response | tuple[str, int]


@bp.get("")
@keeper
def listing() -> str:
    """The topics of the units that I work in."""
    with reading() as session:
        page = queries.topics(session, services.kept_units(session, actor()), paging.wanted())
    return render_template("agent_console/topics.html", page=page)


@bp.get("/new")
@keeper
def new() -> str:
    with reading() as session:
        return _form_page(_offered(session, TopicForm(formdata=None)))


@bp.post("/new")
@keeper
def make() -> Answer:
    with reading() as session:
        form = _offered(session, TopicForm())

    def work(session: Session) -> TopicRow:
        return services.make_topic(
            session, actor(), unit=form.unit.data, texts=form.words(), areas=form.areas.data or "", now=now()
        )

    made = attempt(form, work)
    if made is None:
        return _form_page(form), 422
    notices.success(gettext("People can follow it now."))
    return redirect(url_for("console_topics.one", slug=made.slug), 303)


@bp.get("/<slug>")
@keeper
def one(slug: str) -> str:
    """A topic with its bulletins."""
    with reading() as session:
        row = kept(session, slug)
        page = queries.bulletins(session, row.id, paging.wanted(20))
    return render_template("agent_console/topic.html", row=row, page=page)


@bp.get("/<slug>/edit")
@keeper
def ask_edit(slug: str) -> str:
    with reading() as session:
        row = kept(session, slug)
        form = TopicForm(
            formdata=None,
            version=row.version,
            unit=row.unit_slug,
            areas="\n".join(row.areas),
            **TopicForm.filled(row.texts),
        )
        return _form_page(_offered(session, form), row)


@bp.post("/<slug>/edit")
@keeper
def edit(slug: str) -> Answer:
    with reading() as session:
        row, form = kept(session, slug), _offered(session, TopicForm())

    def work(session: Session) -> TopicRow:
        return services.edit_topic(
            session, actor(), slug, texts=form.words(), areas=form.areas.data or "", version=form.seen() or row.version,
            now=now(),
        )  # fmt: skip

    if attempt(form, work) is None:
        return _form_page(form, row), 422
    notices.success(gettext("The topic is changed."))
    return redirect(url_for("console_topics.one", slug=slug), 303)


@bp.get("/<slug>/end")
@keeper
def ask_end(slug: str) -> str:
    with reading() as session:
        row = kept(session, slug)
    return render_template("agent_console/topic_end.html", row=row, form=OnVersion(formdata=None, version=row.version))


@bp.post("/<slug>/end")
@keeper
def end(slug: str) -> Response:
    """Nobody follows it any more."""
    form = OnVersion()
    try:
        with transaction() as session:
            ended = services.end_topic(session, actor(), slug, version=form.seen(), now=now())
    except Conflict as refused:
        notices.problem(gettext(refused.message, **refused.params))
        return redirect(url_for("console_topics.one", slug=slug), 303)
    told = ngettext(
        "The topic has ended. %(num)s person followed it.", "The topic has ended. %(num)s people followed it.", ended
    )
    notices.success(told)
    return redirect(url_for("console_topics.listing"), 303)


def kept(session: Session, slug: str) -> TopicRow:
    """A topic of a unit that I work in; NotFound for any other."""
    units = services.kept_units(session, actor())
    row = queries.topic(session, slug)
    if row.unit_id not in units:
        raise NotFound
    return row


def _offered(session: Session, form: TopicForm) -> TopicForm:
    mine = services.kept_units(session, actor())
    form.unit.choices = [(one.slug, gettext(one.name)) for one in organisation.units(session) if one.id in mine]
    return form


def _form_page(form: TopicForm, row: TopicRow | None = None) -> Any:
    return render_template("agent_console/topic_form.html", form=form, row=row)
