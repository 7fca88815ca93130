"""Areas, languages and moves, without a database."""

import pytest

from app.kernel.errors import Invalid
from app.subscriptions.enums import BulletinState
from app.subscriptions.policy import MOVES, Words, area_of, areas_of, checked, text_in, within

TOLD = ("Enter a name", "Say what people will get")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("", ""), ("zf1", "ZF1"), (" ZF1 2AB ", "ZF1"), ("m1 1aa", "M1"), ("EC1A 1BB", "EC1A"), ("zf12", "ZF12"), ("ZF122AB", "ZF12")],
)  # fmt: skip
def test_an_area_is_read_from_its_name_or_a_whole_postcode(typed: str, kept: str) -> None:
    assert area_of(typed) == kept


@pytest.mark.parametrize("typed", ["Hallowmere", "12", "ZF", "ZF1-ZF3", "ZFX1"])
def test_what_is_no_area_is_refused_with_what_to_do(typed: str) -> None:
    with pytest.raises(Invalid, match="first half of a postcode"):
        area_of(typed)


def test_several_areas_are_kept_once_and_in_order() -> None:
    assert areas_of("ZF9\nzf1 2ab, ZF9;") == ["ZF1", "ZF9"]
    with pytest.raises(Invalid) as refused:
        areas_of("ZF1, nowhere")
    assert set(refused.value.errors) == {"areas"}


@pytest.mark.parametrize(
    ("area", "areas", "fits"), [("", [], True), ("ZF1", [], True), ("", ["ZF1"], True), ("ZF1", ["ZF1"], True), ("ZF1", ["ZF10"], False)]
)  # fmt: skip
def test_an_area_is_within_those_of_a_topic_or_it_is_not(area: str, areas: list[str], fits: bool) -> None:
    assert within(area, areas) is fits


def test_a_language_counts_only_whole() -> None:
    texts = {"en": {"short": "Bins", "long": "Late bins"}, "fr": {"short": "Bacs", "long": ""}}
    assert text_in(texts, "fr") == text_in(texts, "cy") == Words("Bins", "Late bins")
    texts["fr"]["long"] = "Les retards"
    assert text_in(texts, "fr") == Words("Bacs", "Les retards")


def test_each_missing_part_is_named_and_empty_languages_are_not_kept() -> None:
    with pytest.raises(Invalid) as refused:
        checked({"en": Words("Bins", " "), "es": Words("", "Retrasos")}, (10, 20), TOLD)
    assert refused.value.errors == {"long_en": TOLD[1], "short_es": TOLD[0]}
    assert checked({"en": Words(" Bins ", "Late"), "fr": Words("", "")}, (10, 20), TOLD) == {
        "en": {"short": "Bins", "long": "Late"}
    }


def test_what_has_ended_goes_nowhere() -> None:
    assert set(MOVES) == {BulletinState.DRAFT, BulletinState.SENDING}
    assert BulletinState.DRAFT not in {after for moves in MOVES.values() for after in moves}
