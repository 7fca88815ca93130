"""One date of birth to its standard form: the steps of `mdm.standardise.dates` for a single value."""

from __future__ import annotations

import re

from mdm.standardise.date_slips import mended
from mdm.standardise.dates import _DDMMYYYY, _MMDDYYYY, _MONTH, _PARTS, _TIME, PIVOT

_ISO_DIGITS = re.compile(r"^(?:1[5-9]|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])$")
_ISO_END = re.compile(r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])$")


def standard_date(text: str, day_first: bool) -> str | None:
    """YYYYMMDD or ''; None for months in words and numbers without marks, which take the long way.

    `text` is printable ASCII in lower case without blanks around it.
    """
    if not re.fullmatch("[0-9/-]*", text):
        text = re.sub(r"\.0+$", "", re.sub(_TIME, "", text, count=1)).strip(" ()[],.;'-")
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        found = text.replace("-", "")
    elif re.fullmatch("[0-9]{8}", text):
        found = text
    elif re.fullmatch("[0-9]+", text) or re.search(_MONTH, text):
        return None
    elif parts := re.search(_PARTS, text):
        found = _three_parts(parts[1], parts[2], parts[3], day_first) or mended(text, day_first)
    else:
        found = mended(text, day_first) or _year_and_month(text)
    return _settled(found, day_first)


def _year(digits: str) -> str:
    if len(digits) == 2:
        return ("20" if int(digits) <= PIVOT else "19") + digits
    return digits if len(digits) == 4 else ""


def _joined(year: str, month: str, day: str) -> str:
    return year + month.zfill(2) + day.zfill(2) if year else ""


def _three_parts(a: str, b: str, c: str, day_first: bool) -> str:
    if len(a) > 2 or (int(a) > 31 and len(c) <= 2):
        return _joined(_year(a), b, c) if len(c) <= 2 else ""
    day, month = (a, b) if day_first else (b, a)
    if int(month) > 12 and int(day) <= 12 and int(month) <= 31:
        day, month = month, day
    return _joined(_year(c), month, day)


def _year_and_month(text: str) -> str:
    digits = re.sub("[^0-9]", "", text)
    if len(digits) == 8 and re.match("[0-9]{3}", text):
        return digits
    year = re.search("(?:^|[^0-9])([12][0-9]{3})(?:[^0-9]|$)", text)
    month = re.search("^(?:([0-9]{1,2})[/. -][12][0-9]{3}|[12][0-9]{3}[/. -]([0-9]{1,2}))$", text)
    return _joined(year[1] if year else "", (month[1] or month[2]) if month else "01", "01")


def _settled(found: str, day_first: bool) -> str:
    """No parts of 00; ddmmyyyy is turned round when it can only be that."""
    if len(found) != 8:
        return ""
    if found != "00000000":
        month, day = found[4:6], found[6:]
        found = found[:4] + ("01" if month == "00" else month) + ("01" if day == "00" else day)
    if _ISO_DIGITS.search(found):
        return found
    pattern, order = (_DDMMYYYY, r"\3\2\1") if day_first else (_MMDDYYYY, r"\3\1\2")
    turned = re.sub(pattern, order, found)
    return turned if _ISO_END.search(turned) else found
