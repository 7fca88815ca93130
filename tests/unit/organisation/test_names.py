"""What a queue's name says: of whom it speaks, and whom it repeats."""

from uuid import UUID, uuid4

import pytest

from app.organisation.enums import NameFinding
from app.organisation.naming import NamedQueue, NamedUnit, Names, slug_of

FINANCE = NamedUnit(uuid4(), "finance", "Finance", ("Infoline",))
MADRID = NamedUnit(uuid4(), "madrid", "Madrid Registry")
LISBON = NamedUnit(uuid4(), "lisbon", "Lisbon Registry")
HEALTH = NamedUnit(uuid4(), "environmental-health", "Environmental Health")
CLERKS = NamedUnit(uuid4(), "clerks", "Finance clerks", parent_id=FINANCE.id)
UNITS = (FINANCE, MADRID, LISBON, HEALTH)


def said(name: str, *readers: UUID, others: tuple[str, ...] = ()) -> set[tuple[NameFinding, str]]:
    queues = [NamedQueue(uuid4(), slug_of(other), other) for other in others]
    found = Names(UNITS, queues).warnings(NamedQueue(uuid4(), "", name, frozenset(readers)))
    return {(warning.finding, warning.shown) for warning in found}


@pytest.mark.parametrize(
    "name", ["Finance incidents", "For finance", "FINANCE!", "finanse incidents", "Infoline calls"]
)
def test_a_name_that_speaks_of_people_who_cannot_read_is_doubted(name: str) -> None:
    assert said(name, MADRID.id) == {(NameFinding.AUDIENCE, "Finance")}
    assert said(name, FINANCE.id) == set()


def test_a_part_of_the_unit_or_the_unit_above_it_will_do() -> None:
    names = Names((*UNITS, CLERKS), ())
    read_by_part = NamedQueue(uuid4(), "", "Infoline", frozenset({CLERKS.id}))
    assert names.audience(read_by_part) == ()


def test_the_word_that_tells_units_apart_is_enough() -> None:
    assert said("Madrid renewals", LISBON.id) == {(NameFinding.AUDIENCE, "Madrid Registry")}
    assert said("Registry of renewals", LISBON.id) == set()


def test_both_words_of_a_name_are_needed_where_neither_is_common() -> None:
    assert said("Health and safety", MADRID.id) == set()
    assert said("Environmental health visits", MADRID.id) == {(NameFinding.AUDIENCE, "Environmental Health")}


def test_a_name_for_nobody_we_know_is_doubted() -> None:
    assert said("for OPS", MADRID.id) == {(NameFinding.UNKNOWN_UNIT, "OPS")}
    assert said("Waiting for the post", MADRID.id) == set()


@pytest.mark.parametrize("twin", ["Madrid refunds", "madrid - refund", "Refunds: Madrid", "The Madrid refunds queue"])
def test_a_name_that_nearly_repeats_another_is_doubted_and_says_which(twin: str) -> None:
    assert said(twin, MADRID.id, others=("Madrid: refunds",)) == {(NameFinding.TWIN, "Madrid: refunds")}


@pytest.mark.parametrize("other", ["Madrid: debits", "Madrid refunds 2", "Lisbon refunds", "Madrid refunds abroad"])
def test_a_different_name_is_no_twin(other: str) -> None:
    assert said("Madrid refunds", MADRID.id, others=(other,)) == set()


def test_all_twins_of_a_register_are_found_at_once_and_mutually() -> None:
    names = ["Madrid refunds", "Madrid: refund", "Lisbon audits", "Finance 1", "Finance 2"]
    queues = [NamedQueue(uuid4(), slug_of(name), name) for name in names]
    found = Names(UNITS, queues).twins()
    assert {queue.name: [twin.name for twin in found[queue.id]] for queue in queues if queue.id in found} == {
        "Madrid refunds": ["Madrid: refund"], "Madrid: refund": ["Madrid refunds"],
    }  # fmt: skip


def test_a_slug_is_plain() -> None:
    assert slug_of("  Café: à la carte! ") == "cafe-a-la-carte"
    assert slug_of("!!") == ""
