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
