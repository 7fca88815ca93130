"""What was typed, in the forms in which customers are indexed, and what it may have been meant to be. Pure."""

import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import mdm
from app.customers.matching.forms import form_of
from app.customers.matching.search_rows import words
from app.customers.parsing.addresses import fold
from app.customers.parsing.names import TITLES
from app.customers.rows import Criteria

FULL_POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)\s*(\d[a-z]{2})\b", re.IGNORECASE)
_AREA = re.compile(r"([a-z]{1,2}\d[a-z\d]?)(?:\s*(\d)[a-z]?)?", re.IGNORECASE)
_YEAR = re.compile(r"\d{4}")
_DATES = (
    "%d %m %Y",
    "%Y %m %d",
    "%d %B %Y",
    "%d %b %Y",
    "%B %d %Y",
    "%b %d %Y",
    "%d%m%Y",
    "%d %m %y",
    "%d %B %y",
    "%d %b %y",
)
_LATEST_SHORT_YEAR = 2029
_LONGEST_CODE = 20
"""No postcode, telephone number or day has so many signs."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Criteria, folded. `year` is set when only a year was given, `areas` when only the beginning of a postcode was.

    `near_years` and `near_areas` are what may have been meant by those, or by something that is neither as it stands, and how likely.
    """

    names: tuple[str, ...]
    address: tuple[str, ...]
    postcode: str
    birth: date | None
    year: int | None
    phone: str
    email: str
    reference: str
    areas: tuple[str, ...] = ()
    near_years: Mapping[int, float] = field(default_factory=dict)
    near_areas: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not any((
            self.names, self.address, self.postcode, self.areas, self.birth, self.year, self.phone, self.email, self.reference,
            self.near_years, self.near_areas,
        ))  # fmt: skip


def terms_of(criteria: Criteria) -> Terms:
    """Fold what was typed. A postcode within the address counts as the postcode."""
    address, typed = criteria.address, criteria.postcode.strip()
    if not typed and (found := FULL_POSTCODE.search(address)):
        typed, address = found[0], address.replace(found[0], " ")
    areas = areas_of(typed)
    born = criteria.date_of_birth.strip()
    birth = read_date(born)
    year = int(born) if birth is None and _YEAR.fullmatch(born) else None
    names = words(criteria.name).split()
    return Terms(
        tuple(word for word in names if word not in TITLES) or tuple(names),
        tuple(words(address).split()),
        "" if areas else fold(typed),
        birth,
        year,
        form_of(criteria.phone.strip(), mdm.Kind.PHONE) if criteria.phone.strip() else "",
        criteria.email.strip().lower(),
        criteria.reference.strip().upper(),
        areas,
    )


def areas_of(typed: str) -> tuple[str, ...]:
    """'ZF1 4' as ('zf1 4',), 'ZF1' as ('zf1',); 'ZF14' may be either 'zf14' or 'zf1 4'. Nothing for a whole postcode or none."""
    found = _AREA.fullmatch(" ".join(typed.lower().split()))
    if not found:
        return ()
    district, sector = found[1], found[2]
    if sector:
        return (f"{district} {sector}",)
    if len(district) > 2 and district[-1].isdigit() and district[-2].isdigit():
        return district, f"{district[:-1]} {district[-1]}"
    return (district,)


def area_of(postcode: str) -> tuple[str, str]:
    """District and sector of a folded postcode: 'zf14ez' is in 'zf1' and in 'zf1 4'."""
    return postcode[:-3], f"{postcode[:-3]} {postcode[-3:-2]}"


def read_date(text: str) -> date | None:
    """A day as British people write it, or ISO; None for anything else. Two digits of a year mean a year up to 2029."""
    plain = " ".join(re.sub(r"[./,-]", " ", text).split())
    for form in _DATES:
        try:
            day = datetime.strptime(plain, form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
        return day.replace(year=day.year - 100) if form.endswith("%y") and day.year > _LATEST_SHORT_YEAR else day
    return None


def near_dates(day: date) -> list[str]:
    """The day, the day with day and month swapped, and every day that is one wrong or two swapped digits away."""
    digits = day.strftime("%d%m%Y")
    written = {digits, digits[2:4] + digits[:2] + digits[4:], *near(digits)}
    return sorted(text for number in written if (text := _iso(number)))


def near(text: str) -> Iterator[str]:
    """Every text that is one substitution, digit for digit or letter for letter, or one swap of neighbours away.

    Nothing, if it is longer than any code: its neighbours would be tens of thousands.
    """
    if len(text) > _LONGEST_CODE:
        return
    for place, old in enumerate(text):
        if old == " ":
            continue
        for symbol in string.digits if old.isdigit() else string.ascii_lowercase:
            if symbol != old:
                yield text[:place] + symbol + text[place + 1 :]
        if place and text[place - 1] not in {old, " "}:
            yield text[: place - 1] + old + text[place - 1] + text[place + 1 :]


def _iso(number: str) -> str | None:
    try:
        return date(int(number[4:]), int(number[2:4]), int(number[:2])).isoformat()
    except ValueError:
        return None
