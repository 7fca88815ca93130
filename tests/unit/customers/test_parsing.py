"""Rows to attributes."""

import pytest

from app.customers.enums import RejectReason
from app.customers.layout import BadLayout, committed_layouts, layout_of, read_layout
from app.customers.parsing import parse_row
from app.customers.parsing.addresses import address_key, split_address, tidy_postcode
from app.customers.parsing.names import calm, split_name
from app.customers.reading.rows import Reject
from tests.support.customers import card, party


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("SMITH MR JOHN A", ("Mr", "John", "A", "Smith")),
        ("MR JOHN A SMITH", ("Mr", "John", "A", "Smith")),
        ("SMITH, JOHN A", (None, "John", "A", "Smith")),
        ("VAN DER BERG MRS ANNA", ("Mrs", "Anna", None, "Van der Berg")),
        ("DR ANNA MARIA VAN DER BERG", ("Dr", "Anna", "Maria", "Van der Berg")),
        ("O'BRIEN-MCKAY MISS SINÉAD", ("Miss", "Sinéad", None, "O'Brien-McKay")),
        ("Josie Tallis", (None, "Josie", None, "Tallis")),
        ("TALLIS, Josie", (None, "Josie", None, "Tallis")),
        ("TALLIS", (None, None, None, "Tallis")),
        ("MR TALLIS", ("Mr", None, None, "Tallis")),
    ],
)
def test_names_come_apart_in_every_order(text: str, parts: tuple[str | None, ...]) -> None:
    found = split_name(text)
    assert tuple(found.get(part) for part in ("title", "given_name", "middle_name", "family_name")) == parts


@pytest.mark.parametrize(
    ("text", "shown"),
    [("MCDONALD", "McDonald"), ("d'arcy", "D'Arcy"), ("MacLeod", "MacLeod"), ("R0BINSON", "R0binson"), ("14A", "14A")],
)
def test_shouting_becomes_writing_and_writing_stays(text: str, shown: str) -> None:
    assert calm(text) == shown


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        (["FLAT 2", "MARINE COURT", "14 MARINE PARADE", "HALLOWMERE"], {"unit": "Flat 2", "building": "Marine Court", "house_number": "14", "street": "Marine Parade", "city": "Hallowmere"}),
        (["FLAT 2, 14 MARINE PARADE, HALLOWMERE"], {"unit": "Flat 2", "house_number": "14", "street": "Marine Parade", "city": "Hallowmere"}),
        (["14A MARINE PARADE", "", "HALLOWMERE"], {"house_number": "14A", "street": "Marine Parade", "city": "Hallowmere"}),
        (["Rose Cottage", "Mill Lane", "Hallowmere", "zf12ab"], {"building": "Rose Cottage", "street": "Mill Lane", "city": "Hallowmere", "postcode": "ZF1 2AB"}),
        (["", ""], {}),
    ],
)  # fmt: skip
def test_addresses_come_apart_however_many_lines_they_have(lines: list[str], parts: dict[str, str]) -> None:
    assert split_address(lines) == parts


def test_one_home_has_one_key_however_it_is_written() -> None:
    assert address_key("Flat 2", "14", "ZF1 2AB") == address_key("apartment no. 2", "14", "zf12ab") == "zf12ab|14|2"
    assert address_key("", "", "ZF1 2AB") == address_key("", "14", "") == ""
    assert tidy_postcode(" zf12ab ") == "ZF1 2AB"


def test_a_party_says_what_its_columns_say() -> None:
    parsed = parse_row(party(), layout_of("council-tax"))
    assert not isinstance(parsed, Reject)
    [one] = parsed
    assert one.key == "700000001-1"
    assert one.attributes["given_name"] == "Josephine"
    assert (one.attributes["date_of_birth"], one.attributes["updated"]) == ("1980-03-12", "2020-05-02")
    assert (one.attributes["unit"], one.attributes["street"]) == ("Flat 2", "Marine Parade")


def test_a_card_with_nothing_but_its_id_is_still_a_record() -> None:
    bare = dict.fromkeys(card()) | {"contact_id": "CRM-1", "phones": [], "emails": []}
    parsed = parse_row(bare, layout_of("legacy-crm"))
    assert not isinstance(parsed, Reject)
    assert [(one.key, one.attributes) for one in parsed] == [("CRM-1", {})]


@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"DOB": "31/02/1975"}, RejectReason.IMPOSSIBLE_DATE, "DOB"),
        ({"LIABLE_TO": "00/00/0000"}, RejectReason.IMPOSSIBLE_DATE, "LIABLE_TO"),
        ({"PARTY_NO": " "}, RejectReason.MISSING_ID, "PARTY_NO"),
        ({"PARTY_TYPE": ""}, RejectReason.UNKNOWN_KIND_OF_ROW, "PARTY_TYPE"),
    ],
)
def test_a_row_that_cannot_be_read_says_in_which_field(
    changes: dict[str, str], reason: RejectReason, field: str
) -> None:
    flaw = parse_row(party(**changes), layout_of("council-tax"))
    assert isinstance(flaw, Reject)
    assert (flaw.reason, flaw.field) == (reason, field)


def test_a_layout_that_names_what_is_not_there_is_refused() -> None:
    written = layout_of("council-tax").as_json()
    written["records"][0]["attributes"] |= {"shoe_size": "SHOES"}
    with pytest.raises(BadLayout, match=r"shoe_size.*SHOES"):
        read_layout(written)


def test_a_layout_survives_the_register() -> None:
    for layout in committed_layouts().values():
        assert read_layout(layout.as_json()) == layout
