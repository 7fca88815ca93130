"""Offering with a checklist, and referring: what a sender does besides handing over in two clicks."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.handoffs import AnswerForm, OfferForm, ReferForm
from agent_console.views.trying import attempt
from app.accounts.policy import Permission, may
from app.enquiries import queries as enquiries
from app.enquiries.rows import EnquiryRow
from app.handoffs import queries, services
from app.handoffs.rows import ReferralRow
from app.kernel.errors import NotFound
from app.organisation import queries as organisation
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("console_handoff_offers", __name__, url_prefix="/console")
sender = staff(Permission.HANDOFFS_OFFER)


@bp.get("/enquiries/<reference>/offer")
@sender
def offer(reference: str) -> str:
    """Choose the unit, see what it needs, offer."""
    with reading() as session:
        row = enquiries.enquiry(session, actor(), reference)
        return _offer_page(session, row, _offer_form(session, row, fresh=True))


@bp.post("/enquiries/<reference>/offer")
@sender
def make_offer(reference: str) -> str | Response | tuple[str, int]:
    with reading() as session:
        row = enquiries.enquiry(session, actor(), reference)
        unit = _unit(session, row)
        form = _offer_form(session, row)

    def work(session: Session) -> UUID:
        return services.offer(
            session, actor(), reference, unit=unit, brief=form.brief.data or "", given=form.given.data or (),
            anyway=bool(form.anyway.data), version=form.seen(), now=now(),
        ).id  # fmt: skip

    made = attempt(form, work)
    if made is None:
        with reading() as session:
            return _offer_page(session, row, form), 422
    notices.success(gettext("Offered. You answer for it until they accept"))
    return redirect(url_for("console_handoffs.one", handoff_id=made), 303)


@bp.get("/enquiries/<reference>/refer")
@sender
def refer(reference: str) -> str:
    with reading() as session:
        row = enquiries.enquiry(session, actor(), reference)
        return _refer_page(session, row, _refer_form(session, row))


@bp.post("/enquiries/<reference>/refer")
@sender
def make_referral(reference: str) -> str | Response | tuple[str, int]:
    """Ask another unit for its part; the enquiry stays with whoever has it."""
    with reading() as session:
        row = enquiries.enquiry(session, actor(), reference)
        form = _refer_form(session, row)

    def work(session: Session) -> UUID:
        return services.refer(
            session, actor(), reference, unit=form.unit.data, question=form.question.data, now=now()
        ).id  # fmt: skip

    made = attempt(form, work)
    if made is None:
        with reading() as session:
            return _refer_page(session, row, form), 422
    notices.success(gettext("They are asked. The enquiry stays with you"))
    return redirect(url_for(".referral", referral_id=made), 303)


@bp.get("/referrals")
@staff(Permission.HANDOFFS_VIEW)
def referrals() -> str:
    """What my units are asked, and what I asked."""
    with reading() as session:
        page = queries.referrals_for(session, actor(), page=paging.wanted())
    return render_template("agent_console/referrals.html", page=page, now=now())


@bp.get("/referrals/<uuid:referral_id>")
@staff(Permission.HANDOFFS_VIEW)
def referral(referral_id: UUID) -> str:
    with reading() as session:
        row = queries.referral(session, actor(), referral_id)
        return _referral_page(session, row, AnswerForm(formdata=None, version=row.version))


@bp.post("/referrals/<uuid:referral_id>/<any(answer, decline):how>")
@staff(Permission.HANDOFFS_WORK)
def end(referral_id: UUID, how: str) -> str | Response | tuple[str, int]:
    """Our part, or why we cannot help."""
    form = AnswerForm()
    verb = services.answer if how == "answer" else services.decline_referral
    if attempt(form, lambda session: verb(
        session, actor(), referral_id, text=form.text.data, version=form.seen(), now=now()
    )) is None:  # fmt: skip
        with reading() as session:
            return _referral_page(session, queries.referral(session, actor(), referral_id), form), 422
    notices.success(gettext("The one who asked can read it"))
    return redirect(url_for(".referral", referral_id=referral_id), 303)


@bp.post("/referrals/<uuid:referral_id>/withdraw")
@sender
def withdraw(referral_id: UUID) -> Response:
    with transaction() as session:
        services.withdraw_referral(session, actor(), referral_id, now=now())
    notices.success(gettext("They need not answer any more"))
    return redirect(url_for(".referral", referral_id=referral_id), 303)


def _unit(session: Session, row: EnquiryRow) -> str:
    """The unit of the address; else the service's own, or the first there is."""
    chosen = request.args.get("unit", "")
    units = [unit.slug for unit in organisation.units(session)]
    own = organisation.service(session, row.service_id).handoff_unit_slug
    if chosen and chosen not in units:
        raise NotFound
    return chosen or own or units[0]


def _offer_form(session: Session, row: EnquiryRow, *, fresh: bool = False) -> OfferForm:
    options = {"formdata": None, "version": row.version} if fresh else {}
    form = OfferForm(**options)
    wanted = queries.items_for(session, row.service_slug, _unit(session, row))
    form.given.choices = [
        (item.id, item.label if item.required else gettext("%(what)s (good to have)", what=item.label))
        for item in (wanted.items if wanted else ())
    ]
    return form


def _offer_page(session: Session, row: EnquiryRow, form: OfferForm) -> str:
    unit = _unit(session, row)
    wanted = queries.items_for(session, row.service_slug, unit)
    return render_template(
        "agent_console/handoff_offer.html",
        row=row,
        form=form,
        unit=unit,
        units=organisation.units(session),
        wanted=wanted,
    )


def _refer_form(session: Session, row: EnquiryRow) -> ReferForm:
    form = ReferForm()
    others = [unit for unit in organisation.units(session) if unit.id != row.unit_id]
    form.unit.choices = [("", gettext("Choose a unit")), *((unit.slug, gettext(unit.name)) for unit in others)]
    return form


def _refer_page(session: Session, row: EnquiryRow, form: ReferForm) -> str:
    asked = queries.referrals_of(session, actor(), row.reference)
    return render_template("agent_console/refer.html", row=row, form=form, asked=asked)


def _referral_page(session: Session, row: ReferralRow, form: AnswerForm) -> str:
    who = actor()
    own = {unit.id for unit in organisation.units_of(session, who.account_id)} if who.account_id else set()
    ours = row.open and row.unit_id in own and may(who, Permission.HANDOFFS_WORK)
    return render_template(
        "agent_console/referral.html", row=row, form=form, ours=ours, mine=row.open and row.asked_by_id == who.account_id,
        now=now(),
    )  # fmt: skip
