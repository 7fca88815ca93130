"""The size over which nothing merges by itself: set by stewards, in effect from the next run over everything on."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.customers import queries, services
from app.customers.enums import Verdict
from app.customers.rows import LimitsNow, LimitsRow
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Invalid, Stale
from app.kernel.paging import PageRequest
from tests.conftest import TEST_DAY
from tests.support.desk import JO
from tests.support.flowing import Sent, Town, copy_model, left_open, partition, record_id, send_and_match
from tests.support.organisations import organisation

SIX = [Sent("legacy-crm", f"C-{number}", JO) for number in range(6)]
SHOPS = [organisation(f"N-{number}", "Northgate Lettings Ltd", company_number="ZZ100001") for number in range(4)]


@pytest.fixture
def known(town: Town, db: Database) -> Database:
    """A database with a model, and nobody in it yet."""
    copy_model(town.database, db)
    return db


def limit(db: Database, steward: Actor, clock: FixedClock, *, people: int = 30, organisations: int = 2_000) -> None:
    with db.transaction() as session:
        services.set_limits(
            session, steward, people=people, organisations=organisations, number=queries.match_limits(session).number,
            reason="Shared records of a hostel", now=clock.now(),
        )  # fmt: skip


def limits(db: Database) -> LimitsNow:
    with db.reading() as session:
        return queries.match_limits(session)


def history(db: Database) -> tuple[LimitsRow, ...]:
    with db.reading() as session:
        return queries.limits_history(session, PageRequest()).items


def sizes(db: Database) -> list[int]:
    return sorted((len(group) for group in partition(db)), reverse=True)


def run(db: Database, clock: FixedClock) -> None:
    services.match_all(db, clock=clock, learns=False)


def test_a_smaller_size_parts_customers_with_the_next_run_and_leaves_the_rest_to_stewards(
    known: Database, clock: FixedClock, steward: Actor
) -> None:
    send_and_match(known, SIX[:4], clock)
    assert sizes(known) == [4]
    limit(known, steward, clock, people=3)
    send_and_match(known, SIX[4:5], clock)
    assert sizes(known) == [5], "until the next run, what arrives is matched as the last run did"
    assert limits(known).waits
    assert history(known)[0].applied_at is None
    run(known, clock)
    assert sizes(known) == [3, 2]
    assert {reason for *_, reason in left_open(known)} == {"size"}
    held = limits(known)
    assert (held.people_in_effect, held.largest_person, held.waits) == (3, 3, False)
    assert history(known)[0].applied_at == clock.now()
    send_and_match(known, SIX[5:], clock)
    assert sizes(known) == [3, 3], "and so is what arrives afterwards"
    by_steps = partition(known), left_open(known)
    run(known, clock)
    assert (partition(known), left_open(known)) == by_steps
    limit(known, steward, clock, people=30)
    run(known, clock)
    assert sizes(known) == [6]
    assert left_open(known) == set()


def test_organisations_have_a_size_of_their_own(known: Database, clock: FixedClock, steward: Actor) -> None:
    send_and_match(known, SHOPS, clock)
    assert sizes(known) == [4]
    limit(known, steward, clock, people=2)
    run(known, clock)
    assert sizes(known) == [4]
    limit(known, steward, clock, organisations=3)
    run(known, clock)
    assert sizes(known) == [3, 1]
    assert {reason for *_, reason in left_open(known)} == {"size"}
    assert limits(known).largest_organisation == 3


def test_what_a_steward_has_joined_stays_joined_whatever_the_size(
    known: Database, clock: FixedClock, steward: Actor
) -> None:
    send_and_match(known, SIX[:3], clock)
    with known.transaction() as session:
        first, *rest = [record_id(known, one.name) for one in SIX[:3]]
        for other in rest:
            services.decide(session, steward, first, other, Verdict.SAME, now=clock.now())
    limit(known, steward, clock, people=2)
    run(known, clock)
    assert sizes(known) == [3]


def test_a_rehearsal_tells_what_a_size_would_do_and_changes_nothing(
    known: Database, clock: FixedClock, steward: Actor
) -> None:
    send_and_match(known, SIX, clock)
    limit(known, steward, clock, people=2)
    told = services.match_all(known, clock=clock, learns=False, rehearsal=True)
    assert told.golden_records == 3
    assert sizes(known) == [6]
    assert limits(known).waits


def test_the_size_is_a_part_of_the_models_version_and_goes_back_with_the_run(
    known: Database, clock: FixedClock, steward: Actor
) -> None:
    send_and_match(known, SIX, clock)
    run(known, clock)
    with known.reading() as session:
        before = [one.number for one in queries.match_models(session) if one.current]
    limit(known, steward, clock, people=2)
    report = services.match_all(known, clock=clock, learns=False)
    with known.reading() as session:
        [now] = [one.number for one in queries.match_models(session) if one.current]
        assert now > before[0]
        assert queries.match_model_parameters(session, now)["recipe"]["most_records"] == 2  # type: ignore[index]  # - plain JSON
    with known.transaction() as session:
        services.roll_back(session, steward, report.run_id, reason="Too small", now=clock.now())
    assert sizes(known) == [6]
    assert limits(known).people_in_effect == 30
    assert limits(known).waits, "it is still set, and the next run goes by it again"


@pytest.mark.parametrize(
    ("sizes", "reason", "wrong"),
    [
        ((1, 2_000), "x", {"people"}), ((1_001, 2_000), "x", {"people"}), ((30, 1), "x", {"organisations"}),
        ((30, 100_001), " ", {"organisations", "reason"}), ((-1, -1), "", {"people", "organisations", "reason"}),
    ],
)  # fmt: skip
def test_a_size_that_makes_no_sense_is_refused(
    known: Database, steward: Actor, sizes: tuple[int, int], reason: str, wrong: set[str]
) -> None:
    people, organisations = sizes
    with known.transaction() as session, pytest.raises(Invalid) as refused:
        services.set_limits(
            session, steward, people=people, organisations=organisations, number=0, reason=reason, now=TEST_DAY
        )
    assert set(refused.value.errors) == wrong
    assert history(known) == ()


def test_the_database_refuses_it_too(known: Database, clock: FixedClock) -> None:
    with known.transaction() as session, pytest.raises(IntegrityError):
        session.execute(text("INSERT INTO match_limits VALUES (gen_random_uuid(), 1, 1, 2000, 'x', now(), 'x', NULL)"))


def test_two_who_change_it_at_once_get_one_answer_and_one_refusal_and_each_change_is_kept(
    known: Database, clock: FixedClock, steward: Actor
) -> None:
    limit(known, steward, clock, people=20)
    with known.transaction() as session, pytest.raises(Stale):
        services.set_limits(
            session, steward, people=10, organisations=2_000, number=0, reason="Not seen", now=clock.now()
        )
    limit(known, steward, clock, people=25)
    assert [(one.number, one.people, one.made_by) for one in history(known)] == [(2, 25, steward.name), (1, 20, steward.name)]  # fmt: skip
    with known.reading() as session:
        told = session.execute(
            text("SELECT actor_name, detail FROM audit_entry WHERE action = 'matching.limits_set' ORDER BY id")
        ).all()
    assert [(name, detail["people"]) for name, detail in told] == [(steward.name, 20), (steward.name, 25)]


def test_where_nobody_has_set_a_size_the_one_of_the_model_holds(
    town: Town, db: Database, clock: FixedClock, steward: Actor
) -> None:
    copy_model(town.database, db, most_records=4)
    send_and_match(db, SIX, clock)
    run(db, clock)
    assert sizes(db) == [4, 2]
    assert limits(db).people_in_effect == 4
