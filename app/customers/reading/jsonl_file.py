"""JSON Lines: one object a line."""

import json
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import NoReturn

from app.customers.enums import RejectReason
from app.customers.errors import BadFile
from app.customers.layout import FileShape
from app.customers.reading.csv_file import check_columns
from app.customers.reading.lines import LONGEST, read_lines
from app.customers.reading.rows import Reject, Row, flaw_in, flaw_within, reject
from app.kernel.i18n import N_

_LOOK_AHEAD = 50
"""Lines within which a file must show at least one object of the right shape."""


def read_jsonl(path: Path, shape: FileShape) -> Iterator[tuple[int, Row | Reject]]:
    """Objects as they are. The first ones show whether this is the right file at all."""
    lines = (
        (
            number,
            _object(text)
            if text is not None
            else reject(RejectReason.LINE_TOO_LONG, "", detail=f"more than {LONGEST} bytes"),
        )
        for number, text in read_lines(path, shape.encoding)
        if text is None or text.strip()
    )
    start = list(islice(lines, _LOOK_AHEAD))
    objects = [row for _, row in start if isinstance(row, dict)]
    if not objects:
        raise BadFile(N_("This is not a file of JSON objects, one on each line"))
    best = max(objects, key=lambda row: len(row.keys() & set(shape.columns)))
    check_columns(list(best), shape)
    yield from chain(start, lines)


def _object(text: str) -> Row | Reject:
    if flaw := flaw_in(text):
        return reject(flaw[0], text.rstrip("\r\n"), detail=flaw[1])
    try:
        value = json.loads(text.rstrip(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        return reject(RejectReason.NOT_JSON, text.rstrip("\r\n"), detail=str(error))
    if not isinstance(value, dict):
        return reject(RejectReason.NOT_JSON, text.rstrip("\r\n"), detail="not an object")
    # NUL and half characters can also hide in escapes
    if "\\u" in text and (flaw := flaw_within(value)):
        return reject(flaw[0], text.rstrip("\r\n"), detail=flaw[1])
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
