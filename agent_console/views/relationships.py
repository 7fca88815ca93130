"""Who acts for whom: of one customer, recorded and ended; and all of them, those that end soon first."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.relationships import ACTS, EndForm, RelationshipForm
from agent_console.views.trying import attempt
from agent_console.wording_customers import PURPOSES
from app.accounts.policy import Permission
from app.customers import queries, services
from app.customers.relationship_enums import Evidence, RelationshipKind, Use
from app.customers.rows import RelationshipRow, RelationshipTerms
from app.kernel.errors import Conflict, Invalid
from app.kernel.i18n import N_
from app.organisation import queries as organisation
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("console_relationships", __name__, url_prefix="/console")
Answer = str | Response | tuple[str, int]
LISTS = {
    "standing": N_("In force"),
    "ends_soon": N_("Ends within 30 days"),
    "not_accepted": N_("Not agreed to in My Account"),
    "over": N_("Over"),
}


@bp.get("/relationships")
@staff(Permission.RELATIONSHIPS_MANAGE)
def listing() -> str:
    """All of them, by the day on which they end."""
    chosen = request.args.get("show", "")
    chosen = chosen if chosen in LISTS else "standing"
    with reading() as session:
        page = queries.relationships(session, chosen, paging.wanted(25), now=now())
    return render_template("agent_console/relationships.html", page=page, chosen=chosen, lists=LISTS)


@bp.get("/customers/<uuid:golden_id>/relationships")
@staff(Permission.CUSTOMERS_VIEW)
def of_customer(golden_id: UUID) -> Answer:
    return _show(golden_id)


@bp.post("/customers/<uuid:golden_id>/relationships")
@staff(Permission.RELATIONSHIPS_MANAGE)
def record(golden_id: UUID) -> Answer:
    """Record a right to act, on evidence that is there."""
    with transaction() as session:
        form = _form(session, golden_id)
    try:
        made = attempt(form, lambda session: _recorded(session, form))
    except Conflict as refused:
        form.problem("expires_on", gettext(refused.message, **_said(refused)))
        made = None
    if made is None:
        return _show(golden_id, form), 422
    notices.success(gettext("Recorded. Both have been written to"))
    return redirect(url_for("console_relationships.of_customer", golden_id=golden_id, purpose=_purpose()), 303)


@bp.post("/relationships/<uuid:relationship_id>/end")
@staff(Permission.RELATIONSHIPS_MANAGE)
def end(relationship_id: UUID) -> Answer:
    """From now on nobody acts by it."""
    form = EndForm()
    with reading() as session:
        row = queries.relationship(session, relationship_id, now=now())
    if attempt(form, lambda session: _ended(session, relationship_id, form)) is None:
        return render_template("agent_console/relationship_end.html", row=row, form=form), 422
    notices.success(gettext("Ended. Both have been written to"))
    return redirect(url_for("console_relationships.listing", show="over"), 303)


@bp.get("/relationships/<uuid:relationship_id>/end")
@staff(Permission.RELATIONSHIPS_MANAGE)
def ask_end(relationship_id: UUID) -> str:
    with reading() as session:
        row = queries.relationship(session, relationship_id, now=now())
    return render_template("agent_console/relationship_end.html", row=row, form=EndForm())


def _show(golden_id: UUID, form: RelationshipForm | None = None) -> str:
    with transaction() as session:
        current = queries.resolve(session, golden_id)
        restricted = services.note_look(session, actor(), current, purpose=str(PURPOSES[_purpose()]), now=now())
        records = [] if restricted else queries.source_records_of_golden(session, current)
        return render_template(
            "agent_console/customer_relationships.html",
            golden_id=current,
            restricted=restricted,
            rows=queries.relationships_of(session, records, now=now()),
            records=set(records),
            form=form or _form(session, current, fresh=True),
            purpose=_purpose(),
            service_names={one.slug: one.name for one in organisation.catalogue(session)},
        )


def _form(session: Session, golden_id: UUID, *, fresh: bool = False) -> RelationshipForm:
    form = RelationshipForm(formdata=None) if fresh else RelationshipForm()
    people = queries.people(session, queries.source_records_of_golden(session, golden_id)).values()
    form.record.choices = [
        (str(one.source_record_id), f"{gettext(one.source_name)}, {one.source_key}")
        for one in people
        if not one.restricted
    ]
    form.services.choices = [(one.slug, gettext(one.name)) for one in organisation.catalogue(session)]
    return form


def _recorded(session: Session, form: RelationshipForm) -> RelationshipRow:
    mine = UUID(form.record.data)
    kind = RelationshipKind(form.kind.data)
    other = _other(session, form, kind)
    acting, concerned = (mine, other) if form.side.data == ACTS or other is None else (other, mine)
    terms = RelationshipTerms(
        kind, acting, concerned, Evidence(form.evidence.data), form.evidence_reference.data or "", form.evidence_seen_on.data,
        form.starts_on.data, form.expires_on.data, frozenset(Use(use) for use in form.uses.data or ()),
        tuple(form.services.data or ()), form.ward.data or "",
    )  # fmt: skip
    try:
        return services.record_relationship(session, actor(), terms, now=now())
    except Invalid as refused:
        moved = {{"for_record": "other"}.get(name, name): said for name, said in refused.errors.items()}
        raise Invalid(moved, **refused.params) from refused


def _other(session: Session, form: RelationshipForm, kind: RelationshipKind) -> UUID | None:
    """The record on the other side, by the identifier that was typed; None for a councillor."""
    if kind is RelationshipKind.COUNCILLOR and not form.other.data:
        return None
    typed = (form.other.data or "").strip()
    for source in queries.sources(session) if typed else ():
        found = queries.record_by_key(session, source.slug, typed)
        if found is not None:
            return found
    raise Invalid({"other": N_("There is no record with this identifier")})


def _ended(session: Session, relationship_id: UUID, form: EndForm) -> bool:
    services.end_relationship(session, actor(), relationship_id, reason=form.reason.data or "", now=now())
    return True


def _said(refused: Conflict) -> dict[str, str]:
    return {name: gettext(str(value)) for name, value in refused.params.items()}


def _purpose() -> str:
    asked = request.args.get("purpose", "")
    return asked if asked in PURPOSES else "enquiry"
