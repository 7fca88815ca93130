"""The package itself: one ZIP with everything as JSON, as a PDF to read, and the files; written as it is read, so that memory stays flat.

The shape of the JSON is in docs/rights.md; it is told by `shape`, and a new shape gets a new number.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from sqlalchemy.orm import Session

from app.kernel.pdf import pdf
from app.kernel.personal import Holding, PersonalData, Row, Subject
from app.rights.enclosing import Enclosures, add

SHAPE = "firstpoint-access-package/2"
MEGABYTE = 1 << 20
READABLE = 1_000
"""Rows of one class that are set on paper; what is more is in the JSON, and the paper says how many. Setting takes a millisecond a row."""
Keep = Callable[[int, bytes], None]
Report = Callable[[int, int, str, int], None]


class Parts(io.RawIOBase):
    """A file that is written only forwards, handed on in pieces of a megabyte; counts and hashes as it goes."""

    def __init__(self, keep: Keep) -> None:
        super().__init__()
        self._keep, self._buffer, self._number = keep, bytearray(), 0
        self.size, self.hash = 0, hashlib.sha256()

    def write(self, data: Any) -> int:
        written = bytes(data)
        self._buffer += written
        self.size += len(written)
        self.hash.update(written)
        while len(self._buffer) >= MEGABYTE:
            self._hand_on(MEGABYTE)
        return len(written)

    def close(self) -> None:
        if not self.closed and self._buffer:
            self._hand_on(len(self._buffer))
        super().close()

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def _hand_on(self, length: int) -> None:
        self._keep(self._number, bytes(self._buffer[:length]))
        del self._buffer[:length]
        self._number += 1


class Hashing:
    """Writes on, and knows the SHA-256 of what it wrote."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.hash = file, hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self.hash.update(data)


@dataclass
class Writing:
    """What is being put together: rows by class, the first of each for the paper, and which files go with them.

    `hide_where`: no word of where the subject lives is in it, and no file, which might say so.
    """

    session: Session
    subject: Subject
    report: Report
    hide_where: bool
    counts: dict[str, int] = field(default_factory=dict)
    sections: list[dict[str, Any]] = field(default_factory=list)
    enclosures: Enclosures = field(default_factory=Enclosures)

    def everything(self, file: Hashing, about: dict[str, Any], classes: Sequence[Holding]) -> None:
        """The file with all that is held, class by class."""
        head = json.dumps({"shape": SHAPE, **about}, ensure_ascii=False, indent=1)
        file.write((head[:-2] + ',\n "classes": [').encode())
        for place, holding in enumerate(classes):
            file.write(b",\n" if place else b"\n")
            self.one_class(file, holding)
            self.report(place + 1, len(classes) + 1, holding.slug, self.counts[holding.slug])
        file.write(b"\n ]\n}\n")

    def one_class(self, file: Hashing, holding: Holding) -> None:
        said = {
            "class": holding.slug, "title": holding.title, "why_held": holding.why_held, "recipients": holding.recipients,
            "kept": kept_for(holding),
        }  # fmt: skip
        file.write((json.dumps(said, ensure_ascii=False)[:-1] + ', "rows": [').encode())
        count, shown = 0, []
        for row in self.rows(holding):
            file.write((("," if count else "") + "\n  " + json.dumps(row, ensure_ascii=False)).encode())
            if count < READABLE:
                shown.append(_lines(row))
            count += 1
        file.write(b"]}")
        self.counts[holding.slug] = count
        more = f"{count - READABLE} more rows are in the file your-data.json." if count > READABLE else ""
        self.sections.append({**said, "count": str(count), "rows": shown, "more": more})

    def rows(self, holding: Holding) -> Iterator[Row]:
        if holding.export is None:
            return
        for row in holding.export(self.session, self.subject):
            said = self.enclosures.placed(row, holding.enclose) if holding.enclose else row
            yield self.subject.hidden(said) if self.hide_where else said


def write_package(
    session: Session,
    personal: PersonalData,
    subject: Subject,
    about: dict[str, Any],
    *,
    parts: Parts,
    report: Report,
    hide_where: bool,
) -> dict[str, int]:
    """Everything that is held of the subject; gives the number of rows by class."""
    about = subject.hidden(about) if hide_where else about
    writing = Writing(session, subject, report, hide_where, enclosures=Enclosures(without=hide_where))
    with zipfile.ZipFile(parts, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("your-data.json", "w", force_zip64=True) as opened:
            file = Hashing(opened)
            writing.everything(file, about, [holding for holding in personal.holdings if holding.export])
        searched = [_lines(row) for row in about["searched"]]
        paper = pdf(TEMPLATE, {**_printable(about), "sections": writing.sections, "searched": searched})
        sums = {"your-data.json": file.hash.hexdigest(), "your-data.pdf": add(archive, "your-data.pdf", paper)}
        writing.enclosures.pack(session, archive)
        archive.writestr("SHA256SUMS.txt", writing.enclosures.checksums(sums))
    return writing.counts


def kept_for(holding: Holding) -> str:
    """How long, in words."""
    said = holding.retention
    if said.months is None:
        return f"{said.after}; then {said.action}"
    years, months = divmod(said.months, 12)
    time = f"{years} years" if years > 1 and not months else f"{said.months} months"
    return f"{time} after {said.after}; then {said.action}"


def _lines(row: Row) -> list[list[str]]:
    """A row as pairs of name and value, without what is empty."""
    return [[name.replace("_", " "), text] for name, value in row.items() if (text := _text(value))]


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {text}" for key, item in value.items() if (text := _text(item)))
    if isinstance(value, list | tuple):
        return ", ".join(text for item in value if (text := _text(item)))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _printable(about: dict[str, Any]) -> dict[str, str]:
    return {name: _text(value) for name, value in about.items()}


TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: "Your data, " + data.reference)
#set text(size: 9pt, lang: "en")
#set page(margin: 2cm, numbering: "1 / 1")
#set par(justify: false)
= The data that we hold about you

#data.body, #data.made_at. Your reference is #data.reference.

#data.explanation

#data.rights

== What we have searched, and how

#for row in data.searched [
  #block(above: 8pt, below: 4pt, breakable: true)[
    #row.map(pair => [#text(fill: luma(90), pair.at(0)): #pair.at(1)]).join([ #sym.dot.c ])
  ]
]
#data.not_searched

#for one in data.sections [
  == #one.title

  #if one.why_held != "" [#one.why_held. ]
  #if one.recipients != "" [Who else has it: #one.recipients. ]
  How long we keep it: #one.kept.

  #if one.rows.len() == 0 [Nothing.]
  #for row in one.rows [
    #block(above: 8pt, below: 4pt, breakable: true)[
      #row.map(pair => [#text(fill: luma(90), pair.at(0)): #pair.at(1)]).join([ #sym.dot.c ])
    ]
  ]
  #one.more
]
"""
