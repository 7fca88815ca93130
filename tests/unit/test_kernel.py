"""The small certainties that every room relies on."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.fernet import InvalidToken

from app.kernel.clock import FixedClock, as_utc, london_date
from app.kernel.crypto import Sealer, new_token, token_hash
from app.kernel.errors import Invalid, TooMany
from app.kernel.ids import new_id
from app.kernel.paging import Page, PageRequest


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        as_utc(datetime.fromisoformat("2026-03-11"))


def test_every_instant_is_kept_in_utc() -> None:
    paris = datetime(2026, 3, 11, 11, tzinfo=timezone(timedelta(hours=1)))
    assert FixedClock(paris).now() == datetime(2026, 3, 11, 10, tzinfo=UTC)
    assert FixedClock(paris).now().utcoffset() == timedelta(0)


def test_a_summer_midnight_in_london_is_the_evening_before_in_utc() -> None:
    assert london_date(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)).day == 2


def test_keys_made_later_sort_later() -> None:
    keys = [new_id() for _ in range(200)]
    assert keys == sorted(keys)
    assert {key.version for key in keys} == {7}


def test_a_sealed_secret_opens_only_with_the_same_key() -> None:
    sealed = Sealer("first secret").seal("JBSWY3DP")
    assert "JBSWY3DP" not in sealed
    assert Sealer("first secret").open(sealed) == "JBSWY3DP"
    with pytest.raises(InvalidToken):
        Sealer("second secret").open(sealed)


def test_tokens_differ_and_their_hashes_do_not_show_them() -> None:
    token = new_token()
    assert token != new_token()
    assert token not in token_hash(token)


def test_errors_read_as_sentences() -> None:
    assert str(TooMany(61)) == "You have tried too many times. Try again in 2 minutes"
    assert (
        str(Invalid({"postcode": "Enter a postcode in %(city)s"}, city="Hallowmere"))
        == "Enter a postcode in Hallowmere"
    )


@pytest.mark.parametrize(("asked", "given"), [((-3, 25), (1, 25)), ((2, 0), (2, 1)), ((1, 10_000), (1, 100))])
def test_page_requests_stay_within_bounds(asked: tuple[int, int], given: tuple[int, int]) -> None:
    request = PageRequest(*asked)
    assert (request.number, request.size) == given


def test_an_empty_list_has_one_page_and_shows_nothing() -> None:
    page: Page[str] = Page((), 0, 1, 25)
    assert (page.pages, page.first, page.last) == (1, 0, 0)
