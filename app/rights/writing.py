"""The package itself: one ZIP with everything as JSON and as a PDF to read, written as it is read, so that memory stays flat.

The shape of the JSON is in docs/rights.md; it is told by `shape`, and a new shape gets a new number.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from sqlalchemy.orm import Session

from app.kernel.pdf import pdf
from app.kernel.personal import Holding, PersonalData, Subject

SHAPE = "firstpoint-access-package/1"
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


@dataclass
class Written:
    """What has been put together: rows by class, and the first of each for the paper."""

    counts: dict[str, int] = field(default_factory=dict)
    sections: list[dict[str, Any]] = field(default_factory=list)


def write_package(
    session: Session,
    personal: PersonalData,
    subject: Subject,
    about: dict[str, Any],
    *,
    parts: Parts,
    report: Report,
    hide_where: bool,
) -> Written:
    """Everything that is held of the subject. `hide_where`: no word of where they live is in it."""
    written = Written()
    classes = [holding for holding in personal.holdings if holding.export]
    with zipfile.ZipFile(parts, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("your-data.json", "w", force_zip64=True) as file:
            head = json.dumps({"shape": SHAPE, **about}, ensure_ascii=False, indent=1)
            file.write((head[:-2] + ',\n "classes": [').encode())
            for place, holding in enumerate(classes):
                file.write(b",\n" if place else b"\n")
                _write_class(session, holding, subject, file, written, hide_where=hide_where)
                report(place + 1, len(classes) + 1, holding.slug, written.counts[holding.slug])
            file.write(b"\n ]\n}\n")
        archive.writestr("your-data.pdf", pdf(TEMPLATE, {**_printable(about), "sections": written.sections}))
    return written


def _write_class(
    session: Session, holding: Holding, subject: Subject, file: IO[bytes], written: Written, *, hide_where: bool
) -> None:
    said = {
        "class": holding.slug, "title": holding.title, "why_held": holding.why_held, "recipients": holding.recipients,
        "kept": kept_for(holding),
    }  # fmt: skip
    file.write((json.dumps(said, ensure_ascii=False)[:-1] + ', "rows": [').encode())
    count, shown = 0, []
    for row in _rows(session, holding, subject, hide_where=hide_where):
        file.write((("," if count else "") + "\n  " + json.dumps(row, ensure_ascii=False)).encode())
        if count < READABLE:
            shown.append(_lines(row))
        count += 1
    file.write(b"]}")
    written.counts[holding.slug] = count
    more = f"{count - READABLE} more rows are in the file your-data.json." if count > READABLE else ""
    written.sections.append({**said, "count": str(count), "rows": shown, "more": more})


def _rows(session: Session, holding: Holding, subject: Subject, *, hide_where: bool) -> Iterator[Any]:
    if holding.export is None:
        return
    for row in holding.export(session, subject):
        yield subject.hidden(row) if hide_where else row


def kept_for(holding: Holding) -> str:
    """How long, in words."""
    said = holding.retention
    if said.months is None:
        return f"{said.after}; then {said.action}"
    years, months = divmod(said.months, 12)
    time = f"{years} years" if years > 1 and not months else f"{said.months} months"
    return f"{time} after {said.after}; then {said.action}"


def _lines(row: dict[str, Any]) -> list[list[str]]:
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
