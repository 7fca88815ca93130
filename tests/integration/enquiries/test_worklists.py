"""Worklists: in order, in pages, filtered, and with a fixed number of queries however long they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.enquiries import queries, services
from app.enquiries.enums import Sort
from app.kernel.clock import FixedClock
from app.kernel.paging import PageRequest
from app.organisation import queries as organisation
from tests.support.council import RAISER, Council, missed_bin


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements that are sent in this block."""
    statements: list[str] = []

    def note(*details: object) -> None:
        statements.append(str(details[2]))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(connection, "before_cursor_execute", note)


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
    with counted(session) as statements:
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
