"""Bulletins: written, looked at with the number of people, sent with progress, stopped halfway."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.enquiries import OnVersion
from agent_console.forms.topics import BulletinForm
from agent_console.views.topics import Answer, keeper, kept
from agent_console.views.trying import attempt
from app.kernel.errors import Conflict
from app.subscriptions import queries, services
from app.subscriptions.enums import BulletinState
from app.subscriptions.policy import CHANNEL_LABELS, LANGUAGES
from app.subscriptions.rows import BulletinRow, TopicRow
from app.web import notices
from app.web.context import actor, now, reading, transaction
from app.web.i18n import NAMES, gettext

bp = Blueprint("console_bulletins", __name__, url_prefix="/console")


@bp.get("/topics/<slug>/bulletins/new")
@keeper
def new(slug: str) -> str:
    with reading() as session:
        topic = kept(session, slug)
    return _form_page(BulletinForm(formdata=None), topic)


@bp.post("/topics/<slug>/bulletins/new")
@keeper
def write(slug: str) -> Answer:
    """Keep the draft, and look at it."""
    form = BulletinForm()
    with reading() as session:
        topic = kept(session, slug)

    def work(session: Session) -> BulletinRow:
        return services.write(session, actor(), slug, texts=form.words(), areas=form.areas.data or "", now=now())

    made = attempt(form, work)
    if made is None:
        return _form_page(form, topic), 422
    return redirect(url_for("console_bulletins.one", bulletin_id=made.id), 303)


@bp.get("/bulletins/<uuid:bulletin_id>")
@keeper
def one(bulletin_id: UUID) -> str:
    """A draft as it will look and whom it will reach; afterwards how far it has come."""
    with transaction() as session:
        row, topic = _kept(session, bulletin_id)
        languages = [language for language in LANGUAGES if language in row.texts]
        looks = [(NAMES[language], services.preview(session, actor(), row.id, language)) for language in languages]
        audience = queries.audience_of(session, row.id) if row.state is BulletinState.DRAFT else None
        progress = queries.progress(session, row.id)
    form = OnVersion(formdata=None, version=row.version)
    return render_template(
        "agent_console/bulletin.html", row=row, topic=topic, looks=looks, audience=audience, progress=progress, form=form,
        channels=CHANNEL_LABELS,
    )  # fmt: skip


@bp.get("/bulletins/<uuid:bulletin_id>/edit")
@keeper
def ask_edit(bulletin_id: UUID) -> str:
    with reading() as session:
        row, topic = _kept(session, bulletin_id)
    form = BulletinForm(
        formdata=None, version=row.version, areas="\n".join(row.areas), **BulletinForm.filled(row.texts)
    )
    return _form_page(form, topic, row)


@bp.post("/bulletins/<uuid:bulletin_id>/edit")
@keeper
def edit(bulletin_id: UUID) -> Answer:
    form = BulletinForm()
    with reading() as session:
        row, topic = _kept(session, bulletin_id)

    def work(session: Session) -> BulletinRow:
        return services.rewrite(
            session, actor(), bulletin_id, texts=form.words(), areas=form.areas.data or "",
            version=form.seen() or row.version, now=now(),
        )  # fmt: skip

    if attempt(form, work) is None:
        return _form_page(form, topic, row), 422
    return redirect(url_for("console_bulletins.one", bulletin_id=bulletin_id), 303)


@bp.post("/bulletins/<uuid:bulletin_id>/send")
@keeper
def send(bulletin_id: UUID) -> Response:
    """What was looked at goes."""
    form = OnVersion()
    try:
        with transaction() as session:
            services.send(session, actor(), bulletin_id, version=form.seen() or 0, now=now())
        notices.success(gettext("It is being sent. This page shows how far it has come."))
    except Conflict as refused:
        notices.problem(gettext(refused.message, **refused.params))
    return redirect(url_for("console_bulletins.one", bulletin_id=bulletin_id), 303)


@bp.post("/bulletins/<uuid:bulletin_id>/stop")
@keeper
def stop(bulletin_id: UUID) -> Response:
    try:
        with transaction() as session:
            services.stop_sending(session, actor(), bulletin_id, now=now())
        notices.success(gettext("Stopped. What had not left yet does not leave."))
    except Conflict as refused:
        notices.problem(gettext(refused.message, **refused.params))
    return redirect(url_for("console_bulletins.one", bulletin_id=bulletin_id), 303)


@bp.post("/bulletins/<uuid:bulletin_id>/discard")
@keeper
def discard(bulletin_id: UUID) -> Response:
    form = OnVersion()
    with transaction() as session:
        topic = services.discard(session, actor(), bulletin_id, version=form.seen(), now=now())
    notices.success(gettext("The draft is gone."))
    return redirect(url_for("console_topics.one", slug=topic), 303)


def _kept(session: Session, bulletin_id: UUID) -> tuple[BulletinRow, TopicRow]:
    row = queries.bulletin(session, bulletin_id)
    return row, kept(session, row.topic_slug)


def _form_page(form: BulletinForm, topic: TopicRow, row: BulletinRow | None = None) -> str:
    return render_template("agent_console/bulletin_form.html", form=form, topic=topic, row=row)
