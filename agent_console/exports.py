"""Tables to take away: XLSX, or CSV that no spreadsheet will take for formulas."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from flask import Response

from app.kernel.errors import NotFound
from app.kernel.sheets import MIME, Cell, xlsx

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def table(form: str, name: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """The table as a file `name.form`. NotFound for a form that is neither csv nor xlsx."""
    if form == "xlsx":
        return _file(xlsx([(name, headings, rows)]), MIME, f"{name}.xlsx")
    if form != "csv":
        raise NotFound
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow(headings)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return _file(written.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", f"{name}.csv")


def _file(content: bytes, mime: str, name: str) -> Response:
    response = Response(content, mimetype=mime)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(DANGEROUS) else cell
