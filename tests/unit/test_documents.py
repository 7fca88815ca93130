"""PDF and XLSX: what goes in can be read again, and data stays data."""

from io import BytesIO

import pytest
import typst
from openpyxl import load_workbook
from pypdf import PdfReader

from app.kernel.pdf import pdf
from app.kernel.sheets import xlsx

LETTER = "#let data = json(bytes(sys.inputs.data))\n= #data.title\n#data.text"


def _text(written: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(written)).pages)


def test_a_document_says_what_it_was_given() -> None:
    assert "Zażółć" in _text(pdf(LETTER, {"title": "Zażółć", "text": "one"}))


def test_data_never_becomes_markup() -> None:
    assert '#panic("no")' in _text(pdf(LETTER, {"title": "t", "text": '#panic("no")'}))


def test_a_broken_template_is_said_to_be_broken() -> None:
    with pytest.raises(typst.TypstError):
        pdf("#let x =", {})


def test_a_workbook_gives_back_rows_and_no_formula() -> None:
    book = load_workbook(
        BytesIO(xlsx([("A name that is longer than thirty-one", ("a", "b"), [("=1+1", 2), (None, 0.5)])]))
    )
    sheet = book.worksheets[0]
    assert sheet.title == "A name that is longer than thir"
    assert [[cell.value for cell in row] for row in sheet.rows] == [["a", "b"], ["=1+1", 2], [None, 0.5]]
    assert sheet["A2"].data_type == "s"


def test_a_sheet_can_be_read_and_filtered_as_it_opens() -> None:
    """Columns as wide as what they hold, within bounds; a bold header that stays, with a filter over all the rows."""
    rows = [("HC-000001", 7, "short"), ("HC-000002", None, "word " * 40)]
    sheet = load_workbook(BytesIO(xlsx([("s", ("Reference", "n", "Note"), rows)]))).worksheets[0]
    widths = [round(sheet.column_dimensions[column].width) for column in "ABC"]
    assert widths[0] in range(12, 15), "the heading, with room for the button of the filter"
    assert widths[1] in range(8, 10), "not too narrow to be taken hold of"
    assert widths[2] in range(60, 62), "and not wider than a screen"
    assert all(cell.font.bold for cell in sheet[1])
    assert not any(cell.font.bold for cell in sheet[2])
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:C3"


def test_a_sheet_without_rows_and_one_with_ragged_rows_open_too() -> None:
    book = load_workbook(BytesIO(xlsx([("empty", ("a",), []), ("bare", (), []), ("ragged", ("a",), [(1, "x" * 20)])])))
    assert [sheet.auto_filter.ref for sheet in book.worksheets] == ["A1", None, "A1:A2"]
    assert book["ragged"].column_dimensions["B"].width > 20
