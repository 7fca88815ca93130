"""The legacy list of the brief: 371 queues come in as drafts, 98 stuck enquiries into custody, and what is wrong is found at once."""

from collections import Counter

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.kernel.clock import FixedClock, london_date
from app.kernel.errors import Conflict, Invalid, NotAllowed
from app.organisation import queries as organisation
from app.organisation.enums import QueueStatus
from app.routing import findings, legacy_files, services
from app.routing.findings import Finding, FindingsReport
from app.seeds.legacy_queues import SECTORS, STUCK, LegacyList, legacy_list
from tests.support.council import Council


@pytest.fixture
def planted(clock: FixedClock) -> LegacyList:
    return legacy_list(london_date(clock.now()))


@pytest.fixture
def report(session: Session, council: Council, clock: FixedClock, planted: LegacyList) -> FindingsReport:
    return findings.findings(session, import_id=bring_in(session, council, clock, planted).import_id, now=clock.now())


def bring_in(session: Session, council: Council, clock: FixedClock, planted: LegacyList) -> services.Imported:
    listed = legacy_files.read_queues(planted.queues)
    stuck, wrong = legacy_files.read_enquiries(planted.enquiries, listed)
    assert (listed.errors, wrong) == ((), ())
    return services.import_queue_list(
        session, council.administrator, listed, stuck, file_name="queues.csv", now=clock.now()
    )


def test_the_list_has_the_queues_of_the_report_sector_by_sector(planted: LegacyList) -> None:
    listed = legacy_files.read_queues(planted.queues)
    assert len(listed.queues) == 371
    assert listed.sectors() == dict(sorted(SECTORS.items()))
    stuck, _ = legacy_files.read_enquiries(planted.enquiries, listed)
    assert Counter(enquiry.queue for enquiry in stuck) == STUCK


def test_the_same_day_gives_the_same_bytes(planted: LegacyList, clock: FixedClock) -> None:
    assert legacy_list(london_date(clock.now())) == planted


def test_every_queue_comes_in_as_a_draft_that_holds_nothing(
    session: Session, council: Council, clock: FixedClock, planted: LegacyList
) -> None:
    done = bring_in(session, council, clock, planted)
    assert (done.queues, done.enquiries) == (371, 98)
    assert organisation.register_counts(session)[QueueStatus.DRAFT] == 371
    assert (
        session.execute(
            text("SELECT count(*) FROM enquiry e JOIN queue q ON q.id = e.queue_id WHERE q.status <> 'active'")
        ).scalar_one()
        == 0
    )


def test_the_98_stuck_enquiries_are_with_the_monitoring_desk_and_say_where_they_were(
    session: Session, council: Council, clock: FixedClock, planted: LegacyList
) -> None:
    bring_in(session, council, clock, planted)
    rows = session.execute(
        text(
            """SELECT came.detail->>'queue', count(*) FROM legacy_enquiry l
            JOIN enquiry e ON e.id = l.enquiry_id JOIN queue q ON q.id = e.queue_id
            JOIN enquiry_entry came ON came.enquiry_id = e.id AND came.kind = 'queued'
            WHERE q.slug = 'monitoring-desk' AND e.next_action_at > :now GROUP BY 1"""
        ),
        {"now": clock.now()},
    )
    assert {row[0]: row[1] for row in rows} == STUCK


def test_what_is_wrong_is_found_on_the_first_run(report: FindingsReport, planted: LegacyList) -> None:
    def named(finding: Finding) -> set[str]:
        return {row.queue_name for row in report.of(finding)}

    assert report.queues == 371
    assert named(Finding.NO_OWNER) == planted.ownerless
    assert named(Finding.UNUSED) == planted.asleep
    assert named(Finding.AUDIENCE) == planted.blind
    assert named(Finding.TWIN) == frozenset().union(*planted.twins)
    assert named(Finding.UNKNOWN_UNIT) == {"for OPS"}
    assert named(Finding.STUCK) == set(STUCK)


def test_each_finding_says_of_whom_it_speaks(report: FindingsReport) -> None:
    spoken = {row.queue_name: row.params["name"] for row in report.of(Finding.AUDIENCE)}
    assert spoken["Finance incidents"] == "Revenues"  # which the catalogue knows by the name of Finance too
    twins = {row.queue_name: row.params["name"] for row in report.of(Finding.TWIN)}
    assert twins["Madrid: refunds"] == "Madrid - refunds."


def test_the_same_list_again_changes_nothing(
    session: Session, council: Council, clock: FixedClock, planted: LegacyList
) -> None:
    bring_in(session, council, clock, planted)
    with pytest.raises(Conflict, match="before"):
        bring_in(session, council, clock, planted)


def test_an_enquiry_that_came_before_is_not_taken_twice(
    session: Session, council: Council, clock: FixedClock, planted: LegacyList
) -> None:
    bring_in(session, council, clock, planted)
    changed = LegacyList(
        planted.queues + b"Finance,One more queue,,,,,,,,,\n", planted.enquiries, *[frozenset()] * 4
    )  # fmt: skip
    bring_in(session, council, clock, changed)
    assert session.execute(text("SELECT count(*) FROM legacy_enquiry")).scalar_one() == 98
    assert session.execute(text("SELECT count(*) FROM enquiry")).scalar_one() == 98


def test_bad_lines_are_named_with_their_field_and_do_not_stop_the_others() -> None:
    content = (
        "Sector,Queue,Kind,Ends on,Open\n"
        "Finance,,,,\n"
        "Finance,Good,,,3\n"
        "Finance,Bad kind,temporary,,\n"
        "Finance,Bad day,,27/03/2026,\n"
        "Finance,Bad number,,,three\n"
        "Finance,Good,,,\n"
    )
    listed = legacy_files.read_queues(content.encode())
    assert [queue.name for queue in listed.queues] == ["Good"]
    assert [(error.line, error.field) for error in listed.errors] == [
        (2, "queue"), (4, "kind"), (5, "ends_on"), (6, "open"), (7, "queue"),
    ]  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"name;sector\n", b"\xff\xfe\x00", b"sector\nFinance\n"])
def test_what_is_no_list_is_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        legacy_files.read_queues(content)
    assert refused.value.errors.keys() == {"file"}


def test_a_list_is_brought_in_by_who_runs_the_register(
    session: Session, council: Council, clock: FixedClock, planted: LegacyList
) -> None:
    with pytest.raises(NotAllowed):
        services.import_queue_list(
            session, council.leader, legacy_files.read_queues(planted.queues), file_name="x.csv", now=clock.now()
        )
