"""Tables for spreadsheets: XLSX with a header row, where no text ever becomes a formula."""

from collections.abc import Iterable, Sequence
from io import BytesIO

import xlsxwriter

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | float | None


def xlsx(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]) -> bytes:
    """A workbook of (name, headings, rows). Names are cut to the 31 letters that spreadsheets allow; memory stays flat."""
    written = BytesIO()
    options = {"in_memory": False, "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        bold = book.add_format({"bold": True})
        for name, headings, rows in sheets:
            sheet = book.add_worksheet(name[:31])
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, headings, bold)
            for number, row in enumerate(rows, start=1):
                sheet.write_row(number, 0, row)
    return written.getvalue()
