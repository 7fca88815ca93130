"""How like what is held is to what was typed, from 0 to 1, with the reason in one word. Pure."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.fuzz import ratio

from app.customers.enums import ReasonKind
from app.customers.finding.terms import Terms, area_of
from app.customers.finding.words import NICKNAMES, Meanings
from app.customers.matching.forms import telephone
from app.customers.parsing.addresses import tidy_postcode
from app.customers.rows import Criteria, Reason

WEIGHTS = {
    "name": 3.0,
    "date_of_birth": 3.0,
    "address": 2.0,
    "postcode": 2.0,
    "phone": 3.0,
    "email": 3.0,
    "reference": 9.0,
}
LESS_SAID = 1.5
"""Weight of a year, or of the beginning of a postcode: many people share one."""
NEAR = 0.8
"""From here on a year or a part of the town is one slip away."""
SAME_DISTRICT = 0.3
UNKNOWN = 0.35
"""What a field counts for that was asked but is not held: less than agreement, more than a clash."""


class Held:
    """What is held of one candidate, folded."""

    def __init__(
        self,
        *,
        names: str,
        addresses: str,
        postcodes: Sequence[str],
        births: Sequence[date],
        phones: Sequence[str],
        emails: str,
    ) -> None:
        self.names = names.split()
        self.addresses = [address.split() for address in addresses.split(" | ") if address]
        self.postcodes = postcodes
        self.births = births
        self.phones = phones
        self.emails = emails.split()


def judge(
    terms: Terms, typed: Criteria, held: Held, *, by_reference: bool, meanings: Meanings | None = None
) -> tuple[float, tuple[Reason, ...]]:
    """The weighted mean over what was typed, and a reason for each of it. `meanings`: what else the names may mean."""
    looked: dict[str, tuple[object, Callable[[], tuple[float, str]]]] = {
        "name": (terms.names, lambda: _name(terms.names, held.names, meanings or {})),
        "date_of_birth": (terms.birth or terms.year or terms.near_years, lambda: _birth(terms, held.births)),
        "address": (terms.address, lambda: _address(terms.address, held.addresses)),
        "postcode": (terms.postcode or terms.areas or terms.near_areas, lambda: _postcode(terms, held.postcodes)),
        "phone": (terms.phone, lambda: _shown(_best(terms.phone, held.phones), telephone)),
        "email": (terms.email, lambda: _best(terms.email, held.emails)),
    }
    total = score = 0.0
    reasons = []
    for name, (asked, compare) in looked.items():
        if not asked:
            continue
        likeness, shown = compare()
        less = (name == "postcode" and not terms.postcode) or (name == "date_of_birth" and not terms.birth)
        weight = LESS_SAID if less else WEIGHTS[name]
        total += weight
        score += weight * likeness
        kind = ReasonKind.NEAR if less and NEAR <= likeness < 1 else _kind(likeness, shown)
        reasons.append(Reason(name, kind, getattr(typed, name).strip(), shown))
    if terms.reference:
        total += WEIGHTS["reference"]
        score += WEIGHTS["reference"] * by_reference
        kind = ReasonKind.EXACT if by_reference else ReasonKind.DIFFERENT
        reasons.append(
            Reason("reference", kind, typed.reference.strip(), typed.reference.strip() if by_reference else "")
        )
    return (score / total if total else 0.0), tuple(reasons)


def _kind(likeness: float, shown: str) -> ReasonKind:
    if likeness > 0.995:
        return ReasonKind.EXACT
    if not shown or likeness < 0.6:
        return ReasonKind.DIFFERENT
    return ReasonKind.CLOSE if likeness >= 0.72 else ReasonKind.PART


def _name(typed: Sequence[str], held: Sequence[str], meanings: Meanings) -> tuple[float, str]:
    """Each typed word with the likest word held that no other has taken; names come in any order."""
    if not held:
        return UNKNOWN, ""
    free, total, shown = list(held), 0.0, []
    wanted = dict.fromkeys(typed)
    pairs = sorted(
        ((_meant(word, other, meanings), word, other) for word in wanted for other in set(held)), reverse=True
    )
    done: set[str] = set()
    for likeness, word, other in pairs:
        if word not in done and other in free:
            done.add(word)
            free.remove(other)
            total += likeness * len(word)
            shown.append((typed.index(word), other))
    return total / sum(len(word) for word in wanted), " ".join(other for _, other in sorted(shown)).title()


def _meant(typed: str, held: str, meanings: Meanings) -> float:
    """How like two names are: by their letters, or because the one may mean the other."""
    meaning = meanings.get(typed)
    known = meaning.name.get(held, 0.0) if meaning else 0.0
    return max(_word(typed, held), known)


@lru_cache(maxsize=100_000)
def _word(typed: str, held: str) -> float:
    if typed == held:
        return 1.0
    if min(len(typed), len(held)) == 1:
        return (0.8 if len(typed) == 1 else 0.65) if typed[0] == held[0] else 0.0
    if len(typed) >= 3 and held.startswith(typed):
        return 0.9
    edits = OSA.distance(typed, held, score_cutoff=2)
    if edits == 1 and len(typed) > 3:
        return 0.92
    if edits == 2 and len(typed) > 5:
        return 0.85
    likeness = JaroWinkler.similarity(typed, held)
    mark = likeness * 0.9 if likeness > 0.82 else likeness * 0.5
    return max(mark, NICKNAMES.get(typed, {}).get(held, 0.0))


def _birth(terms: Terms, held: Sequence[date]) -> tuple[float, str]:
    if not held:
        return UNKNOWN, ""
    day = terms.birth
    likeness, best = max((_day(day, other) if day else _year(terms, other), other) for other in held)
    return likeness, best.strftime("%d/%m/%Y") if day else str(best.year)


def _year(terms: Terms, held: date) -> float:
    return 1.0 if terms.year == held.year else terms.near_years.get(held.year, 0.0)


def _day(typed: date, held: date) -> float:
    if typed == held:
        return 1.0
    if (typed.day, typed.month, typed.year) == (held.month, held.day, held.year):
        return 0.9
    edits = OSA.distance(typed.strftime("%d%m%Y"), held.strftime("%d%m%Y"))
    return {1: 0.88, 2: 0.5}.get(edits, 0.0)


def _address(typed: Sequence[str], held: Sequence[Sequence[str]]) -> tuple[float, str]:
    """The likest address: its words by letters, its numbers exactly."""
    if not held:
        return UNKNOWN, ""
    return max((_one_address(typed, address), " ".join(address).title()) for address in held)


def _one_address(typed: Sequence[str], held: Sequence[str]) -> float:
    marks = []
    for word in typed:
        if word[0].isdigit():
            marks.append((1.0 if word in held else 0.0, 1.0))
        else:
            best = max((_word(word, other) for other in held if not other[0].isdigit()), default=0.0)
            marks.append((best, len(word) / 4))
    return sum(mark * weight for mark, weight in marks) / sum(weight for _, weight in marks)


def _postcode(terms: Terms, held: Sequence[str]) -> tuple[float, str]:
    """A whole postcode by its letters; the beginning of one by the parts of the town that there are."""
    if terms.postcode or not held:
        return _shown(_best(terms.postcode, held), tidy_postcode)
    (likeness, area), code = max((_area(terms, code), code) for code in held)
    return likeness, area.upper() if NEAR <= likeness < 1 else tidy_postcode(code)


def _area(terms: Terms, held: str) -> tuple[float, str]:
    """How like a postcode is to the beginning of one that was typed, and in which part of the town that is."""
    district, sector = area_of(held)
    for area in (sector, district):
        if area in terms.areas:
            return 1.0, area
    likeness, near = max((terms.near_areas.get(area, 0.0), area) for area in (sector, district))
    if likeness:
        return likeness, near
    return (SAME_DISTRICT if district in {area.split()[0] for area in terms.areas} else 0.0), district


def _shown(found: tuple[float, str], write: Callable[[str], str]) -> tuple[float, str]:
    """What is held, as people write it."""
    return found[0], write(found[1])


def _best(typed: str, held: Sequence[str]) -> tuple[float, str]:
    if not held:
        return UNKNOWN, ""
    return max((_code(typed, other), other) for other in held)


def _code(typed: str, held: str) -> float:
    """Telephone numbers, e-mail addresses and postcodes: exact, one or two slips, or not."""
    if typed == held:
        return 1.0
    edits = OSA.distance(typed, held, score_cutoff=2)
    if edits <= 2:
        return 0.88 if edits == 1 else 0.72 if len(typed) > 8 else 0.5
    if len(typed) >= 6 and (held.endswith(typed) or held.startswith(typed)):
        return 0.8
    return 0.6 if len(typed) > 12 and ratio(typed, held) > 85 else 0.0
