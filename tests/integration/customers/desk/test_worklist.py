"""What comes first on the worklist, how it is narrowed, who has what, and what a pair tells."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import text

from app.customers import queries, services
from app.customers.desk_jobs import look_for_bridges, sample, weigh
from app.customers.enums import HoldReason, Judged, Verdict
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Conflict, NotFound
from app.runtime import Runtime
from tests.integration.accounts.people import a_resident
from tests.support.desk import CROWD, ONE, OTHER, golden_of, leave_open, verify
from tests.support.flowing import record_id
from tests.support.judging import enquiries_wait, judge, later, listed


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
