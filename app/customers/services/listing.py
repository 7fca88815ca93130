"""Taking a list of customers away: the file leaves the house, so it is written down who took it."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.queries.organisations import every_organisation
from app.customers.rows import OrganisationLine
from app.kernel.actors import Actor


def export_organisations(
    session: Session, actor: Actor, *, search: str, order: str, descending: bool, most: int, now: datetime
) -> list[OrganisationLine]:
    """All organisations that were searched for, for a file; restricted ones are left out."""
    rows = every_organisation(session, search=search, order=order, descending=descending, most=most, now=now)
    audit.record(
        session, actor, "organisations.exported", "golden_record", None, now=now, search=search, organisations=len(rows)
    )
    return rows
