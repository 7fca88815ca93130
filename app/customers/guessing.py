"""From a sample to a layout: what format the file has, what each column seems to hold and how sure that is, how dates are written."""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

import pyarrow as pa

import mdm
from app.customers.errors import BadFile
from app.customers.layout import ATTRIBUTES, NESTED, FileShape, Layout, RecordShape
from app.customers.parsing.attributes import value_at
from app.customers.reading import Reject, Row, inspect, read_rows
from app.customers.reading.lines import read_lines
from app.customers.reading.parquet_file import opened
from app.customers.reading.workbook import opened as opened_book
from app.kernel.i18n import N_

SAMPLE = 2000
"""Rows that are looked at."""
HEADERS_WITHIN = 10
"""Lines of a workbook among which its headings are looked for."""
KEY, IGNORE, ADDRESS, FULL_NAME = "key", "ignore", "address", "full_name"
DATES = ("date_of_birth", "since", "until", "updated")
CHOICES = (IGNORE, KEY, FULL_NAME, *ATTRIBUTES, ADDRESS, "since", "until", "updated")
"""What a column can be said to hold."""
ONLY_ONCE = frozenset({FULL_NAME, *ATTRIBUTES, "since", "until", "updated"})

_AS_OURS = {
    mdm.Kind.ID: KEY, mdm.Kind.ADDRESS_LINE: ADDRESS, mdm.Kind.ADDRESS: ADDRESS, mdm.Kind.REGION: ADDRESS,
    mdm.Kind.FREE_TEXT: IGNORE, mdm.Kind.SOURCE: IGNORE,
}  # fmt: skip
_HEADINGS = {
    "uprn": re.compile(r"^uprn$|unique property", re.IGNORECASE),
    "title": re.compile(r"^(?:title|salutation)$", re.IGNORECASE),
    "building": re.compile(r"^(?:building|house.?name)", re.IGNORECASE),
    "street": re.compile(r"^(?:street|street.?name|road)$", re.IGNORECASE),
    "updated": re.compile(r"last.?(?:changed|updated|modified)|^updated|^modified", re.IGNORECASE),
    "since": re.compile(r"^(?:since|start|from|created|valid.?from).?(?:date|on|at)?$", re.IGNORECASE),
    "until": re.compile(r"^(?:until|end|to|valid.?to|expiry).?(?:date|on|at)?$", re.IGNORECASE),
    "phone_2": re.compile(r"^(?:phone|telephone|mobile|tel)[ _.-]*2$", re.IGNORECASE),
}
_FORMS = (
    "%d/%m/%Y",
    "%Y-%m-%d",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%Y/%m/%d",
    "%d %b %Y",
    "%d %B %Y",
    "%d/%m/%y",
    "%Y%m%d",
)
_FORMATS = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".tab": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx",
            ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".parquet": "parquet", ".pq": "parquet"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """A column, some of what it holds, and what that seems to be. `sure` is from 0 to 1."""

    name: str
    examples: tuple[str, ...]
    kind: str
    sure: float
    why: str


def guess_shape(path: Path) -> FileShape:
    """Format, encoding, delimiter, sheet and columns of a file. Raises BadFile, saying what to do, for one that is no table."""
    form = _FORMATS.get(path.suffix.lower(), "")
    if not form:
        raise BadFile(
            N_("Files of the kind %(kind)s cannot be read. Use CSV, TSV, Excel (.xlsx), JSON Lines or Parquet"),
            kind=path.suffix or "without an ending",
        )
    shape = {"csv": _csv, "xlsx": _xlsx, "jsonl": _jsonl, "parquet": _parquet}[form](path)
    if not shape.columns:
        raise BadFile(N_("The file has no columns"))
    return shape


def sample_of(path: Path, shape: FileShape, most: int = SAMPLE) -> list[Row]:
    """The first rows that can be read."""
    bare = replace(shape, columns=())
    inspect(path, bare)
    return [row for _, row in islice(read_rows(path, bare), most) if not isinstance(row, Reject)]


def guess_columns(rows: Sequence[Row], columns: Sequence[str]) -> list[ColumnGuess]:
    """What each column seems to hold, from its heading and its values."""
    texts = {name: [_text(value_at(row, name)) for row in rows] for name in columns}
    table = pa.table({name: pa.array([text or None for text in texts[name]], pa.string()) for name in columns})
    guessed = mdm.guess_kinds(table)
    found = [_column(name, texts[name], guessed[name]) for name in columns]
    return _one_key(found, texts)


def guess_dates(rows: Sequence[Row], kinds: Mapping[str, str]) -> dict[str, str]:
    """How each column of dates is written: the form that fits most values; day before month where both fit."""
    forms = {}
    for name, kind in kinds.items():
        if kind in DATES:
            values = [text for row in rows if (text := _text(value_at(row, name)))]
            forms[name] = "iso" if any("T" in text for text in values[:50]) else _form_of(values)
    return forms


def layout_of_columns(
    slug: str,
    name: str,
    unit: str,
    shape: FileShape,
    *,
    kinds: Mapping[str, str],
    dates: Mapping[str, str],
    trust: Mapping[str, int],
) -> Layout:
    """The layout that says of each column what a person has said of it."""
    keys = [column for column, kind in kinds.items() if kind == KEY]
    addresses = [column for column, kind in kinds.items() if kind == ADDRESS]
    attributes: dict[str, str | list[str]] = {
        kind: column for column, kind in kinds.items() if kind not in {KEY, IGNORE, ADDRESS}
    }
    if addresses:
        attributes[ADDRESS] = addresses
    used = [column for column, kind in kinds.items() if kind != IGNORE]
    nested = shape.format in NESTED
    needed = tuple(dict.fromkeys(column.split(".")[0] if nested else column for column in used))
    whole = replace(shape, columns=needed)
    return Layout(slug, name, unit, whole, dict(dates), dict(trust), (RecordShape(keys, attributes),))


def _column(name: str, texts: Sequence[str], guess: mdm.Guess) -> ColumnGuess:
    examples = tuple(dict.fromkeys(text[:60] for text in texts if text))[:3]
    for kind, heading in _HEADINGS.items():
        if heading.search(name.rpartition(".")[2]):
            return ColumnGuess(name, examples, kind, 0.9, f"The heading '{name}' says so")
    kind = _AS_OURS.get(guess.kind, guess.kind.value)
    return ColumnGuess(name, examples, kind if kind in CHOICES else IGNORE, guess.confidence, guess.why)


def _one_key(found: list[ColumnGuess], texts: Mapping[str, Sequence[str]]) -> list[ColumnGuess]:
    """Exactly one identifier where one can be seen, and each kind only once: the surest column has it."""
    best: dict[str, ColumnGuess] = {}
    for column in found:
        once = column.kind in ONLY_ONCE or column.kind == KEY
        if once and (column.kind not in best or column.sure > best[column.kind].sure):
            best[column.kind] = column
    if KEY not in best:
        whole = next((c for c in found if texts[c.name] and _identifies(texts[c.name])), None)
        if whole is not None and whole.kind == IGNORE:
            best[KEY] = ColumnGuess(whole.name, whole.examples, KEY, 0.5, "Every row has a value of its own")
    chosen = {column.name: column for column in best.values()}
    return [_settled(column, chosen, best) for column in found]


def _settled(column: ColumnGuess, chosen: Mapping[str, ColumnGuess], best: Mapping[str, ColumnGuess]) -> ColumnGuess:
    if column.name in chosen:
        return chosen[column.name]
    if column.kind == "phone" and "phone_2" not in best:
        return ColumnGuess(column.name, column.examples, "phone_2", column.sure, column.why)
    if column.kind in best:
        return ColumnGuess(column.name, column.examples, IGNORE, 0.5, f"'{best[column.kind].name}' fits better")
    return column


def _identifies(texts: Sequence[str]) -> bool:
    return all(texts) and len(set(texts)) == len(texts)


def _form_of(values: Sequence[str]) -> str:
    fits = {form: sum(_is_date(value, form) for value in values[:500]) for form in _FORMS}
    return max(_FORMS, key=lambda form: (fits[form], -_FORMS.index(form)))


def _is_date(value: str, form: str) -> bool:
    try:
        datetime.strptime(value[:19] if ":" in value else value, form)  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        return False
    return True


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, bool | dict | list) else " ".join(str(value).split())


def _csv(path: Path) -> FileShape:
    encoding = _encoding(path)
    first = next((text for _, text in read_lines(path, encoding) if text and text.strip()), "")
    delimiter = max(",;\t|", key=lambda sign: (first.count(sign), sign == ","))
    columns = tuple(name.strip() for name in next(csv.reader([first.rstrip("\r\n")], delimiter=delimiter), []))
    return FileShape("csv", tuple(name for name in columns if name), encoding=encoding, delimiter=delimiter)


def _encoding(path: Path) -> str:
    """UTF-8 if the whole file is, else what Windows writes."""
    with path.open("rb") as file:
        while line := file.readline(1 << 20):
            try:
                line.decode()
            except UnicodeDecodeError:
                return "cp1252"
    return "utf-8"


def _jsonl(path: Path) -> FileShape:
    names: dict[str, None] = {}
    for _, text in islice(read_lines(path, "utf-8"), SAMPLE):
        try:
            row = json.loads(text or "")
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict):
            names |= dict.fromkeys(_paths(row))
    if not names:
        raise BadFile(N_("This is not a file of JSON objects, one on each line"))
    return FileShape("jsonl", tuple(names))


def _paths(row: Mapping[str, Any], before: str = "", depth: int = 0) -> list[str]:
    """Where the texts and numbers of an object stand: name, address.street, phones.0.number."""
    found = []
    for name, value in row.items():
        if isinstance(value, dict) and depth < 3:
            found += _paths(value, f"{before}{name}.", depth + 1)
        elif isinstance(value, list) and depth < 3:
            found += _paths({str(place): item for place, item in enumerate(value[:2])}, f"{before}{name}.", depth + 1)
        else:
            found.append(before + name)
    return found


def _xlsx(path: Path) -> FileShape:
    """The first sheet; its header is the first of the first lines that has most texts."""
    inspect(path, FileShape("xlsx", ()))
    with opened_book(path) as book:
        title = book.sheetnames[0]
        rows = dict(takewhile(lambda row: row[0] <= HEADERS_WITHIN, book.rows(title)))
    top = [rows.get(number, []) for number in range(1, HEADERS_WITHIN + 1)]
    counts = [sum(isinstance(cell, str) and bool(cell.strip()) for cell in line) for line in top]
    if not counts or not max(counts):
        raise BadFile(N_("The file has no header line"))
    header = counts.index(max(counts))
    names = tuple(str(cell).strip() for cell in top[header] if cell is not None and str(cell).strip())
    return FileShape("xlsx", names, sheet=title, header_row=header + 1)


def _parquet(path: Path) -> FileShape:
    inspect(path, FileShape("parquet", ()))
    with opened(path) as file:
        return FileShape("parquet", tuple(column.name for column in file.schema_arrow))
