"""What stewards have said: told by act, lifted by act, and part of a customer's history."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from app.customers import queries, services
from app.customers.enums import Verdict
from app.customers.matching.waiting import match_waiting
from app.customers.rows import SaidRow
from app.kernel.actors import Actor, ActorKind, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from app.kernel.paging import PageRequest
from tests.integration.customers.test_golden import ONE_TOO, fill, later, merge
from tests.support.desk import ONE, OTHER, golden_of
from tests.support.flowing import record_id

__all__ = ["fill"]


def said(db: Database, golden: UUID) -> tuple[SaidRow, ...]:
    with db.reading() as session:
        return queries.said_about(session, golden, PageRequest()).items


def lift(
    db: Database, who: Actor, golden: UUID, row: SaidRow, clock: FixedClock, *, reason: str = "They are one"
) -> int:
    with db.transaction() as session:
        return services.lift_said(session, who, golden, row.id, reason=reason, now=later(clock, 2).now())


@pytest.fixture
def parted(matched: Database, steward: Actor, clock: FixedClock) -> Database:
    """Josephine's two records told apart from the one that bears another name, in one act."""
    with matched.transaction() as session:
        services.decide(
            session,
            steward,
            record_id(matched, ONE.name),
            record_id(matched, OTHER.name),
            Verdict.SAME,
            now=clock.now(),
        )
    match_waiting(matched, clock=clock)
    with matched.transaction() as session:
        services.part(session, steward, [record_id(matched, OTHER.name)], reason="A guest", now=later(clock).now())
    match_waiting(matched, clock=later(clock))
    return matched


def test_what_was_said_in_one_go_is_told_as_one_act_and_what_holds_comes_first(parted: Database) -> None:
    rows = said(parted, golden_of(parted, ONE))
    assert [(row.verdict, row.count, row.reason, row.by, bool(row.lifted_at)) for row in rows] == [
        (Verdict.DIFFERENT, 2, "A guest", "Stu Ward", False), (Verdict.SAME, 1, "", "Stu Ward", True),
    ]  # fmt: skip
    assert {(pair.source_key, pair.other_key) for pair in rows[0].pairs} == {("T-1", "C-2"), ("C-1", "C-2")}
    assert {pair.other_golden for pair in rows[0].pairs} == {golden_of(parted, OTHER)}
    from_there = said(parted, golden_of(parted, OTHER))[0]
    assert {pair.source_key for pair in from_there.pairs} == {"C-2"}, "ours comes first, whichever side we look from"


def test_whoever_is_protected_is_not_told_by_name_or_number(
    parted: Database, steward: Actor, clock: FixedClock
) -> None:
    """Not even where the protected record is another of that customer's than the one that was spoken of."""
    other = golden_of(parted, OTHER)
    assert {pair.other_name for row in said(parted, golden_of(parted, ONE)) for pair in row.pairs} == {"Jo Okafor"}
    with parted.transaction() as session:
        session.execute(text("UPDATE golden_record SET restricted = true WHERE id = :id"), {"id": other})
    for row in said(parted, golden_of(parted, ONE)):
        for pair in row.pairs:
            assert (pair.other_restricted, pair.other_key, pair.other_golden, pair.other_name) == (True, "", None, "")


def test_lifting_lifts_the_whole_act_and_matching_is_free_again(
    parted: Database, steward: Actor, clock: FixedClock
) -> None:
    golden = golden_of(parted, ONE)
    standing, lifted = said(parted, golden)
    with pytest.raises(Invalid):
        lift(parted, steward, golden, standing, clock, reason=" ")
    assert lift(parted, steward, golden, standing, clock) == 2
    assert [row.lifted_reason for row in said(parted, golden)] == ["They are one", "A guest"]
    for row in (standing, lifted):
        with pytest.raises(Stale, match="lifted already"):
            lift(parted, steward, golden, row, clock)
    with parted.transaction() as session:
        services.decide(
            session, steward, record_id(parted, ONE.name), record_id(parted, OTHER.name), Verdict.SAME, now=clock.now()
        )
    match_waiting(parted, clock=clock)
    assert golden_of(parted, OTHER) == golden_of(parted, ONE), "nothing stands in the way any more"


def test_a_decision_about_others_is_not_there(parted: Database, steward: Actor, clock: FixedClock) -> None:
    stranger = record_id(parted, "housing:H-1"), record_id(parted, "housing:H-2")
    with parted.transaction() as session:
        made = services.decide(session, steward, *stranger, Verdict.DIFFERENT, now=clock.now())
        with pytest.raises(NotFound):
            services.lift_said(session, steward, golden_of(parted, ONE), made.id, reason="x", now=clock.now())


def test_who_is_no_steward_lifts_nothing(parted: Database, clock: FixedClock) -> None:
    advisor = Actor(ActorKind.STAFF, None, "Ada Visor", frozenset({Role.ADVISOR}))
    golden = golden_of(parted, ONE)
    with pytest.raises(NotAllowed):
        lift(parted, advisor, golden, said(parted, golden)[0], clock)


def test_of_a_restricted_record_on_the_other_side_no_key_is_told(
    parted: Database, steward: Actor, clock: FixedClock
) -> None:
    with parted.transaction() as session:
        services.restrict(session, steward, record_id(parted, OTHER.name), reason="A refuge", now=clock.now())
    [row, *_] = said(parted, golden_of(parted, ONE))
    assert all(pair.other_restricted and not pair.other_key and pair.other_golden is None for pair in row.pairs)
    with parted.reading() as session:
        story = queries.golden_history(session, golden_of(parted, ONE))
    assert "C-2" not in repr([pair for change in story for pair in change.pairs])


def test_pins_and_what_was_said_are_part_of_the_history(parted: Database, steward: Actor, clock: FixedClock) -> None:
    golden = golden_of(parted, ONE)
    at = clock.now() + timedelta(days=3)
    with parted.transaction() as session:
        pin = services.pin(session, steward, golden, "given_name", value="Jo", reason="She rang", now=at)
    with parted.transaction() as session:
        services.lift_pin(session, steward, pin, reason="No more", now=at + timedelta(days=1))
    with parted.reading() as session:
        story = queries.golden_history(session, golden)
    told = [(change.told, change.who, change.reason) for change in story]
    for expected in (
        ("Pin lifted", "Stu Ward", "No more"),
        ("Pinned", "Stu Ward", "She rang"),
        ("Decision lifted", "Stu Ward", "A guest"),
        ("Said to be different people", "Stu Ward", "A guest"),
        ("Said to be the same person", "Stu Ward", ""),
    ):
        assert expected in told, told
    assert [change.at for change in story] == sorted((change.at for change in story), reverse=True)
    pinned = next(change for change in story if change.told == "Pinned")
    assert pinned.altered == (("First name", "", "Jo"),)


def test_a_merge_is_told_once_and_not_as_what_it_is_made_of(
    matched: Database, steward: Actor, clock: FixedClock
) -> None:
    merge(matched, steward, later(clock), family_name="gone")
    with matched.reading() as session:
        told = [change.told for change in queries.golden_history(session, golden_of(matched, ONE))]
    assert told.count("Merged") == 1
    assert "Said to be the same person" not in told
    assert "Pinned" not in told
    assert golden_of(matched, ONE_TOO) == golden_of(matched, ONE)
