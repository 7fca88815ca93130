"""The desk, its waterfall and $match say the same of a pair: what the engine gives it."""

import math
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import mdm
from app.customers import queries, services
from app.customers.desk_rows import DeskPair
from app.customers.layout import ATTRIBUTES
from app.customers.matching import neighbourhood as around
from app.customers.matching.engine import as_row
from app.customers.matching.lookup import weigh
from app.customers.matching.parameters import Parameters, current_parameters
from app.customers.matching.people import People
from app.customers.matching.records import Current, read_current, read_links
from app.kernel.actors import Actor
from mdm.steady import FEW
from tests.support.customers import LoadedCity

ASKED = 250
PEOPLE = "NOT (a.attributes ? 'organisation_name') AND NOT (b.attributes ? 'organisation_name') AND NOT a.restricted AND NOT b.restricted"
PAIRS = (
    "SELECT p.id, p.left_id, p.right_id FROM possible_match p JOIN source_record a ON a.id = p.left_id "
    f"JOIN source_record b ON b.id = p.right_id WHERE {PEOPLE} AND p.reason <> 'shared' "
)


def total(pair: DeskPair) -> float:
    return pair.prior + sum(bar.weight for bar in pair.weights)


def chance(weight: float) -> float:
    return 1 / (1 + math.exp(-weight))


def model_and(session: Session, *ids: UUID) -> tuple[Parameters, list[Current]]:
    by = current_parameters(session)
    assert by
    return by, read_current(session, ids)


def test_the_desk_shows_the_chance_that_its_waterfall_adds_up_to(city: LoadedCity, steward: Actor) -> None:
    with city.database.reading() as session:
        found = session.execute(text(PAIRS + "ORDER BY p.id LIMIT 25")).all()
        assert len(found) == 25
        for match_id, *_ in found:
            pair = queries.desk_pair(session, steward.account_id, match_id, now=city.clock.now())
            assert total(pair) == pytest.approx(pair.weight, abs=0.02)
            assert pair.probability == pytest.approx(chance(total(pair)), abs=0.005)


def test_a_value_that_many_people_share_says_nothing_in_the_waterfall_either(city: LoadedCity, steward: Actor) -> None:
    phones = "AND a.attributes ? 'phone' AND b.attributes ? 'phone' AND a.attributes ->> 'phone' <> b.attributes ->> 'phone' "
    with city.database.transaction() as session:
        match_id, *ids = session.execute(text(PAIRS + phones + "ORDER BY p.id LIMIT 1")).one()
        by, records = model_and(session, *ids)
        marks = People(records, by).prepared.lent()[1]
        session.execute(text("INSERT INTO match_shared (mark) SELECT unnest(CAST(:marks AS bigint[])) ON CONFLICT DO NOTHING"), {"marks": marks.tolist()})  # fmt: skip
        one, other = np.array([0], np.int32), np.array([1], np.int32)
        counted = float(People(records, by, np.unique(marks)).prepared.weigh(one, other)[0])
        plain = float(People(records, by).prepared.weigh(one, other)[0])
        assert abs(counted - plain) > 0.5
        session.execute(text("UPDATE possible_match SET weight = :weight, probability = :chance WHERE id = :id"),
                        {"weight": counted, "chance": chance(counted), "id": match_id})  # fmt: skip
        pair = queries.desk_pair(session, steward.account_id, match_id, now=city.clock.now())
        assert total(pair) == pytest.approx(counted, abs=0.02)
        assert {bar.field for bar in pair.weights if abs(bar.weight) > 0.05}.isdisjoint(
            {"phone", "email", "national_id"}
        )
        session.rollback()


def test_the_score_of_a_look_up_is_what_the_engine_gives_the_likest_of_a_customers_records(
    city: LoadedCity, advisor: Actor
) -> None:
    with city.database.transaction() as session:
        several = session.scalars(text("SELECT id FROM golden_record WHERE live AND kind = 'person' AND NOT restricted AND size > 1 AND phone <> '' "
                                       "AND date_of_birth IS NOT NULL ORDER BY md5(display_name || phone || date_of_birth), id LIMIT 24")).all()  # fmt: skip
        told_of = 0
        for golden in several:
            members = queries.source_records_of_golden(session, golden)
            by, records = model_and(session, *members)
            said = {name: value for name, value in records[0].attributes.items() if name in ATTRIBUTES}
            asked = Current(UUID(int=0), "", "", "asked", 1, said, None, restricted=False)
            if around.shared_values(session, People([asked, *records], by).lent):
                continue  # a value that many people share counts when two records stand alone, and not in the city
            told = services.match_person(session, advisor, said, now=city.clock.now())
            [mine] = [one for one in told if one.customer.golden_id == golden]
            best = max(mdm.explain(by.model, as_row(asked), as_row(record)).probability for record in records)
            assert mine.probability == pytest.approx(best, abs=0.005)
            told_of += 1
        assert told_of > 12
        session.rollback()


def test_a_look_up_weighs_as_the_batch_does_to_the_last_bit(city: LoadedCity) -> None:
    with city.database.reading() as session:
        by = current_parameters(session)
        assert by
        records = [record for record in read_current(session) if not record.is_organisation]
        links, chosen = read_links(session), records[:: len(records) // ASKED]
        asked = [
            Current(UUID(int=n), "", "", f"asked {n}", 1, one.attributes, None, restricted=False)
            for n, one in enumerate(chosen)
        ]
        batch = People([*records, *asked], by)
        assert len(batch.prepared) > FEW
        batch.without(People(records, by).find_shared().tolist())
        row = {batch.records[place].id: number for number, place in enumerate(batch.place)}
        rows_of: dict[UUID, list[int]] = {}
        for record in records:
            rows_of.setdefault(links[record.id], []).append(row[record.id])
        told = 0
        for one in asked:
            for found in weigh(session, one.attributes):
                there = np.array(rows_of[found.golden_id], np.int32)
                here = np.full(len(there), row[one.id], np.int32)
                weights = batch.prepared.weigh(np.minimum(here, there), np.maximum(here, there))
                assert found.weight in weights.tolist()
                assert found.probability.hex() in {float(mdm.probability(np.array([w]))[0]).hex() for w in weights}
                told += 1
        assert told > ASKED
