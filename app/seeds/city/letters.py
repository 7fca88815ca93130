"""Words out of a table, and letters without their accents for e-mail addresses and for systems that never had them."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

_NO_DECOMPOSITION: Final = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss", "ı": "i", "đ": "d", "Đ": "D", "’": "'"}
)


def words(table: str) -> list[str]:
    """Names written as running text, which people can read and correct, as a list."""
    return table.split()


def phrases(table: str) -> list[str]:
    """The same for names of several words: a bar or a new line stands between them."""
    return table.strip().replace("\n", "|").split("|")


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(_NO_DECOMPOSITION))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@lru_cache(maxsize=65_536)
def mail_part(name: str) -> str:
    """The name as it stands in an address: ``O'Shaughnessy`` -> ``oshaughnessy``."""
    return "".join(letter for letter in plain(name).lower() if letter.isalnum() and letter.isascii())
