"""Match runs: who is who, ids that stay, decisions that last."""

from pathlib import Path
from uuid import UUID

import polars as pl
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.customers import queries, services
from app.customers.enums import Verdict
from app.customers.errors import MatchInProgress
from app.customers.locks import only_one
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Conflict, NotFound
from app.kernel.paging import PageRequest
from tests.support.customers import LoadedCity, card, pairwise_f1, party, write_crm, write_tax

FLOOR = 0.985
TOM = {"title": "Mr", "first": "Tom", "middle": None, "last": "Okafor"}
ELSEWHERE = {
    "unit": None,
    "number": "9",
    "street": "Elm Road",
    "town": "Hallowmere",
    "postcode": "ZF9 9ZZ",
    "uprn": None,
}


def links(db: Database) -> pl.DataFrame:
    with db.reading() as session:
        rows = session.execute(
            text(
                "SELECT y.slug || ':' || r.key AS record, l.golden_id::text AS golden FROM link l "
                "JOIN source_record r ON r.id = l.source_record_id JOIN source_system y ON y.id = r.source_id"
            )
        ).all()
    return pl.DataFrame([tuple(row) for row in rows], schema=["record", "golden"], orient="row")


def test_the_small_city_is_matched_as_well_as_promised(city: LoadedCity) -> None:
    precision, recall, f1 = pairwise_f1(links(city.database), city.truth)
    assert f1 >= FLOOR - 0.01, (precision, recall, f1)


def test_every_record_has_one_link_and_every_live_golden_record_some(city: LoadedCity) -> None:
    with city.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM source_record")) == session.scalar(
            text("SELECT count(*) FROM link")
        )
        lonely = (
            "SELECT count(*) FROM golden_record g WHERE live AND NOT EXISTS (SELECT 1 FROM link WHERE golden_id = g.id)"
        )
        assert session.scalar(text(lonely)) == 0


def test_every_value_says_where_it_comes_from(city: LoadedCity) -> None:
    with city.database.reading() as session:
        rows = session.execute(
            text(
                "SELECT said->>'attribute' AS attribute, said->>'value' AS value, r.attributes FROM golden_record g "
                "CROSS JOIN LATERAL jsonb_array_elements(g.attributes) AS said JOIN source_record r ON r.id = (said->>'record')::uuid "
                "JOIN link l ON l.source_record_id = r.id AND l.golden_id = g.id WHERE g.live"
            )
        )
        wrong = [row for row in rows if not row.attributes.get(row.attribute)]
        held = session.scalar(text("SELECT sum(jsonb_array_length(attributes)) FROM golden_record WHERE live"))
    assert held > 5_000
    assert wrong == []


def test_an_organisation_is_one_however_many_properties_it_pays_for(
    db: Database, tmp_path: Path, clock: FixedClock
) -> None:
    rows = [
        party(
            PARTY_TYPE="O",
            NAME=name,
            DOB="",
            ACCOUNT_REF=f"79000000{number}",
            ADDR2=f"{number} ELM ROAD",
            UPRN=f"99901000000{number}",
        )
        for number, name in enumerate(
            ("HARBOUR LETTINGS LTD", "Harbour Lettings Limited", "QUAYSIDE HOMES LLP"), start=1
        )
    ]
    services.ingest_file(db, "council-tax", write_tax(tmp_path / "t.csv", rows), clock=clock)
    services.match_all(db, clock=clock)
    assert sorted(links(db).group_by("golden").len()["len"]) == [1, 2]


def test_a_run_on_the_same_records_changes_nothing(city: LoadedCity) -> None:
    before = links(city.database).sort("record")
    report = services.match_all(city.database, clock=city.clock)
    assert (report.created, report.retired) == (0, 0)
    assert links(city.database).sort("record").equals(before)


def test_a_golden_record_keeps_its_id_when_it_grows_and_a_merged_one_leads_on(
    db: Database, tmp_path: Path, clock: FixedClock, steward: Actor
) -> None:
    one, other = two_strangers(db, tmp_path, clock)
    with db.reading() as session:
        kept, retired = (queries.golden_of_source_record(session, record) for record in (one, other))
    assert len({kept, retired, None}) == 3
    with db.transaction() as session:
        services.decide(session, steward, one, other, Verdict.SAME, now=clock.now())
    report = services.match_all(db, clock=clock)
    with db.reading() as session:
        now_together = {queries.golden_of_source_record(session, record) for record in (one, other)}
        [survivor] = now_together
        assert survivor in {kept, retired}
        assert {queries.resolve(session, known) for known in (kept, retired)} == now_together
        assert report.retired == 1
        assert set(queries.source_records_of_golden(session, retired)) == {one, other}


def test_different_parts_what_the_engine_would_join_and_lifting_joins_it_again(
    db: Database, tmp_path: Path, clock: FixedClock, steward: Actor
) -> None:
    twins = [card(1), card(2, notes="The same person, so it seems")]
    crowd = [card(number, **stranger(number)) for number in range(3, 60)]
    services.ingest_file(db, "legacy-crm", write_crm(tmp_path / "c.jsonl", [*twins, *crowd]), clock=clock)
    services.match_all(db, clock=clock)
    with db.reading() as session:
        one, other = (record(session, f"CRM-000000{number}") for number in (1, 2))
    assert together(db, one, other)
    with db.transaction() as session:
        decision = services.decide(session, steward, one, other, Verdict.DIFFERENT, reason="Twins", now=clock.now())
    services.match_all(db, clock=clock)
    assert not together(db, one, other)
    with db.transaction() as session:
        services.lift(session, steward, decision.id, reason="One person after all", now=clock.now())
    services.match_all(db, clock=clock)
    assert together(db, one, other)


def test_a_decision_survives_a_new_load_of_the_record(
    db: Database, tmp_path: Path, clock: FixedClock, steward: Actor
) -> None:
    one, other = two_strangers(db, tmp_path, clock)
    with db.transaction() as session:
        services.decide(session, steward, one, other, Verdict.SAME, now=clock.now())
    changed = [
        card(1, notes="changed"),
        card(2, name=TOM, address=ELSEWHERE, dob=None, phones=[], emails=[], gender="M"),
    ]
    services.ingest_file(db, "legacy-crm", write_crm(tmp_path / "d.jsonl", changed), clock=clock)
    services.match_all(db, clock=clock)
    assert together(db, one, other)


def test_two_stewards_who_disagree_get_one_answer_and_one_conflict(
    db: Database, tmp_path: Path, clock: FixedClock, steward: Actor
) -> None:
    one, other = two_strangers(db, tmp_path, clock)
    with db.transaction() as session:
        first = services.decide(session, steward, one, other, Verdict.SAME, now=clock.now())
    with db.transaction() as session:
        again = services.decide(session, steward, other, one, Verdict.SAME, now=clock.now())
    with pytest.raises(Conflict, match="Stu Ward has already decided otherwise"), db.transaction() as session:
        services.decide(session, steward, one, other, Verdict.DIFFERENT, now=clock.now())
    assert again.id == first.id


def test_unlink_parts_a_record_from_all_the_others(city: LoadedCity, steward: Actor) -> None:
    with city.database.transaction() as session:
        golden = session.scalar(text("SELECT id FROM golden_record WHERE live AND size = 3 ORDER BY id LIMIT 1"))
        first, *others = queries.source_records_of_golden(session, golden)
        services.unlink(session, steward, first, reason="Another person", now=city.clock.now())
        said = queries.decisions_about(session, [first])
        assert {(decision.verdict, *sorted((decision.left_id, decision.right_id))) for decision in said} == {
            (Verdict.DIFFERENT, *sorted((first, other))) for other in others
        }
        session.rollback()


def test_two_runs_do_not_run_at_once(db: Database, clock: FixedClock) -> None:
    with only_one(db, "match", Conflict("held")), pytest.raises(MatchInProgress):
        services.match_all(db, clock=clock)
    assert services.match_all(db, clock=clock).golden_records == 0


def test_a_decision_made_while_the_engine_works_is_in_the_result(
    db: Database, tmp_path: Path, clock: FixedClock, steward: Actor
) -> None:
    one, other = two_strangers(db, tmp_path, clock)
    told: list[str] = []

    def decide_meanwhile(stage: str, done: int, total: int | None) -> None:
        told.append(stage)
        if told.count("match") == 1 and stage == "match":
            with db.transaction() as session:
                services.decide(session, steward, one, other, Verdict.SAME, now=clock.now())

    services.match_all(db, clock=clock, progress=decide_meanwhile)
    assert told.count("match") == 1, "what is decided meanwhile does not send the engine back to the start"
    assert together(db, one, other)


def test_possible_matches_are_explained_field_by_field(city: LoadedCity) -> None:
    with city.database.reading() as session:
        page = queries.possible_matches(session, PageRequest())
        pair = queries.possible_match(session, page.items[0].id)
    assert [row.weight for row in page.items] == sorted((row.weight for row in page.items), reverse=True)
    assert pair.left.golden_id != pair.right.golden_id
    assert pair.words
    assert {weight.field for weight in pair.weights} >= {"family_name", "date_of_birth"}


def test_a_decided_pair_leaves_the_queue(city: LoadedCity, steward: Actor) -> None:
    with city.database.transaction() as session:
        pair = queries.possible_matches(session, PageRequest()).items[0]
        left, right = pair.left.source_record_id, pair.right.source_record_id
        services.decide(session, steward, left, right, Verdict.DIFFERENT, now=city.clock.now())
        session.flush()
        with pytest.raises(NotFound):
            queries.possible_match(session, pair.id)
        session.rollback()


def test_the_database_refuses_a_link_to_a_retired_record(city: LoadedCity) -> None:
    retire = (
        "UPDATE golden_record SET retired_at = now() WHERE id = (SELECT golden_id FROM link ORDER BY golden_id LIMIT 1)"
    )
    with city.database.transaction() as session:
        session.execute(text(retire))
        with pytest.raises(IntegrityError, match="link"):
            session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        session.rollback()


def test_a_run_that_fails_leaves_everything_and_says_so(db: Database, tmp_path: Path, clock: FixedClock) -> None:
    two_strangers(db, tmp_path, clock)
    before = links(db).sort("record")

    def break_off(stage: str, done: int, total: int | None) -> None:
        if stage == "write":
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk is full"):
        services.match_all(db, clock=clock, progress=break_off)
    assert links(db).sort("record").equals(before)
    with db.reading() as session:
        assert queries.runs(session, PageRequest()).items[0].error == "the disk is full"


def stranger(number: int) -> dict[str, object]:
    """Somebody else: as many different values as the engine needs to learn what is rare."""
    name = {
        "title": "Mr",
        "first": f"{chr(65 + number % 26)}ndrew{number}",
        "middle": None,
        "last": f"Q{chr(97 + number % 26)}rst{number}",
    }
    place = {
        "unit": None,
        "number": str(number),
        "street": f"{chr(65 + number % 26)}lm Road",
        "town": "Hallowmere",
        "postcode": f"ZF{number % 9 + 1} {number % 9}ZZ",
        "uprn": None,
    }
    return {
        "name": name, "address": place, "dob": f"19{number % 60 + 30:02d}-{number % 12 + 1:02d}-{number % 27 + 1:02d}",
        "phones": [{"type": "mobile", "number": f"07700 9{number:05d}"}], "emails": [f"someone{number * 37}@resident.example"],
    }  # fmt: skip


def two_strangers(db: Database, folder: Path, clock: FixedClock) -> tuple[UUID, UUID]:
    rows = [card(1), card(2, name=TOM, address=ELSEWHERE, dob=None, phones=[], emails=[], gender="M")]
    services.ingest_file(db, "legacy-crm", write_crm(folder / "strangers.jsonl", rows), clock=clock)
    services.match_all(db, clock=clock)
    with db.reading() as session:
        return record(session, "CRM-0000001"), record(session, "CRM-0000002")


def record(session: object, key: str) -> UUID:
    found = queries.record_by_key(session, "legacy-crm", key)
    assert found is not None
    return found


def together(db: Database, one: UUID, other: UUID) -> bool:
    with db.reading() as session:
        return queries.golden_of_source_record(session, one) == queries.golden_of_source_record(session, other)
