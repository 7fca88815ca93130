"""Rows that could not be taken in are kept as they came. Of those that speak of somebody protected, no word is shown."""

import re
from collections.abc import Callable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.customers.models import GoldenRecord, Link, SourceRecord

_PARTS = re.compile(r"[-/]")
_NOT_DIGITS = re.compile(r"\D")
SHORTEST_KEY = 6
TELLING = 9
"""As many figures at the end of a telephone number tell whose it is."""


def hushed(session: Session) -> Callable[[str], bool]:
    """Whether a text speaks of somebody whose record is restricted: by its number, telephone, e-mail address, or both names. One query."""
    query = (
        select(SourceRecord.key, SourceRecord.attributes)
        .outerjoin(Link, Link.source_record_id == SourceRecord.id)
        .outerjoin(GoldenRecord, GoldenRecord.id == Link.golden_id)
        .where(or_(SourceRecord.restricted, GoldenRecord.restricted))
    )
    held = session.execute(query).all()
    words = {word for key, said in held for word in _words(key, said)}
    phones = {digits for _, said in held for digits in _phones(said)}
    names = {pair for _, said in held if all(pair := _name(said))}

    def speaks(text: str) -> bool:
        small = text.lower()
        figures = _NOT_DIGITS.sub("", text)
        return (
            any(word in small for word in words)
            or any(digits in figures for digits in phones)
            or any(given in small and family in small for given, family in names)
        )

    return speaks


def _words(key: str, said: dict[str, str]) -> list[str]:
    keys = [part for part in (key, _PARTS.split(key)[0]) if len(part) >= SHORTEST_KEY]
    return [word.lower() for word in (*keys, said.get("email", ""), said.get("national_id", "")) if word]


def _phones(said: dict[str, str]) -> list[str]:
    found = (_NOT_DIGITS.sub("", said.get(name, "")) for name in ("phone", "phone_2"))
    return [digits[-TELLING:] for digits in found if len(digits) >= TELLING]


def _name(said: dict[str, str]) -> tuple[str, str]:
    return said.get("given_name", "").lower(), said.get("family_name", "").lower()
