"""What a call's page shows of those for whom the caller can speak."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from agent_console.forms.relationships import ActingForm
from app.customers import queries as customers
from app.customers.rows import RelationshipRow
from app.enquiries import queries
from app.enquiries.rows import ContactRow, MineRow
from app.kernel.paging import Page, PageRequest
from app.organisation import queries as organisation
from app.web.context import now
from app.web.i18n import gettext

SHOWN = 10


@dataclass
class Acting:
    """The relationship in use with what it shows, a form to choose another, and those that another record would open."""

    row: RelationshipRow | None = None
    lapsed: bool = False
    page: Page[MineRow] | None = None
    form: ActingForm | None = None
    elsewhere: list[RelationshipRow] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)


def acting_in(session: Session, call: ContactRow, form: ActingForm | None = None) -> Acting:
    """For a caller who is verified; for others there is nothing to choose."""
    if call.source_record_id is None:
        return Acting()
    offered = customers.acting_by_record(session, call.source_record_id, now=now())
    chosen = next((row for row in offered if row.id == call.relationship_id), None)
    return Acting(
        chosen,
        call.relationship_id is not None and chosen is None,
        queries.acting_enquiries(session, chosen, page=PageRequest(1, SHOWN)) if chosen else None,
        (form or choosing(offered, chosen.id if chosen else None)) if offered else None,
        customers.acting_by_siblings(session, call.source_record_id, now=now()),
        {one.slug: one.name for one in organisation.catalogue(session)},
    )


def choosing(offered: list[RelationshipRow], chosen: UUID | None, *, given: bool = False) -> ActingForm:
    """The form; with `given` as it was sent."""
    form = ActingForm() if given else ActingForm(formdata=None, relationship=str(chosen or ""))
    form.relationship.choices = [("", gettext("For themselves"))] + [(str(row.id), _words(row)) for row in offered]
    return form


def _words(row: RelationshipRow) -> str:
    whom = row.concerned.name if row.concerned else row.ward
    return gettext("%(kind)s %(name)s", kind=gettext(row.kind.label), name=whom)
