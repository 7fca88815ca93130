"""One pass over a file before any row is taken: what it hashes to, and whether it can be what it should be."""

import codecs
import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

from app.customers.errors import BadFile
from app.customers.layout import FileShape
from app.customers.reading.parquet_file import opened
from app.kernel.i18n import N_

_SIGNATURES = {
    b"PK\x03\x04": "ZIP or Excel",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"\x1f\x8b": "gzip",
    b"\xd0\xcf\x11\xe0": "Excel 97",
    b"PAR1": "Parquet",
    b"\x7fELF": "program",
}
_BLOCK = 1 << 20
LARGEST_MEMBER = 1 << 30
LARGEST_STRINGS = 400 << 20
LARGEST_PART = 12 << 20
"""What is read in one go: styles, names of sheets, relations."""
LARGEST_RATIO = 200


@dataclass(frozen=True, slots=True)
class Inspection:
    """What one pass over the bytes tells. `lines` is 0 for a workbook."""

    sha256: str
    size: int
    lines: int


def inspect(path: Path, shape: FileShape) -> Inspection:
    """Hash and check a file. Raises BadFile for one that is missing, empty, of another format or in another encoding."""
    if not path.is_file():
        raise BadFile(N_("There is no file at %(path)s"), path=str(path))
    size = path.stat().st_size
    if size == 0:
        raise BadFile(N_("The file is empty"))
    with path.open("rb") as file:
        start = file.read(8192)
    if shape.format == "xlsx":
        _check_workbook(path, start)
        return Inspection(_hash(path), size, 0)
    if shape.format == "parquet":
        if not start.startswith(b"PAR1"):
            raise BadFile(N_("This is not a Parquet file"))
        with opened(path) as file:
            return Inspection(_hash(path), size, file.metadata.num_rows)
    _check_text(start)
    return _scan(path, shape, size)


def _check_text(start: bytes) -> None:
    for signature, name in _SIGNATURES.items():
        if start.startswith(signature):
            raise BadFile(N_("This is a %(kind)s file, not a text file"), kind=name)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadFile(N_("The file is in UTF-16. Save it as UTF-8 or CP1252 text, as the source's layout says"))
    strange = sum(byte < 9 or 13 < byte < 32 for byte in start)
    if strange > max(8, len(start) // 50):
        raise BadFile(N_("This is a binary file, not a text file"))


def _scan(path: Path, shape: FileShape, size: int) -> Inspection:
    """Count lines, and those that are UTF-8 beyond ASCII or can't be; stop at neither."""
    digest, lines, utf8, other, first, beyond_ascii = hashlib.sha256(), 0, 0, 0, None, 0
    with path.open("rb") as file:
        while line := file.readline(_BLOCK):
            digest.update(line)
            lines += 1
            if lines == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            if line.isascii():
                continue
            try:
                line.decode()
                utf8 += 1
            except UnicodeDecodeError as error:
                other += 1
                first = first or (lines, error.start + 1, line[error.start])
            beyond_ascii = beyond_ascii or lines
    wants_utf8 = codecs.lookup(shape.encoding).name == "utf-8"
    if wants_utf8 and first and other > utf8:
        line_number, place, byte = first
        raise BadFile(
            N_("Line %(line)s is not UTF-8 (byte 0x%(byte)s at position %(place)s). The file looks like CP1252, which Windows writes: save it as UTF-8"),
            line=line_number, byte=f"{byte:02X}", place=place,
        )  # fmt: skip
    if not wants_utf8 and utf8 > other:
        raise BadFile(
            N_("The file is in UTF-8, seen first on line %(line)s, but this source sends %(encoding)s: save it as %(encoding)s"),
            line=beyond_ascii, encoding=shape.encoding.upper(),
        )  # fmt: skip
    return Inspection(digest.hexdigest(), size, lines)


def _check_workbook(path: Path, start: bytes) -> None:
    """Refuse what is no workbook, is damaged, or would not fit into memory once it is unpacked."""
    if not start.startswith(b"PK"):
        raise BadFile(N_("This is not an Excel workbook (.xlsx)"))
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise BadFile(N_("The workbook is damaged and cannot be opened")) from error
    names = {member.filename for member in members}
    if "xl/workbook.xml" not in names:
        raise BadFile(N_("This is a ZIP file but not an Excel workbook (.xlsx)"))
    for member in members:
        streamed = member.filename.endswith("sharedStrings.xml") or member.filename.startswith("xl/worksheets/")
        read_whole = not streamed and member.filename.endswith((".xml", ".rels"))
        large = read_whole and member.file_size > LARGEST_PART
        strings = member.filename.endswith("sharedStrings.xml") and member.file_size > LARGEST_STRINGS
        bomb = member.file_size > 50 << 20 and member.file_size > LARGEST_RATIO * max(1, member.compress_size)
        if strings or bomb or large or member.file_size > LARGEST_MEMBER:
            raise BadFile(
                N_("The workbook unpacks to %(megabytes)s MB, which is too much to open safely"),
                megabytes=member.file_size >> 20,
            )


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
