"""The one box: whatever is typed, in any order, and whom it may mean."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.customers.finding.box import read_box
from app.customers.finding.find import find_typed, found_row, sources_of, staff_only
from app.customers.models import GoldenRecord
from app.customers.queries.golden import resolve
from app.customers.rows import FoundCustomer
from app.kernel.actors import Actor
from app.kernel.errors import NotFound


def search(session: Session, actor: Actor, text: str, *, limit: int = 20) -> list[FoundCustomer]:
    """The likest customers first: by names, address, postcode or its beginning, phone, e-mail, birth, a source's reference, our own id.

    Staff only. Raises Invalid when nothing in the text can be searched for. Enquiries are no business of this room: what the text
    says of one is in `read_box`.
    """
    staff_only(actor)
    typed = read_box(text)
    return _ours(session, typed.golden) if typed.golden else find_typed(session, actor, typed, limit=limit)


def customer_line(session: Session, actor: Actor, golden_id: UUID) -> list[FoundCustomer]:
    """One customer as a line of a list; nothing for an id that leads nowhere. Staff only."""
    staff_only(actor)
    return _ours(session, golden_id)


def _ours(session: Session, golden_id: UUID) -> list[FoundCustomer]:
    """By an id of ours; one that is no longer in use leads to the record that took its place."""
    try:
        current = resolve(session, golden_id)
    except NotFound:
        return []
    golden = session.get_one(GoldenRecord, current)
    return [found_row(golden, sources_of(session, [current]).get(current, ()))]
