"""Organisations are matched as people are: by what speaks for them, in any order; what is in doubt waits at the desk."""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import text

from app.customers import queries, services
from app.customers.desk_rows import DeskFilter, DeskPairRow
from app.customers.enums import CustomerKind, HoldReason, Judged, Risk, Verdict
from app.customers.guessing import guess_columns, guess_shape, sample_of
from app.customers.layout import layout_of
from app.customers.matching.waiting import match_waiting
from app.customers.parsing import parse_row
from app.customers.rows import Criteria
from app.kernel.actors import Actor, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.paging import PageRequest
from tests.support.council import person
from tests.support.customers import TAX, party
from tests.support.flowing import (
    Sent,
    Town,
    copy_model,
    erase,
    in_random_batches,
    left_open,
    partition,
    record_id,
    send_and_match,
)
from tests.support.organisations import another_time, difficult_organisations, organisation

REACH = {"phone": "07700 900101", "email": "office@northgate.example"}
PLACE = {"house_number": "5", "street": "Harbour Row", "city": "Hallowmere", "postcode": "ZF1 4EZ"}
TRUE = organisation("N-1", "Northgate Lettings Ltd", company_number="ZZ100001", **REACH, **PLACE)
BRANCH = organisation("N-2", "NORTHGATE LETTINGS LIMITED", source="housing", postcode="ZF2 8AA")
SLIP = organisation("N-3", "Northgate Letings Ltd", source="legacy-crm", **REACH, postcode="ZF1 4EZ")
NAMESAKE = organisation("N-4", "Northgate Lettings Ltd", source="legacy-crm", company_number="ZZ100002", **PLACE)


@pytest.fixture
def known(town: Town, db: Database, clock: FixedClock) -> Database:
    """A database with a model, and nobody in it yet."""
    copy_model(town.database, db)
    return db


@pytest.fixture
def felix(known: Database, clock: FixedClock) -> Actor:
    with known.transaction() as session:
        return person(session, "Felix Ward", Role.STEWARD, now=clock.now())


@pytest.fixture
def greta(known: Database, clock: FixedClock) -> Actor:
    with known.transaction() as session:
        return person(session, "Greta Lund", Role.STEWARD, now=clock.now())


def golden(db: Database, sent: Sent) -> UUID:
    with db.reading() as session:
        found = queries.golden_of_source_record(session, record_id(db, sent.name))
    assert found is not None
    return found


def listed(db: Database, who: Actor, clock: FixedClock, kind: CustomerKind | None = None) -> list[DeskPairRow]:
    with db.reading() as session:
        return list(
            queries.worklist(session, who.account_id, PageRequest(), DeskFilter(kind=kind), now=clock.now()).items
        )


def judge(db: Database, who: Actor, match: UUID, verdict: Verdict, clock: FixedClock) -> Judged:
    with db.transaction() as session:
        done = services.judge(session, who, match, verdict, now=clock.now()).outcome
    match_waiting(db, clock=clock)
    return done


def together(db: Database) -> set[tuple[str, ...]]:
    return {tuple(sorted(name.split(":")[1] for name in group)) for group in partition(db)}


@pytest.mark.parametrize("seed", range(2))
def test_the_same_organisations_in_any_order_and_any_batches_give_the_same_clusters(
    known: Database, clock: FixedClock, felix: Actor, seed: int
) -> None:
    """Half of them first say something else; some are erased and come again; stewards decide. A run over everything then changes nothing."""
    random = Random(seed)
    records = difficult_organisations(48, seed)
    for batch in in_random_batches([another_time(one, random) for one in records[::2]], random, (3, 7, 20)):
        send_and_match(known, batch, clock)
    for batch in in_random_batches(records, random, (1, 8, 16)):
        send_and_match(known, batch, clock)
    with known.transaction() as session:
        for number, (one, other) in enumerate(zip(records[:8:2], records[1:8:2], strict=True)):
            pair = record_id(known, one.name), record_id(known, other.name)
            verdict = Verdict.SAME if number % 2 else Verdict.DIFFERENT
            services.decide(session, felix, *pair, verdict, now=clock.now())
    match_waiting(known, clock=clock)
    gone = random.sample(records, 5)
    for one in gone:
        erase(known, one.name, clock, keep_out=False)
    send_and_match(known, gone, clock)
    step_by_step = partition(known), left_open(known)
    services.match_all(known, clock=clock, learns=False)
    assert (partition(known), left_open(known)) == step_by_step
    assert 1 < len(step_by_step[0]) < len(records)
    assert "unsure" in {reason for *_, reason in step_by_step[1]}


def test_what_speaks_for_one_is_joined_and_what_is_in_doubt_is_at_the_desk_with_its_weights(
    known: Database, clock: FixedClock, felix: Actor
) -> None:
    for one in (SLIP, NAMESAKE, BRANCH, TRUE):
        send_and_match(known, [one], clock)
    assert together(known) == {("N-1",), ("N-2",), ("N-3",), ("N-4",)}, "a branch without a number may be either's"
    send_and_match(known, [TRUE, BRANCH.saying(phone=REACH["phone"])], clock)
    assert together(known) == {("N-1", "N-2"), ("N-3",), ("N-4",)}
    rows = {(row.left.source_key, row.right.source_key): row for row in listed(known, felix, clock)}
    assert {frozenset(pair): row.reason for pair, row in rows.items()} == {
        frozenset({"N-1", "N-4"}): HoldReason.IDENTIFIER, frozenset({"N-1", "N-3"}): HoldReason.UNSURE,
        frozenset({"N-4", "N-3"}): HoldReason.UNSURE,
    }  # fmt: skip
    assert all(row.organisation for row in rows.values())
    assert len(listed(known, felix, clock, CustomerKind.ORGANISATION)) == 3
    assert listed(known, felix, clock, CustomerKind.PERSON) == []
    for row in rows.values():
        with known.reading() as session:
            pair = queries.desk_pair(session, felix.account_id, row.id, now=clock.now())
        assert pair.organisation
        assert pair.prior + sum(bar.weight for bar in pair.weights) == pytest.approx(pair.weight, abs=0.01)
        assert {bar.field for bar in pair.weights} >= {"organisation_name", "company_number", "phone", "postcode"}
        assert "person" not in " ".join([pair.words, *(bar.words for bar in pair.weights)])


def test_a_stewards_word_joins_and_parts_organisations_for_ever_and_is_taken_back(
    known: Database, clock: FixedClock, felix: Actor, greta: Actor
) -> None:
    send_and_match(known, [TRUE, SLIP, NAMESAKE], clock)
    by_keys = {frozenset({row.left.source_key, row.right.source_key}): row for row in listed(known, felix, clock)}
    slip, torn = by_keys[frozenset({"N-1", "N-3"})].id, by_keys[frozenset({"N-1", "N-4"})].id
    assert judge(known, felix, slip, Verdict.SAME, clock) is Judged.DECIDED
    assert ("N-1", "N-3") in together(known)
    assert judge(known, felix, torn, Verdict.SAME, clock) is Judged.WAITS, "two numbers need two stewards"
    with known.reading() as session:
        seen = queries.desk_pair(session, greta.account_id, torn, now=clock.now())
    assert Risk.IDENTIFIER in seen.risks
    judge(known, greta, torn, Verdict.SAME, clock)
    assert together(known) == {("N-1", "N-3", "N-4")}
    services.match_all(known, clock=clock)
    assert together(known) == {("N-1", "N-3", "N-4")}
    with known.transaction() as session:
        services.undo(session, greta, now=clock.now())
    match_waiting(known, clock=clock)
    assert together(known) == {("N-1", "N-3"), ("N-4",)}
    torn = _pair(known, greta, clock, "N-4")
    assert judge(known, greta, torn, Verdict.DIFFERENT, clock) is Judged.DISAGREED, "Felix still says the same"
    assert judge(known, greta, torn, Verdict.DIFFERENT, clock) is Judged.DECIDED
    services.match_all(known, clock=clock)
    assert together(known) == {("N-1", "N-3"), ("N-4",)}
    assert listed(known, greta, clock) == []


def _pair(db: Database, who: Actor, clock: FixedClock, key: str) -> UUID:
    with db.reading() as session:
        page = queries.worklist(session, who.account_id, PageRequest(), DeskFilter("second"), now=clock.now())
    rows = [*page.items, *listed(db, who, clock)]
    return next(row.id for row in rows if key in {row.left.source_key, row.right.source_key})


def test_only_what_nothing_contradicts_is_joined_many_at_once(known: Database, clock: FixedClock, felix: Actor) -> None:
    """A slip in a name and another of its properties contradict nothing; another number and another telephone do."""
    elsewhere = SLIP.saying(postcode="ZF9 9AA", phone="07700 900999", email="other@northgate.example")
    rung = Sent(elsewhere.source, "N-5", elsewhere.attributes).saying(phone="07700 900999")
    other = organisation("N-6", "Northgate Letings Agents", phone="07700 900999", source="housing")
    send_and_match(known, [TRUE, SLIP, NAMESAKE, rung, other], clock)
    rows = {frozenset({row.left.source_key, row.right.source_key}): row for row in listed(known, felix, clock)}
    assert rows[frozenset({"N-1", "N-3"})].not_in_bulk is None
    assert rows[frozenset({"N-1", "N-4"})].not_in_bulk is not None
    with known.transaction() as session:
        done = services.join_many(session, felix, [row.id for row in rows.values()], now=clock.now())
    assert done.joined == 1
    assert len(done.refused) == len(rows) - 1


def test_two_companies_that_were_joined_by_mistake_come_to_the_split_desk_and_are_parted(
    known: Database, clock: FixedClock, felix: Actor
) -> None:
    mates = [organisation(f"M-{number}", "Northgate Lettings Ltd", company_number="ZZ100002") for number in range(2)]
    send_and_match(known, [TRUE, BRANCH.saying(company_number="ZZ100001"), *mates], clock)
    with known.transaction() as session:
        ids = [record_id(known, one.name) for one in (TRUE, mates[0])]
        services.decide(session, felix, ids[0], ids[1], Verdict.SAME, now=clock.now())
    match_waiting(known, clock=clock)
    assert together(known) == {("M-0", "M-1", "N-1", "N-2")}
    with known.transaction() as session:
        assert services.look_for_weak_bridges(session, now=clock.now()) == 1
        [suspect] = queries.suspects(session, felix.account_id, PageRequest(), now=clock.now()).items
        desk = services.open_split(session, felix, suspect.golden_id, now=clock.now())
    assert suspect.conflicts == desk.conflicts == ("company_number",)
    assert {len(one.records) for one in desk.bridges} <= {1, 2}
    going = [record_id(known, one.name) for one in mates]
    with known.transaction() as session:
        services.split(
            session, felix, suspect.golden_id, going, revision=desk.revision, reason="Two companies", now=clock.now()
        )
    match_waiting(known, clock=clock)
    services.match_all(known, clock=clock, learns=False)
    assert together(known) == {("M-0", "M-1"), ("N-1", "N-2")}


def test_many_records_of_one_landlord_are_no_reason_for_doubt(known: Database, clock: FixedClock) -> None:
    homes = [
        organisation(f"H-{number}", "Northgate Lettings Ltd", postcode=f"ZF{number} 1AA") for number in range(1, 30)
    ]
    send_and_match(known, homes, clock)
    with known.transaction() as session:
        assert services.look_for_weak_bridges(session, now=clock.now()) == 1
        assert queries.how_many_suspects(session) == 0


def test_accuracy_of_organisations_is_estimated_apart_from_that_of_people(
    town: Town, known: Database, clock: FixedClock, felix: Actor
) -> None:
    people = [one for one in town.records if "organisation_name" not in one.attributes][:40]
    homes = [
        organisation(f"H-{n:02d}", "Harbour Homes Ltd", company_number="ZZ100009", phone=f"07700 9002{n:02d}")
        for n in range(40)
    ]
    send_and_match(known, [*people, TRUE, SLIP, NAMESAKE, *homes], clock)
    with known.transaction() as session:
        services.draw_sample(session, now=clock.now(), seed="s", of_each=40)
    with known.reading() as session:
        bodies = queries.accuracy(session, CustomerKind.ORGANISATION, now=clock.now())
        others = queries.accuracy(session, now=clock.now())
        pairs = session.scalar(text("SELECT count(*) FROM match_edge"))
    assert sum(one.population for one in bodies.strata if one.place == "together") == 39
    assert sum(one.population for one in bodies.strata if one.place == "open") == 3
    assert sum(one.population for one in others.strata) <= pairs
    assert (bodies.precision.value, bodies.precision.needed) == (None, 30)
    _judge_all(known, felix, clock, {SLIP.key, TRUE.key})
    with known.reading() as session:
        bodies = queries.accuracy(session, CustomerKind.ORGANISATION, now=clock.now())
        people_still = queries.accuracy(session, now=clock.now())
    assert bodies.precision.value == 1.0
    assert bodies.precision.low < 1.0
    assert bodies.recall.needed == 27, "three of the thirty that are not together have been judged"
    assert people_still.precision.of == 0


def _judge_all(db: Database, who: Actor, clock: FixedClock, one: set[str]) -> None:
    """Every pair of organisations that was drawn is one, but for the pair that is left open and not this one."""
    with db.reading() as session:
        drawn = session.execute(
            text(
                "SELECT a.id, a.place, l.key AS one, r.key AS other FROM desk_audit a JOIN source_record l ON l.id = a.left_id "
                "JOIN source_record r ON r.id = a.right_id WHERE a.organisation"
            )
        ).all()
    for row in drawn:
        with db.transaction() as session:
            assert queries.audit_pair(session, row.id).organisation
            same = row.place == "together" or {row.one, row.other} == one
            verdict = Verdict.SAME if same else Verdict.DIFFERENT
            services.judge_sample(session, who, row.id, verdict, now=clock.now())


def test_a_merge_of_organisations_is_shown_first_and_taken_back_exactly(
    known: Database, clock: FixedClock, felix: Actor
) -> None:
    send_and_match(known, [TRUE, BRANCH, organisation("K-1", "Kittiwake Homes Ltd", company_number="ZZ100009")], clock)
    kittiwake = organisation("K-1", "")
    ids = golden(known, TRUE), golden(known, kittiwake)
    with known.transaction() as session:
        before = [queries.canonical(session, one) for one in ids]
        seen = queries.blast_radius(session, *ids)
        assert {one.attribute for one in seen.conflicts} >= {"organisation_name", "company_number"}
        made = services.merge(session, felix, *ids, reason="Renamed", revisions=seen.revisions, now=clock.now())
    assert together(known) == {("K-1", "N-1", "N-2")}
    services.match_all(known, clock=clock, learns=False)
    assert together(known) == {("K-1", "N-1", "N-2")}
    with known.transaction() as session:
        services.unmerge(session, felix, made.id, reason="Not so", now=clock.now())
    assert together(known) == {("K-1",), ("N-1", "N-2")}
    with known.reading() as session:
        assert [queries.canonical(session, one) for one in ids] == before


def test_an_organisation_is_found_by_its_number_and_shows_it(
    known: Database, clock: FixedClock, advisor: Actor
) -> None:
    send_and_match(known, [TRUE, BRANCH], clock)
    with known.reading() as session:
        for typed in ("ZZ100001", "zz 100001"):
            [found] = queries.find(session, advisor, Criteria(reference=typed))
            assert found.golden_id == golden(known, TRUE)
        page = queries.organisation(session, golden(known, BRANCH))
    assert page.numbers == (("ZZ100001", 1),)
    assert page.sources == (("Council tax", 1), ("Housing", 1))
    assert found.organisation
    with known.reading() as session:
        said = session.scalar(text("SELECT attributes FROM golden_record WHERE live"))
    assert [one["value"] for one in said if one["attribute"] == "company_number"] == ["ZZ100001"]


def test_a_protected_organisation_never_merges_by_itself(known: Database, clock: FixedClock, felix: Actor) -> None:
    refuge = organisation("R-1", "Lantern House Refuge Ltd", company_number="ZZ100005", **REACH)
    send_and_match(known, [refuge], clock)
    with known.transaction() as session:
        services.restrict(session, felix, record_id(known, refuge.name), reason="A refuge", now=clock.now())
    match_waiting(known, clock=clock)
    send_and_match(known, [Sent("housing", "R-2", refuge.attributes)], clock)
    assert together(known) == {("R-1",), ("R-2",)}
    [row] = listed(known, felix, clock)
    assert (row.reason, row.restricted) == (HoldReason.RESTRICTED, True)
    assert "Lantern" not in row.left.name + row.right.name or row.left.name == "" or row.right.name == ""


def test_a_layout_maps_company_numbers_and_a_sample_gives_them_away(tmp_path: Path) -> None:
    row = dict.fromkeys(TAX, "") | party(PARTY_TYPE="O", NAME="TERN QUAY LETTINGS LTD", DOB="", COMPANY_NO="123456")
    [parsed] = _records(row)
    assert parsed["company_number"] == "00123456"
    assert parsed["organisation_name"] == "TERN QUAY LETTINGS LTD"
    path = tmp_path / "rates.csv"
    lines = [f"R{n:05d},Business {n} Ltd,ZZ{n:06d},ZF1 1AA" for n in range(40)]
    path.write_text("\n".join(["Account,Business name,Company number,Postcode", *lines]), "utf-8")
    shape = guess_shape(path)
    guessed = {one.name: one.kind for one in guess_columns(sample_of(path, shape), shape.columns)}
    assert (guessed["Company number"], guessed["Business name"]) == ("company_number", "organisation_name")


def _records(row: dict[str, str]) -> Sequence[dict[str, str]]:
    parsed = parse_row(row, layout_of("council-tax"))
    assert isinstance(parsed, list), parsed
    return [one.attributes for one in parsed]
