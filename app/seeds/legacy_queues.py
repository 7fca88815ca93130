"""A queue list as an older house might hand it over: 371 queues of twelve sectors, and 98 enquiries stuck in three of them.

The counts and four of the names are those of an oversight report of 2019 (see docs/organisation.md); everything else is made
up here, from no chance at all: the same day gives the same bytes.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from itertools import product

SECTORS = {
    "Buildings": 24, "CASE Support": 3, "Copyright Institutions Support Section": 1, "Customer Service section": 14,
    "DAS Support": 3, "External office Singapore": 1, "Finance": 98, "IPAS": 30, "Lisbon Registry": 22,
    "Madrid Registry": 158, "The Hague Registry": 16, "WIPO": 1,
}  # fmt: skip
STUCK = {"Finance incidents": 46, "For finance": 32, "for OPS": 20}
QUEUE_COLUMNS = (
    "sector", "queue", "purpose", "owner", "deputy", "monitor", "readers", "kind", "ends_on", "last_used", "open",
)  # fmt: skip
ENQUIRY_COLUMNS = ("reference", "queue", "received", "name", "email", "phone", "subject")

_SUBJECTS = (
    "appeals", "audits", "bulletins", "ceilings", "debits", "drawings", "extracts", "forms", "gifts", "journals", "keys",
    "limits", "mergers", "notices", "objections", "proxies", "refunds", "seals", "transfers", "waivers",
)  # fmt: skip
_STAGES = (
    "",
    "abroad",
    "by letter",
    "hotline",
    "overflow",
    "pilot",
    "quarterly",
    "weekend",
    "archive",
    "backlog",
    "triage",
)
_NOBODY = 7
_ASLEEP = 6
_ASLEEP_FOR = timedelta(days=400)
_OWNERS = ("A. Calloway", "B. Drummond", "C. Eastwick", "D. Farnaby", "E. Gillespie", "F. Hathersage")
_TWINS = ("Madrid: refunds", "Finance: debits", "IPAS: forms")
_BLIND = (
    ("Buildings", "Lisbon parcels"), ("Customer Service section", "Madrid call-backs"), ("IPAS", "Hague conversions"),
    ("Lisbon Registry", "Finance receipts"), ("The Hague Registry", "Buildings access"), ("Finance", "Singapore invoices"),
)  # fmt: skip
_GIVEN = ("Odile", "Piotr", "Quentin", "Rosa", "Samir", "Thea", "Ulrich", "Vera", "Wanda", "Yusuf")
_FAMILY = ("Ashdown", "Brackley", "Corriveau", "Delmonte", "Ericsdotter", "Fontaine", "Grimshaw")


@dataclass(frozen=True, slots=True)
class LegacyList:
    """The two files, and what is wrong in them on purpose: names of queues by fault."""

    queues: bytes
    enquiries: bytes
    ownerless: frozenset[str]
    asleep: frozenset[str]
    twins: frozenset[frozenset[str]]
    blind: frozenset[str]


def legacy_list(today: date) -> LegacyList:
    """The list as it would have been drawn up on this day."""
    rows = [_row(sector, name, number, today) for number, (sector, name) in enumerate(_names())]
    twins = frozenset(frozenset({name, _twin(name)}) for name in _TWINS)
    return LegacyList(
        _written(QUEUE_COLUMNS, rows),
        _written(ENQUIRY_COLUMNS, list(_stuck(today))),
        frozenset(row[1] for row in rows if not row[3]),
        frozenset(
            row[1] for row in rows if row[10] == "0" and (not row[9] or row[9] < (today - _ASLEEP_FOR / 2).isoformat())
        ),
        twins,
        frozenset({name for _, name in _BLIND} | {"Finance incidents", "For finance"}),
    )


def _names() -> Iterator[tuple[str, str]]:
    """Sector and name of each queue: those that are given, the faulty ones, then as many ordinary ones as the sector has."""
    given = {"Madrid Registry": ["Finance incidents", "For finance", "for OPS"], "Finance": ["Finance: Infoline"]}
    for sector, name in _BLIND:
        given.setdefault(sector, []).append(name)
    for name in _TWINS:
        given.setdefault(_sector_of(name), []).extend([name, _twin(name)])
    for sector, count in SECTORS.items():
        special = given.get(sector, [])
        taken = {name.casefold().replace(":", "") for name in special}
        ordinary = (name for name in _ordinary(sector) if name.casefold().replace(":", "") not in taken)
        for name in [*special, *(next(ordinary) for _ in range(count - len(special)))]:
            yield sector, name


def _ordinary(sector: str) -> Iterator[str]:
    start = sector.removeprefix("The ").removesuffix(" Registry").removesuffix(" section")
    for stage, subject in product(_STAGES, _SUBJECTS):
        yield f"{start}: {subject} {stage}".strip()


def _sector_of(name: str) -> str:
    start = name.partition(":")[0]
    return next(sector for sector in SECTORS if sector.startswith(start))


def _twin(name: str) -> str:
    """The same name as somebody else would have written it."""
    return name.replace(":", " -") + "."


def _row(sector: str, name: str, number: int, today: date) -> list[str]:
    stuck = STUCK.get(name, 0)
    project = name in {"Finance incidents", "for OPS"}
    owner = "" if number % _NOBODY == 0 or stuck else _OWNERS[number % len(_OWNERS)]
    asleep = number % _ASLEEP == 0 and not stuck
    used = today - (_ASLEEP_FOR if asleep else timedelta(days=1 + number % 20))
    deputy = _OWNERS[(number + 1) % len(_OWNERS)] if owner else ""
    last = "" if asleep and number % (2 * _ASLEEP) == 0 else used.isoformat()
    waiting = str(stuck or (0 if asleep else number % 5))
    purpose = "" if project else f"{name} that reach {sector}"
    return [
        sector, name, purpose, owner, deputy, "", sector, "project" if project else "permanent", "", last, waiting,
    ]  # fmt: skip


def _stuck(today: date) -> Iterator[list[str]]:
    """The enquiries that nobody looked at; the oldest has waited for 81 days."""
    for queue, count in STUCK.items():
        for place in range(count):
            waited = 81 - (place * 79) // count
            given, family = _GIVEN[place % len(_GIVEN)], _FAMILY[(place * 3 + len(queue)) % len(_FAMILY)]
            email = f"{given}.{family}{place}@example.com".lower()
            code = "".join(word[0] for word in queue.upper().split())
            subject = "Payment recorded under the wrong number" if place == 0 else f"Question {place} about a payment"
            received = (today - timedelta(days=waited)).isoformat()
            yield [f"OLD-{code}-{place + 1:03}", queue, received, f"{given} {family}", email, "", subject]


def _written(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()
