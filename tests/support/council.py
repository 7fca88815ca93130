"""A small council for the tests: the catalogue, a few people, the queues they look after, and one house."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.enums import AccountKind, AccountStatus
from app.accounts.models import Account, AccountRole
from app.customers.models import Property
from app.enquiries import services as enquiries
from app.enquiries.enums import Channel
from app.enquiries.rows import EnquiryRow, Raiser
from app.kernel.actors import SYSTEM, Actor, ActorKind, Role
from app.organisation import services as organisation

UPRN = "100090000001"
OTHER_UPRN = "100090000002"
MISSED_BIN = {
    "property": UPRN, "bin": ["refuse"], "collection_day": "2026-03-10", "out_in_time": "yes", "whole_street": "no",
}  # fmt: skip
RAISER = Raiser("Josephine Bloggs", "jo@example.com", "01632 960001")


@dataclass(frozen=True)
class Council:
    """Who works here."""

    advisor: Actor
    colleague: Actor
    leader: Actor
    officer: Actor
    officer_too: Actor
    roads: Actor
    monitor: Actor
    administrator: Actor
    resident: Actor
    neighbour: Actor


def person(session: Session, name: str, *roles: Role, now: datetime, kind: AccountKind = AccountKind.STAFF) -> Actor:
    """An account that is ready to act, without the cost of a password."""
    email = f"{name.lower().replace(' ', '.')}@example.com"
    account = Account(
        kind=kind, email=email, name=name, status=AccountStatus.ACTIVE, created_at=now, email_confirmed_at=now,
        role_rows=[AccountRole(role=role) for role in roles],
    )  # fmt: skip
    session.add(account)
    session.flush()
    return Actor(ActorKind(kind.value), account.id, name, frozenset(roles))


def found(session: Session, now: datetime) -> Council:
    """Everything that has to be there before the first enquiry."""
    resident = AccountKind.RESIDENT
    council = Council(
        advisor=person(session, "Ada Visor", Role.ADVISOR, now=now),
        colleague=person(session, "Col League", Role.ADVISOR, now=now),
        leader=person(session, "Lee Der", Role.TEAM_LEADER, Role.ADVISOR, now=now),
        officer=person(session, "Wes Teofficer", Role.OFFICER, now=now),
        officer_too=person(session, "Wanda Teofficer", Role.OFFICER, now=now),
        roads=person(session, "Rhoda Smith", Role.OFFICER, now=now),
        monitor=person(session, "Moni Tor", Role.MONITOR, now=now),
        administrator=person(session, "Adam Inistrator", Role.ADMINISTRATOR, now=now),
        resident=person(session, "Jo Bloggs", Role.RESIDENT, now=now, kind=resident),
        neighbour=person(session, "Ned Neighbour", Role.RESIDENT, now=now, kind=resident),
    )
    organisation.load_catalogue(session, SYSTEM, now=now)
    _staff(session, "contact-centre", (council.advisor, council.colleague, council.leader, council.monitor), now)
    _staff(session, "waste", (council.officer, council.officer_too), now)
    _staff(session, "highways", (council.roads,), now)
    queue(session, council, "monitoring-desk", "contact-centre", now=now)
    queue(session, council, "waste-intake", "waste", now=now)
    for uprn, number in ((UPRN, "1"), (OTHER_UPRN, "2")):
        session.add(
            Property(
                uprn=uprn,
                house_number=number,
                street="High Street",
                city="Hallowmere",
                postcode="HM1 1AA",
                address_key=f"{number} high street hm11aa",
                search=f"{number} high street hm1 1aa",
            )
        )
    session.flush()
    return council


def queue(
    session: Session, council: Council, slug: str, unit: str, *, now: datetime, readers: Sequence[UUID] = ()
) -> None:
    """An active queue that a unit reads."""
    names = {"owner_id": council.leader.account_id, "deputy_id": council.advisor.account_id}
    organisation.open_queue(
        session, SYSTEM, slug=slug, name=slug.replace("-", " ").capitalize(), purpose="For the tests", unit=unit, **names,
        monitor_id=council.monitor.account_id, reader_units=[unit], reader_ids=readers, now=now,
    )  # fmt: skip


def missed_bin(session: Session, actor: Actor, *, now: datetime, **changes: object) -> EnquiryRow:
    """A missed bin, raised by this actor on the phone, or online by a resident."""
    channel = Channel.WEB if actor.kind is ActorKind.RESIDENT else Channel.PHONE
    given: dict[str, object] = {"service": "missed-bin", "answers": MISSED_BIN, "raiser": RAISER, "channel": channel}
    return enquiries.receive(session, actor, **(given | {"accept_duplicate": True} | changes), now=now)


def _staff(session: Session, unit: str, people: Sequence[Actor], now: datetime) -> None:
    for actor in people:
        assert actor.account_id is not None
        organisation.add_member(session, SYSTEM, actor.account_id, unit, now=now)
