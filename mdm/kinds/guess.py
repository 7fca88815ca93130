"""A first proposal of the kinds of a table's columns, for a person to correct."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from mdm.kinds.headings import BY_HEADING
from mdm.kinds.kind import Kind
from mdm.kinds.values import Column, look, scores
from mdm.tables import as_table, texts
from mdm.text import fold_one

CONTRADICTS = 0.25
"""A heading is doubted when fewer of the values than this fit the kind it names."""

CLEAR = 0.5
"""Values alone decide a kind from this share on."""

MANY = 50
"""Rows from which on it says something that no two have the same number."""

DECIMAL = r"^-?[0-9]*[.,][0-9]+$"

ALWAYS_FITS = frozenset({Kind.FREE_TEXT, Kind.SOURCE, Kind.ID, Kind.IGNORE})
NAMELESS = frozenset({Kind.MIDDLE_NAME, Kind.CITY, Kind.REGION, Kind.UNIT, Kind.HOUSE_NUMBER, Kind.ADDRESS_LINE,
                      Kind.GIVEN_NAME, Kind.FAMILY_NAME, Kind.ORGANISATION_NAME, Kind.NATIONAL_ID,
                      Kind.COMPANY_NUMBER, Kind.FULL_NAME, Kind.POSTCODE, Kind.ADDRESS})  # fmt: skip
"""Kinds whose values cannot be refuted by their look: there are names and places on no list."""

ONE_ONLY = frozenset({Kind.ID, Kind.SOURCE, Kind.DATE_OF_BIRTH, Kind.GENDER, Kind.GIVEN_NAME, Kind.FAMILY_NAME,
                      Kind.FULL_NAME})  # fmt: skip
"""A person has one of these, so only the surest column keeps the kind."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column seems to hold. `confidence` is between 0 and 1; `why` is a sentence for the person who checks it."""

    kind: Kind
    confidence: float
    why: str


def guess_kinds(table: Any) -> dict[str, Guess]:
    """Column → guess, in the table's order, from the headings and from the values themselves.

    Works with meaningless headings; a column that fits nothing is free text where its words repeat, else ignored.
    """
    arrow = as_table(table)
    columns = [look(name, texts(arrow, name)) for name in arrow.column_names]
    guesses = {column.name: _guess(column) for column in columns}
    _tell_names_apart(columns, guesses)
    _keep_surest(guesses)
    _doubt_house_numbers(guesses)
    _settle_id(columns, guesses)
    _drop_whole_name(guesses)
    return guesses


def kind_of_heading(name: str) -> Kind | None:
    """The kind that a heading names in one of the languages of the table, or None."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])", " ", name)
    for text in (spaced, name):
        plain = re.sub(r"[^a-z0-9]+", " ", fold_one(text)).strip()
        for attempt in (plain, plain.replace(" ", ""), re.sub(r"^(?:[a-z]{1,4}|customer|person|client) ", "", plain),
                        re.sub(r" ?[0-9]$", "", plain), re.sub(r" (?:l|r|left|right|raw|text|value|std)$", "", plain)):  # fmt: skip
            if attempt in BY_HEADING:
                return BY_HEADING[attempt]
    return None


def _guess(column: Column) -> Guess:
    named = kind_of_heading(column.name)
    if not len(column.values):
        return Guess(named or Kind.IGNORE, 0.5 if named else 1.0, "The column is empty")
    fits = scores(column)
    best = max(fits, key=lambda kind: fits[kind])
    if named is not None:
        return _from_heading(column, named, fits, best)
    if column.unique and column.fits("^[0-9]+$") == 1 and len(column.values) >= MANY:
        return Guess(Kind.ID, 0.6, "Every row has a number of its own")
    if fits[best] >= CLEAR:
        return Guess(best, round(min(0.9, fits[best]), 2), f"{fits[best]:.0%} of the values look like it")
    return _nameless(column)


def _from_heading(column: Column, named: Kind, fits: dict[Kind, float], best: Kind) -> Guess:
    fit = fits.get(named, 1.0)
    if fit >= CONTRADICTS or named in ALWAYS_FITS:
        sure = 0.97 if fit >= CLEAR else 0.8
        return Guess(named, sure, f"The heading '{column.name}' says so and the values agree")
    if fits[best] >= 0.8 and best is not Kind.HOUSE_NUMBER:
        return Guess(best, 0.7, f"{fits[best]:.0%} of the values look like it, although the heading says '{named}'")
    if named in NAMELESS:
        return Guess(named, 0.75, f"The heading '{column.name}' says so")
    return Guess(named, 0.4, f"The heading '{column.name}' says so, but few of the values look like it")


def _nameless(column: Column) -> Guess:
    """No heading to go by and no clear look."""
    if column.fits(DECIMAL) > CLEAR:
        return Guess(Kind.IGNORE, 0.6, "Numbers that fit no kind")
    if column.unique:
        return Guess(Kind.ID, 0.5, "Every row has a value of its own")
    characters, words = column.lengths
    if column.values.n_unique() <= 1:
        return Guess(Kind.IGNORE, 0.8, "Every row has the same value")
    if column.fits(r"^-?[0-9.,]+$") > 0.9:
        return Guess(Kind.IGNORE, 0.5, "Numbers that fit no kind")
    if words > 8 or characters > 80:
        return Guess(Kind.IGNORE, 0.6, "Long text")
    return Guess(Kind.FREE_TEXT, 0.3, "Words that fit no other kind")


def _tell_names_apart(columns: list[Column], guesses: dict[str, Guess]) -> None:
    """Of several columns that look like names, the one with most given names is the given name, and so on."""
    unsure = [c for c in columns if guesses[c.name].kind in {Kind.GIVEN_NAME, Kind.FAMILY_NAME, Kind.FREE_TEXT}]
    unsure = [c for c in unsure if kind_of_heading(c.name) is None]
    marks = {c.name: scores(c) for c in unsure}
    taken = {guess.kind for name, guess in guesses.items() if name not in marks}
    for kind, other in ((Kind.GIVEN_NAME, Kind.FAMILY_NAME), (Kind.FAMILY_NAME, Kind.GIVEN_NAME)):
        ranked = sorted(marks, key=lambda name: marks[name][other] - marks[name][kind])
        if kind in taken or not ranked or marks[ranked[0]][kind] < 0.2:
            continue
        first = ranked[0]
        share = marks[first][kind]
        guesses[first] = Guess(kind, round(min(0.85, 0.45 + share / 2), 2), "Many of the values are common names")
        del marks[first]
        taken.add(kind)


def _keep_surest(guesses: dict[str, Guess]) -> None:
    for kind in ONE_ONLY - {Kind.ID}:
        rivals = [name for name, guess in guesses.items() if guess.kind is kind]
        for name in sorted(rivals, key=lambda name: -guesses[name].confidence)[1:]:
            guesses[name] = Guess(Kind.IGNORE, 0.5, f"It looks like {kind}, and another column is surer")


def _settle_id(columns: list[Column], guesses: dict[str, Guess]) -> None:
    """One id: a column without repeats, by preference one whose heading says so; the other claimants are ignored."""
    claims = [c for c in columns if guesses[c.name].kind is Kind.ID]
    claims = sorted(claims, key=lambda c: (not c.unique, -guesses[c.name].confidence))
    for column in claims[0 if claims and not claims[0].unique else 1 :]:
        guesses[column.name] = Guess(
            Kind.IGNORE, 0.6, "Its values repeat" if not column.unique else "Another is the id"
        )
    if not claims:
        spare = [
            c
            for c in columns
            if c.unique and not c.fits(DECIMAL) and guesses[c.name].kind in {Kind.IGNORE, Kind.FREE_TEXT}
        ]
        for column in spare[:1]:
            guesses[column.name] = Guess(Kind.ID, 0.6, "Every row has a value of its own")


def _doubt_house_numbers(guesses: dict[str, Guess]) -> None:
    """Small numbers under a meaningless heading are house numbers only beside a street."""
    if Kind.ADDRESS_LINE in {guess.kind for guess in guesses.values()}:
        return
    for name, guess in guesses.items():
        if guess.kind is Kind.HOUSE_NUMBER and kind_of_heading(name) is None:
            guesses[name] = Guess(Kind.IGNORE, 0.5, "Small numbers, and no column with streets")


def _drop_whole_name(guesses: dict[str, Guess]) -> None:
    found = {guess.kind for guess in guesses.values()}
    if {Kind.GIVEN_NAME, Kind.FAMILY_NAME} <= found:
        for name, guess in guesses.items():
            if guess.kind is Kind.FULL_NAME:
                guesses[name] = Guess(Kind.IGNORE, 0.6, "Given and family name have columns of their own")
