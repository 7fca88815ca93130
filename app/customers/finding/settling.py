"""What each thing that was typed is, by what there is: words that only streets have, parts of the town, years, references."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from app.customers.finding.box import read_box
from app.customers.finding.candidates import named_by
from app.customers.finding.slips import is_year, near_years
from app.customers.finding.terms import Terms, terms_of
from app.customers.finding.words import Meaning, Meanings, halves, meanings
from app.customers.rows import Criteria, Typed

_EXACT_WORD = 0.99
_LIKE = 0.85
_WHOLE = 5
"""From so many signs on it may be a whole postcode."""
Settled = tuple[Terms, Criteria, Meanings]


def settle_fields(session: Session, criteria: Criteria) -> Settled:
    """Fields as they were filled in; a part of the town or a year may be misspelt."""
    terms = terms_of(criteria)
    written = " ".join(criteria.postcode.lower().split())
    codes = tuple(dict.fromkeys((*terms.areas, written))) if terms.areas or 0 < len(terms.postcode) < _WHOLE else ()
    known = meanings(session, terms.names, _spelt(terms.address), codes=codes)
    if near := _near(known, codes, terms.areas):
        terms = replace(terms, near_areas=near, postcode="")
    return _with_years(terms, criteria.date_of_birth), criteria, known


def settle(session: Session, typed: Typed) -> Settled:
    """The text of the one box."""
    first = terms_of(typed.criteria)
    spelt = _spelt((*first.names, *first.address))
    codes = tuple(dict.fromkeys((*first.areas, *_written(first, typed.criteria), *typed.codes)))
    known: Meanings = meanings(session, spelt, spelt, unfinished=typed.unfinished, codes=codes)
    typed, area = _without_area(session, typed, known)
    typed, year = _without_year(session, typed, known)
    said = replace(
        typed.criteria,
        postcode=area.upper() or typed.criteria.postcode,
        date_of_birth=year or typed.criteria.date_of_birth,
    )
    if said.reference and said.reference == said.date_of_birth and not _refers(session, said):
        said = replace(said, reference="")
    terms = _with_years(
        _settle_words(terms_of(replace(typed.criteria, reference=said.reference)), known), said.date_of_birth
    )
    if not terms.postcode:
        asked = (area,) if area else (*terms.areas, *_written(terms, said))
        terms = replace(terms, near_areas=_near(known, asked, terms.areas))
    if is_year(year):
        terms = replace(terms, year=int(year))
    terms, known = _parted(session, terms, known)
    return terms, replace(said, name=" ".join(terms.names), address=" ".join(terms.address)), known


def _without_area(session: Session, typed: Typed, known: Meanings) -> tuple[Typed, str]:
    """The text without a misspelt part of the town, and that; what goes on from one that is spelt right belongs to it."""
    said = typed.criteria
    started = f"{' '.join(said.postcode.lower().split())} "
    for code in typed.codes:
        if said.postcode and not (code.startswith(started) and terms_of(said).areas):
            continue
        if known[code].area and _is_free(session, typed, known, code):
            return read_box(typed.text, but=code), code
    return typed, ""


def _without_year(session: Session, typed: Typed, known: Meanings) -> tuple[Typed, str]:
    """The text without a year that is misspelt, or that stands where a house number could; and that."""
    if typed.criteria.date_of_birth:
        return typed, ""
    for code in typed.codes:
        if (is_year(code) or near_years(code)) and _is_free(session, typed, known, code):
            return read_box(typed.text, but=code), code
    return typed, ""


def _is_free(session: Session, typed: Typed, known: Meanings, code: str) -> bool:
    """Whether a code is not needed for what it was taken for: a house number, a name, a reference that leads to somebody."""
    said, parts = typed.criteria, code.split()
    enough = _EXACT_WORD if any(sign.isdigit() for sign in code) else _LIKE
    if any(max(_names_of(known, part), default=0) >= enough for part in parts):
        return False
    address = said.address.split()
    if any(part in address for part in parts) and any(_is_of_street(known, word) for word in _spelt(address)):
        return False
    return said.reference.lower() not in parts or not _refers(session, said)


def _refers(session: Session, said: Criteria) -> bool:
    """Whether somebody has the reference."""
    return next(named_by(session, said.reference.upper()), None) is not None


def _is_of_street(known: Meanings, word: str) -> bool:
    return not _is_name(known, word)


def _spelt(some: Sequence[str]) -> list[str]:
    return [word for word in some if not word[0].isdigit()]


def _written(terms: Terms, said: Criteria) -> tuple[str, ...]:
    """The beginning of a postcode as it was written."""
    return (" ".join(said.postcode.lower().split()),) if terms.areas else ()


def _settle_words(terms: Terms, known: Meanings) -> Terms:
    """Words that were taken for names and are streets', and the other way round."""
    numbered = any(word[0].isdigit() for word in terms.address)
    streets = [word for word in terms.names if _is_street(known, word)] if numbered or len(terms.names) > 2 else []
    people = [word for word in terms.address if _is_name(known, word)]
    names = tuple(word for word in (*terms.names, *people) if word not in streets)
    address = tuple(word for word in (*terms.address, *streets) if word not in people)
    return replace(terms, names=names, address=address) if streets or people else terms


def _is_street(known: Meanings, word: str) -> bool:
    """A word that streets have and nobody's name is like."""
    found = known.get(word)
    return found is not None and max(found.address.values(), default=0) > _EXACT_WORD > max(
        found.name.values(), default=0
    )


def _is_name(known: Meanings, word: str) -> bool:
    """A word that somebody's name is like and no street's."""
    found = known.get(word)
    return found is not None and not found.address and max(found.name.values(), default=0) >= _LIKE


def _near(known: Meanings, codes: Sequence[str], but: Sequence[str]) -> dict[str, float]:
    """Parts of the town that may have been meant by any of the codes."""
    found: dict[str, float] = {}
    for code in codes:
        for area, like in known[code].area.items():
            if area not in but:
                found[area] = max(found.get(area, 0.0), like)
    return found


def _with_years(terms: Terms, written: str) -> Terms:
    """Years near the one that was typed, or near what was typed in its place."""
    near = {} if terms.birth else near_years(written.strip().lower())
    return replace(terms, near_years=near) if near else terms


def _parted(session: Session, terms: Terms, known: Meanings) -> tuple[Terms, Meanings]:
    """Two names that were written as one word: 'brookallen' is 'brook' and 'allen' where nobody is called anything like it."""
    alone = [word for word in terms.names if not any(like >= _LIKE for like in _names_of(known, word))]
    apart = {word: parts for word in alone if (parts := halves(session, word))}
    if not apart:
        return terms, known
    names = tuple(part for word in terms.names for part in apart.get(word, (word,)))
    both = {part: Meaning(part, name={part: 1.0}) for pair in apart.values() for part in pair}
    return replace(terms, names=names), {**known, **both}


def _names_of(known: Meanings, word: str) -> Iterator[float]:
    return iter(known[word].name.values() if word in known else ())
