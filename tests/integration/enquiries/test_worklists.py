"""Worklists: in order, in pages, filtered, and with a fixed number of queries however long they are."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.enquiries import queries, services
from app.enquiries.enums import Sort
from app.kernel.clock import FixedClock
from app.kernel.paging import PageRequest
from app.kernel.paging import counted as counted_up_to
from app.organisation import queries as organisation
from tests.support.council import RAISER, Council, missed_bin
from tests.support.statements import counted, explained, multiply


def test_the_earliest_promise_comes_first_and_pages_follow_each_other(
    session: Session, council: Council, clock: FixedClock
) -> None:
    references = []
    for _ in range(5):
        references.append(missed_bin(session, council.resident, now=clock.now()).reference)
        clock.advance(timedelta(days=1))
    pages = [
        queries.worklist(session, page=PageRequest(number, 2), now=clock.now(), sort=Sort.RECEIVED)
        for number in (1, 2, 3)
    ]
    assert [row.reference for page in pages for row in page.items] == references
    assert (pages[0].total, pages[0].pages) == (5, 3)
    assert [row.overdue for row in pages[0].items] == [True, False]


@pytest.mark.parametrize("many", [1, 12])
def test_a_page_costs_two_queries_however_long_the_list(
    session: Session, council: Council, clock: FixedClock, many: int
) -> None:
    for _ in range(many):
        missed_bin(session, council.resident, now=clock.now())
    session.flush()
    with counted(session.connection()) as statements:
        queries.worklist(session, page=PageRequest(1, 10), now=clock.now())
    assert len(statements) == 2


def test_a_list_is_narrowed_by_queue_owner_service_and_words(
    session: Session, council: Council, clock: FixedClock
) -> None:
    waiting = missed_bin(session, council.resident, now=clock.now())
    mine = missed_bin(session, council.advisor, now=clock.now())
    services.start(session, council.advisor, mine.reference, version=None, now=clock.now())
    waste = organisation.queue_by_slug(session, "waste-intake").id

    def found(**how: object) -> set[str]:
        page = queries.worklist(session, page=PageRequest(), now=clock.now(), **how)  # type: ignore[arg-type]  # - the words vary
        return {row.reference for row in page.items}

    assert found(queue_ids=[waste]) == {waiting.reference}
    assert found(owner_id=council.advisor.account_id) == {mine.reference}
    assert found(service="pothole") == set()
    assert found(search=waiting.reference.lower()) == {waiting.reference}
    assert found(search="josephine") == {waiting.reference, mine.reference}
    assert found(search="%") == set()
    assert queries.waiting_counts(session, [waste]) == {waste: 1}
    assert RAISER.name.startswith("Josephine")


@pytest.mark.parametrize("descending", [False, True])
def test_urgent_ones_stand_first_on_whatever_page_they_fall(
    session: Session, council: Council, clock: FixedClock, *, descending: bool
) -> None:
    references = []
    for _ in range(7):
        references.append(missed_bin(session, council.resident, now=clock.now()).reference)
        clock.advance(timedelta(hours=1))
    urgent = [references[5], references[2], references[3]]
    for hours, reference in enumerate(urgent, start=1):
        services.ask_urgent(
            session, council.leader, reference, reason="A baby in the house", deadline=clock.now() + timedelta(hours=hours),
            version=None, now=clock.now(),
        )  # fmt: skip
    ordinary = [reference for reference in references if reference not in urgent]
    pages = [
        queries.worklist(
            session, page=PageRequest(number, 2), now=clock.now(), sort=Sort.RECEIVED, descending=descending
        )
        for number in (1, 2, 3, 4, 5)
    ]
    expected = urgent + (ordinary[::-1] if descending else ordinary)
    assert [row.reference for page in pages for row in page.items] == expected
    assert [len(page.items) for page in pages] == [2, 2, 2, 1, 0]


def test_counting_stops_where_nobody_leafs_any_further(session: Session) -> None:
    numbers = select(text("n")).select_from(text("generate_series(1, 7) n"))
    assert counted_up_to(session, numbers, 10) == (7, False)
    assert counted_up_to(session, numbers, 7) == (7, False)
    assert counted_up_to(session, numbers, 6) == (6, True)


@pytest.mark.parametrize(
    ("index", "asked"),
    [
        ("ix_enquiry_open_promised", {}),
        ("ix_enquiry_open_received", {"sort": Sort.RECEIVED, "descending": True}),
        ("ix_enquiry_owned", {"owner_id": UUID(int=7)}),
        ("ix_enquiry_waiting", {"queue_ids": [UUID(int=7)]}),
    ],
)
def test_a_list_is_read_along_an_index_and_not_sorted_out_of_everything(
    session: Session, council: Council, clock: FixedClock, index: str, asked: dict[str, object]
) -> None:
    """Five thousand enquiries of fifty owners and queues. Only the planner's own choice counts: nothing is forbidden it."""
    missed_bin(session, council.resident, now=clock.now())
    session.flush()
    session.execute(text("SET LOCAL session_replication_role = replica"))
    spread = "('00000000-0000-0000-0000-' || lpad(to_hex(n % 50), 12, '0'))"
    multiply(
        session.connection(), "enquiry", 5_000, reference="'many ' || n", client_token="NULL",
        owner_id=spread, queue_id=spread, received_at="one.received_at - n * interval '1 hour'",
        promised_at="one.promised_at + (n * 7919 % 5000) * interval '1 hour'",
    )  # fmt: skip
    with explained(session.connection()) as plans:
        queries.worklist(session, page=PageRequest(1, 10), now=clock.now(), **asked)  # type: ignore[arg-type]  # - the words vary
    assert f"using {index} " in plans[-1], plans[-1]
    assert "Seq Scan on enquiry" not in plans[-1], plans[-1]
