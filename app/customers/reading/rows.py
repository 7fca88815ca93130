"""What readers yield."""

from dataclasses import dataclass
from typing import Any

from app.customers.enums import RejectReason

Row = dict[str, Any]
"""Column → value as the file has it; text for CSV, JSON values for the others."""

KEPT = 4000
"""Characters of a rejected row that are kept."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that can't be taken: why, in which field, and what it said."""

    reason: RejectReason
    content: str
    field: str | None = None
    detail: str = ""


def reject(reason: RejectReason, content: object, field: str | None = None, detail: str = "") -> Reject:
    """A Reject that PostgreSQL can hold: no NUL, no half characters, not endless."""
    return Reject(reason, printable(str(content))[:KEPT], field, printable(detail)[:500])


def printable(text: str) -> str:
    """Undecodable bytes and NUL as visible escapes."""
    if "\0" in text:
        text = text.replace("\0", "\\x00")
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def flaw_in(text: str) -> tuple[RejectReason, str] | None:
    """Bytes that the encoding does not know (surrogate escapes), or a NUL."""
    if "\0" in text:
        return RejectReason.CONTROL_CHARACTER, f"NUL at character {text.index(chr(0)) + 1}"
    if text.isascii():
        return None
    for place, character in enumerate(text, start=1):
        if "\ud800" <= character <= "\udfff":
            byte = ord(character) - 0xDC00
            return (
                RejectReason.BAD_ENCODING,
                f"byte 0x{byte:02X} at character {place}" if 0 <= byte < 256 else f"half a character at {place}",
            )
    return None


def flaw_within(value: Any) -> tuple[RejectReason, str] | None:
    """The same anywhere in a row of objects and lists: what PostgreSQL cannot hold."""
    if isinstance(value, str):
        return flaw_in(value)
    parts = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return next((flaw for part in parts if (flaw := flaw_within(part))), None)
