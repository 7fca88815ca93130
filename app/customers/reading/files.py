"""The reader for each format, and files as feeds."""

from collections.abc import Iterator
from pathlib import Path

from app.customers.layout import FileShape
from app.customers.reading.csv_file import read_csv
from app.customers.reading.feed import Cursor, Read
from app.customers.reading.jsonl_file import read_jsonl
from app.customers.reading.parquet_file import read_parquet
from app.customers.reading.rows import Reject, Row
from app.customers.reading.xlsx_file import read_xlsx

_READERS = {"csv": read_csv, "jsonl": read_jsonl, "xlsx": read_xlsx, "parquet": read_parquet}


def read_rows(path: Path, shape: FileShape) -> Iterator[tuple[int, Row | Reject]]:
    """Every row of the file with its line, counted from 1 with header lines. Raises BadFile if it is another file."""
    return _READERS[shape.format](path, shape)


class FileFeed:
    """The rows of a file."""

    def __init__(self, path: Path, shape: FileShape) -> None:
        self._path, self._shape = path, shape

    def __call__(self, after: Cursor) -> Iterator[Read]:
        passed = after.get("rows", 0)
        for number, (line, row) in enumerate(read_rows(self._path, self._shape), start=1):
            if number > passed:
                yield Read(line, row, {"rows": number})
