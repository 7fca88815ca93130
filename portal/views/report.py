"""Asking for a service: the questions, checking the answers, sending, and what happens next.

Nothing is kept on the server before it is sent: the answers travel in the page, so an unfinished report cannot be lost by a
session that ended, and "Try again" after a fault sends the very same thing.
"""

from functools import partial
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, session, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts import queries as accounts
from app.accounts.queries import AccountRow
from app.customers import queries as customers
from app.customers.relationship_enums import Use
from app.customers.rows import RelationshipRow
from app.enquiries import queries as enquiries
from app.enquiries import services as enquiry_services
from app.enquiries.enums import Channel
from app.enquiries.rows import EnquiryRow, Raiser
from app.kernel.actors import ActorKind
from app.kernel.errors import Invalid, NotFound, SignInNeeded
from app.organisation import queries as organisation
from app.organisation.enums import QuestionType
from app.organisation.rows import ServiceRow
from app.web.access import public
from app.web.context import actor, now, reading, transaction
from app.web.i18n import current, gettext
from app.web.questions import QuestionForm, question_form
from portal.forms.contact import ContactForm, KnownForm
from portal.forms.enquiry import FilesForm

bp = Blueprint("report", __name__)
RAISER_FIELDS = {"raiser_name": "name", "raiser_email": "email", "raiser_phone": "phone"}
Answer = str | Response | tuple[str, int]


@bp.get("/services/<slug>/report")
@public
def questions(slug: str) -> str:
    """The service's questions, empty."""
    with reading() as db:
        service, form, me = _start(db, slug)
        acting = _acting(db, service)
    form.client_token.data = str(uuid4())
    if me and me.phone:
        form.phone.data = me.phone
    return _questions(service, form, me, acting)


@bp.post("/services/<slug>/report")
@public
def answer(slug: str) -> Answer:
    """One step on: find an address, check the answers, change them, or send."""
    with reading() as db:
        service, form, me = _start(db, slug)
        acting = _acting(db, service)
        form.find_properties(partial(customers.search_properties, db, limit=100))
    step = request.form.get("step", "check")
    if step in {"find", "edit"}:
        return _questions(service, form, me, acting)
    if not form.validate():
        return _questions(service, form, me, acting), 422
    if step == "send":
        return _send(service, form, me, FilesForm(), acting)
    return _check(service, form, me, FilesForm(formdata=None), acting)


@bp.get("/services/<slug>/sent")
@public
def sent(slug: str) -> Answer:
    """The reference, the promise, who has it, and what happens next."""
    told = session.get("sent") or {}
    if told.get("slug") != slug:
        return redirect(url_for("catalogue.service", slug=slug))
    return render_template("portal/sent.html", **told)


def _start(db: Session, slug: str) -> tuple[ServiceRow, QuestionForm, AccountRow | None]:
    service = organisation.service_by_slug(db, slug)
    if not (service.active and service.online):
        raise NotFound
    who = actor()
    me = accounts.account(db, who.account_id) if who.kind is ActorKind.RESIDENT and who.account_id else None
    return service, question_form(service.questions, KnownForm if me else ContactForm)(), me


def _acting(db: Session, service: ServiceRow) -> RelationshipRow | None:
    """For whom it is asked, where the address names a relationship; whatever does not allow it is as if it were not there."""
    asked = request.args.get("acting", type=UUID)
    if asked is None:
        return None
    me = actor()
    if me.kind is not ActorKind.RESIDENT or me.account_id is None:
        raise SignInNeeded
    row = customers.accepted_relationship(db, me.account_id, asked, now=now())
    return customers.usable_relationship(db, row.id, Use.ASK, service=service.slug, now=now())


def _send(
    service: ServiceRow, form: QuestionForm, me: AccountRow | None, files: FilesForm, acting: RelationshipRow | None
) -> Answer:
    given = files.files.given()
    try:
        enquiry_services.clean_all(given)
    except Invalid as unfit:
        files.refuse(unfit, {"file": "files"})
        return _check(service, form, me, files, acting), 422
    try:
        with transaction() as db:
            enquiry = enquiry_services.receive(
                db,
                actor(),
                service=service.slug,
                answers=form.answers(),
                raiser=_raiser(form, me),
                channel=Channel.WEB,
                account_id=me.id if me else None,
                acting=acting.id if acting else None,
                client_token=form.client_token.data or None,
                now=now(),
            )
            _attach(db, enquiry, given, acting)
    except Invalid as refused:
        form.refuse_answers(refused, RAISER_FIELDS)
        return _questions(service, form, me, acting), 422
    session["sent"] = _told(service, enquiry, acting)
    return redirect(url_for("report.sent", slug=service.slug), 303)


def _attach(db: Session, enquiry: EnquiryRow, given: list[tuple[str, bytes]], acting: RelationshipRow | None) -> None:
    """With the report, or not at all. A report that is sent twice keeps its files once."""
    if acting:
        if given and enquiry.version == 1:
            enquiry_services.attach(db, actor(), enquiry.reference, given, acting=acting.id, now=now())
        return
    email = None if actor().kind is ActorKind.RESIDENT else enquiry.raiser.email
    if given and not enquiries.files(db, actor(), enquiry.reference, email=email):
        enquiry_services.attach(db, actor(), enquiry.reference, given, email=email, now=now())


def _told(service: ServiceRow, enquiry: EnquiryRow, acting: RelationshipRow | None) -> dict[str, object]:
    """What the confirmation page needs: nothing personal, for it stays in the browser."""
    return {
        "slug": service.slug,
        "reference": enquiry.reference,
        "service_name": service.name,
        "with_whom": enquiry.unit_name,
        "promised_at": enquiry.promised_at,
        "address": _where(enquiry, acting),
    }


def _where(enquiry: EnquiryRow, acting: RelationshipRow | None) -> str:
    """Where a resident sees it in My Account: among their own, or among those of whom they act for, if they may see these."""
    if acting is None:
        return url_for("my_enquiries.one", reference=enquiry.reference)
    if Use.SEE not in acting.uses:
        return url_for("acting.one", relationship_id=acting.id)
    return url_for("acting.enquiry", relationship_id=acting.id, reference=enquiry.reference)


def _raiser(form: QuestionForm, me: AccountRow | None) -> Raiser:
    phone = form.phone.data or ""
    if me:
        return Raiser(name=me.name, email=me.email or "", phone=phone, locale=current())
    return Raiser(name=form.name.data, email=form.email.data, phone=phone, locale=current())


def _known(service: ServiceRow, form: QuestionForm) -> int:
    """How many like it are open already, by the service's own idea of what is alike."""
    uprn = next(
        (field.data for question, field in form.question_fields() if question.type is QuestionType.PROPERTY), ""
    )
    with reading() as db:
        place = customers.property_by_uprn(db, uprn) if uprn else None
        alike = enquiries.open_duplicates(
            db, service=service.slug, property_id=place.id if place else None, account_id=actor().account_id
        )
    return len(alike)


def _questions(service: ServiceRow, form: QuestionForm, me: AccountRow | None, acting: RelationshipRow | None) -> str:
    return render_template("portal/report.html", service=service, form=form, me=me, acting=acting)


def _check(
    service: ServiceRow, form: QuestionForm, me: AccountRow | None, files: FilesForm, acting: RelationshipRow | None
) -> str:
    carried = [(name, value) for name, values in request.form.lists() for value in values if name not in _NOT_CARRIED]
    rows = form.written()
    if not me:
        rows += [(gettext("Your name"), form.name.data, "name"), (gettext("E-mail address"), form.email.data, "email")]
    rows.append((gettext("Telephone number"), form.phone.data, "phone"))
    known = 0 if acting else _known(service, form)
    return render_template(
        "portal/check.html", service=service, rows=rows, carried=carried, known=known, me=me, form=files, acting=acting
    )


_NOT_CARRIED = frozenset({"csrf_token", "step"})
