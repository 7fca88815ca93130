"""Reading a legacy queue list and the enquiries that are stuck in it: what can be used, and what is wrong with which line."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from io import StringIO
from typing import TypeVar

from app.kernel.errors import Invalid
from app.kernel.i18n import N_
from app.organisation.enums import QueueKind

MOST_BYTES = 2_000_000
MOST_LINES = 20_000
T = TypeVar("T")
QUEUE_COLUMNS = ("sector", "queue")
ENQUIRY_COLUMNS = ("reference", "queue", "received", "name")


@dataclass(frozen=True, slots=True)
class ListedQueue:
    """A line of the list. `readers` are names of units or e-mail addresses; people are given by name or e-mail address."""

    line: int
    sector: str
    name: str
    purpose: str
    owner: str
    deputy: str
    monitor: str
    readers: tuple[str, ...]
    kind: QueueKind
    ends_on: date | None
    last_used: date | None
    waiting: int


@dataclass(frozen=True, slots=True)
class ListedEnquiry:
    """An enquiry that is stuck in a queue of the list."""

    line: int
    reference: str
    queue: str
    received_at: datetime
    name: str
    email: str
    phone: str
    subject: str


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong with a field of a line (the heading is line 1); a msgid and what fills it."""

    line: int
    field: str
    message: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class ReadList:
    """What a file holds: the lines that can be used, and what is wrong with the others."""

    queues: tuple[ListedQueue, ...]
    errors: tuple[LineError, ...]
    sha256: str

    def sectors(self) -> dict[str, int]:
        """How many queues each sector has, by name."""
        counts: dict[str, int] = {}
        for queue in self.queues:
            counts[queue.sector] = counts.get(queue.sector, 0) + 1
        return dict(sorted(counts.items()))


class _Wrong(ValueError):
    """A field that cannot be used, and why."""

    def __init__(self, field: str, message: str, value: str = "") -> None:
        super().__init__(message)
        self.field, self.message, self.value = field, message, value


def read_queues(content: bytes) -> ReadList:
    """The queues of a list. Invalid if it is no such list at all."""
    errors: list[LineError] = []
    found: list[ListedQueue] = []
    seen: set[tuple[str, str]] = set()
    for line, row in _lines(content, QUEUE_COLUMNS):
        queue = _kept(line, row, _queue, errors)
        if queue is not None and (queue.sector, queue.name) in seen:
            errors.append(LineError(line, "queue", N_("The same queue of the same sector is listed twice"), queue.name))
        elif queue is not None:
            seen.add((queue.sector, queue.name))
            found.append(queue)
    return ReadList(tuple(found), tuple(errors), sha256(content).hexdigest())


def read_enquiries(content: bytes, queues: ReadList) -> tuple[tuple[ListedEnquiry, ...], tuple[LineError, ...]]:
    """The enquiries that are stuck in queues of the list."""
    errors: list[LineError] = []
    found: list[ListedEnquiry] = []
    known = {queue.name for queue in queues.queues}
    seen: set[str] = set()
    for line, row in _lines(content, ENQUIRY_COLUMNS):
        enquiry = _kept(line, row, _enquiry, errors)
        if enquiry is None:
            continue
        if enquiry.queue not in known:
            errors.append(LineError(line, "queue", N_("There is no such queue in the list"), enquiry.queue))
        elif enquiry.reference in seen:
            errors.append(LineError(line, "reference", N_("The same reference is listed twice"), enquiry.reference))
        else:
            seen.add(enquiry.reference)
            found.append(enquiry)
    return tuple(found), tuple(errors)


def _lines(content: bytes, needed: tuple[str, ...]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Number and fields of each line that is not blank; headings whatever their case."""
    if len(content) > MOST_BYTES:
        raise Invalid({"file": N_("The file is too big: 2 MB is the most")})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    reader = csv.reader(StringIO(text), strict=False)
    headings = [heading.strip().lower().replace(" ", "_") for heading in next(reader, [])]
    missing = [column for column in needed if column not in headings]
    if missing:
        raise Invalid(
            {"file": N_("The first line must name the columns. Missing: %(columns)s")}, columns=", ".join(missing)
        )
    for row in reader:
        if reader.line_num > MOST_LINES:
            raise Invalid({"file": N_("The file has too many lines")})
        if any(cell.strip() for cell in row):
            yield reader.line_num, {key: cell.strip() for key, cell in zip(headings, row, strict=False)}


def _kept(
    line: int, row: Mapping[str, str], read: Callable[[int, Mapping[str, str]], T], errors: list[LineError]
) -> T | None:
    try:
        return read(line, row)
    except _Wrong as wrong:
        errors.append(LineError(line, wrong.field, wrong.message, wrong.value))
        return None


def _queue(line: int, row: Mapping[str, str]) -> ListedQueue:
    readers = tuple(part.strip() for part in row.get("readers", "").split(";") if part.strip())
    return ListedQueue(
        line, _needed(row, "sector"), _needed(row, "queue"), row.get("purpose", ""), row.get("owner", ""),
        row.get("deputy", ""), row.get("monitor", ""), readers, _kind(row), _day(row, "ends_on"), _day(row, "last_used"),
        _count(row, "open"),
    )  # fmt: skip


def _enquiry(line: int, row: Mapping[str, str]) -> ListedEnquiry:
    received = _day(row, "received")
    if received is None:
        raise _Wrong("received", N_("Write the day on which it was received, like 2026-03-27"))
    at = datetime(received.year, received.month, received.day, 9, tzinfo=UTC)
    return ListedEnquiry(
        line, _needed(row, "reference"), _needed(row, "queue"), at, _needed(row, "name"), row.get("email", ""),
        row.get("phone", ""), row.get("subject", ""),
    )  # fmt: skip


def _needed(row: Mapping[str, str], field: str) -> str:
    value = row.get(field, "")
    if not value:
        raise _Wrong(field, N_("This must not be empty"))
    return value[:200]


def _kind(row: Mapping[str, str]) -> QueueKind:
    written = row.get("kind", "").lower() or QueueKind.PERMANENT.value
    if written not in set(QueueKind):
        raise _Wrong("kind", N_("Write permanent, project or intake"), written)
    return QueueKind(written)


def _day(row: Mapping[str, str], field: str) -> date | None:
    written = row.get(field, "")
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise _Wrong(field, N_("Write a day like 2026-03-27"), written) from None


def _count(row: Mapping[str, str], field: str) -> int:
    written = row.get(field, "") or "0"
    if not written.isdecimal():
        raise _Wrong(field, N_("Write a whole number"), written)
    return int(written)
