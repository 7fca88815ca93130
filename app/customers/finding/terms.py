"""What was typed, in the forms in which customers are indexed, and what it may have been meant to be. Pure."""

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import mdm
from app.customers.matching.forms import form_of
from app.customers.matching.search_rows import words
from app.customers.parsing.addresses import fold
from app.customers.rows import Criteria

_FULL_POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)\s*(\d[a-z]{2})\b", re.IGNORECASE)
_YEAR = re.compile(r"(19|20)\d\d")
_DATES = ("%d %m %Y", "%Y %m %d", "%d %B %Y", "%d %b %Y", "%d%m%Y", "%d %m %y")
_LATEST_SHORT_YEAR = 2029


@dataclass(frozen=True, slots=True)
class Terms:
    """Criteria, folded. `year` is set when only a year was given."""

    names: tuple[str, ...]
    address: tuple[str, ...]
    postcode: str
    birth: date | None
    year: int | None
    phone: str
    email: str
    reference: str

    @property
    def is_empty(self) -> bool:
        return not any(
            (self.names, self.address, self.postcode, self.birth, self.year, self.phone, self.email, self.reference)
        )


def terms_of(criteria: Criteria) -> Terms:
    """Fold what was typed. A postcode within the address counts as the postcode."""
    address, postcode = criteria.address, fold(criteria.postcode)
    if not postcode and (found := _FULL_POSTCODE.search(address)):
        postcode, address = fold(found[0]), address.replace(found[0], " ")
    born = criteria.date_of_birth.strip()
    birth = read_date(born)
    year = int(born) if birth is None and _YEAR.fullmatch(born) else None
    return Terms(
        tuple(words(criteria.name).split()),
        tuple(words(address).split()),
        postcode,
        birth,
        year,
        form_of(criteria.phone.strip(), mdm.Kind.PHONE) if criteria.phone.strip() else "",
        criteria.email.strip().lower(),
        criteria.reference.strip().upper(),
    )


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
    """Every text that is one substitution, digit for digit or letter for letter, or one swap of neighbours away."""
    for place, old in enumerate(text):
        for symbol in string.digits if old.isdigit() else string.ascii_lowercase:
            if symbol != old:
                yield text[:place] + symbol + text[place + 1 :]
        if place and text[place - 1] != old:
            yield text[: place - 1] + old + text[place - 1] + text[place + 1 :]


def _iso(number: str) -> str | None:
    try:
        return date(int(number[4:]), int(number[2:4]), int(number[:2])).isoformat()
    except ValueError:
        return None
