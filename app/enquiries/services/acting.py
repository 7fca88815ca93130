"""Acting for another: in a call, and when an enquiry is raised."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers import queries as customers
from app.customers.relationship_enums import Use
from app.customers.rows import RelationshipRow
from app.enquiries.queries.contacts import contact_row
from app.enquiries.rows import ContactRow
from app.enquiries.services.contacts import must_be_verified, own_contact
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import Conflict, NotAllowed
from app.kernel.i18n import N_

NOBODY: dict[str, Any] = {"acting_kind": None, "relationship_id": None, "concerns_record_id": None}


def act_for(
    session: Session, actor: Actor, contact_id: UUID, relationship_id: UUID | None, *, now: datetime
) -> ContactRow:
    """The caller speaks for another from here on; None: for themselves again.

    NotAllowed unless the caller was verified, in this very contact, for the very record that may act; Conflict if the relationship
    cannot be used now.
    """
    contact = own_contact(session, actor, contact_id)
    if contact.ended_at is not None:
        raise Conflict(N_("This contact has been wrapped up already"))
    contact.relationship_id = contact.concerns_record_id = None
    if relationship_id is not None:
        row = _usable(session, relationship_id, now)
        if contact.source_record_id != row.acting.source_record_id:
            raise NotAllowed(N_("Verify the caller for the record that may act, and then choose it again"))
        must_be_verified(session, contact_id, row.acting.source_record_id)
        contact.relationship_id = row.id
        contact.concerns_record_id = row.concerned.source_record_id if row.concerned else None
        _note_used(session, actor, row, now, contact_id=contact_id)
    session.flush()
    return contact_row(session, contact)


def acts_in(
    session: Session,
    actor: Actor,
    service: str,
    *,
    relationship_id: UUID | None,
    contact_id: UUID | None,
    now: datetime,
) -> dict[str, Any]:
    """What an enquiry says of whoever raises it for another; checked now, whatever was chosen before."""
    if actor.kind is ActorKind.STAFF and contact_id is not None:
        relationship_id = own_contact(session, actor, contact_id).relationship_id
    elif actor.kind is not ActorKind.RESIDENT and relationship_id is not None:
        raise NotAllowed(N_("Choose in the contact for whom the caller acts"))
    if relationship_id is None:
        return NOBODY
    if actor.kind is ActorKind.RESIDENT and actor.account_id is not None:
        customers.accepted_relationship(session, actor.account_id, relationship_id, now=now)
    row = customers.usable_relationship(session, relationship_id, Use.ASK, service=service, now=now)
    _note_used(session, actor, row, now, service=service)
    return {
        "acting_kind": row.kind.value,
        "relationship_id": row.id,
        "concerns_record_id": row.concerned.source_record_id if row.concerned else None,
    }


def _usable(session: Session, relationship_id: UUID, now: datetime) -> RelationshipRow:
    row = customers.relationship(session, relationship_id, now=now)
    return customers.usable_relationship(session, relationship_id, min(row.uses), now=now)


def _note_used(session: Session, actor: Actor, row: RelationshipRow, now: datetime, **detail: Any) -> None:
    audit.record(session, actor, "relationship.used", "relationship", row.id, now=now, kind=row.kind, **detail)
