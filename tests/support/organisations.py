"""Organisations as sources send them: names with slips, numbers, telephones and addresses, enough of each to get in each other's way."""

from random import Random

from tests.support.flowing import Sent

_NAMES = (
    "Northgate Lettings Ltd", "NORTHGATE LETTINGS LIMITED", "Northgate Letings Ltd", "Northgate Lettings Agents Ltd", "Northgate",
    "Newsagents", "The Newsagents", "Harbour & Sons", "Harbour and Sons", "Sons Harbour", "Plot 1 Homes Ltd", "Plot 2 Homes Ltd",
    "Samphire Lodge Care Ltd", "Samphire Lodg Care Ltd", "Samphire Lodge", "Unknown",
)  # fmt: skip
_NUMBERS = ("", "", "", "ZZ100001", "ZZ100002", "zz 100001", "ZZ200000", "00000000")
_PHONES = ("", "", "07700 900101", "+44 7700 900101", "07700 900102", "07700 900103")
_EMAILS = ("", "", "", "office@northgate.example", "hello@harbour.example")
_CODES = ("", "ZF1 1AA", "ZF1 1AA", "ZF2 2BB", "ZF3 3CC")
_SOURCES = ("council-tax", "housing", "legacy-crm")


def difficult_organisations(count: int, seed: int) -> list[Sent]:
    """Records of some sixteen names that share and contradict each other by chance."""
    random = Random(seed)
    return [_one(random, f"O-{number:04d}") for number in range(count)]


def another_time(record: Sent, random: Random) -> Sent:
    """The same record, saying what another might."""
    return Sent(record.source, record.key, _one(random, record.key).attributes)


def organisation(key: str, name: str, *, source: str = "council-tax", **said: str) -> Sent:
    """What a source says of an organisation."""
    return Sent(source, key, {"organisation_name": name, **said})


def _one(random: Random, key: str) -> Sent:
    said = {
        "organisation_name": random.choice(_NAMES), "company_number": random.choice(_NUMBERS), "phone": random.choice(_PHONES),
        "email": random.choice(_EMAILS), "postcode": random.choice(_CODES),
    }  # fmt: skip
    if said["postcode"] and random.random() < 0.5:
        said |= {
            "city": "Hallowmere",
            "house_number": str(random.choice((3, 5))),
            "street": random.choice(("High Street", "Harbour Row")),
        }
    return Sent(_SOURCES[int(key[2:]) % 3], key, {name: value for name, value in said.items() if value})
