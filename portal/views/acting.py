"""Acting for somebody else in My Account: whom I act for, what I see of theirs, and who can act for me."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.customers import queries as customers
from app.customers import services as people
from app.customers.relationship_enums import Evidence, Use
from app.customers.rows import RelationshipRow
from app.enquiries import queries, services
from app.enquiries.rows import TrackRow
from app.kernel.errors import Invalid, SignInNeeded
from app.organisation import queries as organisation
from app.web import notices, paging
from app.web.access import resident
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext
from portal.forms.acting import ActingReplyForm

bp = Blueprint("acting", __name__, url_prefix="/account/acting")


@bp.get("")
@resident
def overview() -> str:
    """Whom I act for, what waits for me to agree to it, and who can act for me."""
    with reading() as session:
        mine = customers.acting_by_account(session, _me(), now=now())
        return render_template(
            "portal/acting.html",
            accepted=[row for row in mine if row.accepted_by == _me()],
            waiting=[row for row in mine if row.accepted_at is None],
            for_me=customers.acting_for_account(session, _me(), now=now()),
            consent=Evidence.CONSENT,
            names={one.slug: one.name for one in organisation.catalogue(session)},
        )


@bp.post("/<uuid:relationship_id>/accept")
@resident
def accept(relationship_id: UUID) -> Response:
    """I agree to act for them, by these rules."""
    with transaction() as session:
        people.accept_relationship(session, actor(), relationship_id, now=now())
    notices.success(gettext("You can now act for them here."))
    return redirect(url_for("acting.one", relationship_id=relationship_id), 303)


@bp.post("/<uuid:relationship_id>/end")
@resident
def end(relationship_id: UUID) -> Response:
    with transaction() as session:
        people.end_relationship(session, actor(), relationship_id, reason="", now=now())
    notices.success(gettext("It has ended. Nobody acts by it any more."))
    return redirect(url_for("acting.overview"), 303)


@bp.get("/<uuid:relationship_id>")
@resident
def one(relationship_id: UUID) -> str:
    """What I see of somebody for whom I act, and what I can ask for them. Every look is kept."""
    with transaction() as session:
        row = customers.accepted_relationship(session, _me(), relationship_id, now=now())
        people.note_acting_look(session, actor(), row, now=now())
        page = queries.acting_enquiries(session, row, page=paging.wanted(20))
        offered = [one for one in organisation.catalogue(session, online_only=True) if row.covers(one.slug)]
        return render_template(
            "portal/acting_for.html", relation=row, page=page, offered=offered, may_ask=Use.ASK in row.uses
        )


@bp.get("/<uuid:relationship_id>/enquiries/<reference>")
@resident
def enquiry(relationship_id: UUID, reference: str) -> str:
    """One of their enquiries, within what I may see."""
    return _show(*_theirs(relationship_id, reference), ActingReplyForm())


@bp.post("/<uuid:relationship_id>/enquiries/<reference>")
@resident
def reply(relationship_id: UUID, reference: str) -> str | Response | tuple[str, int]:
    """Write about it in their place."""
    form = ActingReplyForm()
    if not form.validate():
        return _show(*_theirs(relationship_id, reference), form), 422
    try:
        with transaction() as session:
            services.customer_replied(
                session, actor(), reference, body=form.body.data, acting=relationship_id, now=now()
            )
    except Invalid as refused:
        form.refuse(refused)
        return _show(*_theirs(relationship_id, reference), form), 422
    notices.success(gettext("Your message was sent"))
    return redirect(url_for("acting.enquiry", relationship_id=relationship_id, reference=reference), 303)


def _theirs(relationship_id: UUID, reference: str) -> tuple[RelationshipRow, TrackRow]:
    with transaction() as session:
        row = customers.accepted_relationship(session, _me(), relationship_id, now=now())
        found = queries.acting_enquiry(session, _me(), relationship_id, reference, now=now())
        people.note_acting_look(session, actor(), row, now=now(), reference=found.reference)
    return row, found


def _show(relation: RelationshipRow, row: TrackRow, form: ActingReplyForm) -> str:
    return render_template(
        "portal/acting_enquiry.html", relation=relation, row=row, form=form, may_ask=Use.ASK in relation.uses
    )


def _me() -> UUID:
    account_id = actor().account_id
    if account_id is None:
        raise SignInNeeded
    return account_id
