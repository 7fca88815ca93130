"""Webhook endpoints: set them up, change their secrets, try them, and see and repeat what was sent."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.handoffs import KIND_NAMES, DisableForm, EndpointForm
from agent_console.views.trying import attempt
from app.accounts.policy import Permission
from app.handoffs import queries, services
from app.handoffs.enums import DeliveryStatus, FeedKind
from app.organisation import queries as organisation
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading, runtime, transaction
from app.web.i18n import gettext

bp = Blueprint("console_endpoints", __name__, url_prefix="/console/handoffs/endpoints")
organiser = staff(Permission.ORGANISATION_MANAGE)


@bp.get("")
@organiser
def listing() -> str:
    """Every endpoint, and how it goes."""
    with reading() as session:
        return render_template("agent_console/endpoints.html", rows=queries.endpoints(session, actor()))


@bp.get("/new")
@organiser
def new() -> str:
    with reading() as session:
        return render_template("agent_console/endpoint_new.html", form=_form(session))


@bp.post("/new")
@organiser
def add() -> str | Response | tuple[str, int]:
    """The secret is shown on the answer, and never again."""
    with reading() as session:
        form = _form(session)

    def work(session: Session) -> tuple[UUID, str]:
        return services.add_endpoint(
            session, actor(), unit=form.unit.data, name=form.name.data or "", url=form.url.data or "",
            kinds=[FeedKind(kind) for kind in form.kinds.data or ()], settings=runtime().settings, now=now(),
        )  # fmt: skip

    made = attempt(form, work)
    if made is None:
        return render_template("agent_console/endpoint_new.html", form=form), 422
    return render_template("agent_console/endpoint_secret.html", endpoint_id=made[0], secret=made[1], rotated=False)


@bp.get("/<uuid:endpoint_id>")
@organiser
def one(endpoint_id: UUID) -> str:
    """One endpoint with its log."""
    return _show(endpoint_id, DisableForm(formdata=None))


@bp.post("/<uuid:endpoint_id>/rotate")
@organiser
def rotate(endpoint_id: UUID) -> str:
    with transaction() as session:
        secret = services.rotate_secret(session, actor(), endpoint_id, now=now())
    return render_template("agent_console/endpoint_secret.html", endpoint_id=endpoint_id, secret=secret, rotated=True)


@bp.post("/<uuid:endpoint_id>/ping")
@organiser
def ping(endpoint_id: UUID) -> Response:
    with transaction() as session:
        services.ping(session, actor(), endpoint_id, now=now())
    return _back(endpoint_id, gettext("A test is on its way. Load this page again to see how it went"))


@bp.post("/<uuid:endpoint_id>/enable")
@organiser
def enable(endpoint_id: UUID) -> Response:
    with transaction() as session:
        services.enable(session, actor(), endpoint_id, now=now())
    return _back(endpoint_id, gettext("Enabled. What has waited goes out now"))


@bp.post("/<uuid:endpoint_id>/disable")
@organiser
def disable(endpoint_id: UUID) -> Response | tuple[str, int]:
    form = DisableForm()

    def work(session: Session) -> bool:
        services.disable(session, actor(), endpoint_id, reason=form.reason.data, version=form.seen(), now=now())
        return True

    if not attempt(form, work):
        return _show(endpoint_id, form), 422
    return _back(endpoint_id, gettext("Disabled. What happens meanwhile waits"))


@bp.post("/<uuid:endpoint_id>/replay")
@organiser
def replay_failed(endpoint_id: UUID) -> Response:
    """Everything that was given up, once more."""
    with transaction() as session:
        count = services.replay_failed(session, actor(), endpoint_id, now=now())
    return _back(endpoint_id, gettext("%(count)s sent again", count=count))


@bp.get("/deliveries/<uuid:delivery_id>")
@organiser
def delivery(delivery_id: UUID) -> str:
    """One webhook: every try of it."""
    with reading() as session:
        row = queries.delivery(session, actor(), delivery_id)
        return render_template(
            "agent_console/delivery.html", row=row, endpoint=queries.endpoint(session, actor(), row.endpoint_id),
            attempts=queries.attempts_of(session, actor(), delivery_id), kinds=KIND_NAMES,
        )  # fmt: skip


@bp.post("/deliveries/<uuid:delivery_id>/replay")
@organiser
def replay(delivery_id: UUID) -> Response:
    with transaction() as session:
        again = services.replay(session, actor(), delivery_id, now=now())
    notices.success(gettext("It is sent once more, with the message id that it had"))
    return redirect(url_for(".delivery", delivery_id=again), 303)


def _show(endpoint_id: UUID, form: DisableForm) -> str:
    wanted = request.args.get("status", "")
    status = DeliveryStatus(wanted) if wanted in set(DeliveryStatus) else None
    with reading() as session:
        row = queries.endpoint(session, actor(), endpoint_id)
        page = queries.deliveries(session, actor(), endpoint_id, status=status, page=paging.wanted())
    if form.version.data is None:
        form.version.data = str(row.version)
    return render_template(
        "agent_console/endpoint.html", row=row, page=page, form=form, status=status, statuses=list(DeliveryStatus),
        kinds=KIND_NAMES, now=now(),
    )  # fmt: skip


def _form(session: Session) -> EndpointForm:
    form = EndpointForm()
    form.unit.choices = [
        ("", gettext("Choose a unit")),
        *((unit.slug, gettext(unit.name)) for unit in organisation.units(session)),
    ]
    if not form.is_submitted():
        form.kinds.data = [FeedKind.OFFERED.value, FeedKind.RECALLED.value, FeedKind.EXPIRED.value]
    return form


def _back(endpoint_id: UUID, said: str) -> Response:
    notices.success(said)
    return redirect(url_for(".one", endpoint_id=endpoint_id), 303)
