"""CSV, record by record. A stray quote spoils its own line and not the rest of the file."""

import csv
from collections.abc import Iterator
from pathlib import Path

from app.customers.enums import RejectReason
from app.customers.errors import BadFile
from app.customers.layout import FileShape
from app.customers.reading.lines import LONGEST, read_lines
from app.customers.reading.rows import Reject, Row, flaw_in, reject
from app.kernel.i18n import N_

_MOST_LINES = 50
"""Lines that one quoted field may run over before the quote counts as a slip."""

csv.field_size_limit(LONGEST)


def read_csv(path: Path, shape: FileShape) -> Iterator[tuple[int, Row | Reject]]:
    """Rows by column name; the header is checked against the layout first."""
    lines = read_lines(path, shape.encoding)
    header = _header(lines, shape)
    for line, text in _records(lines, shape.delimiter, len(header)):
        if text is None:
            yield line, reject(RejectReason.LINE_TOO_LONG, "", detail=f"more than {LONGEST} bytes")
        elif text.strip():
            yield line, _row(text, header, shape.delimiter)


def _header(lines: Iterator[tuple[int, str | None]], shape: FileShape) -> list[str]:
    for line, text in lines:
        if line < shape.header_row:
            continue
        header = [name.strip() for name in next(csv.reader([text or ""], delimiter=shape.delimiter), [])]
        check_columns(header, shape)
        return header
    raise BadFile(N_("The file has no header line"))


def check_columns(found: list[str], shape: FileShape) -> None:
    """Raises BadFile naming the columns that are missing, or that appear twice."""
    missing = [column for column in shape.columns if column not in found]
    if missing:
        raise BadFile(
            N_("This is not the file that this source sends. Missing columns: %(missing)s"),
            missing=", ".join(missing) if len(missing) < len(shape.columns) else ", ".join(missing[:6]) + "…",
        )
    twice = sorted({name for name in found if name and found.count(name) > 1})
    if twice:
        raise BadFile(N_("These columns appear more than once: %(columns)s"), columns=", ".join(twice))


def _records(lines: Iterator[tuple[int, str | None]], delimiter: str, width: int) -> Iterator[tuple[int, str | None]]:
    """Physical lines joined where a quoted field runs over the line end."""
    pending: list[tuple[int, str]] = []
    for line, text in lines:
        if text is None:
            yield from pending
            yield line, None
            pending = []
            continue
        if not pending and '"' not in text:
            yield line, text
            continue
        pending.append((line, text))
        whole = "".join(part for _, part in pending)
        if whole.count('"') % 2 == 0:
            yield from [(pending[0][0], whole)] if _fits(whole, delimiter, width) else pending
            pending = []
        elif len(pending) >= _MOST_LINES or len(whole) > LONGEST:
            yield from pending
            pending = []
    yield from pending


def _fits(text: str, delimiter: str, width: int) -> bool:
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return len(rows) == 1 and len(rows[0]) == width


def _row(text: str, header: list[str], delimiter: str) -> Row | Reject:
    if flaw := flaw_in(text):
        return reject(flaw[0], text.rstrip("\r\n"), detail=flaw[1])
    cells = next(csv.reader([text], delimiter=delimiter))
    if len(cells) != len(header):
        reason = RejectReason.TOO_SHORT if len(cells) < len(header) else RejectReason.TOO_LONG
        return reject(reason, text.rstrip("\r\n"), detail=f"{len(cells)} of {len(header)} fields")
    return dict(zip(header, cells, strict=True))
