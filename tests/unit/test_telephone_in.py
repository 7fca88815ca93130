"""What the tests of leaks take for a telephone number, and what they do not."""

import pytest

from tests.support.numbers import telephone_in


@pytest.mark.parametrize(
    "text",
    [
        "07700 900777", "rang from 07700900777.", "+447700900777", "+44 7700 900 777", "q=07700%20900777", "07700+900+777", "07700&nbsp;900&nbsp;777",
        "(07700) 900777", "ends in 900777", '{"phone":"900777"}', "<td>900 777</td>", "x07700 900777x",
    ],
)  # fmt: skip
def test_a_number_is_known_however_it_is_written(text: str) -> None:
    assert telephone_in(text, "900777")


@pytest.mark.parametrize(
    "text",
    [
        "0.0490077712", "1.7953900777123e+09", "2026-11-22t20:09:00.900777z", "3fa90077 7c", "019a77c0-1b2c-7d33-8f00-12f900777abc",
        "019a77c0-1b2c-7d33-8f00-900777abcdef", "e3b0c900777fc1c149", "07700 900778", "1900777", "9007771", "",
    ],
)  # fmt: skip
def test_what_only_holds_its_digits_by_chance_is_none(text: str) -> None:
    assert not telephone_in(text, "900777")
