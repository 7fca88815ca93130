"""Keys of the index that may lead to what was typed. The database makes the same keys of every row (golden_search_keys)."""

from collections.abc import Iterable, Sequence
from datetime import date

from app.customers.finding.terms import Terms, area_of, near, near_dates
from app.customers.finding.words import Meaning, Meanings

Group = list[str]
"""Any of these keys will do."""
EVERYWHERE = frozenset(
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
_EPOCH = date(2000, 1, 1)
_LETTERS = 5
_NAMED = 0.85
"""How likely a name must be that is looked for near a place: a slip, a short form, what was begun."""
_PLACES = 60


class Keys:
    """The keys for what was typed, group by group."""

    def __init__(self, terms: Terms, meanings: Meanings) -> None:
        self._terms = terms
        self._meanings = meanings
        self.words = [meanings[word] for word in dict.fromkeys(terms.names) if word in meanings]
        self._initials = [word for word in terms.names if len(word) == 1]

    @property
    def places(self) -> list[str]:
        """What a name can be looked up with: the part of the town, the year of birth."""
        terms, found = self._terms, []
        if terms.birth or terms.year:
            found.append(f"*{terms.birth.year if terms.birth else terms.year}")
        found += [f"@{area}" for area in terms.areas]
        if 5 <= len(terms.postcode) <= 7:
            found.append(f"@{area_of(terms.postcode)[1]}")
        return found

    @property
    def near_places(self) -> list[str]:
        """The same one slip of the pen away, the likeliest first."""
        years = [(-like, f"*{year}") for year, like in self._terms.near_years.items()]
        areas = [(-like, f"@{area}") for area, like in self._terms.near_areas.items()]
        return [place for _, place in sorted([*years, *areas])][:_PLACES]

    def names_at(self, place: str, *, exactly: bool = False) -> list[Group]:
        """For every name that was typed, that name at the place."""
        return [[f"n:{name}{place}" for name in _held(word, exactly)] for word in self.words]

    def names_near(self, places: Sequence[str]) -> list[Group]:
        """The same for several places at once, for the likeliest names."""
        return [[f"n:{name}{place}" for name in word.names(least=_NAMED) for place in places] for word in self.words]

    def names_alone(self, *, exactly: bool = False) -> list[Group]:
        """For every name that was typed, that name beside the initial of another one."""
        found = []
        for word in self.words:
            letters = self._letters_beside(word, exactly)
            names = _held(word, exactly)
            found.append([f"n:{name}~{one}" for name in names for one in letters] or [f"n:{name}" for name in names])
        return found

    def any_name(self) -> Group:
        """Whoever has at least one of the names."""
        return [f"n:{name}" for word in self.words for name in word.names()]

    def postcode(self) -> Group:
        return [f"p:{self._terms.postcode}"]

    def near_postcode(self) -> Group:
        return [f"p:{code}" for code in near(self._terms.postcode)]

    def sectors(self) -> Group:
        return [f"s:{area}" for area in self._terms.areas]

    def birth(self) -> Group:
        return [_day(self._terms.birth)] if self._terms.birth else []

    def near_birth(self) -> Group:
        born = self._terms.birth
        return [_day(date.fromisoformat(day)) for day in near_dates(born)] if born else []

    def phone(self) -> Group:
        return [f"t:{self._terms.phone}", *(f"t:{number}" for number in near(self._terms.phone))]

    def email(self) -> Group:
        """The address, or half of what stands before the @: a slip of the pen spoils only one of the halves."""
        local = self._terms.email.partition("@")[0]
        halves = [
            half
            for size in range(max(2, len(local) - 1), len(local) + 2)
            for half in (f"h:{local[: (size + 1) // 2]}~{size}", f"z:{local[-(size // 2) :]}~{size}")
        ]
        return [f"e:{self._terms.email}", *halves]

    def address(self, *, numbered: bool) -> list[Group]:
        """For every telling word of the address, that word; with the house number if one was typed."""
        numbers = [word for word in self._terms.address if word[0].isdigit()] if numbered else []
        spelt = [
            word for word in self._terms.address if word in self._meanings and not word[0].isdigit() and len(word) > 2
        ]
        telling = [word for word in spelt if word not in EVERYWHERE] or (spelt if numbers else [])
        return [_with_numbers(self._meanings[word].addresses(), numbers) for word in telling]

    def _letters_beside(self, word: Meaning, exactly: bool) -> list[str]:
        others = [name[0] for other in self.words if other is not word for name in _held(other, exactly)]
        return list(dict.fromkeys([*self._initials, *others]))[:_LETTERS]


def _held(word: Meaning, exactly: bool) -> list[str]:
    return [word.word] if exactly else word.names()


def _with_numbers(held: Iterable[str], numbers: Sequence[str]) -> Group:
    return [f"a:{word}~{number}" for word in held for number in numbers] or [f"a:{word}" for word in held]


def _day(day: date | None) -> str:
    return f"b:{(day - _EPOCH).days}" if day else ""
