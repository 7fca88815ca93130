"""Tables in: a file or an object of any library to one Arrow table of plain columns, or an error that says why not."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from mdm.errors import EmptyTable, MdmError, MissingFile, NotATable

PARQUET_MARK = b"PAR1"
OTHER_FORMATS = {
    b"PK\x03\x04": "a zip archive or an Excel workbook; save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save the sheet as CSV",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive; unpack it first",
    b"SQLite": "a SQLite database; export the table as CSV",
    b"\x89PNG": "a picture",
    b"<!DOCTYPE": "a web page",
    b"<html": "a web page",
}
"""First bytes of files that people offer by mistake."""

SEPARATORS = ",;\t|"
"""Between columns; the one that cuts the heading into most columns is taken."""


def as_table(table: Any) -> pa.Table:
    """An Arrow table from Arrow, polars, pandas or anything that speaks the Arrow C stream, a mapping of lists, or a path.

    Raises NotATable, EmptyTable or MissingFile.
    """
    if isinstance(table, str | Path):
        return read_table(table)
    return _checked(_converted(table), "The table")


def read_table(path: str | Path) -> pa.Table:
    """The CSV or Parquet file at `path`; every CSV column comes as text, an empty cell as null."""
    path = Path(path)
    if path.is_dir():
        raise NotATable(f"'{path}' is a folder; name a CSV or Parquet file in it")
    try:
        content = path.read_bytes() if path.suffix.lower() != ".parquet" else _head(path)
    except FileNotFoundError:
        raise MissingFile(f"There is no file '{path}'; check the name and the folder") from None
    except OSError as error:
        raise MissingFile(f"'{path}' cannot be read: {error.strerror}") from None
    if not content.strip():
        raise EmptyTable(f"'{path}' is empty")
    table = _read_parquet(path) if content.startswith(PARQUET_MARK) else _read_csv(path, content)
    return _checked(table, f"'{path}'")


def write_table(table: pa.Table, path: str | Path) -> None:
    """CSV or Parquet, by the ending of the name; MdmError if the folder does not let us."""
    path = Path(path)
    try:
        if path.suffix.lower() == ".parquet":
            pq.write_table(table, path)
        else:
            csv.write_csv(table, path, csv.WriteOptions(quoting_style="needed"))
    except OSError as error:
        raise MdmError(f"'{path}' cannot be written: {error}") from None


def texts(table: pa.Table, column: str) -> pl.Series:
    """A column as strings, null where missing: dates in ISO form, whole numbers without a decimal point."""
    values = table[column]
    if pa.types.is_floating(values.type) and pc.all(pc.equal(pc.floor(values), values)).as_py():
        values = values.cast(pa.int64(), safe=False)
    return pl.Series(column, values.cast(pa.string()))


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(16)


def _converted(table: Any) -> pa.Table:
    if isinstance(table, pa.Table):
        return table
    try:
        if isinstance(table, pa.RecordBatch):
            return pa.Table.from_batches([table])
        if isinstance(table, Mapping):
            return pa.table(dict(table))
        if hasattr(table, "__arrow_c_stream__"):
            return pa.table(table)
        if hasattr(table, "to_arrow"):
            return table.to_arrow()
        if hasattr(table, "iloc"):
            return pa.Table.from_pandas(table, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, ValueError) as error:
        raise NotATable(f"The {type(table).__name__} cannot be made into a table: {_one_line(error)}") from None
    raise NotATable(f"A {type(table).__name__} is not a table; give an Arrow table, a data frame or a file name")


def _checked(table: pa.Table, name: str) -> pa.Table:
    """Rows, columns, and headings that differ; dictionary columns are decoded."""
    headings = table.column_names
    if not headings or not table.num_rows:
        raise EmptyTable(f"{name} has {'columns but no rows' if headings else 'no columns'}")
    twice = sorted({heading for heading in headings if headings.count(heading) > 1})
    if twice:
        raise NotATable(f"{name} has two columns with the heading '{twice[0]}'; rename one of them")
    for i, field in enumerate(table.schema):
        if pa.types.is_nested(field.type):
            raise NotATable(f"{name} has lists or records in column '{field.name}'; give one value per cell")
        if pa.types.is_dictionary(field.type):
            table = table.set_column(i, field.name, table.column(i).cast(field.type.value_type))
    return table


def _read_parquet(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise NotATable(f"'{path}' is a damaged Parquet file: {_one_line(error)}") from None


def _read_csv(path: Path, content: bytes) -> pa.Table:
    for mark, what in OTHER_FORMATS.items():
        if content.startswith(mark):
            raise NotATable(f"'{path}' is {what}")
    text = _as_utf8(path, content)
    separator = max(SEPARATORS, key=_first_line(text).count)
    heading = _first_line(text)
    if separator not in heading and len(heading) >= len(text.strip()):
        raise NotATable(f"'{path}' is no table: it is one line of text without columns")
    everything_is_text = csv.ConvertOptions(
        strings_can_be_null=True,
        null_values=[""],
        column_types=dict.fromkeys(_headings(heading, separator), pa.string()),
    )
    parse = csv.ParseOptions(delimiter=separator, newlines_in_values=True)
    try:
        return csv.read_csv(io.BytesIO(text), parse_options=parse, convert_options=everything_is_text)
    except pa.ArrowInvalid as error:
        raise NotATable(
            f"'{path}' is no table with the same number of columns in each row: {_one_line(error)}"
        ) from None


def _as_utf8(path: Path, content: bytes) -> bytes:
    """UTF-8 without its mark; UTF-16 and the code page of Western Windows are translated."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16").encode()
    if b"\x00" in content[:100_000]:
        raise NotATable(f"'{path}' is binary, neither CSV nor Parquet")
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return content.decode("cp1252").encode()
        except UnicodeDecodeError:
            raise NotATable(f"'{path}' is neither UTF-8 nor Windows-1252 text; save it as UTF-8") from None
    return content


def _first_line(text: bytes) -> str:
    end = text.find(b"\n")
    return text[: end if end >= 0 else len(text)].decode().rstrip("\r")


def _headings(heading: str, separator: str) -> list[str]:
    alone = csv.read_csv(io.BytesIO((heading + "\n").encode()), parse_options=csv.ParseOptions(delimiter=separator))
    return list(alone.column_names)


def _one_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
