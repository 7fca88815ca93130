"""What a customer follows: seen, started and stopped by an advisor, who says how they agreed."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.topics import StartForm, StopForm
from agent_console.views.trying import attempt
from agent_console.wording_customers import PURPOSES
from app.accounts.policy import Permission
from app.customers import queries as customers
from app.customers import services as customer_services
from app.kernel.errors import Conflict, NotFound
from app.subscriptions import queries, services
from app.subscriptions.enums import Agreed
from app.subscriptions.rows import SubscriptionRow
from app.web import notices
from app.web.access import staff
from app.web.context import actor, now, transaction
from app.web.i18n import gettext

bp = Blueprint("console_updates", __name__, url_prefix="/console/customers/<uuid:golden_id>/updates")
Answer = str | Response | tuple[str, int]


@bp.get("")
@staff(Permission.CUSTOMERS_VIEW)
def page(golden_id: UUID) -> str:
    return _show(golden_id)


@bp.post("")
@staff(Permission.SUBSCRIPTIONS_MANAGE)
def start(golden_id: UUID) -> Answer:
    """Write down what they want to follow, under the record whose person they are."""
    with transaction() as session:
        form = _offered(session, golden_id, StartForm())

    def work(session: Session) -> UUID:
        return services.start_for(
            session, actor(), UUID(form.record.data), form.topic.data, agreed=Agreed(form.agreed.data),
            proof=form.proof.data or "", area=form.area.data or "", now=now(),
        )  # fmt: skip

    try:
        started = attempt(form, work)
    except Conflict as refused:
        form.problem("topic", gettext(refused.message, **refused.params))
        started = None
    if started is None:
        return _show(golden_id, form), 422
    notices.success(gettext("Written down. They follow it from now on."))
    return _back(golden_id)


@bp.get("/<uuid:subscription_id>/stop")
@staff(Permission.SUBSCRIPTIONS_MANAGE)
def ask_stop(golden_id: UUID, subscription_id: UUID) -> str:
    return _stop_page(golden_id, subscription_id, StopForm(formdata=None))


@bp.post("/<uuid:subscription_id>/stop")
@staff(Permission.SUBSCRIPTIONS_MANAGE)
def stop(golden_id: UUID, subscription_id: UUID) -> Answer:
    form = StopForm()
    with transaction() as session:
        _one_of(session, golden_id, subscription_id)

    def work(session: Session) -> bool:
        services.stop_for(session, actor(), subscription_id, asked=Agreed(form.agreed.data), now=now())
        return True

    if attempt(form, work) is None:
        return _stop_page(golden_id, subscription_id, form), 422
    notices.success(gettext("Stopped. Nothing more is sent to them about it."))
    return _back(golden_id)


def _show(golden_id: UUID, form: StartForm | None = None) -> str:
    """Every look is kept. Of a restricted customer nothing is told."""
    with transaction() as session:
        current = customers.resolve(session, golden_id)
        hidden = customer_services.note_look(session, actor(), current, purpose=str(PURPOSES[_purpose()]), now=now())
        records, accounts = ([], []) if hidden else _of(session, current)
        return render_template(
            "agent_console/customer_updates.html",
            golden_id=current,
            restricted=hidden,
            active=queries.active_for(session, records, accounts),
            ended=queries.ended_for(session, records, accounts),
            form=form or _offered(session, current, StartForm(formdata=None)),
            purpose=_purpose(),
        )


def _stop_page(golden_id: UUID, subscription_id: UUID, form: StopForm) -> str:
    with transaction() as session:
        row = _one_of(session, golden_id, subscription_id)
    return render_template(
        "agent_console/customer_updates_stop.html", golden_id=golden_id, row=row, form=form, purpose=_purpose()
    )


def _one_of(session: Session, golden_id: UUID, subscription_id: UUID) -> SubscriptionRow:
    """One that this customer has, and that is active; NotFound for any other, and for a restricted customer's."""
    current = customers.resolve(session, golden_id)
    records, accounts = _of(session, current)
    found = {row.id: row for row in queries.active_for(session, records, accounts)}.get(subscription_id)
    if found is None or any(one.restricted for one in customers.people(session, records).values()):
        raise NotFound
    return found


def _of(session: Session, golden_id: UUID) -> tuple[list[UUID], list[UUID]]:
    records = customers.source_records_of_golden(session, golden_id)
    return records, customers.accounts_of_source_records(session, records)


def _offered(session: Session, golden_id: UUID, form: StartForm) -> StartForm:
    records = customers.source_records_of_golden(session, golden_id)
    form.record.choices = [
        (str(one.source_record_id), f"{gettext(one.source_name)}, {one.source_key}")
        for one in customers.people(session, records).values()
        if not one.restricted
    ]
    form.topic.choices = [(row.slug, row.name) for row in queries.open_topics(session)]
    return form


def _back(golden_id: UUID) -> Response:
    return redirect(url_for("console_updates.page", golden_id=golden_id, purpose=_purpose()), 303)


def _purpose() -> str:
    asked = request.args.get("purpose", "")
    return asked if asked in PURPOSES else "call"
