"""A row, by its source's layout, to the source records that it holds."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.customers.enums import RejectReason
from app.customers.layout import Layout, RecordShape
from app.customers.parsing.addresses import split_address, tidy_postcode
from app.customers.parsing.names import calm, split_name
from app.customers.reading.rows import Reject, Row, reject
from app.kernel.i18n import N_

_CALM = frozenset({"title", "given_name", "middle_name", "family_name", "building", "street", "city", "unit"})
_COMPANY_NUMBER = re.compile(r"[0-9]{8}|[A-Z]{2}[0-9]{6}|[A-Z][0-9]{7}")
_GENDERS = {"m": "Male", "male": "Male", "f": "Female", "female": "Female"}


@dataclass(frozen=True, slots=True)
class Parsed:
    """One source record of a row: its key in the source, and what it says. Dates are ISO text."""

    key: str
    attributes: dict[str, str]


def parse_row(row: Row, layout: Layout) -> list[Parsed] | Reject:
    """Every source record that the row holds, or why there is none."""
    dates: dict[str, str] = {}
    for column, form in layout.dates.items():
        text = _text(value_at(row, column))
        if text:
            if (day := _date(text, form)) is None:
                return reject(RejectReason.IMPOSSIBLE_DATE, row_text(row), column, text)
            dates[column] = day
    parsed = []
    for shape in layout.records:
        if not applies(shape, row):
            continue
        names = {column: _text(value_at(row, column)) for column in shape.key_columns}
        missing = [column for column, said in names.items() if not said]
        if missing:
            return reject(RejectReason.MISSING_ID, row_text(row), missing[0])
        parsed.append(Parsed(shape.key_of(names), _attributes(row, shape, dates)))
    if not parsed:
        telling = next((name for shape in layout.records for name in shape.only), None)
        detail = _text(value_at(row, telling)) if telling else ""
        return reject(RejectReason.UNKNOWN_KIND_OF_ROW, row_text(row), telling, detail)
    return parsed


def value_at(row: Row, path: str) -> Any:
    """The value of a column, or of a path such as `phones.0.number` into what it holds; None where it leads nowhere."""
    if path in row:
        return row[path]
    value: Any = row
    for step in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit():
            value = value[int(step)] if int(step) < len(value) else None
        else:
            return None
    return value


def text_at(row: Row, path: str) -> str:
    """The value of a column as text; empty where there is none."""
    return _text(value_at(row, path))


def row_text(row: Row) -> str:
    """A row as it was, column by column."""
    return json.dumps(row, ensure_ascii=False)


def applies(shape: RecordShape, row: Row) -> bool:
    """Whether the row holds a record of this shape."""
    if shape.filled and not _text(value_at(row, shape.filled)):
        return False
    return all(_text(value_at(row, column)).upper() == wanted for column, wanted in shape.only.items())


def _attributes(row: Row, shape: RecordShape, dates: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for attribute, source in shape.attributes.items():
        if isinstance(source, list):
            found |= split_address([_text(value_at(row, column)) for column in source])
        elif source in dates:
            found[attribute] = dates[source]
        elif text := _text(value_at(row, source)):
            found |= split_name(text) if attribute == "full_name" else {attribute: _tidy(attribute, text)}
    return found


def _tidy(attribute: str, text: str) -> str:
    if attribute in _CALM:
        return calm(text)
    if attribute == "postcode":
        return tidy_postcode(text)
    if attribute == "company_number":
        return tidy_company_number(text)
    if attribute == "gender":
        return _GENDERS.get(text.lower(), text)
    if attribute == "uprn":
        return text if text.isdigit() and len(text) <= 12 else ""
    return text


def tidy_company_number(text: str) -> str:
    """As the register writes it: eight characters in capitals, with the zeros that a spreadsheet has cut off. What is none stays as it is."""
    plain = "".join(sign for sign in text.upper() if sign.isalnum())
    plain = plain.zfill(8) if plain.isdigit() and 5 <= len(plain) <= 7 else plain
    return plain if _COMPANY_NUMBER.fullmatch(plain) else text


def _text(value: Any) -> str:
    """A cell as text: 12.0 is '12', an object or a list says nothing by itself."""
    if value is None or isinstance(value, bool | dict | list):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())


def _date(text: str, form: str) -> str | None:
    """ISO text of a date, or None if it is none. Dates that a workbook holds as dates are ISO already."""
    try:
        if form == "iso":
            return datetime.fromisoformat(text).isoformat()
        if form == "%d/%m/%Y" and len(text) == 10 and text[2] == "/" == text[5]:
            return date(int(text[6:]), int(text[3:5]), int(text[:2])).isoformat()
        if len(text) >= 10 and text[4] == "-" == text[7]:
            return datetime.fromisoformat(text).date().isoformat()
        return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        return None


REASONS = {
    RejectReason.TOO_SHORT: N_("The row has too few fields"),
    RejectReason.TOO_LONG: N_("The row has too many fields"),
    RejectReason.LINE_TOO_LONG: N_("The line is too long to be a row"),
    RejectReason.MISSING_ID: N_("The row has no identifier"),
    RejectReason.IMPOSSIBLE_DATE: N_("The date does not exist, or is not written as this source writes dates"),
    RejectReason.DUPLICATE_KEY: N_("The same identifier appears earlier in this file"),
    RejectReason.NOT_JSON: N_("The line is not a JSON object"),
    RejectReason.BAD_ENCODING: N_("The row has a character that is not in the source's encoding"),
    RejectReason.CONTROL_CHARACTER: N_("The row has a control character that cannot be text"),
    RejectReason.UNKNOWN_KIND_OF_ROW: N_("The row is of a kind that the layout does not know"),
    RejectReason.ERASED: N_("The person was erased, and is not taken in again"),
}
"""Each reason in words, as message ids."""
