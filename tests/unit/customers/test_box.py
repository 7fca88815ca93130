"""One box: the text of it, taken apart."""

from dataclasses import astuple
from uuid import UUID

import pytest

from app.customers.finding.box import LONGEST, read_box
from app.customers.finding.terms import areas_of
from app.customers.rows import Criteria

ID = "0195d2c4-8a31-7c55-9e6b-2f0d7c1b4a90"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Josephine Tallis", {"name": "josephine tallis"}),
        ("Tallis, J.", {"name": "tallis j"}),
        ("O'Brien-Smith Zoë", {"name": "obrien smith zoe"}),
        ("josie talis ZF1 4", {"name": "josie talis", "postcode": "ZF1 4"}),
        ("josie talis zf14", {"name": "josie talis", "postcode": "zf14"}),
        ("josie ZF1 4EZ", {"name": "josie", "postcode": "ZF1 4EZ"}),
        ("ZF14EZ", {"postcode": "ZF14EZ"}),
        ("tallis 1986", {"name": "tallis", "date_of_birth": "1986"}),
        ("tallis 27 3 1978", {"name": "tallis", "date_of_birth": "27 3 1978"}),
        ("tallis 27th of March 1978", {"name": "tallis", "date_of_birth": "27 March 1978"}),
        ("1978-03-27 tallis", {"name": "tallis", "date_of_birth": "1978-03-27"}),
        ("27/3/78", {"date_of_birth": "27/3/78"}),
        ("27031978", {"date_of_birth": "27031978", "reference": "27031978"}),
        ("07700 900123", {"phone": "07700 900123"}),
        ("tallis +44 7700 900123", {"name": "tallis", "phone": "+44 7700 900123"}),
        ("jo@resident.example", {"email": "jo@resident.example"}),
        ("700000001-1", {"reference": "700000001-1"}),
        ("CRM-0000001", {"reference": "CRM-0000001"}),
        ("14 Marine Parade", {"address": "14 marine parade"}),
        ("tallis flat 2 14 marine parade", {"name": "tallis", "address": "flat 2 14 marine parade"}),
        ("14 marine parade tallis", {"name": "tallis", "address": "14 marine parade"}),
        ("tallis marine parade", {"name": "tallis", "address": "marine parade"}),
        ("Peter Green", {"name": "peter green"}),
        ("flat b2 marine parade", {"address": "flat b2 marine parade"}),
        ("1986 Harbour Street", {"address": "1986 harbour street"}),
        ("", {}),
    ],
)
def test_each_part_is_known_by_how_it_looks(text: str, said: dict[str, str]) -> None:
    assert read_box(text).criteria == Criteria(**said)


@pytest.mark.parametrize("text", ["FP-7K3Q-92MX", "fp 7k3q 92mx", "fp7k3q92mx"])
def test_the_reference_of_an_enquiry_may_be_typed_as_it_is_read_out(text: str) -> None:
    typed = read_box(text)
    assert (typed.enquiry, typed.criteria) == ("FP-7K3Q-92MX", Criteria())


def test_our_own_id_is_known() -> None:
    assert read_box(f" {ID} ").golden == UUID(ID)


@pytest.mark.parametrize(
    ("text", "word"), [("jose tal", "tal"), ("jose tal ", ""), ("", ""), ("tallis zf1 4", "tallis")]
)
def test_the_word_at_which_somebody_is_typing_is_told(text: str, word: str) -> None:
    assert read_box(text, unfinished=True).unfinished == (word if not text.endswith("4") else "")


@pytest.mark.parametrize(
    ("typed", "areas"),
    [
        ("ZF1 4", ("zf1 4",)), ("ZF1", ("zf1",)), ("zf14", ("zf14", "zf1 4")), ("ZF14 1", ("zf14 1",)), ("ZF1 4E", ("zf1 4",)),
        ("ZF1 4EZ", ()), ("", ()), ("Smith", ()),
    ],
)  # fmt: skip
def test_the_beginning_of_a_postcode_is_a_part_of_the_town(typed: str, areas: tuple[str, ...]) -> None:
    assert areas_of(typed) == areas


@pytest.mark.parametrize(
    "text", ["%" * 500, "FP-", "@", "' OR 1=1 --", "\x00\u200b", "🦆", "(((((((((((((((((((", "0" * 400, "1 " * 300]
)
def test_hostile_text_is_only_text(text: str) -> None:
    for read in (read_box(text), read_box(text, unfinished=True)):
        assert read.golden is None
        assert all(len(said) <= LONGEST for said in astuple(read.criteria))
