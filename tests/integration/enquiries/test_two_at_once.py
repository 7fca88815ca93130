"""Two people at one enquiry in the same moment: one wins, the other is told, and nothing is half done."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.orm import Session

from app.enquiries import queries, services
from app.enquiries.enums import Disposition, State
from app.enquiries.rows import EnquiryRow
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import DomainError, Stale
from app.notifications import queries as notifications
from app.routing import services as routing
from tests.support.council import Council, missed_bin

Act = Callable[[Session, Actor], object]


@pytest.fixture
def people(founded: tuple[str, Council]) -> Council:
    return founded[1]


@pytest.fixture
def waiting(db: Database, people: Council, clock: FixedClock) -> EnquiryRow:
    with db.transaction() as session:
        return missed_bin(session, people.resident, now=clock.now())


def together(db: Database, actors: list[Actor], act: Act) -> list[object]:
    """Everybody acts in the same moment, each in a transaction of their own; what came of it for each."""
    ready = Barrier(len(actors))

    def one(actor: Actor) -> object:
        ready.wait()
        try:
            with db.transaction() as session:
                return act(session, actor)
        except DomainError as refused:
            return refused

    with ThreadPoolExecutor(len(actors)) as pool:
        return list(pool.map(one, actors))


def rows(results: list[object]) -> Iterator[EnquiryRow]:
    return (result for result in results if isinstance(result, EnquiryRow))


def test_of_two_who_resolve_it_one_wins_and_the_other_is_stale(
    db: Database, people: Council, waiting: EnquiryRow, clock: FixedClock
) -> None:
    results = together(
        db,
        [people.leader, people.advisor],
        lambda session, actor: services.resolve(
            session,
            actor,
            waiting.reference,
            disposition=Disposition.DONE,
            text=actor.name,
            version=waiting.version,
            now=clock.now(),
        ),
    )
    (winner,) = rows(results)
    (loser,) = (result for result in results if not isinstance(result, EnquiryRow))
    assert isinstance(loser, Stale)
    with db.reading() as session:
        row = queries.enquiry(session, people.leader, waiting.reference)
        finished = [
            m for m in notifications.messages_about(session, "enquiry", row.id) if m.template == "enquiry_finished"
        ]
    assert (row.state, row.outcome) == (State.RESOLVED, winner.outcome)
    assert len(finished) == 1


def test_two_who_take_the_next_get_two_different_ones(
    db: Database, people: Council, waiting: EnquiryRow, clock: FixedClock
) -> None:
    with db.transaction() as session:
        missed_bin(session, people.neighbour, now=clock.now())
    results = together(
        db,
        [people.officer, people.officer_too],
        lambda session, actor: routing.pick_next(session, actor, now=clock.now()),
    )
    assert len({row.reference for row in rows(results)}) == 2


def test_of_two_who_take_the_last_one_one_gets_it(
    db: Database, people: Council, waiting: EnquiryRow, clock: FixedClock
) -> None:
    results = together(
        db,
        [people.officer, people.officer_too],
        lambda session, actor: routing.pick_next(session, actor, now=clock.now()),
    )
    assert len(list(rows(results))) == 1
    assert None in results


def test_a_form_that_is_sent_five_times_at_once_is_one_enquiry(
    db: Database, people: Council, clock: FixedClock
) -> None:
    results = together(
        db,
        [people.resident] * 5,
        lambda session, actor: missed_bin(session, actor, now=clock.now(), client_token="once"),
    )
    assert len({row.reference for row in rows(results)}) == 1
    assert len(list(rows(results))) == 5
