"""A slip of the pen in a date of birth leaves most of it."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdm.index.values import standard_value
from mdm.kinds import Kind
from mdm.standardise.date_slips import mended
from mdm.standardise.dates import dates


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("15940-02-19", "19400219"), ("81971-05-20", "19710520"), ("05/03/16972", "19720305"), ("976-11-27", "19761127"),
        ("167-05-11", "19670511"), ("11/06/953", "19530611"), ("204-09-14", "20040914"), ("0/03/2004", "20040301"),
        ("199-03-11", "19990311"), ("194-02-20", "19440220"), ("226-01-02", "20260102"), ("006-01-02", "20060102"),
        ("1968-810-23", "19681023"), ("28/212/1948", "19481228"), ("1997-10-326", "19971026"), ("2000-05-201", "20000501"),
        ("12/10k2003", "20031012"), ("24c12/1951", "19511224"), ("1975z-09-12", "19750912"), ("2804/1953", "19530428"),
        ("1933-1-018", "19331018"), ("071/1/1988", "19881107"), ("1976-0908", "19760908"), ("199-00-04", "19990104"),
    ],
)  # fmt: skip
def test_what_was_meant_is_made_out(written: str, meant: str) -> None:
    assert dates(pl.Series([written]), day_first=True).to_list() == [meant]
    assert standard_value(written, Kind.DATE_OF_BIRTH, day_first=True) == meant


@pytest.mark.parametrize(
    "written",
    ["12345678", "1999/2000", "1/2/3/4567", "999-99-999", "77777-01-02", "1971-444-03", "1971-1-4444", "3-4-567", "12-34567-8",
     "199--4567", "544-02-03"],
)  # fmt: skip
def test_what_is_no_date_is_not_made_one(written: str) -> None:
    assert mended(written, day_first=True) == ""


def test_the_order_of_day_and_month_is_the_columns() -> None:
    assert mended("05/03/16972", day_first=False) == "19720503"
    assert mended("05x03/1972", day_first=False) == "19720503"


DIGITS = st.sampled_from("0123456789")


@given(
    st.dates(date(1920, 1, 1), date(2029, 12, 31)),
    st.booleans(),
    st.integers(0, 9),
    DIGITS,
    st.sampled_from(["lost", "added"]),
)
def test_one_digit_too_few_or_too_many_leaves_something_near(
    day: date, year_first: bool, at: int, digit: str, slip: str
) -> None:
    written = f"{day:%Y-%m-%d}" if year_first else f"{day:%d/%m/%Y}"
    typed = written[:at] + (digit if slip == "added" else "") + written[at + (slip == "lost") :]
    [found] = dates(pl.Series([typed]), day_first=True).to_list()
    assert found == standard_value(typed, Kind.DATE_OF_BIRTH, day_first=True)
    assert len(found) == 8
    assert sum(one != other for one, other in zip(found, f"{day:%Y%m%d}", strict=True)) <= 3
