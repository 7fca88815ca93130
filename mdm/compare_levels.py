"""Agreement levels of two different values: from "else" (1) up to the nearest thing to equality.

Each family of kinds has its own short scale, worst first. A function here takes a vocabulary and two arrays of codes
(P,) of unequal values and returns levels (P,) uint8 from 1; 0 (missing) and the levels of exact agreement are added
in :mod:`mdm.compare`. String distances come from rapidfuzz: Jaro–Winkler (Winkler 1990) and optimal string alignment,
the restricted edit distance that counts a transposition as one (Damerau 1964).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, JaroWinkler

from mdm.blocking_keys import value_hashes
from mdm.columns import Codes, Vocabulary
from mdm.compare_nicknames import are_related

Levels = NDArray[np.uint8]
Texts = NDArray[np.object_]

#: Levels of each family below exact agreement, from 1 up.
SCALES: dict[str, tuple[str, ...]] = {
    "name": ("different", "similar", "close", "typing error", "initial", "short form", "crossed", "swapped"),
    "date": (
        "different",
        "same year",
        "two digits or day and month",
        "two parts",
        "day and month swapped",
        "one digit",
    ),
    "code": ("different", "same beginning", "two edits", "one edit"),
    "text": ("different", "alike", "similar", "close"),
    "house": ("different", "one edit"),
    "email": ("different", "two edits", "same local part"),
    "category": ("different",),
}
SIMILAR, CLOSE, TYPING_ERROR, INITIAL, SHORT_FORM, CROSSED, SWAPPED = range(2, 9)

#: Which family compares which kind.
FAMILIES: dict[str, str] = {
    "given_name": "name", "middle_name": "name", "family_name": "name", "date_of_birth": "date",
    "postcode": "code", "national_id": "code", "company_number": "code", "phone": "code",
    "address_line": "text", "city": "text", "free_text": "text", "organisation_name": "text",
    "house_number": "house", "email": "email", "gender": "category", "region": "category", "unit": "category",
}  # fmt: skip


FIRST_OF_JANUARY = np.frombuffer(b"0101", np.uint8)


def name_levels(vocabulary: Vocabulary, left: Codes, right: Codes) -> Levels:
    """Personal names: Jaro–Winkler .80 and .88, a typing error, an initial, or a short form of the other."""
    a, b = vocabulary.texts[left], vocabulary.texts[right]
    length, spaced, first = _lengths(vocabulary), _spaced(vocabulary), value_hashes(vocabulary, "initial")
    similarity = _rapidfuzz(a, b, JaroWinkler.similarity, np.float32, 0.7)
    levels = np.ones(len(a), np.uint8)
    levels[similarity >= 0.80] = SIMILAR
    levels[similarity >= 0.88] = CLOSE
    shorter, longer = np.minimum(length[left], length[right]), np.maximum(length[left], length[right])
    near = np.flatnonzero((shorter >= 3) & (((longer - shorter <= 2) & (similarity >= 0.7)) | (similarity >= 0.79)))
    edits = _rapidfuzz(a[near], b[near], OSA.distance, np.uint8, 2)
    levels[near[(edits <= 1) | ((edits <= 2) & (shorter[near] >= 7))]] = TYPING_ERROR
    same_first = first[left] == first[right]
    single = shorter == 1
    levels[single] = np.where(same_first[single], INITIAL, 1)
    maybe = ~single & (levels < TYPING_ERROR) & (shorter != longer) & (same_first | spaced[left] | spaced[right])
    for pair in np.flatnonzero(maybe):
        if _is_part(a[pair], b[pair]):
            levels[pair] = SHORT_FORM
    far = np.flatnonzero(levels < TYPING_ERROR)
    levels[far[are_related(vocabulary, left[far], right[far])]] = SHORT_FORM
    return levels


def _lengths(vocabulary: Vocabulary) -> NDArray[np.int16]:
    return vocabulary.derived("length", lambda values: values.str.len_chars().to_numpy().astype(np.int16))


def _spaced(vocabulary: Vocabulary) -> NDArray[np.bool_]:
    """Whether a value has several words."""
    return vocabulary.derived("spaced", lambda values: values.str.contains(" ", literal=True).to_numpy())


def _is_part(one: str, other: str) -> bool:
    """``sam`` of ``samuel``, ``smith`` of ``smith jones``."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    return (len(short) >= 3 and long.startswith(short)) or (" " in long and short in long.split())


def date_levels(vocabulary: Vocabulary, left: Codes, right: Codes) -> Levels:
    """Dates of birth as eight digits YYYYMMDD; 1 January is what systems write for an unknown day."""
    a, b = _digits(vocabulary)[left], _digits(vocabulary)[right]
    equal = a == b
    wrong = 8 - equal.sum(axis=1)
    year, month, day = equal[:, :4].all(axis=1), equal[:, 4:6].all(axis=1), equal[:, 6:].all(axis=1)
    swapped = year & (a[:, 4:6] == b[:, 6:]).all(axis=1) & (a[:, 6:] == b[:, 4:6]).all(axis=1)
    neighbours = ((a[:, :-1] == b[:, 1:]) & (a[:, 1:] == b[:, :-1]) & ~equal[:, :-1]).any(axis=1)
    unknown_day = (a[:, 4:] == FIRST_OF_JANUARY).all(axis=1) | (b[:, 4:] == FIRST_OF_JANUARY).all(axis=1)
    levels = np.ones(len(a), np.uint8)
    levels[year] = 2
    levels[(month & day) | (wrong <= 2) | (year & unknown_day)] = 3
    levels[(year & (month | day)) | (month & day & (equal[:, :4].sum(axis=1) >= 2))] = 4
    levels[swapped] = 5
    levels[(wrong == 1) | ((wrong == 2) & neighbours)] = 6
    return levels


def _digits(vocabulary: Vocabulary) -> NDArray[np.uint8]:
    """Digits of each distinct date, (v, 8)."""

    def digits(values: pl.Series) -> NDArray[np.uint8]:
        joined = str(values.str.join("").item() or "")
        return np.frombuffer(joined.encode(), np.uint8).reshape(-1, 8)

    return vocabulary.derived("digits", digits)


def code_levels(vocabulary: Vocabulary, left: Codes, right: Codes) -> Levels:
    """Codes and numbers: the same beginning, two edits, one edit."""
    beginning = _beginnings(vocabulary)
    levels = np.ones(len(left), np.uint8)
    levels[beginning[left] == beginning[right]] = 2
    edits = _rapidfuzz(vocabulary.texts[left], vocabulary.texts[right], OSA.distance, np.uint8, 2)
    levels[edits == 2] = 3
    levels[edits == 1] = 4
    return levels


def _beginnings(vocabulary: Vocabulary) -> NDArray[np.uint64]:
    """Hash of all but the last three signs of each code (the district of a postcode)."""
    return vocabulary.derived("beginning", _beginning_hashes)


def _beginning_hashes(values: pl.Series) -> NDArray[np.uint64]:
    code = pl.col("code")
    beginning = pl.when(code.str.len_chars() > 4).then(code.str.head(-3)).otherwise(code)
    return values.to_frame("code").select(beginning.hash(seed=0)).to_series().to_numpy()


def text_levels(vocabulary: Vocabulary, left: Codes, right: Codes) -> Levels:
    """Texts of several words: normalised indel similarity .60, .80, .92, whatever the order of the words."""
    a, b = vocabulary.texts[left], vocabulary.texts[right]
    spaced = _spaced(vocabulary)
    ratio = _rapidfuzz(a, b, fuzz.ratio, np.float32, 55)
    words = np.flatnonzero((ratio < 92) & spaced[left] & spaced[right])
    ratio[words] = np.maximum(ratio[words], _rapidfuzz(a[words], b[words], fuzz.token_sort_ratio, np.float32, 80))
    levels: Levels = np.digitize(ratio, [60, 80, 92]).astype(np.uint8) + np.uint8(1)
    return levels


def levels_of_texts(pairs: Sequence[tuple[str, str]]) -> list[int]:
    """The same of pairs of unequal texts (P,)."""
    distinct = sorted({text for pair in pairs for text in pair})
    code = {text: number for number, text in enumerate(distinct)}
    left, right = (np.array([code[pair[side]] for pair in pairs], np.int32) for side in (0, 1))
    found: list[int] = text_levels(Vocabulary(pl.Series(distinct, dtype=pl.String)), left, right).tolist()
    return found


def house_levels(vocabulary: Vocabulary, left: Codes, right: Codes) -> Levels:
    """House numbers: one edit (``12`` and ``12a``) or not."""
    edits = _rapidfuzz(vocabulary.texts[left], vocabulary.texts[right], OSA.distance, np.uint8, 1)
    return np.where(edits <= 1, 2, 1).astype(np.uint8)


def email_levels(vocabulary: Vocabulary, left: Codes, right: Codes) -> Levels:
    """E-mail addresses: two edits, or the same local part at another provider."""
    edits = _rapidfuzz(vocabulary.texts[left], vocabulary.texts[right], OSA.distance, np.uint8, 2)
    local = value_hashes(vocabulary, "local_part")
    levels = np.where(edits <= 2, 2, 1).astype(np.uint8)
    levels[local[left] == local[right]] = 3
    return levels


LEVELS: dict[str, Callable[[Vocabulary, Codes, Codes], Levels]] = {
    "name": name_levels,
    "date": date_levels,
    "code": code_levels,
    "text": text_levels,
    "house": house_levels,
    "email": email_levels,
}


def _rapidfuzz(a: Texts, b: Texts, scorer: Any, dtype: Any, cutoff: float) -> NDArray[Any]:
    """``scorer`` of each pair of texts (P,), one thread: the caller spreads fields over threads."""
    if not len(a):
        return np.zeros(0, dtype)
    return process.cpdist(a.tolist(), b.tolist(), scorer=scorer, dtype=dtype, score_cutoff=cutoff, workers=1)
