"""Rows to be written are made while they are read: as many as was said, and the same each time."""

from datetime import date
from uuid import UUID

from app.customers.matching.identity import Identities
from app.customers.matching.outcome import build_outcome
from app.customers.matching.people import Clusters, Pair
from app.customers.matching.records import Current, Decisions
from mdm import Rules

GOLDEN = [UUID(int=900), UUID(int=901)]


def record(number: int, **said: str) -> Current:
    return Current(UUID(int=number), "crm", "CRM", f"C-{number}", 1, said, None, False)


RECORDS = [
    record(1, given_name="Ada", family_name="Quillhurst"),
    record(2, given_name="A", family_name="Quillhurst", phone="07700 900123"),
    record(3, given_name="Mary", family_name="Fennholme"),
    record(4, given_name="Ada", family_name="Quillhurstt"),
]
CLUSTERS = Clusters([[0, 1, 3], [2]], [Pair(0, 1, 2.0), Pair(0, 3, 5.0), Pair(1, 3, 2.0)], [Pair(1, 2, -1.0)])
OUTCOME = build_outcome(
    RECORDS,
    CLUSTERS,
    Identities(GOLDEN, frozenset(GOLDEN), {UUID(int=902): GOLDEN[0]}),
    Decisions(),
    pins=[],
    by=Rules(),
    today=date(2026, 3, 2),
)


def test_there_are_as_many_rows_as_was_said_before_they_were_made() -> None:
    for rows in (OUTCOME.golden, OUTCOME.search, OUTCOME.links):
        assert len(list(rows)) == len(rows)
    assert (len(OUTCOME.golden), len(OUTCOME.links)) == (2, 4)


def test_they_are_the_same_when_they_are_read_again() -> None:
    for rows in (OUTCOME.golden, OUTCOME.search, OUTCOME.links):
        assert list(rows) == list(rows)


def test_every_record_is_linked_under_its_golden_id_by_its_strongest_pair() -> None:
    linked = {UUID(row[0]): (UUID(row[1]), row[4], row[6].get("key")) for row in OUTCOME.links}
    assert linked == {
        UUID(int=1): (GOLDEN[0], 5.0, "C-4"),
        UUID(int=2): (GOLDEN[0], 2.0, "C-1"),
        UUID(int=3): (GOLDEN[1], None, None),
        UUID(int=4): (GOLDEN[0], 5.0, "C-1"),
    }


def test_a_golden_record_says_the_whole_name_where_another_record_has_an_initial() -> None:
    assert [row[3] for row in OUTCOME.golden] == ["Ada Quillhurst", "Mary Fennholme"]
