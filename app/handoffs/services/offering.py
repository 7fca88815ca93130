"""What the sender does: prepare, offer, take back, confirm."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, may
from app.enquiries import queries as enquiry_queries
from app.enquiries import services as enquiries
from app.handoffs.enums import HandoffState
from app.handoffs.events import HandoffConfirmed, HandoffOffered, HandoffRecalled
from app.handoffs.models import Handoff
from app.handoffs.rows import HandoffRow
from app.handoffs.services import checklists
from app.handoffs.services.core import done, give_back, go, held, must_be_sender, said
from app.kernel.actors import Actor
from app.kernel.errors import Invalid, NotAllowed
from app.kernel.i18n import N_
from app.organisation import queries as organisation
from app.organisation.rows import UnitRow


def prepare(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    unit: str,
    brief: str = "",
    given: Collection[str] = (),
    now: datetime,
) -> HandoffRow:
    """Keep what the offer is to say, before it is made: nobody is asked yet, and the enquiry stays as it is."""
    if actor.account_id is None or not may(actor, Permission.HANDOFFS_OFFER):
        raise NotAllowed
    enquiry = enquiry_queries.enquiry(session, actor, reference)
    receiver = organisation.unit_by_slug(session, unit)
    items = checklists.filled(session, enquiry.service_id, receiver.id, given)
    draft = _draft_of(session, enquiry.id) or Handoff(
        enquiry_id=enquiry.id, state=HandoffState.DRAFT, from_unit_id=enquiry.unit_id, offered_at=now
    )
    draft.unit_id, draft.brief, draft.checklist, draft.sender_id = receiver.id, brief.strip(), items, actor.account_id
    session.add(draft)
    return done(session, actor, draft, None, now)


def offer(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    unit: str | None = None,
    brief: str = "",
    given: Collection[str] = (),
    anyway: bool = False,
    version: int | None = None,
    now: datetime,
) -> HandoffRow:
    """Ask a unit (the service's own, unless another is named) to take the enquiry. The actor becomes or stays accountable.

    `given` are the items of the checklist that are there; `anyway` offers it without what is only warned about.
    """
    if actor.account_id is None or not may(actor, Permission.HANDOFFS_OFFER):
        raise NotAllowed
    enquiry = enquiry_queries.enquiry(session, actor, reference)
    service = organisation.service(session, enquiry.service_id)
    receiver = _receiver(session, unit or service.handoff_unit_slug)
    checklist = checklists.checked(session, enquiry.service_id, receiver.id, given, anyway=anyway)
    accept_by = organisation.working_hours_of(service, now, service.acceptance_working_hours)
    offered = enquiries.handoff_offered(
        session, actor, reference, unit=receiver, answer_by=accept_by, brief=brief.strip(), version=version, now=now
    )
    handoff = _draft_of(session, enquiry.id) or Handoff(enquiry_id=offered.id, state=HandoffState.DRAFT)
    handoff.unit_id, handoff.from_unit_id = receiver.id, offered.unit_id
    handoff.sender_id, handoff.brief, handoff.checklist = offered.owner_id or actor.account_id, brief.strip(), checklist
    handoff.offered_at, handoff.accept_by, handoff.state = now, accept_by, HandoffState.OFFERED
    session.add(handoff)
    session.flush()
    return done(session, actor, handoff, HandoffOffered(handoff.id, handoff.enquiry_id, now), now)


def recall(
    session: Session, actor: Actor, handoff_id: UUID, *, reason: str, version: int | None = None, now: datetime
) -> HandoffRow:
    """The sender takes back an offer that nobody has accepted yet, or throws a draft away."""
    handoff = held(session, handoff_id, version)
    must_be_sender(actor, handoff)
    text = said("reason", reason, N_("Say why you take it back"))
    drafted = handoff.state is HandoffState.DRAFT
    go(handoff, HandoffState.RECALLED, reason=text, ended_at=now)
    session.flush()
    if drafted:
        return done(session, actor, handoff, None, now)
    give_back(session, actor, handoff, now=now)
    return done(session, actor, handoff, HandoffRecalled(handoff.id, handoff.enquiry_id, now), now)


def confirm(
    session: Session, actor: Actor, handoff_id: UUID, *, version: int | None = None, now: datetime
) -> HandoffRow:
    """The sender has seen how it ended."""
    handoff = held(session, handoff_id, version)
    must_be_sender(actor, handoff)
    go(handoff, HandoffState.CONFIRMED)
    session.flush()
    return done(session, actor, handoff, HandoffConfirmed(handoff.id, handoff.enquiry_id, now), now)


def _receiver(session: Session, slug: str | None) -> UnitRow:
    if slug is None:
        raise Invalid({"unit": N_("Choose the unit that should take it")})
    receiver = organisation.unit_by_slug(session, slug)
    if not organisation.unit_members(session, slug):
        raise Invalid({"unit": N_("Nobody works in this unit yet, so nobody could accept it")})
    return receiver


def _draft_of(session: Session, enquiry_id: UUID) -> Handoff | None:
    return session.scalar(
        select(Handoff).where(Handoff.enquiry_id == enquiry_id, Handoff.state == HandoffState.DRAFT).with_for_update()
    )
