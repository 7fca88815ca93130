"""Golden ids stay with most of their records."""

from itertools import count
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.customers.matching.identity import Identities, assign

A, B, C, D = (UUID(int=number) for number in range(1, 5))
OLD, OTHER = UUID(int=100), UUID(int=101)


def named(clusters: list[list[UUID]], before: dict[UUID, UUID]) -> Identities:
    fresh = count(1000)
    return assign(clusters, before, lambda: UUID(int=next(fresh)))


def test_the_first_run_makes_new_ids() -> None:
    found = named([[A], [B]], {})
    assert found.created == frozenset(found.ids)
    assert len(found.created) == 2


def test_a_cluster_that_stays_keeps_its_id() -> None:
    assert named([[A, B], [C]], {A: OLD, B: OLD, C: OTHER}).ids == [OLD, OTHER]


def test_of_two_that_merge_the_larger_gives_the_id_and_the_other_leads_to_it() -> None:
    found = named([[A, B, C]], {A: OTHER, B: OLD, C: OLD})
    assert (found.ids, found.retired) == ([OLD], {OTHER: OLD})


def test_of_one_that_splits_the_larger_part_keeps_the_id() -> None:
    found = named([[A], [B, C]], {A: OLD, B: OLD, C: OLD})
    assert found.ids[1] == OLD
    assert found.ids[0] in found.created
    assert found.retired == {}


def test_an_id_whose_records_all_went_to_others_leads_to_where_most_went() -> None:
    found = named([[A, C], [B, D]], {A: OLD, B: OTHER, C: OLD, D: OTHER})
    assert (found.ids, found.retired) == ([OLD, OTHER], {})
    assert named([[]], {A: OLD}).retired == {OLD: None}


records = st.integers(1, 12).map(lambda number: UUID(int=number))


@given(
    labels=st.lists(st.integers(0, 5), min_size=12, max_size=12),
    before=st.dictionaries(records, st.integers(0, 5).map(lambda number: UUID(int=100 + number))),
)
def test_each_id_goes_to_one_cluster_and_none_is_forgotten(labels: list[int], before: dict[UUID, UUID]) -> None:
    clusters = [
        [UUID(int=place + 1) for place, own in enumerate(labels) if own == label] for label in sorted(set(labels))
    ]
    found = named(clusters, before)
    assert len(set(found.ids)) == len(clusters)
    assert set(found.ids) - found.created | set(found.retired) == set(before.values())
    assert all(heir in found.ids for heir in found.retired.values() if heir)
