"""A property and its household: who lives or lived there by which source, what is open there, what has been asked about it."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.properties import AddressForm
from agent_console.wording_customers import PURPOSES
from app.accounts.policy import Permission
from app.customers import queries, services
from app.customers.rows import PropertyRow
from app.enquiries import queries as enquiries
from app.kernel.errors import NotFound
from app.kernel.paging import PageRequest
from app.web import paging
from app.web.access import staff
from app.web.context import actor, now, reading, transaction

bp = Blueprint("console_properties", __name__, url_prefix="/console/properties")
Answer = str | Response | tuple[str, int]


@bp.get("")
@staff(Permission.CUSTOMERS_VIEW)
def find() -> str:
    return render_template("agent_console/properties.html", form=AddressForm(), found=None, purpose=_purpose())


@bp.post("")
@staff(Permission.CUSTOMERS_VIEW)
def found() -> Answer:
    """Properties by a postcode or an address; what is typed is in no address."""
    form = AddressForm()
    if not form.validate():
        return render_template("agent_console/properties.html", form=form, found=None, purpose=_purpose()), 422
    with reading() as session:
        rows = queries.search_properties(session, form.address.data or "", limit=50)
    return render_template("agent_console/properties.html", form=form, found=rows, purpose=_purpose())


@bp.get("/<uprn>")
@staff(Permission.CUSTOMERS_VIEW)
def page(uprn: str) -> Answer:
    """The property with everybody whom a source has there, and everything that has been asked about it."""
    with transaction() as session:
        place = _looked_at(session, uprn)
        return render_template(
            "agent_console/property.html",
            place=place,
            purpose=_purpose(),
            occupants=queries.occupants(session, place.id, paging.wanted(25), now=now()),
            moved_away=queries.moved_away(session, place.id, PageRequest(1, 25)),
            open_here=enquiries.open_at_property(session, place.id),
            asked=enquiries.services_at_property(session, place.id),
            history=enquiries.enquiries_at_property(session, place.id, paging.wanted(25)),
            told=request.args.get("show") == "history",
        )


@bp.get("/<uprn>/household")
@staff(Permission.CUSTOMERS_VIEW)
def household(uprn: str) -> Answer:
    """Who lives there now, and who of them acts for whom."""
    with transaction() as session:
        place = _looked_at(session, uprn)
        members = queries.household_page(session, place.id, paging.wanted(25))
        return render_template("agent_console/household.html", place=place, members=members, purpose=_purpose())


@bp.get("/organisations/<uuid:golden_id>")
@staff(Permission.CUSTOMERS_VIEW)
def organisation(golden_id: UUID) -> Answer:
    """An organisation: its names, addresses and properties, and its people."""
    sort, descending = paging.order(dict.fromkeys(queries.HELD_ORDERS), "address")
    with transaction() as session:
        row = queries.organisation(session, golden_id)
        if row.golden_id != golden_id:
            return redirect(url_for("console_properties.organisation", golden_id=row.golden_id, purpose=_purpose()))
        services.note_look(session, actor(), row.golden_id, purpose=_why(), now=now())
        records = queries.source_records_of_golden(session, row.golden_id)
        accounts = queries.accounts_of_source_records(session, records)
        return render_template(
            "agent_console/organisation.html",
            row=row,
            purpose=_purpose(),
            records=set(records),
            people=queries.relationships_of(session, records, now=now()),
            held=queries.properties_of(session, row.golden_id, paging.wanted(25), order=sort, descending=descending),
            sort=sort,
            descending=descending,
            open_for=enquiries.open_for(session, source_record_ids=records, account_ids=accounts),
        )


def _looked_at(session: Session, uprn: str) -> PropertyRow:
    place = queries.property_by_uprn(session, uprn)
    if place is None:
        raise NotFound
    services.note_property_look(session, actor(), place.id, purpose=_why(), now=now())
    return place


def _why() -> str:
    return str(PURPOSES[_purpose()])


def _purpose() -> str:
    asked = request.args.get("purpose", "")
    return asked if asked in PURPOSES else "enquiry"
