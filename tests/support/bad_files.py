"""More than forty files that are not what they should be, one for each way in which files go wrong."""

import gzip
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from tests.support.customers import HOUSING, TAX, card, party, write_housing

HEADER = ",".join(TAX) + "\r\n"
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TEXTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
REFUSED = -1
"""A file of which nothing is taken, with a reason for the whole of it."""
TENANCY = {"Tenancy Ref": "T1", "Main Surname": "Tallis", "Last Changed": "01/02/2020"}


@dataclass(frozen=True)
class BadFile:
    """`rows` that it has, of which so many are `rejected`; REFUSED for what is no file of its source at all."""

    name: str
    source: str
    content: Callable[[Path], object]
    rows: int
    rejected: int


def tax(*lines: str, header: str = HEADER, encoding: str = "cp1252") -> Callable[[Path], object]:
    return lambda path: path.write_bytes((header + "".join(lines)).encode(encoding, "surrogateescape"))


def crm(*lines: str, encoding: str = "utf-8") -> Callable[[Path], object]:
    good = [json.dumps(card(number), ensure_ascii=False) for number in (1, 2)]
    return lambda path: path.write_bytes(("\n".join([*good, *lines]) + "\n").encode(encoding, "surrogatepass"))


def row(**changes: str) -> str:
    values = party(**changes)
    return ",".join(values.get(column, "") for column in TAX) + "\r\n"


def raw(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def tenancies(*rows: dict[str, str], sheet: str = "Tenancies") -> Callable[[Path], object]:
    return lambda path: write_housing(path, rows, sheet=sheet)


def spoilt(change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    """A good workbook, damaged."""

    def write(path: Path) -> None:
        write_housing(path, [TENANCY | {"Tenancy Ref": f"T{number}"} for number in range(200)])
        path.write_bytes(change(path.read_bytes()))

    return write


def packed(member: str, blocks: Iterator[bytes] | list[bytes]) -> Callable[[Path], object]:
    """A good workbook with a part in place of its own."""

    def write(path: Path) -> None:
        write_housing(path, [TENANCY])
        with zipfile.ZipFile(path) as whole:
            parts = {name: whole.read(name) for name in whole.namelist() if name != member}
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
            for name, content in parts.items():
                made.writestr(name, content)
            with made.open(member, "w", force_zip64=True) as file:
                for block in blocks:
                    file.write(block)

    return write


def sheet(*blocks: bytes) -> list[bytes]:
    """A worksheet whose headings are the right ones, and then these."""
    cells = "".join(f"<c t='inlineStr'><is><t>{name}</t></is></c>" for name in HOUSING)
    start = f"<worksheet xmlns='{SPREADSHEET}'><sheetData><row r='3'>{cells}</row>"
    return [start.encode(), *blocks, b"</sheetData></worksheet>"]


def with_texts(*blocks: bytes) -> Callable[[Path], object]:
    """A workbook whose shared texts are these."""

    def write(path: Path) -> None:
        packed(STRINGS, [f"<sst xmlns='{SPREADSHEET}'>".encode(), *blocks])(path)
        with zipfile.ZipFile(path) as whole:
            parts = {name: whole.read(name) for name in whole.namelist()}
        told = f'<Override PartName="/{STRINGS}" ContentType="{TEXTS}"/></Types>'.encode()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
            for name, content in parts.items():
                made.writestr(name, content.replace(b"</Types>", told) if name == "[Content_Types].xml" else content)

    return write


def noise(megabytes: int) -> Iterator[bytes]:
    """Text that does not pack well enough to be taken for a bomb."""
    random = Random(1)
    letters = [random.randbytes(1 << 14).hex().encode() for _ in range(16)]
    for number in range(megabytes * 32):
        yield letters[number % 16]


def flipped(seed: int) -> Callable[[bytes], bytes]:
    """Some bytes are not what they were."""

    def change(whole: bytes) -> bytes:
        random, bytes_ = Random(seed), bytearray(whole)
        for _ in range(12):
            bytes_[random.randrange(len(bytes_))] = random.randrange(256)
        return bytes(bytes_)

    return change


def parquet(**columns: list[object]) -> Callable[[Path], object]:
    return lambda path: pq.write_table(pa.table({name: pa.array(values) for name, values in columns.items()}), path)


TOLD = "<!DOCTYPE w [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {one} '{('&' + before + ';') * 10}'>" for before, one in zip("abcdefgh", "bcdefghi", strict=True)
) + "]><worksheet>&i;</worksheet>"  # fmt: skip
BAD_FILES = (
    BadFile("empty.csv", "council-tax", raw(b""), REFUSED, 0),
    BadFile("blank.csv", "council-tax", raw(b"\r\n\r\n"), REFUSED, 0),
    BadFile("picture.csv", "council-tax", raw(b"\x89PNG\r\n\x1a\n" + bytes(500)), REFUSED, 0),
    BadFile("binary.csv", "council-tax", raw(bytes(range(256)) * 40), REFUSED, 0),
    BadFile("zip.csv", "council-tax", raw(b"PK\x03\x04" + bytes(100)), REFUSED, 0),
    BadFile("gzip.csv", "council-tax", raw(gzip.compress(b"x" * 1000)), REFUSED, 0),
    BadFile("pdf.csv", "council-tax", raw(b"%PDF-1.7" + bytes(100)), REFUSED, 0),
    BadFile("utf16.csv", "council-tax", raw(HEADER.encode("utf-16")), REFUSED, 0),
    BadFile("utf8.csv", "council-tax", tax(row(NAME="NÚÑEZ, ÉLISE"), encoding="utf-8"), REFUSED, 0),
    BadFile("other columns.csv", "council-tax", tax("Smith,,\r\n", header="NAME,DOB,UPRN\r\n"), REFUSED, 0),
    BadFile("twice.csv", "council-tax", tax(row(), header=HEADER.replace("BAND", "NAME,BAND", 1)), REFUSED, 0),
    BadFile("semicolons.csv", "council-tax", tax(header=HEADER.replace(",", ";")), REFUSED, 0),
    BadFile("only a header.csv", "council-tax", tax(), 0, 0),
    BadFile("BOM.csv", "council-tax", tax(row(), header="\udcef\udcbb\udcbf" + HEADER), 1, 0),
    BadFile("NUL.csv", "council-tax", tax(row(PARTY_NO="2"), row(NAME="TAL\0LIS")), 2, 1),
    BadFile("undecodable.csv", "council-tax", tax(row(PARTY_NO="2"), row(NAME="TALLIS\udc81")), 2, 1),
    BadFile("short.csv", "council-tax", tax(row(PARTY_NO="2"), "700000009,1,P\r\n"), 2, 1),
    BadFile("long.csv", "council-tax", tax(row(PARTY_NO="2"), row().rstrip() + ",more,and more\r\n"), 2, 1),
    BadFile("31 February.csv", "council-tax", tax(row(PARTY_NO="2"), row(DOB="31/02/1975")), 2, 1),
    BadFile("no identifier.csv", "council-tax", tax(row(PARTY_NO="2"), row(ACCOUNT_REF="")), 2, 1),
    BadFile("unknown kind.csv", "council-tax", tax(row(PARTY_NO="2"), row(PARTY_TYPE="X")), 2, 1),
    BadFile("same key.csv", "council-tax", tax(row(PARTY_NO="2"), row(PARTY_NO="2", NAME="OTHER")), 2, 1),
    BadFile("endless line.csv", "council-tax", tax(row(PARTY_NO="2"), "x" * (8 << 20) + "\r\n"), 2, 1),
    BadFile("formula.csv", "council-tax", tax(row(PARTY_NO="2", NAME="=HYPERLINK(A1)")), 1, 0),
    BadFile("mixed ends.csv", "council-tax", tax(row(PARTY_NO="2").replace("\r\n", "\n"), row(PARTY_NO="3").rstrip()), 2, 0),
    BadFile("stray quote.csv", "council-tax", tax(row(PARTY_NO="2"), row(ADDR2='14 "MARINE'), row(PARTY_NO="3")), 3, 0),
    BadFile("no objects.jsonl", "legacy-crm", raw(b"name,dob\nx,y\n"), REFUSED, 0),
    BadFile("other objects.jsonl", "legacy-crm", raw(b'{"id": 1, "name": "x"}\n'), REFUSED, 0),
    BadFile("list.jsonl", "legacy-crm", crm("[1, 2]"), 3, 1),
    BadFile("NaN.jsonl", "legacy-crm", crm('{"contact_id": NaN}'), 3, 1),
    BadFile("cut off.jsonl", "legacy-crm", crm('{"contact_id": "CRM-9"'), 3, 1),
    BadFile("deep.jsonl", "legacy-crm", crm("[" * 100_000), 3, 1),
    BadFile("NUL.jsonl", "legacy-crm", crm('{"contact_id": "CRM-9", "notes": "\\u0000"}'), 3, 1),
    BadFile("half a character.jsonl", "legacy-crm", crm('{"contact_id": "CRM-9", "notes": "\\ud800"}'), 3, 1),
    BadFile("31 February.jsonl", "legacy-crm", crm('{"contact_id": "CRM-9", "dob": "1980-02-31"}'), 3, 1),
    BadFile("key is a list.jsonl", "legacy-crm", crm('{"contact_id": ["not", "text"]}'), 3, 1),
    BadFile("huge number.jsonl", "legacy-crm", crm('{"contact_id": "CRM-9", "notes": ' + "9" * 5000 + "}"), 3, 1),
    BadFile("text.xlsx", "housing", raw(HEADER.encode()), REFUSED, 0),
    BadFile("another sheet.xlsx", "housing", tenancies(sheet="Garages"), REFUSED, 0),
    BadFile("cut off.xlsx", "housing", spoilt(lambda whole: whole[:-400]), REFUSED, 0),
    BadFile("damaged.xlsx", "housing", spoilt(flipped(1)), REFUSED, 0),
    BadFile("damaged elsewhere.xlsx", "housing", spoilt(flipped(7)), REFUSED, 0),
    BadFile("zip bomb.xlsx", "housing", packed("xl/media/zeros", [bytes(1 << 20)] * 300), REFUSED, 0),
    BadFile("endless cell.xlsx", "housing", packed(SHEET, sheet(b"<row><c t='inlineStr'><is><t>", *noise(40))), REFUSED, 0),
    BadFile("endless text.xlsx", "housing", with_texts(b"<si><t>", *noise(40)), REFUSED, 0),
    BadFile("endless styles.xlsx", "housing", packed("xl/styles.xml", [b"<styleSheet>", *noise(16)]), REFUSED, 0),
    BadFile("endless row.xlsx", "housing", packed(SHEET, sheet(b"<row>", *[b"<c/>" * 10_000] * 500, b"</row>")), REFUSED, 0),
    BadFile("a thousand million rows.xlsx", "housing", packed(SHEET, sheet(b"<row r='999999999'><c r='A999999999'/></row>")), 0, 0),
    BadFile("text that is not there.xlsx", "housing", packed(SHEET, sheet(b"<row><c t='s'><v>77</v></c></row>")), REFUSED, 0),
    BadFile("entities.xlsx", "housing", packed(SHEET, [TOLD.encode()]), REFUSED, 0),
    BadFile("31 February.xlsx", "housing", tenancies(TENANCY, TENANCY | {"Tenancy Ref": "T2", "Main DOB": "31/02/1980"}), 2, 1),
    BadFile("text.parquet", "typed", raw(b"id,surname,born\n1,Tallis,\n"), REFUSED, 0),
    BadFile("cut off.parquet", "typed", raw(b"PAR1" + bytes(500) + b"PAR1"), REFUSED, 0),
    BadFile("31 February.parquet", "typed", parquet(id=[1, 2], surname=["Tallis", "Vane"], born=["12/03/1980", "31/02/1980"]), 2, 1),
    BadFile("NUL.parquet", "typed", parquet(id=[1, 2, 3], surname=["Tallis", "NUL\0", "Vane"], born=[None, None, "x"]), 3, 2),
)  # fmt: skip
