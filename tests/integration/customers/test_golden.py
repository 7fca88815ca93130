"""Golden records that explain themselves: merged and unmerged exactly, pinned, ruled, and as they were on any day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.customers import queries, services
from app.customers.enums import RunKind, RunStatus, Verdict
from app.customers.matching.waiting import match_waiting
from app.customers.matching.work import match_what_waits, take_up_runs
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Conflict, Invalid, NotFound, Stale
from app.kernel.ids import new_id
from app.kernel.paging import PageRequest
from app.runtime import Runtime
from tests.support.council import Council
from tests.support.desk import CROWD, JO, ONE, OTHER, golden_of
from tests.support.flowing import Sent, erase, partition, record_id, send, send_and_match

ONE_TOO = Sent("legacy-crm", "C-1", {**JO, "email": "jo@work.example", "updated": "2024-01-01"})


def fill(db: Database, _folder: Path, clock: FixedClock, _council: Council) -> None:
    """Josephine by two records, somebody else who may be her after she married, and a crowd to learn from."""
    with db.transaction() as session:
        send(session, [ONE, ONE_TOO, OTHER, *CROWD], clock.now())
    services.match_all(db, clock=clock)


def canonical(db: Database, golden: UUID) -> str:
    with db.reading() as session:
        return queries.canonical(session, golden)


def value(db: Database, golden: UUID, attribute: str) -> str:
    with db.reading() as session:
        then = queries.golden_as_at(session, golden, datetime(2099, 1, 1, tzinfo=UTC))
    return next((said.value for said in then.attributes if said.attribute == attribute), "")


def later(clock: FixedClock, days: int = 1) -> FixedClock:
    return FixedClock(clock.now() + timedelta(days=days))


def merge(db: Database, steward: Actor, clock: FixedClock, **settled: str) -> UUID:
    with db.transaction() as session:
        seen = queries.blast_radius(session, golden_of(db, ONE), golden_of(db, OTHER))
        made = services.merge(
            session, steward, seen.kept_id, seen.gone_id, reason="She married", revisions=seen.revisions, settled=settled,
            now=clock.now(),
        )  # fmt: skip
    return made.id


def test_a_merge_says_first_what_it_touches(matched: Database) -> None:
    with matched.reading() as session:
        seen = queries.blast_radius(session, golden_of(matched, OTHER), golden_of(matched, ONE))
    assert (seen.kept_id, seen.gone_id) == (golden_of(matched, ONE), golden_of(matched, OTHER))
    assert (seen.kept_records, seen.gone_records) == (2, 1)
    assert {"Accounts in My Account", "Open enquiries", "Messages on their way"} <= {
        stake.told for stake in seen.stakes[1]
    }
    assert {stake.count for stake in seen.stakes[1]} == {0}, "what there is none of is told too"
    assert {one.attribute: (one.kept, one.gone) for one in seen.conflicts}["family_name"] == ("Tallis", "Okafor")


def test_an_unmerge_restores_both_sides_to_the_byte_and_nothing_joins_them_again(
    matched: Database, steward: Actor, clock: FixedClock
) -> None:
    one, other = golden_of(matched, ONE), golden_of(matched, OTHER)
    before = canonical(matched, one), canonical(matched, other)
    made = merge(matched, steward, later(clock), family_name="gone")
    assert golden_of(matched, OTHER) == one
    assert value(matched, one, "family_name") == "Okafor"
    with matched.reading() as session:
        assert queries.resolve(session, other) == one
    with matched.transaction() as session:
        services.unmerge(session, steward, made, reason="Two people after all", now=later(clock, 2).now())
    assert (canonical(matched, one), canonical(matched, other)) == before
    with matched.reading() as session:
        assert queries.resolve(session, other) == other
    services.match_all(matched, clock=later(clock, 3), learns=False)
    assert golden_of(matched, OTHER) == other
    with pytest.raises(Stale, match="taken back already"), matched.transaction() as session:
        services.unmerge(session, steward, made, reason="Again", now=later(clock, 4).now())


def test_a_merge_of_what_has_changed_since_it_was_looked_at_is_stale(
    matched: Database, steward: Actor, clock: FixedClock
) -> None:
    with matched.reading() as session:
        seen = queries.blast_radius(session, golden_of(matched, ONE), golden_of(matched, OTHER))
    send_and_match(matched, [OTHER.saying(phone="07700 900111")], later(clock))
    with pytest.raises(Stale), matched.transaction() as session:
        services.merge(
            session, steward, seen.kept_id, seen.gone_id, reason="?", revisions=seen.revisions, now=later(clock).now()
        )


def test_what_stewards_have_told_apart_can_not_be_merged(matched: Database, steward: Actor, clock: FixedClock) -> None:
    with matched.transaction() as session:
        pair = record_id(matched, ONE.name), record_id(matched, OTHER.name)
        services.decide(session, steward, *pair, Verdict.DIFFERENT, now=clock.now())
    with pytest.raises(Stale):
        merge(matched, steward, later(clock))
    assert golden_of(matched, OTHER) != golden_of(matched, ONE)


def test_a_merge_of_a_merge_is_refused_by_its_contradiction_also_by_way_of_a_third(
    matched: Database, steward: Actor, clock: FixedClock
) -> None:
    one, too, other = (record_id(matched, sent.name) for sent in (ONE, ONE_TOO, OTHER))
    with matched.transaction() as session:
        services.decide(session, steward, one, too, Verdict.SAME, now=clock.now())
        services.decide(session, steward, too, other, Verdict.SAME, now=clock.now())
    with pytest.raises(Stale, match="third record"), matched.transaction() as session:
        services.decide(session, steward, one, other, Verdict.DIFFERENT, now=clock.now())


def test_a_pin_outranks_the_rules_and_survives_new_loads_and_matches(
    matched: Database, steward: Actor, clock: FixedClock
) -> None:
    golden = golden_of(matched, ONE)
    assert value(matched, golden, "email") == "jo@work.example"
    with matched.transaction() as session:
        chosen = record_id(matched, ONE.name)
        services.pin(
            session, steward, golden, "email", source_record_id=chosen, reason="She said so", now=later(clock).now()
        )
        services.pin(session, steward, golden, "given_name", value="Jo", reason="Known as", now=later(clock).now())
    send_and_match(matched, [ONE_TOO.saying(email="new@work.example"), ONE.saying(title="Ms")], later(clock, 2))
    services.match_all(matched, clock=later(clock, 3))
    assert value(matched, golden, "email") == "josie@resident.example"
    assert value(matched, golden, "given_name") == "Jo"
    with matched.transaction() as session:
        pins = queries.pins_of(session, queries.source_records_of_golden(session, golden))
        assert [pin.attribute for pin in pins] == ["email", "given_name"]
        for pin in pins:
            services.lift_pin(session, steward, pin.id, reason="No more", now=later(clock, 4).now())
    assert value(matched, golden, "email") == "new@work.example"
    assert value(matched, golden, "given_name") == "Josephine"


def test_a_pin_needs_a_reason_an_attribute_and_a_value_that_can_be(
    matched: Database, steward: Actor, clock: FixedClock
) -> None:
    golden = golden_of(matched, ONE)
    with pytest.raises(Invalid) as refused, matched.transaction() as session:
        services.pin(session, steward, golden, "date_of_birth", value="31st of June", reason=" ", now=clock.now())
    assert refused.value.errors.keys() == {"reason", "value"}
    with pytest.raises(NotFound), matched.transaction() as session:
        services.pin(
            session,
            steward,
            golden,
            "email",
            source_record_id=record_id(matched, OTHER.name),
            reason="x",
            now=clock.now(),
        )


def test_a_golden_record_is_shown_as_it_was_on_any_day(matched: Database, steward: Actor, clock: FixedClock) -> None:
    golden, other = golden_of(matched, ONE), golden_of(matched, OTHER)
    made = merge(matched, steward, later(clock, 10), family_name="gone")
    with matched.transaction() as session:
        services.unmerge(session, steward, made, reason="Two people", now=later(clock, 20).now())
    told = {}
    with matched.reading() as session:
        for day in (5, 15, 25):
            then = queries.golden_as_at(session, golden, later(clock, day).now())
            name = next(said.value for said in then.attributes if said.attribute == "family_name")
            told[day] = (name, [row.source_key for row in then.records])
        assert told == {
            5: ("Tallis", ["T-1", "C-1"]), 15: ("Okafor", ["T-1", "C-1", "C-2"]), 25: ("Tallis", ["T-1", "C-1"]),
        }  # fmt: skip
        assert queries.golden_as_at(session, other, later(clock, 15).now()).retired
        with pytest.raises(NotFound):
            queries.golden_as_at(session, golden, clock.now() - timedelta(days=1))
        story = [change.told for change in queries.golden_history(session, golden)]
    assert story[-1] == "Came to be"
    assert {"Merged", "Unmerged", "Changed"} <= set(story)


def test_history_can_not_be_altered(matched: Database, steward: Actor, clock: FixedClock) -> None:
    merge(matched, steward, later(clock))
    for statement in ("UPDATE golden_version SET revision = 9", "DELETE FROM link_version"):
        with pytest.raises(IntegrityError, match="never altered"), matched.transaction() as session:
            session.execute(text(statement))


def test_an_erasure_takes_a_persons_values_out_of_the_past_too(
    matched: Database, steward: Actor, clock: FixedClock
) -> None:
    made = merge(matched, steward, later(clock), family_name="gone")
    with matched.transaction() as session:
        services.unmerge(session, steward, made, reason="Two people", now=later(clock, 2).now())
    everything = (
        "SELECT count(*) FROM (SELECT to_jsonb(t)::text AS told FROM {table} t) AS rows WHERE told LIKE '%Okafor%'"
    )
    tables = ("golden_record", "golden_version", "golden_merge", "golden_search", "match_record")

    def held() -> dict[str, int]:
        with matched.reading() as session:
            return {table: session.scalar(text(everything.format(table=table))) or 0 for table in tables}

    assert min(held()[table] for table in ("golden_record", "golden_version", "golden_merge")) > 0
    erase(matched, OTHER.name, later(clock, 3))
    assert set(held().values()) == {0}
    assert value(matched, golden_of(matched, ONE), "family_name") == "Tallis"


def test_rules_are_tried_before_they_are_saved_and_then_hold(
    runtime: Runtime, matched: Database, steward: Actor
) -> None:
    clock = runtime.clock
    golden = golden_of(matched, ONE)
    trusted = {"email": ["valid_first", "trusted_source", "most_recent"]}
    trust = {"email": {"council-tax": 95, "legacy-crm": 5}}
    with matched.transaction() as session:
        seen = services.preview_rules(session, trusted, trust, now=clock.now())
        assert (seen.altered, seen.by_attribute) == (1, {"email": 1})
        assert seen.examples == ((golden, "email", "jo@work.example", "josie@resident.example"),)
        number = services.save_rules(
            session, steward, trusted, trust, number=0, reason="Tax knows best", now=clock.now()
        )
    assert value(matched, golden, "email") == "jo@work.example"
    assert "matched" in take_up_runs(runtime)
    assert value(matched, golden, "email") == "josie@resident.example"
    with pytest.raises(Stale), matched.transaction() as session:
        services.save_rules(session, steward, {}, {}, number=number - 1, reason="Late", now=clock.now())
    with pytest.raises(Invalid), matched.transaction() as session:
        services.preview_rules(session, {"email": ["coin_toss"]}, {}, now=clock.now())


def test_a_rehearsed_run_changes_nothing_and_tells_what_it_would(matched: Database, clock: FixedClock) -> None:
    before = partition(matched)
    with matched.transaction() as session:
        send(session, [ONE.saying(), replace(ONE, key="T-2")], clock.now())
    report = services.match_all(matched, clock=clock, rehearsal=True)
    assert partition(matched) == before
    with matched.reading() as session:
        run = queries.match_run(session, report.run_id)
        assert (run.kind, run.status, run.differences["new_records"]) == (RunKind.REHEARSAL, RunStatus.DONE, 1)
        told = services.rehearse(
            session, [services.Proposed("housing", "NEW", JO), services.Proposed("housing", "H-1", CROWD[2].attributes)]
        )
    assert (told.grown, told.new) == (1, 0)


def test_a_run_is_taken_back_as_a_whole_and_decisions_since_are_kept(
    matched: Database, steward: Actor, clock: FixedClock
) -> None:
    """A bad load: two customers take each other's values, so that a run tears one apart."""
    one, other = golden_of(matched, ONE), golden_of(matched, OTHER)
    before = {golden: canonical(matched, golden) for golden in (one, other)}
    with matched.transaction() as session:
        send(
            session, [replace(ONE_TOO, attributes=CROWD[3].attributes), OTHER.saying(family_name="Wrong")], clock.now()
        )
    report = services.match_all(matched, clock=later(clock))
    assert golden_of(matched, ONE_TOO) == golden_of(matched, CROWD[3])
    with matched.reading() as session:
        told = queries.match_run(session, report.run_id)
    assert told.can_roll_back
    assert told.differences["moved_records"] >= 1
    with matched.transaction() as session:
        pair = [record_id(matched, sent.name) for sent in (CROWD[5], CROWD[6])]
        services.decide(session, steward, *pair, Verdict.SAME, now=later(clock, 2).now())
    with matched.transaction() as session:
        services.roll_back(session, steward, report.run_id, reason="The load was bad", now=later(clock, 3).now())
    assert {golden: canonical(matched, golden) for golden in (one, other)} == before
    assert golden_of(matched, CROWD[5]) == golden_of(matched, CROWD[6])
    with matched.reading() as session:
        found = queries.match_runs(session, PageRequest()).items
        assert [run.kind for run in found][:2] == [RunKind.ROLLBACK, RunKind.FULL]
        assert [model.current for model in queries.match_models(session)][-1]
    with pytest.raises(Conflict, match="already"), matched.transaction() as session:
        services.roll_back(session, steward, report.run_id, reason="Twice", now=later(clock, 4).now())


def test_the_first_run_can_not_be_taken_back(matched: Database, steward: Actor, clock: FixedClock) -> None:
    with matched.reading() as session:
        first = queries.match_runs(session, PageRequest()).items[0]
    assert not first.can_roll_back
    with pytest.raises(Conflict, match="the first"), matched.transaction() as session:
        services.roll_back(session, steward, first.id, reason="No", now=clock.now())
    with pytest.raises(NotFound), matched.transaction() as session:
        services.roll_back(session, steward, new_id(), reason="No", now=clock.now())


def test_models_are_versions_and_a_record_of_an_old_one_says_so(matched: Database, clock: FixedClock) -> None:
    services.match_all(matched, clock=clock)
    with matched.transaction() as session:
        assert [model.number for model in queries.match_models(session)] == [1], (
            "the same parameters are the same version"
        )
        send(session, [replace(one, key=f"{one.key}-B") for one in CROWD], clock.now())
    services.match_all(matched, clock=clock)
    with matched.transaction() as session:
        assert [(model.number, model.current) for model in queries.match_models(session)] == [(2, True), (1, False)]
        record = record_id(matched, ONE.name)
        assert queries.old_versions(session, [record]) == {}
        session.execute(
            text(
                "UPDATE match_record SET model_id = (SELECT id FROM match_model WHERE number = 1) WHERE record_id = :id"
            ),
            {"id": record},
        )
        assert queries.old_versions(session, [record]) == {record: 1}
        assert queries.match_model_parameters(session, 1)["recipe"]


def test_work_that_waits_is_done_by_the_jobs(runtime: Runtime, db: Database, clock: FixedClock, steward: Actor) -> None:
    with db.transaction() as session:
        send(session, [ONE, ONE_TOO, *CROWD], clock.now())
    assert match_what_waits(runtime) == "26 records, all there are"
    with db.transaction() as session:
        send(session, [OTHER], clock.now())
    assert match_what_waits(runtime) == "1 records"
    assert match_what_waits(runtime) == ""
    with db.transaction() as session:
        run = services.queue_run(session, steward, learns=True, rehearsal=True, now=clock.now())
    assert take_up_runs(runtime) == "27 records, rehearsed"
    with db.reading() as session:
        assert queries.match_run(session, run).status is RunStatus.DONE
    match_waiting(db, clock=clock)
