"""A reference that is typed where customers are searched, and is a booking's or a rights request's: the page that it leads to."""

import re

from flask import url_for

from app.accounts.policy import Permission, may
from app.bookings import queries as bookings
from app.kernel import references
from app.kernel.errors import NotFound
from app.rights import queries as rights
from app.web.context import actor, reading

_LOOKS = re.compile(r"\s*(BK|DR)[\s\-–—_.]+[0-9A-Z][0-9A-Z\s\-–—_.]{6,12}", re.IGNORECASE)


def page_of(typed: str) -> str | None:
    """Where the reference leads; None if it is none of these. NotFound if nobody has it, or not for this person."""
    found = _LOOKS.fullmatch(typed)
    if found is None:
        return None
    prefix = found[1].upper()
    try:
        reference = references.parse(typed, prefix)
    except references.BadReference as unreadable:
        raise NotFound from unreadable
    return _booking(reference) if prefix == "BK" else _request(reference)


def _booking(reference: str) -> str:
    with reading() as session:
        row = bookings.booking(session, actor(), reference)
    return url_for("console_bookings.page", reference=row.reference)


def _request(reference: str) -> str:
    if not may(actor(), Permission.RIGHTS_HANDLE):
        raise NotFound
    with reading() as session:
        return url_for("console_rights.one", request_id=rights.request_id_of(session, reference))
