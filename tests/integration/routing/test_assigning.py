"""Who takes what: by skill, language, shift and load. And nothing stays with somebody who is not there for it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts import services as accounts
from app.enquiries import queries, services
from app.enquiries.enums import EntryKind, State
from app.enquiries.rows import EnquiryRow, Raiser
from app.kernel.actors import SYSTEM, Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Conflict
from app.notifications import queries as notifications
from app.organisation import services as organisation
from app.organisation.enums import Language, RotaKind
from app.organisation.policy import STANDARD_HOURS, bank_holidays
from app.routing import assigning
from app.routing import services as routing
from app.routing.assigning_policy import is_away
from tests.support.council import Council, missed_bin

EVENING = datetime(2026, 3, 11, 18, tzinfo=UTC)


def start(session: Session, actor: Actor, clock: FixedClock, **changes: object) -> EnquiryRow:
    council_resident = changes.pop("by")
    row = missed_bin(session, council_resident, now=clock.now(), **changes)  # type: ignore[arg-type]  # - the resident
    return services.start(session, actor, row.reference, version=None, now=clock.now())


@pytest.fixture
def row(session: Session, council: Council, clock: FixedClock) -> EnquiryRow:
    """In the hands of an officer of Waste."""
    return start(session, council.officer, clock, by=council.resident)


def ill(session: Session, actor: Actor, *, days: int, now: datetime) -> None:
    assert actor.account_id is not None
    organisation.add_exception(
        session, SYSTEM, actor.account_id, RotaKind.SICKNESS, starts_at=now, ends_at=now + timedelta(days=days), now=now
    )


def with_whom(session: Session, row: EnquiryRow) -> str:
    session.expire_all()
    found = queries.enquiry(session, SYSTEM, row.reference)
    return found.owner_name or found.queue_name


@pytest.mark.parametrize(
    ("next_shift", "needed_at", "away"),
    [
        (None, "2026-03-20T17:00", True),
        ("2026-03-11T18:00", "2026-03-11T12:00", False),
        ("2026-03-12T09:00", "2026-03-11T17:00", False),
        ("2026-03-12T10:30", "2026-03-11T17:00", False),
        ("2026-03-12T12:00", "2026-03-11T17:00", True),
        ("2026-03-12T12:00", "2026-03-13T17:00", False),
        ("2026-03-16T09:00", "2026-03-20T17:00", True),
    ],
    ids=[
        "never again", "there now", "an ordinary night", "a late start", "missed what was due", "nothing due", "beyond a working day",
    ],
)  # fmt: skip
def test_being_away_is_not_a_day_that_ends(next_shift: str | None, needed_at: str, *, away: bool) -> None:
    def moment(written: str) -> datetime:
        return datetime.fromisoformat(written).replace(tzinfo=UTC)

    found = is_away(
        next_shift=moment(next_shift) if next_shift else None, needed_at=moment(needed_at), hours=STANDARD_HOURS,
        closed=bank_holidays(), now=EVENING,
    )  # fmt: skip
    assert found is away


def test_the_night_moves_nothing(session: Session, council: Council, row: EnquiryRow) -> None:
    for hour in (17, 18, 23):
        assert assigning.move_on_from_absent(session, now=datetime(2026, 3, 11, hour, 30, tzinfo=UTC)) == 0
    assert assigning.move_on_from_absent(session, now=datetime(2026, 3, 14, 12, tzinfo=UTC)) == 0, "a weekend neither"


def test_what_an_ill_person_had_goes_to_a_colleague_at_once_with_the_reason(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    ill(session, council.officer, days=9, now=clock.now())
    assert with_whom(session, row) == "Wanda Teofficer"
    kinds = [entry.kind for entry in queries.entries(session, council.monitor, row.reference)]
    assert EntryKind.OWNER_AWAY in kinds


def test_with_nobody_there_it_goes_back_to_the_queue(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    ill(session, council.officer_too, days=9, now=clock.now())
    ill(session, council.officer, days=9, now=clock.now())
    assert with_whom(session, row) == "Waste intake"


def test_the_customer_hears_if_they_had_somebody_to_speak_to(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    ill(session, council.officer, days=9, now=clock.now())
    templates = [m.template.value for m in notifications.messages_about(session, "enquiry", row.id)]
    assert "enquiry_reassigned" not in templates, "nobody had spoken to them"
    second = start(session, council.officer_too, clock, by=council.neighbour)
    services.message_customer(session, council.officer_too, second.reference, body="I look into it", now=clock.now())
    ill(session, council.officer_too, days=9, now=clock.now())
    told = [m.template.value for m in notifications.messages_about(session, "enquiry", second.id)]
    assert told[-1] == "enquiry_reassigned"


def test_a_short_absence_moves_nothing_that_can_wait(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    assert council.officer.account_id is not None
    organisation.add_exception(
        session, SYSTEM, council.officer.account_id, RotaKind.TRAINING, starts_at=clock.now(),
        ends_at=clock.now() + timedelta(hours=3), now=clock.now(),
    )  # fmt: skip
    assert with_whom(session, row) == "Wes Teofficer"


def test_who_leaves_the_unit_leaves_its_work_there(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    assert council.officer.account_id is not None
    organisation.remove_member(session, SYSTEM, council.officer.account_id, "waste", now=clock.now())
    assert with_whom(session, row) == "Wanda Teofficer"


def test_who_loses_the_role_is_found_by_the_job(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    session.execute(
        text("UPDATE account_role SET role = 'steward' WHERE account_id = :a"), {"a": council.officer.account_id}
    )
    assert assigning.move_on_from_absent(session, now=clock.now()) == 1
    assert with_whom(session, row) == "Wanda Teofficer"


def test_the_last_reader_of_the_desk_cannot_be_shut_out_and_other_queues_are_emptied(
    session: Session, council: Council, clock: FixedClock
) -> None:
    waiting = missed_bin(session, council.resident, now=clock.now())
    for officer in (council.officer, council.officer_too):
        assert officer.account_id is not None
        accounts.suspend(session, SYSTEM, officer.account_id, now=clock.now())
    assert with_whom(session, waiting) == "Monitoring desk"
    contact_centre = (council.advisor, council.colleague, council.leader, council.monitor)
    for number, actor in enumerate(contact_centre, start=1):
        assert actor.account_id is not None
        if number == len(contact_centre):
            with pytest.raises(Conflict, match="last person"):
                accounts.suspend(session, SYSTEM, actor.account_id, now=clock.now())
        else:
            accounts.suspend(session, SYSTEM, actor.account_id, now=clock.now())


def test_work_is_spread_by_load(session: Session, council: Council, clock: FixedClock) -> None:
    held = [start(session, council.officer, clock, by=council.resident) for _ in range(3)]
    third = start(session, council.officer_too, clock, by=council.resident)
    assert with_whom(session, third) == "Wanda Teofficer"
    best = assigning.candidates(session, held[0].reference, council.leader, now=clock.now())
    assert [(each.name, each.load) for each in best] == [("Wanda Teofficer", 1), ("Wes Teofficer", 3)]


def test_the_best_placed_has_the_skill_and_the_language(session: Session, council: Council, clock: FixedClock) -> None:
    french = missed_bin(
        session, council.advisor, raiser=Raiser("Jeanne", "j@example.com", locale="fr"), now=clock.now()
    )
    assert council.officer.account_id is not None
    organisation.set_languages(session, SYSTEM, council.officer.account_id, [Language.FRENCH], now=clock.now())
    start(session, council.officer, clock, by=council.resident)
    given = assigning.assign_best(session, council.leader, french.reference, version=None, now=clock.now())
    assert (given.owner_name, given.state) == ("Wes Teofficer", State.ASSIGNED)


def test_nobody_on_shift_is_said(session: Session, council: Council, clock: FixedClock, row: EnquiryRow) -> None:
    with pytest.raises(Conflict, match="on shift"):
        assigning.assign_best(session, council.leader, row.reference, version=None, now=clock.now().replace(hour=23))


def test_the_next_one_is_one_that_i_can_do_and_in_a_language_of_mine(
    session: Session, council: Council, clock: FixedClock
) -> None:
    french = missed_bin(
        session, council.advisor, raiser=Raiser("Jeanne", "j@example.com", locale="fr"), now=clock.now()
    )
    clock.advance(timedelta(days=1))
    english = missed_bin(session, council.resident, now=clock.now())
    taken = routing.pick_next(session, council.officer, now=clock.now())
    assert taken is not None
    assert taken.reference == english.reference, "although the other is due earlier"
    organisation.add_skill(session, council.administrator, "Crane driving", now=clock.now())
    session.execute(text("""UPDATE service SET skills = '["crane-driving"]' WHERE slug = 'missed-bin'"""))
    assert routing.pick_next(session, council.officer_too, now=clock.now()) is None
    assert council.officer_too.account_id is not None
    organisation.set_skills(session, SYSTEM, council.officer_too.account_id, ["crane-driving"], now=clock.now())
    able = routing.pick_next(session, council.officer_too, now=clock.now())
    assert able is not None
    assert able.reference == french.reference
