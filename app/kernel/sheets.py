"""Tables for spreadsheets: XLSX with a header row, where no text ever becomes a formula."""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NARROWEST, WIDEST = 8, 60
"""Characters. What is longer than the widest column can still be read where one types."""
ARROW = 3
"""Characters that the button of the filter takes from a heading."""
Cell = str | int | float | None


def xlsx(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]) -> bytes:
    """A workbook of (name, headings, rows), each sheet ready to be filtered, with columns as wide as what they hold.

    Names are cut to the 31 letters that spreadsheets allow; memory stays flat.
    """
    written = BytesIO()
    options = {"in_memory": False, "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        bold = book.add_format({"bold": True})
        for name, headings, rows in sheets:
            sheet = book.add_worksheet(name[:31])
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, headings, bold)
            widths, number = [len(heading) + ARROW for heading in headings], 0
            for number, row in enumerate(_measured(rows, widths), start=1):
                sheet.write_row(number, 0, row)
            _lay_out(sheet, headings, widths, number)
    return written.getvalue()


def _measured(rows: Iterable[Sequence[Cell]], widths: list[int]) -> Iterator[Sequence[Cell]]:
    """The rows, while `widths` grows to the longest cell of each column."""
    for row in rows:
        for column, cell in enumerate(row):
            length = len(cell) if isinstance(cell, str) else len(str(cell))
            if column == len(widths):
                widths.append(length)
            elif length > widths[column]:
                widths[column] = length
        yield row


def _lay_out(sheet: Worksheet, headings: Sequence[str], widths: Sequence[int], last: int) -> None:
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(max(width + 1, NARROWEST), WIDEST))
    if headings:
        sheet.autofilter(0, 0, last, len(headings) - 1)
