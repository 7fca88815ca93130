"""What people have asked about their data in the demo: a copy, a correction whose source is overdue, an erasure; and a legal hold."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.customers import queries as customers
from app.customers.rows import MemberRow
from app.enquiries import queries as enquiries
from app.kernel.actors import SYSTEM, Actor, ActorKind, Role
from app.kernel.paging import PageRequest
from app.rights import services
from app.rights.enums import AskedBy, RightKind
from app.runtime import Runtime
from app.seeds import staff

AREA = "ZF1"
"""The postcode area in which somebody is looked for who has written to us."""


def show(runtime: Runtime, ids: Mapping[str, UUID], resident: UUID, *, now: datetime) -> None:
    """Write it all by the services that residents and staff use."""
    steward = next(
        Actor(ActorKind.STAFF, ids[each.login], each.name, each.roles)
        for each in staff.COLLEAGUES
        if each.login == "steward"
    )
    with runtime.database.transaction() as session:
        _copy(session, resident, now - timedelta(days=2))
    with runtime.database.transaction() as session:
        writers = _writers(session)
        if len(writers) > 1:
            _correction(session, steward, writers[0], now - timedelta(days=20))
            _erasure(session, steward, writers[1], now - timedelta(days=5))
    with runtime.database.transaction() as session:
        services.remind(session, steward, now=now - timedelta(days=3))
        _hold(session, steward, resident, now - timedelta(days=30))


def _copy(session: Session, resident: UUID, at: datetime) -> None:
    """The demo resident has asked for a copy in My Account."""
    account = accounts.account(session, resident)
    asks = Actor(ActorKind.RESIDENT, resident, account.name, frozenset({Role.RESIDENT}))
    services.ask(session, asks, RightKind.ACCESS, now=at)


def _correction(session: Session, steward: Actor, who: MemberRow, at: datetime) -> None:
    """Somebody has written that they have another surname now; it is shown at once, and the source has not answered yet."""
    request = services.write_down(
        session, steward, RightKind.RECTIFICATION, AskedBy.LETTER, name=who.name, now=at,
        said="I have married and am called Featherstone now. My bills still go to my old name.",
    )  # fmt: skip
    services.take(session, steward, request, now=at)
    services.show_identity(session, steward, request, how="Marriage certificate seen at the counter", now=at)
    record = customers.source_records_of_golden(session, who.golden_id)[0]
    known = customers.people(session, [record])[record]
    services.add_record(
        session, steward, request, known.source_slug, known.source_key, reason="Its number is on the bill that was shown", now=at
    )  # fmt: skip
    services.correct(
        session, steward, request, record, "family_name", should_say="Featherstone", reason="Marriage certificate seen", now=at
    )  # fmt: skip


def _erasure(session: Session, steward: Actor, who: MemberRow, at: datetime) -> None:
    """Somebody has asked at the counter to be forgotten; who they are has yet to be shown."""
    services.write_down(
        session, steward, RightKind.ERASURE, AskedBy.VISIT, name=who.name, now=at, said="I move away and want to be forgotten."
    )  # fmt: skip


def _hold(session: Session, steward: Actor, resident: UUID, at: datetime) -> None:
    """A claim is running about the latest enquiry of the demo resident."""
    latest = enquiries.my_enquiries(session, resident, page=PageRequest(1, 1)).items
    if latest:
        found = enquiries.enquiry(session, SYSTEM, latest[0].reference)
        services.place_hold(
            session, steward, "enquiry", found.id, reason="A claim for damage is with the insurers", now=at
        )


def _writers(session: Session) -> list[MemberRow]:
    """Two adults of the area, in the order of the street."""
    found: list[MemberRow] = []
    for place in customers.search_properties(session, AREA, limit=30):
        members = customers.household_page(session, place.id, PageRequest(1, 5)).items
        found += [one for one in members if one.date_of_birth and one.date_of_birth.year < 1990 and one.name][:1]
        if len(found) > 1:
            break
    return found[:2]
