"""The people who work in the demo council, where they work, and the queues that they look after.

Names are invented and addresses end in `.example`; everyone has the same password, which is printed at every start.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts import services as accounts
from app.kernel.actors import SYSTEM, Role
from app.organisation import services as organisation
from app.organisation.enums import QueueKind

PASSWORD = "hallowmere by the sea"  # noqa: S105 - the demo's password is printed at every start; it opens nothing else
DOMAIN = "hallowmere.example"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works for the demo council. `shown_as` is set for the few whom a visitor signs in as."""

    login: str
    name: str
    roles: frozenset[Role]
    unit: str
    leads: bool = False
    shown_as: str = ""

    @property
    def email(self) -> str:
        return f"{self.login}@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class PlannedQueue:
    """A queue of the demo council; owner and deputy by their logins."""

    slug: str
    name: str
    unit: str
    purpose: str
    owner: str
    deputy: str
    project: bool = False


def _person(login: str, name: str, unit: str, *roles: Role, leads: bool = False, shown_as: str = "") -> Colleague:
    return Colleague(login, name, frozenset(roles), unit, leads, shown_as)


COLLEAGUES = (
    _person("advisor", "Ada Winterbourne", "contact-centre", Role.ADVISOR, shown_as="Advisor"),
    _person("advisor2", "Tomos Larkfield", "contact-centre", Role.ADVISOR),
    _person("advisor3", "Ngozi Thistlewood", "contact-centre", Role.ADVISOR),
    _person("advisor4", "Rafe Underhill", "contact-centre", Role.ADVISOR),
    _person(
        "leader",
        "Meera Stonebridge",
        "contact-centre",
        Role.TEAM_LEADER,
        Role.ADVISOR,
        leads=True,
        shown_as="Team leader",
    ),
    _person("steward", "Felix Harrowgate", "contact-centre", Role.STEWARD, shown_as="Data steward"),
    _person("officer", "Bryony Oldcastle", "waste", Role.OFFICER, leads=True, shown_as="Back-office officer (waste)"),
    _person("officer2", "Kwame Fairweather", "waste", Role.OFFICER),
    _person("monitor", "Ines Blackwater", "contact-centre", Role.MONITOR, shown_as="Monitor"),
    _person("admin", "Oskar Pennyfeather", "contact-centre", Role.ADMINISTRATOR, shown_as="Administrator"),
    _person("highways", "Delphine Marsh", "highways", Role.OFFICER, leads=True),
    _person("highways2", "Jonty Cragfoot", "highways", Role.OFFICER),
    _person("revenues", "Hamza Goldsworth", "revenues", Role.OFFICER, leads=True),
    _person("revenues2", "Petra Lindqvist-Moor", "revenues", Role.OFFICER),
    _person("housing", "Gareth Tidewell", "housing", Role.OFFICER, leads=True),
    _person("housing2", "Amina Quillfeather", "housing", Role.OFFICER),
    _person("care", "Rosalind Hartsease", "adult-social-care", Role.OFFICER, leads=True),
    _person("care2", "Dev Applegarth", "adult-social-care", Role.OFFICER),
    _person("environment", "Saoirse Windrush", "environmental-health", Role.OFFICER, leads=True),
    _person("environment2", "Lucjan Moorcock", "environmental-health", Role.OFFICER),
    _person("complaints", "Winifred Saltmarsh", "customer-relations", Role.OFFICER, leads=True),
    _person("complaints2", "Ezra Copperfield-Lane", "customer-relations", Role.OFFICER),
)

QUEUES = (
    PlannedQueue("monitoring-desk", "Monitoring desk", "contact-centre", "Enquiries that no rule could place", "monitor", "leader"),
    PlannedQueue("contact-centre-intake", "Contact centre", "contact-centre", "New enquiries for advisors", "leader", "advisor2"),
    PlannedQueue("waste-intake", "Waste Services", "waste", "Bins, collections and tip permits", "officer", "officer2"),
    PlannedQueue("highways-intake", "Highways", "highways", "Roads, pavements and street lights", "highways", "highways2"),
    PlannedQueue("revenues-intake", "Council Tax", "revenues", "Council tax accounts and moves", "revenues", "revenues2"),
    PlannedQueue("housing-intake", "Housing", "housing", "Repairs and applications", "housing", "housing2"),
    PlannedQueue("social-care-intake", "Adult Social Care", "adult-social-care", "Blue Badges and assessments", "care", "care2"),
    PlannedQueue(
        "environmental-health-intake", "Environmental Health", "environmental-health", "Fly-tipping, graffiti and pests",
        "environment", "environment2",
    ),
    PlannedQueue("complaints-intake", "Complaints", "customer-relations", "Complaints about any service", "complaints", "complaints2"),
    PlannedQueue(
        "finance-incidents", "Finance incidents", "contact-centre", "Payments to sort out during the billing change", "advisor4", "advisor3",
        project=True,
    ),
)  # fmt: skip


def hire(session: Session, *, now: datetime) -> dict[str, UUID]:
    """Make everybody's account and membership. Returns account ids by login."""
    ids: dict[str, UUID] = {}
    for person in COLLEAGUES:
        account, _ = accounts.create_staff(
            session, SYSTEM, email=person.email, name=person.name, roles=person.roles, password=PASSWORD, now=now
        )
        organisation.add_member(session, SYSTEM, account.id, person.unit, can_lead=person.leads, now=now)
        ids[person.login] = account.id
    return ids


def open_queues(session: Session, people: dict[str, UUID], *, now: datetime, today: date) -> None:
    """Open every queue of the council; the catalogue's services find their intake among them. Projects end some time after today."""
    for queue in QUEUES:
        organisation.open_queue(
            session,
            SYSTEM,
            slug=queue.slug,
            name=queue.name,
            purpose=queue.purpose,
            unit=queue.unit,
            owner_id=people[queue.owner],
            deputy_id=people[queue.deputy],
            monitor_id=people["monitor"],
            reader_units=[queue.unit],
            kind=QueueKind.PROJECT if queue.project else QueueKind.PERMANENT,
            ends_on=today + timedelta(days=60) if queue.project else None,
            now=now,
        )
