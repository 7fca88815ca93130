"""Worklists, and raising an enquiry for somebody."""

from functools import partial
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.acting import acting_in
from agent_console.forms.enquiries import RaiseForm
from app.accounts.policy import Permission
from app.customers import queries as customers
from app.enquiries import queries, services
from app.enquiries.enums import Channel, Sort, State
from app.enquiries.errors import PossibleDuplicate
from app.enquiries.policy import OPEN
from app.enquiries.rows import ContactRow, Raiser
from app.kernel.errors import Invalid, SignInNeeded
from app.organisation import queries as organisation
from app.organisation.rows import QueueRow, ServiceRow
from app.oversight import services as oversight
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext
from app.web.questions import QuestionForm, question_form

bp = Blueprint("console_enquiries", __name__, url_prefix="/console/enquiries")
RAISER_FIELDS = {"raiser_name": "name", "raiser_email": "email", "raiser_phone": "phone"}
SORTS = {sort.value: sort for sort in Sort}
Answer = str | Response | tuple[str, int]


@bp.get("")
@staff(Permission.ENQUIRIES_VIEW)
def worklist() -> str:
    """Open enquiries: mine, those of a queue, or all, narrowed and sorted."""
    sort, descending = paging.order(SORTS, "promise")
    with reading() as session:
        queues = organisation.queues(session)
        page = queries.worklist(
            session, sort=SORTS[sort], descending=descending, page=paging.wanted(25), now=now(), **_filters(queues)
        )
        opened = _opened(session, queues)
        shown = render_template(
            "agent_console/worklist.html",
            page=page,
            sort=sort,
            descending=descending,
            queues=queues,
            catalogue=organisation.catalogue(session),
            states=sorted(OPEN),
            asked=request.args,
        )
    if opened:
        with transaction() as session:
            oversight.opened_queues(session, actor(), opened, now=now())
    return shown


@bp.get("/new/<slug>")
@staff(Permission.ENQUIRIES_RAISE)
def new(slug: str) -> str:
    """The service's questions, with what the call says already."""
    with reading() as session:
        service, call = _start(session, slug)
        form = _form_class(service)()
        form.client_token.data = str(uuid4())
        if call:
            form.name.data, form.email.data, form.phone.data = call.caller_name, call.caller_email, call.caller_phone
    return _ask(service, form, call)


@bp.post("/new/<slug>")
@staff(Permission.ENQUIRIES_RAISE)
def raise_it(slug: str) -> Answer:
    """Find an address, or take the enquiry in. One like it that is open already is shown first."""
    with reading() as session:
        service, call = _start(session, slug)
        form = _form_class(service)()
        form.find_properties(partial(customers.search_properties, session, limit=100))
    if request.form.get("step") == "find":
        return _ask(service, form, call)
    if not form.validate():
        return _ask(service, form, call), 422
    try:
        with transaction() as session:
            row = services.receive(session, actor(), service=slug, now=now(), **_given(form, call))
    except Invalid as refused:
        form.refuse_answers(refused, RAISER_FIELDS)
        return _ask(service, form, call), 422
    except PossibleDuplicate as possible:
        return _ask(service, form, call, alike=possible.references), 409
    notices.success(gettext("Enquiry %(reference)s is raised", reference=row.reference))
    return redirect(url_for("console_enquiry.page", reference=row.reference), 303)


def _opened(session: Session, queues: tuple[QueueRow, ...]) -> list[UUID]:
    """The queue that is looked into, if whoever looks is one of its readers: a look is a sign of life."""
    slug = request.args.get("queue")
    if not slug or slug not in {queue.slug for queue in queues}:
        return []
    return [queue.id for queue in organisation.queues_readable_by(session, _me(), at=now()) if queue.slug == slug]


def _filters(queues: tuple[QueueRow, ...]) -> dict[str, Any]:
    """What the address asks for; what it asks for and does not exist is left out."""
    asked = request.args
    filters: dict[str, Any] = {"search": asked.get("search", ""), "service": asked.get("service") or None}
    queue = next((queue for queue in queues if queue.slug == asked.get("queue")), None)
    if queue:
        filters["queue_ids"] = [queue.id]
    if asked.get("owner") == "me":
        filters["owner_id"] = _me()
    if asked.get("state") in set(State):
        filters["states"] = [State(asked["state"])]
    return filters


def _start(session: Session, slug: str) -> tuple[ServiceRow, ContactRow | None]:
    return organisation.service_by_slug(session, slug), queries.open_contact_of(session, _me())


def _form_class(service: ServiceRow) -> type[QuestionForm]:
    return question_form(service.questions, RaiseForm)


def _given(form: QuestionForm, call: ContactRow | None) -> dict[str, Any]:
    """The arguments of `receive` from the form and the call that it stands in."""
    return {
        "answers": form.answers(),
        "raiser": Raiser(form.name.data, form.email.data or "", form.phone.data or "", form.locale.data or "en"),
        "channel": call.channel if call else Channel.PHONE,
        "contact_id": call.id if call else None,
        "source_record_id": call.source_record_id if call else None,
        "client_token": form.client_token.data or None,
        "accept_duplicate": request.form.get("step") == "anyway",
    }


def _ask(service: ServiceRow, form: QuestionForm, call: ContactRow | None, alike: tuple[str, ...] = ()) -> str:
    promised_at = organisation.promise_of(service, now())
    with reading() as session:
        acting = acting_in(session, call) if call else None
    return render_template(
        "agent_console/raise.html",
        service=service,
        form=form,
        call=call,
        alike=alike,
        promised_at=promised_at,
        acting=acting,
    )


def _me() -> UUID:
    account_id = actor().account_id
    if account_id is None:
        raise SignInNeeded
    return account_id
