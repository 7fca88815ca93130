"""Candidates from the index: first whoever has all that was typed, then, while nobody fits, whoever has a part of it."""

# ruff: noqa: S608 - statements are put together from names of our own columns; every value is bound

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.customers.finding.groups import Group, Keys
from app.customers.finding.terms import Terms
from app.customers.parsing.attributes import tidy_company_number

_MANY, _NEAR, _SOME, _FEW = 150, 200, 60, 40
_COLUMNS = "golden_id, names, addresses, postcodes, births, phones, emails"
_ANY_OF = "keys && ARRAY(SELECT hashtextextended(one, 0) FROM unnest(CAST(:{name} AS text[])) AS one)"


@dataclass(frozen=True, slots=True)
class Row:
    """What is held of a candidate, folded."""

    golden_id: UUID
    names: str
    addresses: str
    postcodes: Sequence[str]
    births: Sequence[date]
    phones: Sequence[str]
    emails: str


@dataclass(frozen=True, slots=True)
class Probe:
    """Whoever has a key of every group; at most so many."""

    groups: Sequence[Group]
    most: int = _MANY


def at_once(terms: Terms, keys: Keys) -> list[Probe]:
    """What to ask the index first: whoever has all that was typed."""
    return [*_named(keys), *_exact(terms, keys)]


def near(keys: Keys) -> list[Probe]:
    """All the names at a place, or in a year, that is one slip away."""
    return [Probe(keys.names_near(keys.near_places), _NEAR)] if keys.words and keys.near_places else []


def rounds(terms: Terms, keys: Keys) -> Iterator[list[Probe]]:
    """What to ask after that; a later round is needed only if the earlier ones found nobody who fits."""
    yield [*_nearly(terms, keys), *_nearly_named(keys)]
    yield _partly(keys)


def ask(session: Session, probes: Sequence[Probe]) -> list[Row]:
    """Rows that any of the probes finds."""
    parts, values = [], dict[str, Any]()
    for probe in probes:
        if not probe.groups or not all(probe.groups):
            continue
        conditions = []
        for group in probe.groups:
            name = f"k{len(values)}"
            values[name] = group
            conditions.append(_ANY_OF.format(name=name))
        parts.append(f"(SELECT {_COLUMNS} FROM golden_search WHERE {' AND '.join(conditions)} LIMIT {probe.most})")
    if not parts:
        return []
    return [Row(*row) for row in session.execute(text(" UNION ALL ".join(parts)), values)]


def rows_of(session: Session, ids: Iterable[UUID]) -> list[Row]:
    """The rows of these golden records."""
    wanted = sorted(ids)
    if not wanted:
        return []
    query = text(f"SELECT {_COLUMNS} FROM golden_search WHERE golden_id = ANY(:ids)")
    return [Row(*row) for row in session.execute(query, {"ids": wanted})]


def _named(keys: Keys) -> list[Probe]:
    """All the names together: at the place or in the year if one was typed, else beside each other's initials."""
    if not keys.words:
        return []
    found = []
    for place in keys.places:
        found += [Probe(keys.names_at(place, exactly=True), _SOME), Probe(keys.names_at(place))]
    if not found:
        found = [Probe(keys.names_alone(exactly=True)), Probe(keys.names_alone())]
    return found


def _exact(terms: Terms, keys: Keys) -> list[Probe]:
    found = []
    anybody = keys.any_name()
    for group in (keys.postcode() if terms.postcode else [], keys.birth()):
        if group:
            found += [Probe([group, anybody], _SOME), Probe([group], _FEW)]
    if terms.phone:
        found.append(Probe([keys.phone()], _SOME))
    if terms.email:
        found.append(Probe([keys.email()], _SOME))
    if terms.address:
        street = keys.address(numbered=True)
        found += [Probe([*street, anybody], _SOME), Probe([*street, keys.postcode()], _SOME), Probe(street, _SOME)]
    if terms.areas and not keys.words:
        found.append(Probe([*keys.address(numbered=True), keys.sectors()]))
    return found


def _nearly(terms: Terms, keys: Keys) -> list[Probe]:
    """A postcode, a birthday or a house number with one slip of the pen."""
    anybody = keys.any_name()
    near = (keys.near_postcode() if terms.postcode else [], keys.near_birth())
    found = [Probe([group, anybody] if anybody else [group], _SOME) for group in near if group]
    if terms.address:
        street = keys.address(numbered=False)
        found += [Probe([*street, anybody], _SOME), Probe([*street, keys.sectors()], _SOME)]
        if not anybody:
            found.append(Probe(street, _SOME))
    return found


def _nearly_named(keys: Keys) -> list[Probe]:
    """The names wherever they are; and each without the others, at the place as it was typed."""
    if not keys.words:
        return []
    found = []
    if keys.places or keys.near_places:
        found += [Probe(keys.names_alone(exactly=True), _SOME), Probe(keys.names_alone(), _SOME)]
        if len(keys.words) > 1:
            found += [Probe([group], _FEW) for place in keys.places for group in keys.names_at(place)]
    return found


def _partly(keys: Keys) -> list[Probe]:
    """Two of three names, or one of two."""
    groups = keys.names_alone()
    if len(groups) > 2:
        return [Probe([one, other], _FEW) for place, one in enumerate(groups) for other in groups[place + 1 :]]
    return [Probe([group], _FEW) for group in groups] if len(groups) > 1 else []


_NAMED_BY = text(
    "SELECT DISTINCT l.golden_id FROM source_record r JOIN link l ON l.source_record_id = r.id "
    "WHERE upper(r.key) = :key OR (upper(r.key) LIKE :stem ESCAPE '!') ORDER BY 1 LIMIT 20"
)

_NUMBERED = text(
    "SELECT DISTINCT l.golden_id FROM source_record r JOIN link l ON l.source_record_id = r.id "
    "WHERE r.attributes ? 'company_number' AND r.attributes ->> 'company_number' = :number ORDER BY 1 LIMIT 20"
)


def named_by(session: Session, reference: str) -> Iterator[UUID]:
    """Golden records by a source's key, or by a company number; an account or a tenancy without its last part names everybody on it."""
    stem = reference.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    found = session.execute(_NAMED_BY, {"key": reference, "stem": f"{stem}-%"}).scalars()
    slashed = session.execute(_NAMED_BY, {"key": reference, "stem": f"{stem}/%"}).scalars()
    numbered = session.execute(_NUMBERED, {"number": tidy_company_number(reference)}).scalars()
    yield from dict.fromkeys([*found, *slashed, *numbered])
