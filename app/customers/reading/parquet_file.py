"""Parquet, read a batch of rows at a time."""

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from app.customers.enums import RejectReason
from app.customers.errors import BadFile
from app.customers.layout import FileShape
from app.customers.reading.csv_file import check_columns
from app.customers.reading.lines import LONGEST
from app.customers.reading.plain import plain
from app.customers.reading.rows import Reject, Row, flaw_within, reject
from app.kernel.i18n import N_

_AT_ONCE = 1000
LARGEST_GROUP = 128 << 20
"""Bytes of one row group once it is unpacked: a reader has to hold the group's pages."""


def read_parquet(path: Path, shape: FileShape) -> Iterator[tuple[int, Row | Reject]]:
    """Rows by column name; the line is the row's number."""
    with opened(path) as file:
        names = [column.name for column in file.schema_arrow]
        check_columns(names, shape)
        line = 0
        try:
            for batch in file.iter_batches(batch_size=_AT_ONCE, use_threads=False):
                for cells in zip(*batch.columns, strict=True):
                    line += 1
                    yield line, _row({name: plain(cell.as_py()) for name, cell in zip(names, cells, strict=True)})
        except (pa.ArrowException, OSError, UnicodeDecodeError, OverflowError) as error:
            raise BadFile(N_("The Parquet file is damaged and cannot be read to its end")) from error


def opened(path: Path) -> pq.ParquetFile:
    """The file, found to be one that can be read in bounded memory."""
    try:
        schema = pq.read_schema(path)
        words = [
            column.name for column in schema if pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        ]
        file = pq.ParquetFile(path, pre_buffer=False, memory_map=False, read_dictionary=words)
    except (pa.ArrowException, OSError) as error:
        raise BadFile(N_("The Parquet file is damaged and cannot be opened")) from error
    groups = (file.metadata.row_group(number) for number in range(file.metadata.num_row_groups))
    largest = max((group.total_byte_size for group in groups), default=0)
    if largest > LARGEST_GROUP:
        file.close()
        raise BadFile(
            N_("The file has a row group of %(megabytes)s MB, which is too much to open safely. Write it with smaller row groups"),
            megabytes=largest >> 20,
        )  # fmt: skip
    return file


def _row(row: Row) -> Row | Reject:
    """A text that is said again and again is held once, and a row is made only when its turn comes."""
    if sum(len(value) for value in row.values() if isinstance(value, str)) > LONGEST:
        return reject(RejectReason.LINE_TOO_LONG, "", detail=f"more than {LONGEST} characters")
    flaw = flaw_within(row)
    return reject(flaw[0], json.dumps(row, ensure_ascii=False), detail=flaw[1]) if flaw else row
