"""The steps that every enquiry about a service begins with."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.enquiries.models import ChecklistStep, Enquiry, EnquiryTask
from app.kernel.actors import Actor
from app.kernel.errors import Invalid
from app.kernel.i18n import N_
from app.organisation import queries as organisation

MOST = 30


def set_checklist(
    session: Session, actor: Actor, service: str, steps: Sequence[tuple[str, int | None]], *, now: datetime
) -> None:
    """The steps of a service from now on, each with the working days it may take. Enquiries that are there keep theirs."""
    authorize(actor, Permission.CATALOGUE_MANAGE)
    found = organisation.service_by_slug(session, service)
    wanted = [(title.strip(), days) for title, days in steps if title.strip()]
    if len(wanted) > MOST:
        raise Invalid({"steps": N_("A checklist has at most %(most)s steps")}, most=MOST)
    if any(days is not None and days < 1 for _, days in wanted):
        raise Invalid({"steps": N_("The working days of a step are a whole number from 1 on")})
    session.execute(delete(ChecklistStep).where(ChecklistStep.service_id == found.id))
    session.add_all(
        ChecklistStep(service_id=found.id, position=position, title=title, due_working_days=days)
        for position, (title, days) in enumerate(wanted, start=1)
    )
    session.flush()
    audit.record(session, actor, "checklist.set", "service", found.id, now=now, steps=len(wanted))


def begin_checklist(session: Session, enquiry: Enquiry, *, now: datetime) -> None:
    """Give a new enquiry the steps of its service."""
    query = select(ChecklistStep).where(ChecklistStep.service_id == enquiry.service_id).order_by(ChecklistStep.position)
    steps = session.scalars(query).all()
    if not steps:
        return
    service = organisation.service(session, enquiry.service_id)
    for step in steps:
        due = organisation.working_days_of(service, now, step.due_working_days) if step.due_working_days else None
        session.add(EnquiryTask(
            enquiry_id=enquiry.id, position=step.position, title=step.title, due_at=due, from_checklist=True,
            created_at=now, created_by="Firstpoint",
        ))  # fmt: skip
    session.flush()
