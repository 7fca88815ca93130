"""What a golden record can be found by: every form of every value that its source records hold, folded."""

from collections.abc import Sequence
from functools import lru_cache

from anyascii import anyascii

from app.customers.matching.forms import Forms
from app.customers.matching.records import Current
from app.customers.matching.survival import as_date, display_address
from app.customers.parsing.addresses import fold

_NAMES = ("given_name", "middle_name", "family_name", "organisation_name")


@lru_cache(maxsize=100_000)
def words(text: str) -> str:
    """Lower-case ASCII words, with single blanks."""
    plain = anyascii(text).lower().replace("'", "")
    return " ".join("".join(letter if letter.isalnum() else " " for letter in plain).split())


def search_row(members: Sequence[Current], forms: Forms) -> tuple[str, str, list[str], list[str], list[str], str]:
    """names, addresses, postcodes, births, phones, emails; each without repeats and in order.

    The restricted are found by name and date of birth only.
    """
    said = [member.attributes for member in members]
    tokens = {token for one in said for name in _NAMES if name in one for token in words(one[name]).split()}
    addresses = {words(display_address({**one, "city": ""})) for one in said}
    births = {day.isoformat() for one in said if (day := as_date(one.get("date_of_birth", "")))}
    numbers = {forms.phones.get(one.get(name, ""), "") for one in said for name in ("phone", "phone_2")}
    mails = {forms.emails.get(one.get("email", ""), "") for one in said}
    codes = {fold(one.get("postcode", "")) for one in said}
    names, born = " ".join(sorted(tokens)), sorted(births)
    if any(member.restricted for member in members):
        return names, "", [], born, [], ""
    places, postcodes, phones, emails = (sorted(values - {""}) for values in (addresses, codes, numbers, mails))
    return names, " | ".join(places), postcodes, born, phones, " ".join(emails)
