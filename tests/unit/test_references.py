"""References survive being read out, typed with one finger and misheard."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.kernel import references
from app.kernel.references import ALPHABET, BadReference

bodies = st.text(ALPHABET, min_size=7, max_size=7).map(
    lambda body: references._write("FP", body + references._check(body))
)


def test_a_new_reference_reads_back_as_itself() -> None:
    reference = references.new("FP")
    assert references.parse(reference, "FP") == reference
    assert len(reference) == len("FP-7K3Q-92MX")


def test_no_symbol_can_be_taken_for_another() -> None:
    assert not set("ILOUZ") & set(ALPHABET)
    assert len(ALPHABET) == 31


@given(bodies)
@example("FP-FP3Q-928" + references._check("FP3Q928"))
def test_case_spaces_dashes_and_look_alikes_do_not_matter(reference: str) -> None:
    typed = " " + reference.lower().replace("-", " ").replace("0", "o").replace("1", "l").replace("2", "z") + " "
    assert references.parse(typed, "FP") == reference
    assert references.parse(reference.removeprefix("FP-"), "FP") == reference


@given(bodies, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_wrong_symbol_is_always_noticed(reference: str, place: int, symbol: str) -> None:
    symbols = list(reference.removeprefix("FP-").replace("-", ""))
    if symbols[place] == symbol:
        return
    symbols[place] = symbol
    with pytest.raises(BadReference):
        references.parse("".join(symbols), "FP")


@given(bodies, st.integers(0, 6))
def test_two_swapped_neighbours_are_always_noticed(reference: str, place: int) -> None:
    symbols = list(reference.removeprefix("FP-").replace("-", ""))
    if symbols[place] == symbols[place + 1]:
        return
    symbols[place], symbols[place + 1] = symbols[place + 1], symbols[place]
    with pytest.raises(BadReference):
        references.parse("".join(symbols), "FP")


@pytest.mark.parametrize("typed", ["", "FP", "FP-7K3", "FP-7K3Q-92MXX", "FP-7K3Q-92M!", "é"])
def test_what_cannot_be_a_reference_says_what_one_looks_like(typed: str) -> None:
    with pytest.raises(BadReference) as refused:
        references.parse(typed, "FP")
    assert "reference" in str(refused.value)
