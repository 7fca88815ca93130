"""Dates of birth in any form to 'YYYYMMDD'.

A value keeps its digits even when it is no day of the calendar (a typing error in a month must stay one edit away from
the truth). Where only the year, or year and month, are known, the first day stands in, as it does in most registers.
"""

from __future__ import annotations

import polars as pl

from mdm.standardise.date_slips import FEWEST, MOST, mended
from mdm.text import choose, fold, on

PIVOT = 29
"""Two-digit years up to this one belong to the 2000s, the others to the 1900s."""

MONTHS = {
    "01": "jan sty ene gen ion", "02": "feb fev lut chw", "03": "mar mae mrz mrt maw", "04": "apr avr abr kwi ebr",
    "05": "may mai maj mag mei", "06": "jun juin cze giu meh", "07": "jul juil lip lug gor",
    "08": "aug aou ago sie aws", "09": "sep set wrz med", "10": "oct okt ott out paz hyd", "11": "nov lis tac",
    "12": "dec dez dic gru rha",
}  # fmt: skip
"""How months begin in English, Polish, French, German, Spanish, Italian, Portuguese, Dutch and Welsh."""

_MONTH_OF = {start: month for month, starts in MONTHS.items() for start in starts.split()}
_MONTH = r"(?:^|[^a-z])(" + "|".join(sorted(_MONTH_OF, key=len, reverse=True)) + r")"
_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_PARTS = r"^([0-9]{1,4})[^0-9a-z]+([0-9]{1,2})[^0-9a-z]+([0-9]{1,4})$"
_DDMMYYYY = r"^([0-3][0-9])([01][0-9])(1[5-9][0-9]{2}|20[0-9]{2})$"
_MMDDYYYY = r"^([01][0-9])([0-3][0-9])(1[5-9][0-9]{2}|20[0-9]{2})$"
_TIME = r"[t ,]+[0-9]{1,2}:[0-9]{2}.*$"
_EXCEL_EPOCH_DAYS = 25_569  # days from Excel's day 0 (1899-12-30) to 1970-01-01


def dates(raw: pl.Series, day_first: bool | None = None) -> pl.Series:
    """'YYYYMMDD' or '' for each value. `day_first=None` lets the column itself decide (see `is_day_first`)."""
    text = _bare(raw)
    if day_first is None:
        day_first = _day_first(text)
    out = pl.repeat("", len(text), dtype=pl.String, eager=True)
    iso = text.str.contains(_ISO)
    digits = text.str.contains(r"^[0-9]+$")
    letters = text.str.contains(_MONTH)
    parts = ~iso & ~letters & text.str.contains(_PARTS)
    partial = ~(iso | digits | letters | parts)
    order = day_first
    for mask, read in (
        (iso, lambda s: s.str.replace_all("-", "", literal=True)),
        (digits, lambda s: _compact(s, order)),
        (parts, lambda s: _three_parts(s, order)),
        (letters, _with_month_name),
        (partial, _year_and_month),
    ):
        rows = mask.arg_true()
        if len(rows):
            out = out.scatter(rows, read(text.gather(rows)))
    return _settle(_mend(text, out, (partial | (out == "")) & ~letters, order), day_first)


def is_day_first(raw: pl.Series) -> bool:
    """False only where the column is clearly month-first: at least two 4/25/1971 and three times as many as 25/4/1971."""
    return _day_first(_bare(raw))


def _bare(raw: pl.Series) -> pl.Series:
    """Folded text without time of day, brackets and the '.0' of a spreadsheet."""
    text = raw.cast(pl.String).fill_null("").str.strip_chars()
    text = on(text.str.contains("年"), text, lambda s: s.str.replace_many(["年", "月", "日"], ["-", "-", ""]))
    text = fold(text)
    odd = ~text.str.contains(r"^[0-9/-]*$")
    return on(odd, text, lambda s: s.str.replace(_TIME, "").str.replace(r"\.0+$", "").str.strip_chars(" ()[],.;'-"))


def _day_first(text: pl.Series) -> bool:
    parts = text.str.extract_groups(r"^([0-9]{1,2})[^0-9a-z]+([0-9]{1,2})[^0-9a-z]+[0-9]{2,4}$").struct.unnest()
    first, second = (parts.to_series(i).cast(pl.Int32, strict=False).fill_null(0) for i in (0, 1))
    day_then_month = int(((first > 12) & (first <= 31) & (second <= 12)).sum())
    month_then_day = int(((second > 12) & (second <= 31) & (first <= 12)).sum())
    return not (month_then_day >= 2 and month_then_day > 3 * day_then_month)


def _year(series: pl.Series) -> pl.Series:
    """Four digits from two or four; '' from anything else."""
    century = choose(series.cast(pl.Int32, strict=False) <= PIVOT, "20", "19")
    long = choose(series.str.len_bytes() == 4, series, "")
    return choose(series.str.len_bytes() == 2, century + series, long)


def _join(year: pl.Series, month: pl.Series, day: pl.Series) -> pl.Series:
    return choose(year != "", year + month.str.zfill(2) + day.str.zfill(2), "")


def _three_parts(series: pl.Series, day_first: bool) -> pl.Series:
    """Year first if the first part can be nothing else; otherwise the column's order unless only the other one is a date."""
    frame = series.str.extract_groups(_PARTS).struct.unnest()
    a, b, c = (frame.to_series(i).fill_null("") for i in range(3))
    year_first = (a.str.len_bytes() > 2) | ((a.cast(pl.Int32) > 31) & (c.str.len_bytes() <= 2))
    day, month = (a, b) if day_first else (b, a)
    swap = (month.cast(pl.Int32) > 12) & (day.cast(pl.Int32) <= 12) & (month.cast(pl.Int32) <= 31)
    year_last = _join(_year(c), choose(swap, day, month), choose(swap, month, day))
    return choose(year_first, choose(c.str.len_bytes() <= 2, _join(_year(a), b, c), ""), year_last)


def _with_month_name(series: pl.Series) -> pl.Series:
    """'3rd of May 1971', 'May 3, 1971', '03-May-71', '1971 May 3', 'May 1971'."""
    month = series.str.extract(_MONTH, 1).replace(_MONTH_OF)
    numbers = series.str.extract_all("[0-9]+")
    first, last = numbers.list.first().fill_null(""), numbers.list.last().fill_null("")
    lone = numbers.list.len() == 1
    ahead = (first.str.len_bytes() == 4) & ~lone
    day = choose(lone, "01", choose(ahead, last, first))
    year = choose(ahead, first, last)
    return choose(day.str.len_bytes() <= 2, _join(_year(year), month, day), "")


def _year_and_month(series: pl.Series) -> pl.Series:
    """'05/1971', '1971-05', 'circa 1850', '1971-0503', '1971-05q03'; '' when there is no four-digit year."""
    digits = series.str.replace_all("[^0-9]", "")
    year = series.str.extract(r"(?:^|[^0-9])([12][0-9]{3})(?:[^0-9]|$)", 1).fill_null("")
    month = series.str.extract(r"^(?:([0-9]{1,2})[/. -][12][0-9]{3}|[12][0-9]{3}[/. -]([0-9]{1,2}))$", 1)
    month = month.fill_null(series.str.extract(r"^[12][0-9]{3}[/. -]([0-9]{1,2})$", 1)).fill_null("01")
    first = _join(year, month, pl.repeat("01", len(series), dtype=pl.String, eager=True))
    return choose((digits.str.len_bytes() == 8) & series.str.contains("^[0-9]{3}"), digits, first)


def _mend(text: pl.Series, out: pl.Series, maybe: pl.Series, day_first: bool) -> pl.Series:
    """`out` with what could be made of dates that have a slip of the pen; they are rare, and are read one by one."""
    rows = (maybe & (text != "")).arg_true()
    asked = text.gather(rows)
    many = asked.str.count_matches("[0-9]").is_between(FEWEST, MOST)
    rows, asked = rows.filter(many), asked.filter(many)
    if not len(rows):
        return out
    known = {one: mended(one, day_first) for one in asked.unique().to_list()}
    found = pl.Series([known[one] for one in asked.to_list()], dtype=pl.String)
    return out.scatter(rows, choose(found != "", found, out.gather(rows)))


def _compact(series: pl.Series, day_first: bool) -> pl.Series:
    """Digits alone: 8 are a date, 6 are ddmmyy, 5 an Excel serial number, 4 a year."""
    size = series.str.len_bytes()
    out = choose(size == 8, series, "")
    out = choose(size == 4, series + "0101", out)
    a, b, year = series.str.slice(0, 2), series.str.slice(2, 2), _year(series.str.slice(4, 2))
    out = choose(size == 6, year + (b + a if day_first else a + b), out)
    days = choose(size == 5, series, "").cast(pl.Int32, strict=False) - _EXCEL_EPOCH_DAYS
    serial = days.cast(pl.Date, strict=False).dt.to_string("%Y%m%d").fill_null("")
    return choose((size == 5) & (series >= "10000") & (series < "60000"), serial, out)


def _settle(out: pl.Series, day_first: bool) -> pl.Series:
    """Unknown parts (00) become 01; ddmmyyyy is turned round when it can only be that."""
    out = choose(out.str.len_bytes() == 8, out, "")
    out = on(out.str.contains("^[0-9]{4}00|00$"), out, _first_day)
    odd = ~out.str.contains(r"^(?:1[5-9]|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])$")
    return on(odd, out, lambda s: _turn(s, day_first))


def _first_day(series: pl.Series) -> pl.Series:
    month, day = series.str.slice(4, 2), series.str.slice(6, 2)
    known = series.str.slice(0, 4) + choose(month == "00", "01", month) + choose(day == "00", "01", day)
    return choose(series == "00000000", series, known)


def _turn(series: pl.Series, day_first: bool) -> pl.Series:
    turned = (
        series.str.replace(_DDMMYYYY, "${3}${2}${1}") if day_first else series.str.replace(_MMDDYYYY, "${3}${1}${2}")
    )
    valid = turned.str.contains(r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])$")
    return choose(valid, turned, series)
