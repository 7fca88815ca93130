"""Around the handoffs: what offers have to hold, a contractor with e-mail only, codes of a system, and what declines teach."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.customers import queries as customers
from app.enquiries import services as enquiries
from app.enquiries.enums import Channel
from app.enquiries.rows import Raiser
from app.handoffs import services as handoffs
from app.handoffs.enums import Becomes, Enforcement
from app.kernel.actors import SYSTEM, Actor, ActorKind, Role
from app.runtime import Runtime
from app.seeds import staff

WRONGLY_ROUTED = (
    ("Graffiti on the bridge over the ring road", "Bridges belong to Highways"),
    ("Paint on a road sign at the roundabout", "Signs belong to Highways"),
    ("Tags along the underpass", "A road structure: Highways clean it"),
)


def show(runtime: Runtime, people: dict[str, UUID], *, now: datetime) -> None:
    """Small and quick: a few rows of each, made by the services that the console uses."""
    with runtime.database.transaction() as session:
        handoffs.save_checklist(
            session, SYSTEM, service="housing-repair", unit=None, enforcement=Enforcement.WARN, now=now,
            required=["Somebody is at home in the mornings", "Which room"], optional=["Photo of the damage"],
        )  # fmt: skip
        for code, becomes, words in (
            ("crw-alloc", Becomes.IN_WORK, ""), ("clsd", Becomes.COMPLETED, "The work on the road is finished."),
        ):  # fmt: skip
            handoffs.save_rule(
                session, SYSTEM, unit="highways", code=code, becomes=becomes, words=words, now=now,
                silent_days=None if words else 10, silent_becomes=None if words else Becomes.ESCALATED,
            )  # fmt: skip
        _endpoint(session, runtime, now)
        for place, (told, why) in enumerate(WRONGLY_ROUTED):
            _declined(session, people, told, why, place=place, now=now - timedelta(days=9 - place))


def _endpoint(session: Session, runtime: Runtime, now: datetime) -> None:
    """Set up and not yet switched on: nothing of the demo leaves the machine."""
    key, _ = handoffs.add_endpoint(
        session, SYSTEM, unit="waste", name="Round planner", url="https://rounds.example/hooks/firstpoint",
        settings=runtime.settings, now=now,
    )  # fmt: skip
    handoffs.disable(session, SYSTEM, key, reason="Not switched on yet", now=now)


def _declined(session: Session, people: dict[str, UUID], told: str, why: str, *, place: int, now: datetime) -> None:
    """Offered to the wrong unit, declined in favour of the right one, and finished there."""
    advisor, wrong, right = (_who(people, login) for login in ("advisor2", "environment", "highways"))
    home = customers.search_properties(session, "ZF1")[place]
    answers = {"property": home.uprn, "where": told, "offensive": "no"}
    raised = enquiries.receive(
        session, advisor, service="graffiti", answers=answers, raiser=Raiser("A passer-by"), channel=Channel.PHONE,
        accept_duplicate=True, now=now,
    )  # fmt: skip
    first = handoffs.offer(session, advisor, raised.reference, unit="environmental-health", brief=told, now=now)
    handoffs.decline(session, wrong, first.id, reason=why, suggested_unit="highways", now=now + timedelta(hours=2))
    again = handoffs.offer(
        session, advisor, raised.reference, unit="highways", brief=told, now=now + timedelta(hours=3)
    )
    handoffs.accept(session, right, again.id, now=now + timedelta(hours=4))
    handoffs.complete(session, right, again.id, text="It has been cleaned.", now=now + timedelta(days=2))


def _who(people: dict[str, UUID], login: str) -> Actor:
    colleague = next(person for person in staff.COLLEAGUES if person.login == login)
    return Actor(ActorKind.STAFF, people[login], colleague.name, frozenset(Role(role) for role in colleague.roles))
