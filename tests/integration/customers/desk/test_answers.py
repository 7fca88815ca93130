"""An answer of a steward stands, is taken back, is put off, or is given to many pairs at once."""

import pytest

from app.customers import services
from app.customers.enums import Judged, Verdict
from app.customers.matching.waiting import match_waiting
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Conflict, Invalid, Stale
from tests.support.desk import CROWD, ONE, OTHER, TWIN, golden_of, leave_open
from tests.support.judging import decisions, judge, later, listed


def test_an_answer_stands_and_a_late_one_is_told_so(
    town: Database, felix: Actor, greta: Actor, clock: FixedClock
) -> None:
    match = leave_open(town, ONE, OTHER)
    assert judge(town, felix, match, Verdict.SAME, clock, reason="She married") is Judged.DECIDED
    with pytest.raises(Stale, match="Somebody else has decided"):
        judge(town, greta, match, Verdict.DIFFERENT, clock)
    match_waiting(town, clock=clock)
    assert golden_of(town, ONE) == golden_of(town, OTHER)


def test_undo_puts_the_pair_back_as_it_was(town: Database, felix: Actor, greta: Actor, clock: FixedClock) -> None:
    match = leave_open(town, ONE, OTHER)
    before = listed(town, felix, clock)
    judge(town, felix, match, Verdict.SAME, clock)
    match_waiting(town, clock=clock)
    with pytest.raises(Conflict, match="nothing of yours"), town.transaction() as session:
        services.undo(session, greta, now=clock.now())
    with town.transaction() as session:
        done = services.undo(session, felix, now=clock.now())
    assert (done.match_id, done.pairs) == (match, 1)
    assert [(row.id, row.probability) for row in listed(town, felix, clock)] == [
        (row.id, row.probability) for row in before
    ]
    assert decisions(town) == []
    match_waiting(town, clock=clock)
    assert golden_of(town, ONE) != golden_of(town, OTHER)


def test_undo_reaches_no_further_than_an_hour(town: Database, felix: Actor, clock: FixedClock) -> None:
    judge(town, felix, leave_open(town, ONE, OTHER), Verdict.DIFFERENT, clock)
    with pytest.raises(Conflict, match="an hour"), town.transaction() as session:
        services.undo(session, felix, now=later(clock, minutes=61).now())


def test_a_skipped_pair_comes_back_to_others_at_once_and_to_its_steward_the_next_day(
    town: Database, felix: Actor, greta: Actor, clock: FixedClock
) -> None:
    match = leave_open(town, ONE, OTHER)
    with town.transaction() as session:
        services.skip(session, felix, match, now=clock.now())
    assert listed(town, felix, clock) == []
    assert [row.id for row in listed(town, felix, clock, show="skipped")] == [match]
    assert [row.id for row in listed(town, greta, clock)] == [match]
    assert [row.id for row in listed(town, felix, later(clock, hours=25))] == [match]
    with town.transaction() as session:
        assert services.undo(session, felix, now=clock.now()).skipped
    assert [row.id for row in listed(town, felix, clock)] == [match]


def test_only_pairs_without_any_conflict_are_joined_many_at_once(
    town: Database, felix: Actor, greta: Actor, clock: FixedClock
) -> None:
    clean = leave_open(town, ONE, TWIN, probability=0.97)
    differs = leave_open(town, ONE, OTHER, probability=0.97)
    unlikely = leave_open(town, OTHER, TWIN, probability=0.6)
    held = leave_open(town, CROWD[0], CROWD[1], probability=0.97, reason="identifier")
    busy = leave_open(town, CROWD[2], CROWD[3], probability=0.97)
    with town.transaction() as session:
        services.claim(session, greta, busy, now=clock.now())
    with town.transaction() as session:
        done = services.join_many(session, felix, [clean, differs, unlikely, held, busy], now=clock.now())
    assert done.joined == 1
    why = {row.match_id: row.why for row in done.refused}
    assert why == {
        differs: "The records say different things",
        unlikely: "It is not likely enough",
        held: "Their National Insurance or company numbers contradict each other",
        busy: "Greta Lund has this open just now",
    }
    assert decisions(town) == [("same", "Felix Ward")]
    with town.transaction() as session:
        assert services.undo(session, felix, now=clock.now()).pairs == 1
    with pytest.raises(Invalid), town.transaction() as session:
        services.join_many(session, felix, [], now=clock.now())
