"""Stewards at the desk: what comes first, who has what, what one steward may decide alone, and how it is taken back."""

import json
from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.config import Settings
from app.customers import queries, services
from app.customers.desk_jobs import look_for_bridges, sample, weigh
from app.customers.desk_rows import DeskFilter, DeskPairRow
from app.customers.enums import HoldReason, Judged, Risk, Verdict
from app.customers.matching.waiting import match_waiting
from app.kernel.actors import Actor, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from app.kernel.paging import PageRequest
from app.runtime import Runtime
from tests.conftest import TEST_DAY
from tests.integration.accounts.people import a_resident
from tests.support.council import person
from tests.support.database import TestServer
from tests.support.desk import CROWD, ONE, OTHER, TWIN, golden_of, leave_open, match_town, verify
from tests.support.flowing import SETTINGS, record_id
from tests.support.made import copy_of, made_once


@pytest.fixture(scope="module")
def matched(server: TestServer) -> Iterator[str]:
    """A small town, matched once; every test has a copy of it."""
    with made_once(server, SETTINGS, lambda database: match_town(database, FixedClock(TEST_DAY))) as url:
        yield url


@pytest.fixture
def db(server: TestServer, matched: str, settings: Settings) -> Iterator[Database]:
    with copy_of(server, settings, matched) as database:
        yield database


@pytest.fixture
def town(db: Database) -> Database:
    return db


@pytest.fixture
def felix(town: Database, clock: FixedClock) -> Actor:
    with town.transaction() as session:
        return person(session, "Felix Ward", Role.STEWARD, now=clock.now())


@pytest.fixture
def greta(town: Database, clock: FixedClock) -> Actor:
    with town.transaction() as session:
        return person(session, "Greta Lund", Role.STEWARD, now=clock.now())


def later(clock: FixedClock, **by: int) -> FixedClock:
    return FixedClock(clock.now() + timedelta(**by))


def listed(db: Database, who: Actor, clock: FixedClock, **chosen: object) -> list[DeskPairRow]:
    with db.reading() as session:
        page = queries.worklist(session, who.account_id, PageRequest(), DeskFilter(**chosen), now=clock.now())  # type: ignore[arg-type]  # - the filter's own fields
    return list(page.items)


def judge(db: Database, who: Actor, match: UUID, verdict: Verdict, clock: FixedClock, *, reason: str = "") -> Judged:
    with db.transaction() as session:
        return services.judge(session, who, match, verdict, reason=reason, now=clock.now()).outcome


def decisions(db: Database) -> list[tuple[str, str]]:
    with db.reading() as session:
        rows = session.execute(
            text(
                "SELECT verdict, decided_by_name FROM steward_decision WHERE lifted_at IS NULL ORDER BY decided_at, id"
            )
        )
        return [(row[0], row[1]) for row in rows]


def enquiries_wait(session: Session, match: UUID, count: int) -> None:
    session.execute(
        text(
            "UPDATE desk_stake SET open_enquiries = :count, counts = counts || CAST(:counts AS jsonb) WHERE match_id = :match"
        ),
        {"count": count, "counts": json.dumps({"Open enquiries": count}), "match": match},
    )


def test_what_is_at_stake_comes_first_and_then_what_is_most_open(
    town: Database, felix: Actor, clock: FixedClock
) -> None:
    sure, even = (
        leave_open(town, CROWD[0], CROWD[1], probability=0.95),
        leave_open(town, CROWD[2], CROWD[3], probability=0.5),
    )
    heavy = leave_open(town, ONE, OTHER, probability=0.9)
    torn = leave_open(town, CROWD[4], CROWD[5], probability=0.95, reason="identifier")
    with town.transaction() as session:
        riley = a_resident(session, clock.now())
        verify(session, riley.id, record_id(town, ONE.name), clock.now())
        assert services.weigh_stakes(session, now=clock.now()) == 4
        session.execute(text("UPDATE desk_stake SET score = score + 20 WHERE match_id = :m"), {"m": heavy})
    rows = listed(town, felix, clock)
    assert [row.id for row in rows] == [heavy, torn, even, sure]
    assert rows[0].counts["Accounts in My Account"] == 1
    with town.reading() as session:
        assert queries.next_pair(session, felix.account_id, now=clock.now()) == heavy


def test_an_account_on_one_side_lifts_a_pair_over_its_equal(town: Database, felix: Actor, clock: FixedClock) -> None:
    light = leave_open(town, CROWD[0], CROWD[1])
    heavy = leave_open(town, ONE, OTHER)
    with town.transaction() as session:
        verify(session, a_resident(session, clock.now()).id, record_id(town, OTHER.name), clock.now())
        services.weigh_stakes(session, now=clock.now())
    assert [row.id for row in listed(town, felix, clock)] == [heavy, light]
    with town.transaction() as session:
        assert services.weigh_stakes(session, now=clock.now()) == 0, "what is known is not looked up again"
        assert services.weigh_stakes(session, now=later(clock, days=1).now()) == 2


def test_the_worklist_is_narrowed_by_reason_source_and_stakes(town: Database, felix: Actor, clock: FixedClock) -> None:
    born = leave_open(town, CROWD[0], CROWD[1], reason="birth")
    mixed = leave_open(town, ONE, OTHER)
    with town.transaction() as session:
        services.weigh_stakes(session, now=clock.now())
        enquiries_wait(session, mixed, 2)
    assert [row.id for row in listed(town, felix, clock, reason=HoldReason.BIRTH)] == [born]
    assert [row.id for row in listed(town, felix, clock, source="legacy-crm")] == [mixed]
    assert [row.id for row in listed(town, felix, clock, stakes_only=True)] == [mixed]
    with town.reading() as session:
        assert queries.desk_counts(session, felix.account_id, now=clock.now()).open == 2


def test_a_pair_that_one_steward_has_open_is_not_given_to_another(
    town: Database, felix: Actor, greta: Actor, clock: FixedClock
) -> None:
    match, second = leave_open(town, ONE, OTHER, probability=0.5), leave_open(town, CROWD[0], CROWD[1], probability=0.9)
    with town.transaction() as session:
        assert services.claim(session, felix, match, now=clock.now()).claimed_by == felix.account_id
        assert services.claim(session, greta, match, now=clock.now()).claimed_by == felix.account_id
    with town.reading() as session:
        assert queries.next_pair(session, greta.account_id, now=clock.now()) == second
        assert queries.next_pair(session, felix.account_id, now=clock.now()) == match
    assert next(row for row in listed(town, greta, clock) if row.id == match).claimed_by == "Felix Ward"
    with pytest.raises(Conflict, match="Felix Ward has this open"):
        judge(town, greta, match, Verdict.SAME, clock)
    soon = later(clock, minutes=11)
    with town.reading() as session:
        assert queries.next_pair(session, greta.account_id, now=soon.now()) == match, "a claim runs out"
    assert judge(town, greta, match, Verdict.DIFFERENT, soon) is Judged.DECIDED


def test_two_stewards_who_open_a_pair_at_once_do_not_both_get_it(
    town: Database, felix: Actor, greta: Actor, clock: FixedClock
) -> None:
    match, ready, got = leave_open(town, ONE, OTHER), Barrier(2), []

    def take(who: Actor) -> None:
        with town.transaction() as session:
            ready.wait()
            got.append(services.claim(session, who, match, now=clock.now()).claimed_by == who.account_id)

    threads = [Thread(target=take, args=(who,)) for who in (felix, greta)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False, True]


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


@pytest.mark.parametrize(
    ("reason", "risk"), [("identifier", Risk.IDENTIFIER), ("birth", Risk.BIRTH), ("size", Risk.SIZE)]
)
def test_joining_what_contradicts_itself_waits_for_a_second_steward(  # noqa: PLR0917 - fixtures, and what they are tried with
    town: Database, felix: Actor, greta: Actor, clock: FixedClock, reason: str, risk: Risk
) -> None:
    match = leave_open(town, ONE, OTHER, reason=reason)
    assert judge(town, felix, match, Verdict.SAME, clock) is Judged.WAITS
    assert decisions(town) == []
    assert listed(town, felix, clock) == [], "it is no longer this steward's to decide"
    assert [row.first_by for row in listed(town, greta, clock, show="second")] == ["Felix Ward"]
    with pytest.raises(Conflict, match="Another steward"):
        judge(town, felix, match, Verdict.SAME, clock)
    with town.reading() as session:
        assert risk in queries.desk_pair(session, greta.account_id, match, now=clock.now()).risks
    assert judge(town, greta, match, Verdict.SAME, clock) is Judged.DECIDED
    assert decisions(town) == [("same", "Greta Lund")]


def test_many_open_enquiries_are_a_risk_and_telling_apart_is_none(
    town: Database, felix: Actor, clock: FixedClock
) -> None:
    match, apart = leave_open(town, ONE, OTHER), leave_open(town, CROWD[0], CROWD[1], reason="birth")
    with town.transaction() as session:
        services.weigh_stakes(session, now=clock.now())
        enquiries_wait(session, match, 3)
    assert judge(town, felix, match, Verdict.SAME, clock) is Judged.WAITS
    assert judge(town, felix, apart, Verdict.DIFFERENT, clock) is Judged.DECIDED


def test_two_who_disagree_leave_the_pair_open(town: Database, felix: Actor, greta: Actor, clock: FixedClock) -> None:
    match = leave_open(town, ONE, OTHER, reason="identifier")
    judge(town, felix, match, Verdict.SAME, clock)
    assert judge(town, greta, match, Verdict.DIFFERENT, clock) is Judged.DISAGREED
    assert decisions(town) == []
    with town.reading() as session:
        assert queries.desk_pair(session, None, match, now=clock.now()).disagreed == "Felix Ward, Greta Lund"
    assert [row.id for row in listed(town, felix, clock)] == [match]


def test_the_database_itself_refuses_that_one_confirms_their_own_word(
    town: Database, felix: Actor, clock: FixedClock
) -> None:
    judge(town, felix, leave_open(town, ONE, OTHER, reason="birth"), Verdict.SAME, clock)
    with pytest.raises(IntegrityError, match="by_another"), town.transaction() as session:
        session.execute(
            text("UPDATE desk_opinion SET status = 'confirmed', settled_by = given_by, settled_at = given_at")
        )


def test_a_first_word_is_withdrawn_but_not_once_another_has_answered(
    town: Database, felix: Actor, greta: Actor, clock: FixedClock
) -> None:
    match = leave_open(town, ONE, OTHER, reason="birth")
    judge(town, felix, match, Verdict.SAME, clock)
    with town.transaction() as session:
        services.undo(session, felix, now=clock.now())
    assert [row.id for row in listed(town, felix, clock)] == [match]
    judge(town, felix, match, Verdict.SAME, clock)
    judge(town, greta, match, Verdict.SAME, clock)
    with pytest.raises(Conflict, match="Greta Lund has answered"), town.transaction() as session:
        services.undo(session, felix, now=clock.now())
    with town.transaction() as session:
        services.undo(session, greta, now=clock.now())
    assert decisions(town) == []
    assert [row.first_by for row in listed(town, greta, clock, show="second")] == ["Felix Ward"]


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


def test_a_restricted_pair_shows_nothing_until_it_is_opened_for_a_reason_and_then_needs_two(
    town: Database, felix: Actor, greta: Actor, clock: FixedClock
) -> None:
    match = leave_open(town, ONE, OTHER, reason="restricted")
    with town.transaction() as session:
        services.restrict(session, felix, record_id(town, ONE.name), reason="Hostel", now=clock.now())
    row = listed(town, greta, clock)[0]
    assert row.restricted
    assert "Josephine" not in repr(row)
    with town.reading() as session:
        pair = queries.desk_pair(session, greta.account_id, match, now=clock.now())
    assert pair.hidden
    assert "Marine" not in repr(pair)
    with pytest.raises(NotAllowed, match="Open the restricted"):
        judge(town, felix, match, Verdict.SAME, clock)
    for who in (felix, greta):
        with town.transaction() as session:
            services.open_restricted_pair(session, who, match, reason="A case conference", now=clock.now())
            assert services.opened_reason(session, who, match, now=clock.now()) == "A case conference"
            shown = queries.desk_pair(session, who.account_id, match, opened=True, now=clock.now())
        assert "Marine Parade" in repr(shown)
        outcome = judge(town, who, match, Verdict.SAME, clock)
        assert outcome is (Judged.WAITS if who is felix else Judged.DECIDED)
    with town.reading() as session:
        told = session.scalar(text("SELECT count(*) FROM audit_entry WHERE action = 'record.opened_restricted'"))
    assert told == 4, "each steward, each side"


def test_a_reason_for_opening_ends_with_the_claim(town: Database, felix: Actor, clock: FixedClock) -> None:
    match = leave_open(town, ONE, OTHER, reason="restricted")
    with town.transaction() as session:
        services.restrict(session, felix, record_id(town, ONE.name), reason="Hostel", now=clock.now())
        services.open_restricted_pair(session, felix, match, reason="A case conference", now=clock.now())
    soon = later(clock, minutes=20)
    with town.transaction() as session:
        services.claim(session, felix, match, now=soon.now())
        assert services.opened_reason(session, felix, match, now=soon.now()) == ""


def test_a_pair_tells_its_lineage_its_weights_and_who_else_lives_there(
    town: Database, felix: Actor, clock: FixedClock
) -> None:
    match = leave_open(town, ONE, OTHER)
    home = "INSERT INTO property (id, uprn, unit, building, house_number, street, city, postcode, ward, search, address_key, from_gazetteer) VALUES (gen_random_uuid(), '999', '', '', '14', 'Marine Parade', 'Hallowmere', 'ZF1 2AB', 'Quay', '', '', true) RETURNING id"
    with town.transaction() as session:
        place = session.scalar(text(home))
        for sent in (ONE, CROWD[0]):
            session.execute(
                text("UPDATE golden_record SET property_id = :p WHERE id = :g"),
                {"p": place, "g": golden_of(town, sent)},
            )
    with town.reading() as session:
        pair = queries.desk_pair(session, felix.account_id, match, now=clock.now())
    told = pair.prior + sum(bar.weight for bar in pair.weights)
    assert pair.words.startswith("Probability")
    assert abs(told) < 200
    sides = {side.source_key: side for side in (pair.left, pair.right)}
    assert {one.source_key for one in sides["T-1"].lineage} == {"T-1", "H-77"}
    assert [one.name for one in sides["T-1"].household] == ["Andrew Qarst"]
    with town.transaction() as session:
        session.execute(
            text("UPDATE golden_record SET restricted = true WHERE id = :g"), {"g": golden_of(town, CROWD[0])}
        )
        hidden = queries.desk_pair(session, felix.account_id, match, now=clock.now())
        assert not hidden.left.household, "of a restricted neighbour not even that there is somebody"
        assert not hidden.right.household
        session.rollback()
    with pytest.raises(NotFound), town.reading() as session:
        queries.desk_pair(session, felix.account_id, golden_of(town, ONE), now=clock.now())


def test_workers_look_up_stakes_bridges_and_samples(town: Database, runtime: Runtime, clock: FixedClock) -> None:
    leave_open(town, ONE, OTHER)
    assert weigh(runtime) == "1 possible matches looked at"
    assert weigh(runtime) == ""
    assert look_for_bridges(runtime) in {"", "1 customers looked at"}
    assert sample(runtime) in {"", "1 pairs drawn", "2 pairs drawn"}
