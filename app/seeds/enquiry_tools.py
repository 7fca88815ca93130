"""Something of each tool of enquiries for the demo: checklists, an agreement with a closed month, an urgent enquiry, a task, a file."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.enquiries import queries
from app.enquiries import services as enquiries
from app.enquiries.enums import State
from app.kernel.actors import Actor, ActorKind
from app.kernel.clock import london_date
from app.kernel.paging import PageRequest
from app.runtime import Runtime
from app.seeds import staff
from app.sla import agreements, signing_off
from app.sla.agreements import Target
from app.sla.enums import Measure, Party

CHECKLISTS: Mapping[str, tuple[tuple[str, int | None], ...]] = {
    "missed-bin": (("Ask the crew what happened", 1), ("Look whether the whole round was missed", None)),
    "housing-repair": (
        ("Is anybody in danger?", 1),
        ("Agree a time with the tenant", 2),
        ("Photograph the finished work", None),
    ),
}
TARGETS = {Measure.FIRST_RESPONSE: Target(1, 95), Measure.NEXT_UPDATE: Target(3, 95), Measure.RESOLUTION: Target(2, 90)}
NOTE = b"Rang the depot: the lorry broke down in the next street, and comes back tomorrow morning.\n"


def show(runtime: Runtime, ids: Mapping[str, UUID], *, now: datetime) -> None:
    """Write it all in one transaction, by the services that staff use."""
    people = {
        each.login: Actor(ActorKind.STAFF, ids[each.login], each.name, each.roles)
        for each in staff.COLLEAGUES
        if each.login in ids
    }
    with runtime.database.transaction() as session:
        for service, steps in CHECKLISTS.items():
            enquiries.set_checklist(session, people["admin"], service, steps, now=now)
        _agree(session, people, now)
        _mark(session, people, now)


def _agree(session: Session, people: Mapping[str, Actor], now: datetime) -> None:
    """Both leaders signed two months ago, and last month is closed for them to sign off."""
    then = now - timedelta(days=62)
    row = agreements.draft(
        session, people["leader"], service="missed-bin", front_unit="contact-centre", service_unit="waste",
        starts_on=london_date(then), review_on=london_date(then + timedelta(days=365)), targets=TARGETS, now=then,
    )  # fmt: skip
    agreements.sign(session, people["leader"], row.id, party=Party.FRONT, now=then)
    agreements.sign(session, people["officer"], row.id, party=Party.SERVICE, now=then)
    signing_off.close_last_month(session, now=now)


def _mark(session: Session, people: Mapping[str, Actor], now: datetime) -> None:
    """One of the advisor's is urgent, with a task and a file; for another it is asked."""
    mine = queries.worklist(
        session,
        owner_id=people["advisor"].account_id,
        states=[State.ASSIGNED, State.IN_PROGRESS],
        page=PageRequest(1, 2),
        now=now,
    )
    for number, line in enumerate(mine.items):
        asker = people["advisor"] if number else people["leader"]
        enquiries.ask_urgent(
            session, asker, line.reference, reason="Somebody in the house is ill", deadline=now + timedelta(days=1),
            version=None, now=now,
        )  # fmt: skip
        if not number:
            enquiries.add_task(
                session, asker, line.reference, title="Ring the depot", due_at=now + timedelta(hours=6), now=now
            )
            enquiries.attach(session, asker, line.reference, [("depot.txt", NOTE)], internal=True, now=now)
