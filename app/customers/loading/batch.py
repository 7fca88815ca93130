"""One batch of rows into the database. Loading the same rows again changes nothing but when they were last seen."""

import hashlib
import json
from dataclasses import astuple, dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, text
from sqlalchemy.orm import Session

from app.customers.copying import copy_rows, temporary
from app.customers.enums import RejectReason
from app.customers.layout import Layout
from app.customers.parsing import parse_row
from app.customers.parsing.addresses import address_key
from app.customers.reading import Reject, Row
from app.customers.reading.rows import reject
from app.kernel.ids import new_id

MOST_ROWS = 2000
MOST_CHARACTERS = 4_000_000
_COLUMNS = ("line", "key", "id", "sha256", "content", "attributes", "address_key")
_TYPES = "line int, key text, id uuid, sha256 text, content jsonb, attributes jsonb, address_key text"
_REJECT = ("id", "load_id", "line", "field", "reason", "detail", "content")

_SEEN_BEFORE = text(
    "DELETE FROM incoming i USING source_record r WHERE r.source_id = :source AND r.key = i.key AND r.last_load_id = :load "
    "RETURNING i.line, i.key, i.content::text"
)
_CHANGED = text(
    "INSERT INTO source_record_version (record_id, number, load_id, line, content, sha256, received_at) "
    "SELECT r.id, r.version + 1, :load, i.line, i.content, i.sha256, :now "
    "FROM incoming i JOIN source_record r ON r.source_id = :source AND r.key = i.key WHERE r.sha256 <> i.sha256"
)
_KNOWN = text(
    "UPDATE source_record r SET version = r.version + (r.sha256 <> i.sha256)::int, sha256 = i.sha256, "
    "attributes = i.attributes, address_key = i.address_key, last_seen_at = :now, last_load_id = :load, gone_since = NULL "
    "FROM incoming i WHERE r.source_id = :source AND r.key = i.key"
)
_NEW = text(
    "INSERT INTO source_record (id, source_id, key, version, sha256, attributes, address_key, restricted, "
    "first_seen_at, last_seen_at, last_load_id) "
    "SELECT i.id, :source, i.key, 1, i.sha256, i.attributes, i.address_key, false, :now, :now, :load FROM incoming i "
    "WHERE NOT EXISTS (SELECT 1 FROM source_record r WHERE r.source_id = :source AND r.key = i.key) ORDER BY i.line"
)
_FIRST = text(
    "INSERT INTO source_record_version (record_id, number, load_id, line, content, sha256, received_at) "
    "SELECT i.id, 1, :load, i.line, i.content, i.sha256, :now FROM incoming i JOIN source_record r ON r.id = i.id"
)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the rows so far. `rows` counts rows of the file; new, changed and same count source records."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    rejected: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


@dataclass
class Batch:
    """Rows waiting to be written together."""

    incoming: dict[str, tuple[object, ...]] = field(default_factory=dict)
    rejects: list[tuple[int, Reject]] = field(default_factory=list)
    rows: int = 0
    size: int = 0

    @property
    def is_full(self) -> bool:
        """Enough to be worth a transaction, and little enough to be held in memory."""
        return self.rows >= MOST_ROWS or self.size >= MOST_CHARACTERS

    def take(self, line: int, row: Row | Reject, layout: Layout) -> None:
        """Count a row, and keep what it holds or why it holds nothing. A key that the batch has already is a reject."""
        self.rows += 1
        parsed = row if isinstance(row, Reject) else parse_row(row, layout)
        if isinstance(row, Reject) or isinstance(parsed, Reject):
            self.rejects += [(line, flaw) for flaw in (row, parsed) if isinstance(flaw, Reject)][:1]
            return
        content = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(content.encode()).hexdigest()
        for one in parsed:
            if one.key in self.incoming:
                self.rejects.append((line, reject(RejectReason.DUPLICATE_KEY, content, detail=one.key)))
                continue
            attributes = {name: value for name, value in one.attributes.items() if value}
            written = json.dumps(attributes, ensure_ascii=False)
            place = address_of(attributes)
            self.size += len(content)
            self.incoming[one.key] = (line, one.key, str(new_id()), digest, content, written, place)

    def write(self, session: Session, source_id: UUID, load_id: UUID, now: datetime) -> Tally:
        """Write everything in the session's transaction, and count it."""
        values: dict[str, object] = {"source": source_id, "load": load_id, "now": now}
        temporary(session, "incoming", _TYPES)
        copy_rows(session, "incoming", _COLUMNS, self.incoming.values())
        for line, key, content in session.execute(_SEEN_BEFORE, values):
            self.rejects.append((line, reject(RejectReason.DUPLICATE_KEY, content, detail=key)))
        changed, known, new = (_count(session, statement, values) for statement in (_CHANGED, _KNOWN, _NEW))
        session.execute(_FIRST, values)
        copy_rows(session, "load_reject", _REJECT, (self._reject(load_id, *found) for found in self.rejects))
        return Tally(self.rows, new, changed, known - changed, len(self.rejects))

    @staticmethod
    def _reject(load_id: UUID, line: int, flaw: Reject) -> tuple[object, ...]:
        return str(new_id()), str(load_id), line, flaw.field, flaw.reason.value, flaw.detail, flaw.content


def address_of(attributes: dict[str, str]) -> str:
    """The key by which the attributes' property is found."""
    unit, number, code, building = (
        attributes.get(name, "") for name in ("unit", "house_number", "postcode", "building")
    )
    return address_key(unit, number, code, building)[:300]


def _count(session: Session, statement: Any, values: dict[str, object]) -> int:
    return cast("CursorResult[Any]", session.execute(statement, values)).rowcount
