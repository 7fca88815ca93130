"""Anomalies: each kind is found, and what is in order is not; they end explained or fixed, and stand higher when they come back."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.enquiries import services as working
from app.enquiries.enums import Channel, Disposition
from app.kernel.actors import SYSTEM, Role
from app.kernel.clock import FixedClock
from app.kernel.errors import Conflict, Invalid, NotAllowed, Stale
from app.kernel.paging import PageRequest
from app.notifications.enums import Template
from app.organisation import queries as organisation
from app.organisation import services as organising
from app.oversight import queries, searches, services
from app.oversight.enums import AnomalyKind, AnomalyStatus
from app.oversight.rows import AnomalyRow, Finding
from tests.integration.oversight.conftest import Waits
from tests.support.council import Council, missed_bin, person

PAGE = PageRequest()


def found(session: Session, clock: FixedClock, search: searches.Search) -> list[Finding]:
    return list(search(session, queries.limits(session), clock.now()))


def look(session: Session, clock: FixedClock, search: searches.Search = searches.everything) -> tuple[int, int]:
    findings = search(session, queries.limits(session), clock.now())
    return services.keep_findings(session, findings, now=clock.now())


def the_one(session: Session, kind: AnomalyKind) -> AnomalyRow:
    (row,) = queries.anomalies(session, page=PAGE, kind=kind).items
    return row


def told(session: Session, template: Template = Template.OVERSIGHT_ALARM) -> list[str]:
    query = text("SELECT to_address FROM message WHERE template = :t ORDER BY created_at, to_address")
    return list(session.scalars(query, {"t": template.value}))


def bounce(session: Session, council: Council, reference: str, clock: FixedClock, times: int) -> None:
    for step in range(times):
        queue = ("monitoring-desk", "waste-intake")[step % 2]
        services.reroute(
            session, council.monitor, reference, queue=queue, reason="Not ours", version=None,
            now=clock.advance(timedelta(hours=1)),
        )  # fmt: skip


def test_to_and_fro_is_found_by_its_second_return(session: Session, council: Council, clock: FixedClock) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    clock.advance(timedelta(hours=1))
    bounce(session, council, row.reference, clock, 2)
    assert found(session, clock, searches.ping_pong) == []
    bounce(session, council, row.reference, clock, 1)
    (finding,) = found(session, clock, searches.ping_pong)
    assert (finding.enquiry_id, finding.detail) == (row.id, {"returns": 2})


def test_work_without_a_word_to_the_customer_is_found(session: Session, council: Council, clock: FixedClock) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    for _ in range(3):
        working.add_note(session, council.advisor, row.reference, body="Looked", now=clock.advance(timedelta(days=1)))
    assert found(session, clock, searches.touched_unanswered) == []
    clock.advance(timedelta(days=3))
    (finding,) = found(session, clock, searches.touched_unanswered)
    assert (finding.enquiry_id, finding.detail) == (row.id, {"touches": 3, "days": 6})
    working.message_customer(session, council.advisor, row.reference, body="Here is how it stands.", now=clock.now())
    assert found(session, clock, searches.touched_unanswered) == []


def test_a_written_enquiry_that_was_closed_within_minutes_is_found_and_a_call_is_not(
    session: Session, council: Council, clock: FixedClock
) -> None:
    written = missed_bin(session, council.resident, now=clock.now())
    spoken = missed_bin(session, council.advisor, now=clock.now(), channel=Channel.PHONE)
    clock.advance(timedelta(minutes=3))
    for row in (written, spoken):
        working.resolve(
            session, council.advisor if row is spoken else council.officer, row.reference, disposition=Disposition.DONE, text="Done.", version=None,
            now=clock.now(),
        )  # fmt: skip
    (finding,) = found(session, clock, searches.closed_at_once)
    assert (finding.enquiry_id, finding.detail) == (written.id, {"minutes": 3, "by": "Wes Teofficer"})


def test_an_acknowledgement_and_nothing_else_is_found(session: Session, council: Council, clock: FixedClock) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    clock.advance(timedelta(days=4))
    assert found(session, clock, searches.acknowledged_only) == []
    clock.advance(timedelta(days=1))
    (finding,) = found(session, clock, searches.acknowledged_only)
    assert (finding.enquiry_id, finding.detail) == (row.id, {"days": 5})


def test_a_weekday_on_which_nothing_arrives_where_something_always_does_is_found(
    session: Session, council: Council, clock: FixedClock, waits: Waits
) -> None:
    tuesdays = [1 + 7 * week for week in range(1, 9)]
    waits(*[day for day in tuesdays for _ in range(5)], channel=Channel.WEB)
    waits(*[day + 1 for day in tuesdays for _ in range(5)], channel=Channel.EMAIL)
    (finding,) = found(session, clock, searches.volume_zero)
    assert (finding.channel, finding.detail) == (Channel.WEB, {"day": "2026-03-10", "usual": 5})
    waits(1, channel=Channel.WEB)
    assert found(session, clock, searches.volume_zero) == []


def test_nothing_arriving_while_the_unit_is_closed_is_no_wonder(
    session: Session, council: Council, clock: FixedClock, waits: Waits
) -> None:
    waits(*[1 + 7 * week for week in range(1, 9) for _ in range(5)], channel=Channel.WEB)
    assert len(found(session, clock, searches.volume_zero)) == 1
    yesterday, before = clock.now().date() - timedelta(days=1), clock.now() - timedelta(days=2)
    organising.close_on(session, council.administrator, "highways", yesterday, "Training", now=before)
    assert len(found(session, clock, searches.volume_zero)) == 1, "another unit's day"
    organising.close_on(session, council.administrator, "contact-centre", yesterday, "Training", now=before)
    assert found(session, clock, searches.volume_zero) == []


def test_a_queue_that_none_of_its_readers_opens_is_found_and_a_look_of_another_does_not_help(
    session: Session, council: Council, clock: FixedClock
) -> None:
    missed_bin(session, council.resident, now=clock.now())
    clock.advance(timedelta(days=3))
    (finding,) = found(session, clock, searches.queue_unread)
    intake = organisation.queue_by_slug(session, "waste-intake")
    assert (finding.queue_id, finding.detail) == (intake.id, {"days": 3, "waiting": 1})
    services.opened_queues(session, council.officer, [intake.id], now=clock.now())
    assert found(session, clock, searches.queue_unread) == []
    clock.advance(timedelta(days=3))
    assert len(found(session, clock, searches.queue_unread)) == 1


def test_looking_often_is_written_once_an_hour(session: Session, council: Council, clock: FixedClock) -> None:
    intake = organisation.queue_by_slug(session, "waste-intake").id
    first = clock.now()
    for minutes, expected in ((0, first), (30, first), (31, first + timedelta(minutes=61))):
        services.opened_queues(session, council.officer, [intake], now=clock.advance(timedelta(minutes=minutes)))
        assert session.execute(text("SELECT count(*), max(at) FROM queue_reading")).one() == (1, expected)


def test_a_queue_whose_name_speaks_of_others_is_found_once_something_waits_in_it(
    session: Session, council: Council, clock: FixedClock
) -> None:
    for slug, name, reader in (("finance", "Council Tax incidents", "contact-centre"), ("bins", "Bins", "waste")):
        session.execute(
            text(
                "INSERT INTO queue (id, slug, name, purpose, kind, unit_id, owner_id, deputy_id, monitor_id, status, closed_reason, created_at)"
                " SELECT gen_random_uuid(), :slug, :name, 'For a project', 'permanent', u.id, :owner, :deputy, :monitor, 'active', '', now()"
                " FROM unit u WHERE u.slug = :unit"
            ),
            {
                "slug": slug, "name": name, "unit": reader, "owner": council.leader.account_id,
                "deputy": council.advisor.account_id, "monitor": council.monitor.account_id,
            },
        )  # fmt: skip
        session.execute(
            text(
                "INSERT INTO queue_reader (id, queue_id, unit_id)"
                " SELECT gen_random_uuid(), q.id, u.id FROM queue q, unit u WHERE q.slug = :slug AND u.slug = :unit"
            ),
            {"slug": slug, "unit": reader},
        )
    session.execute(text("UPDATE unit SET aliases = '[]', name = 'Council Tax' WHERE slug = 'revenues'"))
    assert found(session, clock, searches.queue_misnamed) == []
    row = missed_bin(session, council.resident, now=clock.now())
    services.reroute(
        session, council.monitor, row.reference, queue="finance", reason="About money", version=None,
        now=clock.advance(timedelta(hours=1)),
    )  # fmt: skip
    (finding,) = found(session, clock, searches.queue_misnamed)
    assert finding.detail == {
        "waiting": 1,
        "finding": "Its name speaks of Council Tax, none of whose people can open it.",
    }
    assert look(session, clock) == (1, 0)
    assert told(session) == ["moni.tor@example.com"], "the monitor of the queue hears at once"


def test_the_same_finding_is_one_anomaly_however_often_it_is_seen(
    session: Session, council: Council, clock: FixedClock
) -> None:
    missed_bin(session, council.resident, now=clock.now())
    clock.advance(timedelta(days=5))
    assert look(session, clock, searches.acknowledged_only) == (1, 0)
    assert look(session, clock, searches.acknowledged_only) == (0, 0)
    clock.advance(timedelta(days=6))
    assert look(session, clock, searches.acknowledged_only) == (0, 0)
    row = the_one(session, AnomalyKind.ACKNOWLEDGED_ONLY)
    assert (row.detail, row.last_seen_at) == ({"days": 11}, clock.now())


def test_it_is_assigned_then_explained_and_comes_back_higher_when_it_has_grown(
    session: Session, council: Council, clock: FixedClock
) -> None:
    head = person(session, "Hedy Ofwaste", Role.OFFICER, now=clock.now())
    assert head.account_id is not None
    assert council.officer.account_id is not None
    organising.add_member(session, SYSTEM, head.account_id, "waste", can_lead=True, now=clock.now())
    missed_bin(session, council.resident, now=clock.now())
    clock.advance(timedelta(days=5))
    look(session, clock, searches.acknowledged_only)
    row = the_one(session, AnomalyKind.ACKNOWLEDGED_ONLY)
    row = services.assign_anomaly(
        session, council.monitor, row.id, to_account=council.officer.account_id, version=row.version, now=clock.now()
    )
    assert (row.status, row.assignee_name, told(session)) == (
        AnomalyStatus.ASSIGNED, "Wes Teofficer", ["wes.teofficer@example.com"],
    )  # fmt: skip
    with pytest.raises(Invalid):
        services.explain_anomaly(session, council.officer, row.id, text=" ", version=row.version, now=clock.now())
    row = services.explain_anomaly(
        session, council.officer, row.id, text="It waits for the crew.", version=row.version, now=clock.now()
    )
    assert (row.status, row.closed_by, row.open) == (AnomalyStatus.EXPLAINED, "Wes Teofficer", False)
    with pytest.raises(Conflict):
        services.fix_anomaly(session, council.monitor, row.id, text="Again", version=None, now=clock.now())

    clock.advance(timedelta(days=4))
    assert look(session, clock, searches.acknowledged_only) == (0, 0), "no worse than when it was explained"
    clock.advance(timedelta(days=1))
    assert look(session, clock, searches.acknowledged_only) == (1, 1)
    again = the_one(session, AnomalyKind.ACKNOWLEDGED_ONLY)
    assert (again.level, again.repeat_of_id, again.status) == (2, row.id, AnomalyStatus.FOUND)
    assert set(told(session)) == {"wes.teofficer@example.com", "moni.tor@example.com", "hedy.ofwaste@example.com"}


def test_only_the_desk_and_whom_it_was_given_to_deal_with_it(
    session: Session, council: Council, clock: FixedClock
) -> None:
    missed_bin(session, council.resident, now=clock.now())
    clock.advance(timedelta(days=5))
    look(session, clock, searches.acknowledged_only)
    row = the_one(session, AnomalyKind.ACKNOWLEDGED_ONLY)
    for somebody in (council.officer, council.leader, council.administrator):
        with pytest.raises(NotAllowed):
            services.fix_anomaly(session, somebody, row.id, text="Done", version=None, now=clock.now())
    with pytest.raises(Stale):
        services.fix_anomaly(session, council.monitor, row.id, text="Done", version=7, now=clock.now())
    assert services.fix_anomaly(session, council.monitor, row.id, text="Done", version=1, now=clock.now()).status is AnomalyStatus.FIXED  # fmt: skip


def test_the_database_keeps_one_open_anomaly_of_a_subject(
    session: Session, council: Council, clock: FixedClock
) -> None:
    missed_bin(session, council.resident, now=clock.now())
    clock.advance(timedelta(days=5))
    look(session, clock, searches.acknowledged_only)
    copy = "INSERT INTO anomaly SELECT gen_random_uuid(), kind, subject, mark, level, repeat_of_id, status, version, unit_id, enquiry_id, queue_id, service_id, channel, detail, found_at, last_seen_at, assignee_id, explanation, closed_at, closed_by_id FROM anomaly"
    with pytest.raises(Exception, match="uq_anomaly_open"), session.begin_nested():
        session.execute(text(copy))
