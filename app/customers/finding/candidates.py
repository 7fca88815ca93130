"""Candidates from the indexes: whoever has something in common with what was typed, the likeliest first."""

# ruff: noqa: S608 - statements are put together from names of our own columns; every value is bound

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.customers.finding.terms import Terms, near, near_dates

ENOUGH = 60
_PER_FIELD = 400
_LIKENESS = 0.4
_MOST_WORDS = 4
_EVERYWHERE = frozenset(
    [
        "flat",
        "apartment",
        "unit",
        "room",
        "floor",
        "house",
        "road",
        "street",
        "close",
        "avenue",
        "lane",
        "drive",
        "gardens",
        "place",
        "court",
        "way",
        "crescent",
        "terrace",
        "rise",
        "walk",
        "grove",
        "park",
        "view",
        "mews",
        "square",
        "row",
        "hill",
        "green",
        "the",
    ]
)
"""Words of addresses that thousands share: they rank, but they find nobody."""
_USE_INDEXES = text(
    "SELECT set_config('pg_trgm.word_similarity_threshold', :likeness, true), set_config('enable_seqscan', :scan, true)"
)
"""The planner takes a list of near spellings for a reason to read the whole table; it is not."""


@dataclass
class _Query:
    """One part for each field that was typed; each part finds golden ids by an index and marks them."""

    parts: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def similar(self, column: str, typed: Sequence[str], weight: float) -> None:
        """Rows with a word like one of those typed; every word that is alike adds to the mark."""
        telling = [word for word in typed if len(word) > 2 and not word.isdigit() and word not in _EVERYWHERE]
        names = [self._bind(word) for word in (telling or typed)[:_MOST_WORDS]]
        alike = " OR ".join(f"{column} %> :{name}" for name in names)
        mark = " + ".join(f"word_similarity(:{name}, {column})" for name in names)
        self.parts.append(
            f"(SELECT golden_id, {weight} * ({mark}) AS mark FROM golden_search WHERE {alike} "
            f"ORDER BY 2 DESC, 1 LIMIT {_PER_FIELD})"
        )

    def among(self, column: str, exact: str, close: Sequence[str], kind: str, weight: float) -> None:
        """Rows that hold one of several values; the exact one counts for more."""
        one, all_of_them = self._bind([exact]), self._bind(sorted({exact, *close}))
        self.parts.append(
            f"(SELECT golden_id, CASE WHEN {column} && CAST(:{one} AS {kind}[]) THEN {weight} ELSE {0.7 * weight} END AS mark "
            f"FROM golden_search WHERE {column} && CAST(:{all_of_them} AS {kind}[]) ORDER BY 2 DESC, 1 LIMIT {_PER_FIELD})"
        )

    def _bind(self, value: Any) -> str:
        name = f"p{len(self.values)}"
        self.values[name] = value
        return name


def candidates(session: Session, terms: Terms) -> list[UUID]:
    """Golden ids, at most ENOUGH of them, the likeliest first."""
    query = _query(terms)
    if not query.parts:
        return []
    session.execute(_USE_INDEXES, {"likeness": str(_LIKENESS), "scan": "off"})
    statement = text(
        f"SELECT golden_id FROM ({' UNION ALL '.join(query.parts)}) AS found "
        f"GROUP BY golden_id ORDER BY sum(mark) DESC, golden_id LIMIT {ENOUGH}"
    )
    found = list(session.execute(statement, query.values).scalars())
    session.execute(_USE_INDEXES, {"likeness": str(_LIKENESS), "scan": "on"})
    return found


def _query(terms: Terms) -> _Query:
    query = _Query()
    if terms.names:
        query.similar("names", terms.names, 1.0)
    if terms.address:
        query.similar("addresses", terms.address, 0.5)
    if terms.postcode:
        query.among("postcodes", terms.postcode, list(near(terms.postcode)), "text", 1.0)
    if terms.birth:
        query.among("births", terms.birth.isoformat(), near_dates(terms.birth), "date", 1.5)
    if terms.phone:
        query.among("phones", terms.phone, list(near(terms.phone)), "text", 1.5)
    if terms.email:
        query.similar("emails", [terms.email], 1.5)
    return query


def named_by(session: Session, reference: str) -> Iterator[UUID]:
    """Golden records by a source's key; an account or a tenancy without its last part names everybody on it."""
    statement = text(
        "SELECT DISTINCT l.golden_id FROM source_record r JOIN link l ON l.source_record_id = r.id "
        "WHERE upper(r.key) = :key OR (upper(r.key) LIKE :stem ESCAPE '!') ORDER BY 1 LIMIT 20"
    )
    stem = reference.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    found = session.execute(statement, {"key": reference, "stem": f"{stem}-%"}).scalars()
    slashed = session.execute(statement, {"key": reference, "stem": f"{stem}/%"}).scalars()
    yield from dict.fromkeys([*found, *slashed])
