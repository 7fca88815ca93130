"""What can be booked in the demo, and who has: the tip, large items from home, and Check and send at a library."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import cycle, islice
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.bookings import queries, services
from app.bookings.rows import TimetableRow
from app.customers import queries as customers
from app.enquiries.enums import Channel
from app.enquiries.rows import Raiser
from app.kernel.actors import SYSTEM, Actor, ActorKind, Role
from app.kernel.clock import LONDON
from app.kernel.paging import PageRequest
from app.runtime import Runtime
from app.seeds import staff

AREA = "ZF1"
"""The postcode area in which everybody of this is looked for."""
PASSED_BY = 40
"""So many houses at the beginning of the list are those of other stories."""
CALLERS = 36
BEFORE = timedelta(days=20)
"""So long ago it began; some have been there already."""

TIP = services.TimetableTerms(
    "A visit to the recycling centre", "Harbour Road Recycling Centre, HM4 2RC", 4, 2, 28,
    "Bring your permit and something that shows your address. Vans and trailers use the second gate.", "01632 960180",
)  # fmt: skip
ITEMS = services.TimetableTerms(
    "Large items collected from your home", "", 3, 48, 42,
    "Put everything by your gate before 7am. We take up to five items, and no glass.", "01632 960181",
)  # fmt: skip
CHECK = services.TimetableTerms(
    "Check and send: Blue Badge help at the library", "Hallowmere Central Library, first floor", 1, 24, 42,
    "Bring one photo, proof of who you are, proof of address and the letters about your benefits.", "01632 960182",
)  # fmt: skip
WEEKS = (
    (TIP, "tip-permit", "waste", (range(6), 8 * 60, 16 * 60, 30, 4)),
    (ITEMS, "bulky-waste", "waste", ((1, 3), 7 * 60, 15 * 60, 240, 3)),
    (CHECK, "blue-badge", "contact-centre", ((0, 2, 4), 10 * 60, 13 * 60, 30, 1)),
)
NOTES = ("", "", "With a trailer", "", "Uses a wheelchair", "A sofa and two mattresses")


def show(runtime: Runtime, ids: Mapping[str, UUID], resident: UUID, *, now: datetime) -> None:
    """Make it all by the services that residents and staff use."""
    people = {
        each.login: Actor(ActorKind.STAFF, ids[each.login], each.name, each.roles)
        for each in staff.COLLEAGUES
        if each.login in ids
    }
    with runtime.database.transaction() as session:
        rows = _timetables(session, people["leader"], now - BEFORE)
        _callers(session, rows, now)
        _resident(session, people["officer"], rows, resident, now)


def _timetables(session: Session, leader: Actor, at: datetime) -> list[TimetableRow]:
    rows = []
    for terms, service, unit, (weekdays, starts, ends, minutes, places) in WEEKS:
        row = services.make(session, leader, terms, service=service, unit=unit, now=at)
        services.add_windows(
            session, leader, row.slug, weekdays=tuple(weekdays), starts=starts, ends=ends, minutes=minutes, places=places, now=at
        )  # fmt: skip
        rows.append(row)
    return rows


def _callers(session: Session, rows: list[TimetableRow], now: datetime) -> None:
    """People of one area have rung, each for one of the three, over the next days."""
    homes = customers.search_properties(session, AREA, limit=PASSED_BY + 3 * CALLERS)[PASSED_BY:]
    free = [[one.day for one in queries.free_days(session, row, now=now)] for row in rows]
    made = 0
    for place, note in zip(homes, cycle(NOTES), strict=False):
        members = customers.household_page(session, place.id, PageRequest(1, 1)).items
        row, days = rows[made % 3], free[made % 3]
        if not members or not days:
            continue
        times = queries.free_times(session, row, days[made // 3 % min(6, len(days))], now=now)
        starts_at = next(islice(times, made % max(1, len(times)), None), None)
        if starts_at is None:
            continue
        records = customers.source_records_of_golden(session, members[0].golden_id)
        services.book(
            session, SYSTEM, timetable=row.slug, starts_at=starts_at.starts_at, person=Raiser(members[0].name, "", "01632 960199"),
            channel=Channel.PHONE, note_given=note, uprn=place.uprn if row.at_home else "", source_record_id=records[0], now=now,
        )  # fmt: skip
        made += 1
        if made == CALLERS:
            return


def _resident(session: Session, officer: Actor, rows: list[TimetableRow], resident: UUID, now: datetime) -> None:
    """The demo resident has been to the tip, and is booked for another visit."""
    account = accounts.account(session, resident)
    josephine = Actor(ActorKind.RESIDENT, resident, account.name, frozenset({Role.RESIDENT}))
    who = Raiser(account.name, account.email or "", "", account.locale)
    for days, ahead in ((-14, 1), (0, 3)):
        at = now + timedelta(days=days)
        day = queries.free_days(session, rows[0], now=at)[ahead].day
        time = queries.free_times(session, rows[0], day, now=at)[ahead]
        made = services.book(
            session,
            josephine,
            timetable=rows[0].slug,
            starts_at=time.starts_at,
            person=who,
            channel=Channel.WEB,
            now=at,
        )
        if days:
            came = datetime.combine(day, time.ends_at.astimezone(LONDON).time(), LONDON)
            services.settle(session, officer, made.reference, kept=True, now=came)
