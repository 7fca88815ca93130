"""Excel workbooks as a stream: memory depends neither on how many rows nor on how many texts there are, nor on what a forger wrote.

openpyxl keeps all texts of a workbook in a list, and an empty element for every row that it has passed: a file of 30 MB took 730 MB.
"""

# ruff: noqa: SLF001 - openpyxl gives no other way to the parts of a workbook

import os
import re
import zipfile
import zlib
from array import array
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Self, cast
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import iterparse
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from app.customers.errors import BadFile
from app.customers.reading.lines import LONGEST
from app.kernel.i18n import N_

DAMAGE = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, ArithmeticError, AttributeError, EOFError, LookupError, OSError,
    RuntimeError, TypeError, ValueError,
)  # fmt: skip
"""What the libraries raise for files that are not whole, or not what they say they are."""
WIDEST = 16_384
"""Columns of a worksheet, as Excel has them."""
AROUND = 16 << 20
"""Bytes that may stand before and behind the rows: widths, merged cells, conditional formats."""
_ROW = f"{{{SHEET_MAIN_NS}}}row"
_TEXT, _PLAIN, _RUN = (f"{{{SHEET_MAIN_NS}}}{tag}" for tag in ("si", "t", "r"))
_END_OF_ROW = re.compile(rb"<(?:\w+:)?/?(?:\w+:)?(?:row|si|sheetData)\b")


class Book:
    """An open workbook: the names of its sheets, and the rows of one."""

    def __init__(self, path: Path) -> None:
        self._reader = _Reader(path, read_only=True, data_only=True, keep_links=False)
        self.sheetnames = self._reader.find_sheets()

    def rows(self, sheet: str) -> Iterator[tuple[int, list[Any]]]:
        """Every row that is there, with its number as Excel shows it. Raises BadFile if it turns out to be damaged half way through."""
        try:
            with _Short(self._reader.archive.open(self._reader.places[sheet])) as source:
                for number, cells in _Rows(source, self._reader.shared_strings, **self._reader.formats()).parse():
                    yield number, _in_columns(cells)
        except BadFile:
            raise
        except DAMAGE as error:
            raise BadFile(N_("The workbook is damaged and cannot be read to its end")) from error

    def close(self) -> None:
        self._reader.archive.close()


@contextmanager
def opened(path: Path) -> Iterator[Book]:
    """The workbook. Raises BadFile for one that cannot be opened, or has no rows, with what to do."""
    try:
        book = Book(path)
    except BadFile:
        raise
    except DAMAGE as error:
        raise BadFile(N_("The workbook is damaged and cannot be opened")) from error
    try:
        if not book.sheetnames:
            raise BadFile(N_("The workbook has no sheet with rows"))
        yield book
    finally:
        book.close()


def _in_columns(cells: list[dict[str, Any]]) -> list[Any]:
    width = max((cell["column"] for cell in cells), default=0)
    if width > WIDEST:
        raise ValueError(f"column {width}")
    row: list[Any] = [None] * width
    for cell in cells:
        row[cell["column"] - 1] = cell["value"]
    return row


class Strings:
    """The texts that a workbook's cells share, kept on disk: only where each begins is in memory."""

    def __init__(self, source: "_Short") -> None:
        self._file = TemporaryFile(prefix="firstpoint-")  # noqa: SIM115 - it lives as long as this, and has no name to be left behind
        self._starts = array("I", [0])
        for text in _texts(source):
            self._starts.append(self._starts[-1] + self._file.write(text.encode("utf-8", "surrogatepass")))
        self._file.flush()

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self):
            raise IndexError(number)
        start, end = self._starts[number], self._starts[number + 1]
        return os.pread(self._file.fileno(), end - start, start).decode("utf-8", "surrogatepass")


class _Reader(ExcelReader):
    """Opens a workbook without taking its texts into memory, and without looking at what is no row: properties, names, charts.

    openpyxl's own way reads a whole sheet to find out how large it is.
    """

    places: dict[str, str]

    def find_sheets(self) -> list[str]:
        """The names of the worksheets in their order; where each stands is kept."""
        self.read_manifest()
        self.read_strings()
        self.read_workbook()
        apply_stylesheet(self.archive, self.wb)
        self.places = {
            sheet.name: rel.target
            for sheet, rel in self.parser.find_sheets()
            if rel.target in self.valid_files and "chartsheet" not in rel.Type
        }
        return list(self.places)

    def read_strings(self) -> None:
        part: Any = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]  # - openpyxl leaves it untyped
        if part is not None:
            with _Short(self.archive.open(part.PartName[1:])) as source:
                self.shared_strings = cast(list[str], Strings(source))

    def formats(self) -> dict[str, Any]:
        """How days and times are written in it."""
        book: Any = self.wb
        return {
            "data_only": True, "epoch": book.epoch, "date_formats": book._date_formats,
            "timedelta_formats": book._timedelta_formats,
        }  # fmt: skip


class _Rows(WorkSheetParser):
    """The rows of a worksheet and nothing else of it; what has been read is forgotten."""

    def parse(self) -> Generator[Any, None, None]:
        above: list[Element] = []
        for event, element in iterparse(self.source, ("start", "end"), forbid_dtd=True):
            if event == "start":
                above.append(element)
                continue
            above.pop()
            if element.tag == _ROW:
                yield self.parse_row(element)
            if len(above) <= 2:
                element.clear()
                if above:
                    above[-1].clear()


def _texts(source: "_Short") -> Iterator[str]:
    above: list[Element] = []
    for event, element in iterparse(source, ("start", "end"), forbid_dtd=True):
        if event == "start":
            above.append(element)
            continue
        above.pop()
        if element.tag == _TEXT:
            plain = element.findtext(_PLAIN) or ""
            runs = "".join(run.findtext(_PLAIN) or "" for run in element.findall(_RUN))
            yield (plain + runs).replace("x005F_", "")
            if above:
                above[-1].clear()


class _Short:
    """A part of a workbook in which no row and no text may be longer than a line of a file may be."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self._since, self._seen, self._tail = source, 0, False, b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._source.close()

    def close(self) -> None:
        self._source.close()

    def read(self, size: int = -1) -> bytes:
        block = self._source.read(size if 0 < size < 1 << 16 else 1 << 16)
        found = None
        for found in _END_OF_ROW.finditer(self._tail + block):
            self._seen = not found[0].endswith(b"sheetData")
        self._since = len(self._tail + block) - found.end() if found else self._since + len(block)
        self._tail = block[-24:]
        if self._since > (LONGEST if self._seen else AROUND):
            raise BadFile(
                N_("The workbook has a row or a text of more than %(megabytes)s MB, which is too much to open safely"),
                megabytes=LONGEST >> 20,
            )
        return block
