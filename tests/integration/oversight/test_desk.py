"""The monitoring desk: what it counts it counts over the tables, and what it does the customer hears of."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.enquiries import services as enquiries
from app.enquiries.enums import Channel, State
from app.enquiries.rows import PastEnquiry
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.errors import Invalid, NotAllowed, Stale
from app.kernel.paging import Page, PageRequest
from app.kernel.references import new as new_reference
from app.notifications import queries as notifications
from app.oversight import queries, services
from app.oversight.enums import AgeingMeasure, DeskList
from app.oversight.policy import BANDS
from app.oversight.rows import DeskRow
from tests.support.council import RAISER, Council, missed_bin

PAGE = PageRequest()


def listed(session: Session, which: DeskList, clock: FixedClock) -> Page[DeskRow]:
    return queries.listing(session, which, limits=queries.limits(session), now=clock.now(), page=PAGE)


def waits(session: Session, clock: FixedClock, *days: int) -> list[str]:
    """Enquiries that came so many days ago and that nobody has touched."""
    references = [new_reference("FP") for _ in days]
    past = [
        PastEnquiry(
            "missed-bin",
            Channel.PHONE,
            clock.now() - timedelta(days=day),
            RAISER,
            State.TRIAGE,
            queue="waste-intake",
            reference=reference,
        )
        for day, reference in zip(days, references, strict=True)
    ]
    enquiries.import_history(session, SYSTEM, past, now=clock.now())
    return references


def test_each_open_enquiry_is_in_one_band_of_each_measure(
    session: Session, council: Council, clock: FixedClock
) -> None:
    waits(session, clock, 0, 1, 2, 4, 9, 39, 40, 80)
    table = queries.ageing(session, now=clock.now())
    by_measure = {row.measure: row.counts for row in table.rows}
    assert by_measure[AgeingMeasure.RECEIVED] == (2, 2, 1, 0, 1, 2)
    assert {row.total for row in table.rows} == {8}
    for band, count in zip(BANDS, by_measure[AgeingMeasure.RECEIVED], strict=True):
        rows = queries.in_band(session, measure=AgeingMeasure.RECEIVED, band=band.code, now=clock.now(), page=PAGE)
        assert rows.total == count


def test_a_human_touch_and_a_word_to_the_customer_are_counted_apart(
    session: Session, council: Council, clock: FixedClock
) -> None:
    (reference,) = waits(session, clock, 80)
    enquiries.add_note(session, council.advisor, reference, body="Looked at it", now=clock.now())
    (row,) = queries.in_band(session, measure=AgeingMeasure.RECEIVED, band="40", now=clock.now(), page=PAGE).items
    assert (row.days_since_received, row.days_since_human_action, row.days_since_customer_contact) == (80, 0, 80)


def test_the_stuck_one_is_on_top(session: Session, council: Council, clock: FixedClock) -> None:
    waits(session, clock, 3, 80, 12)
    rows = listed(session, DeskList.STUCK, clock).items
    assert [(clock.now() - row.since).days for row in rows] == [80, 12]


def test_waiting_without_a_touch_for_two_days_is_unattended(
    session: Session, council: Council, clock: FixedClock
) -> None:
    young, old = waits(session, clock, 1, 3)
    assert [row.reference for row in listed(session, DeskList.UNATTENDED, clock).items] == [old]
    assert {row.reference for row in listed(session, DeskList.OWNERLESS, clock).items} == {young, old}


def test_custody_is_complete_and_the_figure_is_nought(session: Session, council: Council, clock: FixedClock) -> None:
    missed_bin(session, council.resident, now=clock.now())
    assert queries.custody_breaches(session, now=clock.now()) == 0
    assert queries.breaches(session, now=clock.now()) == ()


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ("UPDATE queue SET status = 'closed', closed_reason = 'x', closed_at = now()", "not active"),
        ("UPDATE queue SET ends_on = '2026-01-01'", "last day"),
        ("UPDATE account SET status = 'suspended'", "lacks an owner, a deputy or a reader"),
        ("DELETE FROM queue_reader", "lacks an owner, a deputy or a reader"),
    ],
)
def test_the_figure_sees_each_way_of_being_lost(
    session: Session, council: Council, clock: FixedClock, damage: str, why: str
) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    session.execute(text("ALTER TABLE queue DISABLE TRIGGER queue_closes_empty"))
    session.execute(text(damage))
    (breach,) = queries.breaches(session, now=clock.now())
    assert breach.reference == row.reference
    assert why in breach.why
    assert queries.custody_breaches(session, now=clock.now()) == 1


def test_an_owner_who_has_left_is_no_custody(session: Session, council: Council, clock: FixedClock) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    enquiries.start(session, council.advisor, row.reference, version=None, now=clock.now())
    session.execute(text("UPDATE account SET status = 'suspended' WHERE id = :id"), {"id": council.advisor.account_id})
    (breach,) = queries.breaches(session, now=clock.now())
    assert "no longer works here" in breach.why


def test_the_desk_gives_it_to_somebody_and_the_customer_is_told(
    session: Session, council: Council, clock: FixedClock
) -> None:
    (reference,) = waits(session, clock, 80)
    assert council.officer.account_id is not None
    with pytest.raises(Invalid):
        services.assign_from_desk(
            session,
            council.monitor,
            reference,
            to_account=council.officer.account_id,
            reason="",
            version=None,
            now=clock.now(),
        )
    row = services.assign_from_desk(
        session,
        council.monitor,
        reference,
        to_account=council.officer.account_id,
        reason="Stuck",
        version=1,
        now=clock.now(),
    )
    assert (row.state, row.owner_name, row.unit_name) == (State.ASSIGNED, "Wes Teofficer", "Waste Services")
    assert [message.template for message in notifications.messages_about(session, "enquiry", row.id)] == [
        "enquiry_reassigned"
    ]
    assert listed(session, DeskList.STUCK, clock).total == 0
    with pytest.raises(Stale):
        services.assign_from_desk(
            session,
            council.monitor,
            reference,
            to_account=council.officer.account_id,
            reason="Again",
            version=1,
            now=clock.now(),
        )


def test_only_the_desk_assigns_from_the_desk(session: Session, council: Council, clock: FixedClock) -> None:
    (reference,) = waits(session, clock, 80)
    assert council.officer.account_id is not None
    for somebody in (council.advisor, council.officer, council.resident):
        with pytest.raises(NotAllowed):
            services.assign_from_desk(
                session,
                somebody,
                reference,
                to_account=council.officer.account_id,
                reason="x",
                version=None,
                now=clock.now(),
            )


def test_what_is_about_to_break_its_promise_is_seen_before_it_does(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    assert listed(session, DeskList.BREACHING, clock).total == 0
    clock.move_to(row.promised_at - timedelta(hours=3))
    (soon,) = listed(session, DeskList.BREACHING, clock).items
    assert soon.reference == row.reference
    clock.move_to(row.hear_by - timedelta(hours=3))
    (silent,) = listed(session, DeskList.SILENT, clock).items
    assert silent.reference == row.reference


def test_units_see_their_load(session: Session, council: Council, clock: FixedClock) -> None:
    waits(session, clock, 1, 30)
    (load,) = queries.unit_loads(session, now=clock.now())
    assert (load.unit_name, load.open, load.overdue, load.unowned) == ("Waste Services", 2, 1, 2)
