"""What the long run of the state machine has found: merges that were not taken back exactly, and a decision that could not hold."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.customers import queries, services
from app.customers.enums import Verdict
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Conflict, Stale
from tests.support.flowing import Town, copy_model, record_id, send, send_and_match


@pytest.fixture
def two(town: Town, db: Database, clock: FixedClock) -> list[list[str]]:
    """Two customers, the larger first; the names of their records."""
    copy_model(town.database, db)
    largest = sorted(town.partition, key=lambda group: (-len(group), sorted(group)))
    people = [sorted(group) for group in largest if not any(":79" in name for name in group)]
    large, small = (
        next(group for group in people if len(group) == 4),
        next(group for group in people if len(group) == 2),
    )
    by_name = {record.name: record for record in town.records}
    send_and_match(db, [by_name[name] for name in (*large, *small)], clock)
    return [large, small]


def golden(db: Database, name: str) -> UUID:
    with db.reading() as session:
        found = queries.golden_of_source_record(session, record_id(db, name))
    assert found
    return found


def test_a_merge_with_a_restricted_customer_keeps_the_larger_ones_number_and_is_taken_back_exactly(
    two: list[list[str]], db: Database, clock: FixedClock, steward: Actor
) -> None:
    large, small = two
    with db.transaction() as session:
        services.restrict(session, steward, record_id(db, small[0]), reason="A refuge", now=clock.now())
    send_and_match(db, [], clock)
    ids = golden(db, large[0]), golden(db, small[0])
    later = clock.now() + timedelta(days=1)
    with db.transaction() as session:
        before = [queries.canonical(session, one) for one in ids]
        seen = queries.blast_radius(session, *ids)
        made = services.merge(session, steward, *ids, reason="One", revisions=seen.revisions, now=later)
    assert made.kept_id == ids[0] == golden(db, small[0])
    with db.transaction() as session:
        services.unmerge(session, steward, made.id, reason="Two", now=later + timedelta(days=1))
        assert [queries.canonical(session, one) for one in ids] == before


def test_a_merge_is_refused_while_what_would_alter_one_of_them_waits_to_be_matched(
    two: list[list[str]], town: Town, db: Database, clock: FixedClock, steward: Actor
) -> None:
    ids = golden(db, two[0][0]), golden(db, two[1][0])
    changed = next(record for record in town.records if record.name == two[0][0]).saying(
        given_name="Somebody", family_name="Else"
    )
    with db.transaction() as session:
        send(session, [changed], clock.now() + timedelta(days=1))
    with db.reading() as session:
        seen = queries.blast_radius(session, *ids)
    with pytest.raises(Stale, match="being matched"), db.transaction() as session:
        services.merge(
            session, steward, *ids, reason="One", revisions=seen.revisions, now=clock.now() + timedelta(days=2)
        )


def test_nobody_can_say_that_a_person_and_an_organisation_are_the_same(
    two: list[list[str]], town: Town, db: Database, clock: FixedClock, steward: Actor
) -> None:
    body = next(record for record in town.records if "organisation_name" in record.attributes)
    send_and_match(db, [body], clock)
    pair = record_id(db, two[0][0]), record_id(db, body.name)
    with pytest.raises(Conflict, match="organisation"), db.transaction() as session:
        services.decide(session, steward, *pair, Verdict.SAME, now=clock.now())
    with db.transaction() as session:
        services.decide(session, steward, *pair, Verdict.DIFFERENT, now=clock.now())
