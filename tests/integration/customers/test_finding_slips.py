"""Finding people where every word is misspelt: the part of the town and the year too."""

import random
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app.customers import queries
from app.customers.enums import ReasonKind
from app.customers.rows import Criteria, FoundCustomer
from app.kernel.actors import Actor
from tests.benchmarks.town import miskeyed, mistyped
from tests.support.customers import LoadedCity

CHANGED = text(
    "UPDATE golden_search SET names = :names, postcodes = :postcodes, births = CAST(:births AS date[]), addresses = :address "
    "WHERE golden_id = :id"
)


@pytest.fixture
def session(city: LoadedCity) -> Iterator[Session]:
    with city.database.transaction() as session:
        yield session
        session.rollback()


def person(session: Session, names: str, *, number: int = 0, postcode: str = "m145ab", born: str = "1980-03-12",
           address: str = "198 marine parade") -> UUID:  # fmt: skip
    """Some golden record, which from now on is found as this person."""
    golden: UUID | None = session.scalar(
        text("SELECT id FROM golden_record WHERE live AND kind = 'person' AND NOT restricted ORDER BY id LIMIT 1 OFFSET :n"),
        {"n": number},
    )  # fmt: skip
    assert golden
    session.execute(
        CHANGED, {"id": golden, "names": names, "postcodes": [postcode], "births": [born], "address": address}
    )
    session.execute(
        text("UPDATE golden_record SET display_name = :name WHERE id = :id"), {"name": names.title(), "id": golden}
    )
    return golden


def found(session: Session, advisor: Actor, typed: str) -> list[FoundCustomer]:
    return queries.search(session, advisor, typed, limit=10)


def reason(row: FoundCustomer, field: str) -> tuple[ReasonKind, str, str]:
    [said] = [one for one in row.reasons if one.field == field]
    return said.kind, said.typed, said.held


@pytest.mark.parametrize(
    "typed",
    ["M41", "W14", "M1", "M114", "M144", "N14", "MI4", "Ml4", "M 14", "M14 S", "M14 56", "M41 5", "M1 5", "W14 5", "MI4 5", "MM14 5"],
)  # fmt: skip
def test_a_slip_in_the_part_of_the_town_and_in_every_name_is_found_with_the_reason(
    session: Session, advisor: Actor, typed: str
) -> None:
    golden = person(session, "quillan zephaniah")
    [row, *_] = found(session, advisor, f"zephanaih quilan {typed}")
    assert row.golden_id == golden
    kind, said, held = reason(row, "postcode")
    assert (kind, said.upper()) == (ReasonKind.NEAR, typed.upper())
    assert held in {"M14", "M14 5"}


@pytest.mark.parametrize("typed", ["198", "190", "980", "19800", "198O", "l980", "1908", "1981", "9180"])
@pytest.mark.parametrize("write", [lambda names, year: f"{names} {year}", lambda names, year: f"{year} {names}"])
def test_a_slip_in_the_year_and_in_every_name_is_found_with_the_reason(
    session: Session, advisor: Actor, typed: str, write: Callable[[str, str], str]
) -> None:
    golden = person(session, "quillan zephaniah")
    [row, *_] = found(session, advisor, write("zephanaih quilan", typed))
    assert row.golden_id == golden
    assert reason(row, "date_of_birth") == (ReasonKind.NEAR, typed.lower(), "1980")


def test_fields_forgive_a_slip_as_the_box_does(session: Session, advisor: Actor) -> None:
    golden = person(session, "quillan zephaniah")
    for criteria in (
        Criteria(name="quilan", postcode="M41"), Criteria(name="quilan", postcode="MI4"), Criteria(name="quilan", date_of_birth="198O"),
    ):  # fmt: skip
        [row, *_] = queries.find(session, advisor, criteria)
        assert row.golden_id == golden
        assert ReasonKind.NEAR in [one.kind for one in row.reasons]


def test_whoever_is_at_the_place_that_was_typed_comes_before_those_near_it(session: Session, advisor: Actor) -> None:
    near = person(session, "quillan zephaniah", number=1, born="1981-01-01")
    there = person(session, "quillan zephaniah", number=2, postcode="m415ab", born="1980-01-01")
    for typed in ("zephaniah quillan m41", "zephanaih quilan m41", "zephaniah quillan 1980"):
        assert [row.golden_id for row in found(session, advisor, typed)[:2]] == [there, near]


def test_a_number_that_goes_with_a_street_is_no_year_and_no_part_of_the_town(session: Session, advisor: Actor) -> None:
    golden = person(session, "quillan zephaniah", address="198 zanzibar parade")
    for typed in ("quillan 198 zanzibar parade", "198 zanzibar parade quillan"):
        [row, *_] = found(session, advisor, typed)
        assert row.golden_id == golden
        assert reason(row, "address")[0] is ReasonKind.EXACT
        assert [one.field for one in row.reasons] == ["name", "address"]


def test_a_short_reference_that_leads_to_somebody_is_no_year(session: Session, advisor: Actor) -> None:
    record, golden = session.execute(
        text("SELECT l.source_record_id, l.golden_id FROM link l JOIN golden_record g ON g.id = l.golden_id WHERE NOT g.restricted "
             "ORDER BY l.golden_id, l.source_record_id LIMIT 1")
    ).one()  # fmt: skip
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text("UPDATE source_record SET key = '19801' WHERE id = :id"), {"id": record})
    [row, *_] = found(session, advisor, "19801")
    assert row.golden_id == golden
    assert reason(row, "reference")[0] is ReasonKind.EXACT


def test_two_names_written_as_one_word_are_found(session: Session, advisor: Actor) -> None:
    golden = person(session, "brooklyn-ann zephaniah quillan".replace("-", " "))
    for typed in ("brooklynann quilan m14", "brooklynxann quillan 1980"):
        assert found(session, advisor, typed)[0].golden_id == golden


def test_of_people_who_are_equally_like_whoever_goes_by_the_names_comes_first(session: Session, advisor: Actor) -> None:
    other = person(session, "ebenezer quillan zephaniah", number=1)
    session.execute(text("UPDATE golden_record SET display_name = 'Ebenezer Zephaniah' WHERE id = :id"), {"id": other})
    called = person(session, "quillan zephaniah", number=3)
    assert found(session, advisor, "quillan zephaniah m14")[0].golden_id == called


@pytest.mark.parametrize(
    "typed",
    ["12/3/80", "12/03/1980", "12.3.80", "12-3-1980", "1980-03-12", "12 March 1980", "12th of March 1980", "12 mar 80", "March 12, 1980",
     "12March1980", "12031980", "3/12/1980", "12/3/1981"],
)  # fmt: skip
def test_a_date_of_birth_is_read_however_people_write_it(session: Session, advisor: Actor, typed: str) -> None:
    golden = person(session, "quillan zephaniah")
    assert found(session, advisor, f"quilan {typed}")[0].golden_id == golden


TYPED: dict[str, Callable[[random.Random, Any], str]] = {
    "area": lambda chance, one: miskeyed(chance, one.postcode[:-2].strip()),
    "year": lambda chance, one: miskeyed(chance, str(one.date_of_birth.year)),
}


@pytest.mark.parametrize("beside", TYPED)
def test_a_slip_in_every_word_leaves_them_among_the_first_ten(session: Session, advisor: Actor, beside: str) -> None:
    people = session.execute(text(
        "SELECT id, display_name, postcode, date_of_birth FROM golden_record WHERE live AND kind = 'person' AND NOT restricted "
        "AND postcode <> '' AND date_of_birth IS NOT NULL AND display_name ~ '^[A-Z][a-z]+ [A-Z][a-z]{2,} [A-Z][a-z]{2,}$' "
        "ORDER BY md5(display_name || postcode || date_of_birth), id"
    )).all()[:80]  # fmt: skip
    assert len(people) == 80
    chance, hits = random.Random(4), 0
    for one in people:
        _, given, family = one.display_name.lower().split()
        typed = f"{mistyped(chance, given)} {mistyped(chance, family)} {TYPED[beside](chance, one)}"
        hits += one.id in [row.golden_id for row in found(session, advisor, typed)]
    assert hits >= 79


@pytest.mark.parametrize(
    "typed",
    ["quilan zephanaih m41", "quillan zephaniah m14 5", "quillan", "q zephaniah 1980", "zephaniah 198 marine parade", "12/3/1980",
     "quillan m14 5ab", "07700 900123", "quillan 07700 900123", "josie@resident.example", "zephaniah john quillan 1981", "m14 5"],
)  # fmt: skip
def test_no_search_reads_the_whole_table(session: Session, advisor: Actor, typed: str) -> None:
    """With a table so small the planner would rather read it whole; forbidden that, it must have an index for everything."""
    person(session, "quillan zephaniah")
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if "golden_search" in statement or "search_word" in statement:
            asked.append((statement, values))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    queries.suggest(session, advisor, typed)
    found(session, advisor, typed)
    event.remove(connection, "before_cursor_execute", note)
    session.execute(text("SET LOCAL enable_seqscan = off"))
    assert asked
    for statement, values in tuple(asked):
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars())
        assert "Seq Scan" not in plan, plan
