"""One batch of rows, read and parsed, into the database's waiting room. Nothing of a source changes yet."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session
from uuid_utils import uuid7

from app.customers.copying import copy_rows, temporary
from app.customers.enums import RejectReason
from app.customers.layout import Layout
from app.customers.loading.erased import Erased
from app.customers.parsing import parse_row
from app.customers.parsing.addresses import address_key
from app.customers.parsing.attributes import Parsed
from app.customers.parsing.parts import without
from app.customers.reading import Reject, Row
from app.customers.reading.rows import reject

MOST_ROWS = 2000
MOST_CHARACTERS = 4_000_000
MOST_SEEN = 100_000
"""Keys of a load that are remembered: some ten megabytes."""
COLUMNS = ("place", "line", "key", "id", "sha256", "content", "attributes", "address_key")
_TYPES = "place int, line int, key text, id uuid, sha256 text, content jsonb, attributes jsonb, address_key text"
_LISTED = ", ".join(COLUMNS)
_REJECT = ("id", "load_id", "line", "field", "reason", "detail", "content")

_KEEP = text(
    f"INSERT INTO load_row (load_id, {_LISTED}) SELECT :load, {_LISTED} FROM incoming ON CONFLICT DO NOTHING RETURNING key"  # noqa: S608 - names of our own columns
)
_REPLACE = text(
    "UPDATE load_row r SET place = i.place, line = i.line, sha256 = i.sha256, content = i.content, attributes = i.attributes, "
    "address_key = i.address_key FROM incoming i WHERE r.load_id = :load AND r.key = i.key AND i.key = ANY(:keys)"
)


_AS_KEPT = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_AS_SAID = json.JSONEncoder(ensure_ascii=False).encode

Kept = tuple[int, int, str, str, str, str, str, str]
"""A row of the waiting room, in the order of COLUMNS."""


@dataclass
class Batch:
    """Rows waiting to be written together. `place` counts rows from 1 over the whole load.

    `seen`: keys that earlier batches of the load have staged, as many as are remembered. What repeats one of these is turned away at
    once; what repeats another is noticed by the database. `newer`: keys that may repeat, because their rows have changed since.
    """

    place: int = 0
    seen: set[str] = field(default_factory=set)
    incoming: dict[str, Kept] = field(default_factory=dict)
    newer: set[str] = field(default_factory=set)
    rejects: list[tuple[int, Reject]] = field(default_factory=list)
    rows: int = 0
    size: int = 0
    erased: Erased = field(default_factory=Erased)

    @property
    def is_full(self) -> bool:
        """Enough to be worth a transaction, and little enough to be held in memory."""
        return self.rows >= MOST_ROWS or self.size >= MOST_CHARACTERS

    def take(
        self, line: int, row: Row | Reject, layout: Layout, only: str | None = None, *, newer: bool = False
    ) -> None:
        """Count a row, and keep what it holds or why it holds nothing. A key that the load has already is a reject, or replaced if `newer`."""
        self.rows += 1
        self.place += 1
        parsed = row if isinstance(row, Reject) else parse_row(row, layout)
        if not isinstance(row, Reject) and not isinstance(parsed, Reject):
            row, parsed = self._let_in(row, parsed, layout)
        content = "" if isinstance(row, Reject) else written(row)
        if content is None:
            parsed = reject(RejectReason.NOT_JSON, row, detail="a number without an end")
        if isinstance(parsed, Reject):
            self.rejects.append((line, parsed))
            self.size += len(parsed.content)
            return
        self.size += len(content or "")
        wanted = [one for one in parsed if only in {None, one.key}]
        if newer:
            self._let_repeat(wanted)
        self._keep(line, content or "", wanted)

    def _let_in(self, row: Row, parsed: list[Parsed], layout: Layout) -> tuple[Row, list[Parsed] | Reject]:
        """The row without the people in it who were erased; nothing is kept of a row that holds nobody else."""
        gone = {one.key for one in parsed if self.erased.holds(one.key)}
        if not gone:
            return row, parsed
        left = [one for one in parsed if one.key not in gone]
        return (without(row, layout, gone), left) if left else ({}, reject(RejectReason.ERASED, ""))

    def _let_repeat(self, parsed: list[Parsed]) -> None:
        """What these records said when they were read before is over."""
        for one in parsed:
            self.newer.add(one.key)
            self.seen.discard(one.key)
            self.incoming.pop(one.key, None)

    def _keep(self, line: int, content: str, parsed: list[Parsed]) -> None:
        """The source records of one row, as it came."""
        fresh = [one for one in parsed if one.key not in self.incoming and one.key not in self.seen]
        if len(fresh) < len(parsed):
            twice = next(one.key for one in parsed if one not in fresh)
            self.rejects.append((line, reject(RejectReason.DUPLICATE_KEY, content, detail=twice)))
        if not fresh:
            return
        digest = hashlib.sha256(content.encode()).hexdigest()
        for one in fresh:
            if one.key in self.incoming:
                continue
            attributes = {name: value for name, value in one.attributes.items() if value}
            said = _AS_SAID(attributes)
            place = address_of(attributes)
            self.incoming[one.key] = (self.place, line, one.key, str(uuid7()), digest, content, said, place)

    def after(self) -> "Batch":
        """The batch that follows when this one has been staged."""
        if len(self.seen) < MOST_SEEN:
            self.seen.update(self.incoming)
        return Batch(self.place, self.seen, erased=self.erased)

    def stage(self, session: Session, load_id: UUID) -> tuple[int, int]:
        """Into the waiting room; returns how many records were kept there, and how many rows were rejected."""
        temporary(session, "incoming", _TYPES)
        copy_rows(session, "incoming", COLUMNS, self.incoming.values())
        kept = set(session.scalars(_KEEP, {"load": load_id}))
        again = [key for key in self.newer if key in self.incoming and key not in kept]
        if again:
            session.execute(_REPLACE, {"load": load_id, "keys": again})
        rejected = {line for line, _ in self.rejects}
        for key in [key for key in self.incoming if key not in kept and key not in self.newer]:
            _, line, _, _, _, content, _, _ = self.incoming.pop(key)
            if line not in rejected:
                self.rejects.append((line, reject(RejectReason.DUPLICATE_KEY, content, detail=key)))
                rejected.add(line)
        session.execute(text("DROP TABLE incoming"))
        self.rejects.sort(key=lambda found: found[0])
        copy_rows(session, "load_reject", _REJECT, (_reject(load_id, *found) for found in self.rejects))
        return len(kept), len(self.rejects)


def written(row: Row) -> str | None:
    """A row as it is kept: JSON with its names in order, so that the same row always hashes to the same.

    None for a number that JSON does not have: 1e999 reads as infinity.
    """
    try:
        return _AS_KEPT(row)
    except ValueError:
        return None


def written_with_hash(row: Row) -> tuple[str, str]:
    """A row as it is kept, and its SHA-256."""
    content = _AS_KEPT(row)
    return content, hashlib.sha256(content.encode()).hexdigest()


def address_of(attributes: dict[str, str]) -> str:
    """The key by which the attributes' property is found."""
    if "postcode" not in attributes:
        return ""
    unit, number, code, building = (
        attributes.get(name, "") for name in ("unit", "house_number", "postcode", "building")
    )
    return address_key(unit, number, code, building)[:300]


def _reject(load_id: UUID, line: int, flaw: Reject) -> tuple[Any, ...]:
    return str(uuid7()), str(load_id), line, flaw.field, flaw.reason.value, flaw.detail, flaw.content
