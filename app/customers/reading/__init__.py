"""Files to rows. Each reader yields (line, row or Reject) and knows nothing of databases."""

from collections.abc import Iterator
from pathlib import Path

from app.customers.layout import FileShape
from app.customers.reading.csv_file import read_csv
from app.customers.reading.inspection import Inspection, inspect
from app.customers.reading.jsonl_file import read_jsonl
from app.customers.reading.rows import Reject, Row
from app.customers.reading.xlsx_file import read_xlsx

__all__ = ["Inspection", "Reject", "Row", "inspect", "read_rows"]

_READERS = {"csv": read_csv, "jsonl": read_jsonl, "xlsx": read_xlsx}


def read_rows(path: Path, shape: FileShape) -> Iterator[tuple[int, Row | Reject]]:
    """Every row of the file with its line, counted from 1 with header lines. Raises BadFile if it is another file."""
    return _READERS[shape.format](path, shape)
