"""Households with several source systems and as much noise as is asked for: a set that nothing was tuned on."""

from __future__ import annotations

import string

import numpy as np
import pyarrow as pa

from app.seeds.city.given_names import BRITISH_MEN, BRITISH_WOMEN, NICKNAMES
from app.seeds.city.surnames import BRITISH, IRISH, POLISH

FIELDS = (
    "given_name", "family_name", "middle_name", "date_of_birth", "gender", "email", "phone", "house_number",
    "address_line", "city", "postcode", "national_id",
)  # fmt: skip
STREETS = [
    "high",
    "church",
    "station",
    "mill",
    "park",
    "victoria",
    "green",
    "manor",
    "king",
    "queen",
    "spring",
    "north",
    "south",
    "albert",
    "grove",
    "york",
    "oak",
    "elm",
]
STREET_KINDS = ("street", "road", "lane", "avenue", "close", "drive")
PROVIDERS = ("inbox.example", "mailbox.example", "letters.example", "post.example")
ALIASES = {name.lower(): forms for name, forms in NICKNAMES.items()}
MEN, WOMEN = (
    tuple(dict.fromkeys(name for era in names for name in era.split())) for names in (BRITISH_MEN, BRITISH_WOMEN)
)
FAMILIES = (*BRITISH, *IRISH, *POLISH)

Person = dict[str, str | None]


def households(count: int, seed: int, *, noise: float, missing: float, moving: float, sources: int) -> pa.Table:
    """About 4.5 rows a household: FIELDS, `id`, `source`, and the true `person`.

    `noise` is the chance that a value is mistyped, `missing` that it is not there (more in some sources than in
    others), `moving` that a record has another address.
    """
    rng = np.random.default_rng([seed, count])
    lacking = missing * rng.gamma(1.5, 0.66, (sources, len(FIELDS)))
    weights = rng.dirichlet(np.full(sources, 3.0))
    rows: list[Person] = []
    people = [person for _ in range(count) for person in _household(rng)]
    for number, person in enumerate(people):
        for _ in range(max(1, rng.poisson(2.0))):
            source = int(rng.choice(sources, p=weights))
            seen = _seen(rng, person, noise, moving)
            row = {field: None if rng.random() < lacking[source, place] else seen[field]
                   for place, field in enumerate(FIELDS)}  # fmt: skip
            rows.append({**row, "source": f"system {source}", "person": str(number)})
    order = rng.permutation(len(rows))
    return pa.Table.from_pylist([{"id": f"r{place:07d}", **rows[row]} for place, row in enumerate(order)])


def _household(rng: np.random.Generator) -> list[Person]:
    """A couple and their children, more or less: one address, mostly one family name, sometimes one telephone."""
    address, family, phone = _address(rng), _common(rng, FAMILIES), _phone(rng)
    first = int(rng.integers(1935, 1992))
    people: list[Person] = []
    for place in range(1 + rng.binomial(4, 0.4)):
        year = first + int(rng.integers(-4, 5)) if place < 2 else first + int(rng.integers(20, 33))
        woman = rng.random() < 0.5
        person: Person = {
            **address,
            "given_name": _common(rng, WOMEN if woman else MEN),
            "middle_name": _common(rng, WOMEN if woman else MEN) if rng.random() < 0.5 else None,
            "family_name": family if rng.random() < 0.85 else _common(rng, FAMILIES),
            "date_of_birth": _day(rng, year),
            "gender": "F" if woman else "M",
            "phone": phone if rng.random() < 0.5 else _phone(rng),
            "national_id": _identifier(rng) if rng.random() < 0.4 else None,
        }
        if place > 2 and rng.random() < 0.1:
            person["date_of_birth"] = people[-1]["date_of_birth"]
        person["email"] = _email(rng, person) if rng.random() < 0.75 else None
        people.append(person)
    return people


def _seen(rng: np.random.Generator, person: Person, noise: float, moving: float) -> Person:
    """The person as one record has them."""
    seen = dict(person)
    if rng.random() < moving:
        seen.update(_address(rng))
    if rng.random() < 0.03 and seen["gender"] == "F":
        seen["family_name"] = _common(rng, FAMILIES)
    if rng.random() < 0.2:
        seen["phone"] = _phone(rng)
    if seen["email"] and rng.random() < 0.2:
        seen["email"] = _email(rng, person)
    forms = ALIASES.get(str(seen["given_name"]).lower(), (str(seen["given_name"])[:1],))
    if rng.random() < noise / 2:
        seen["given_name"] = forms[int(rng.integers(len(forms)))]
    if rng.random() < noise / 5:
        seen["given_name"], seen["family_name"] = seen["family_name"], seen["given_name"]
    for field in FIELDS:
        value = seen[field]
        if value and field != "gender" and rng.random() < noise:
            seen[field] = mistyped(rng, value)
    return seen


def mistyped(rng: np.random.Generator, text: str) -> str:
    """One slip: a sign changed, lost, added, or two that change places."""
    place, slip = int(rng.integers(len(text))), int(rng.integers(4))
    sign = str(rng.integers(10)) if text[place].isdigit() else string.ascii_lowercase[rng.integers(26)]
    if slip == 3 and len(text) > 1:
        place = min(place, len(text) - 2)
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    if slip == 2 and len(text) > 1:
        return text[:place] + text[place + 1 :]
    return text[:place] + sign + text[place + slip % 2 :]


def _common(rng: np.random.Generator, names: tuple[str, ...]) -> str:
    """The first names of a list are the commonest."""
    return names[int(len(names) * rng.random() ** 2)]


def _day(rng: np.random.Generator, year: int) -> str:
    if rng.random() < 0.04:
        return f"{year}-01-01"
    return f"{year}-{rng.integers(1, 13):02}-{rng.integers(1, 29):02}"


def _address(rng: np.random.Generator) -> Person:
    town = FAMILIES[int(150 * rng.random() ** 2)] + "ton"
    letters = "".join(string.ascii_uppercase[rng.integers(26)] for _ in range(2))
    return {
        "house_number": str(rng.integers(1, 160)),
        "address_line": f"{STREETS[rng.integers(len(STREETS))]} {STREET_KINDS[rng.integers(len(STREET_KINDS))]}",
        "city": town,
        "postcode": f"Z{town[0]}{rng.integers(1, 30)} {rng.integers(1, 10)}{letters}",
    }


def _phone(rng: np.random.Generator) -> str:
    return f"07700{rng.integers(10**6):06}"


def _identifier(rng: np.random.Generator) -> str:
    return f"ZZ{rng.integers(10**6):06}{'ABCD'[rng.integers(4)]}"


def _email(rng: np.random.Generator, person: Person) -> str:
    given, family = str(person["given_name"]), str(person["family_name"])
    year = str(person["date_of_birth"])[2:4]
    local = (f"{given}.{family}", f"{given[:1]}{family}{year}", f"{given}{rng.integers(100)}",
             f"{family}{rng.integers(1000)}")[rng.integers(4)]  # fmt: skip
    return f"{local}@{PROVIDERS[rng.integers(len(PROVIDERS))]}".lower()
