"""Which questions can be asked of a source record, and whether an answer is right. Pure."""

from collections.abc import Mapping

import mdm
from app.customers.finding.terms import read_date
from app.customers.matching.forms import form_of
from app.customers.matching.search_rows import words
from app.customers.matching.survival import as_date
from app.customers.parsing.addresses import fold
from app.customers.rows import Question
from app.kernel.i18n import N_

QUESTIONS = {
    "full_name": N_("What is your full name?"),
    "date_of_birth": N_("What is your date of birth?"),
    "postcode": N_("What is your postcode?"),
    "address": N_("What is the first line of your address?"),
    "phone": N_("Which phone number do we have for you?"),
    "email": N_("Which e-mail address do we have for you?"),
    "council_tax_account": N_("What is your council tax account number?"),
    "tenancy_reference": N_("What is your tenancy reference?"),
    "family_name": N_("What is your family name?"),
    "national_id": N_("What are the last four characters of your National Insurance number?"),
}
"""Code → the question as a message id."""

LEAST = 2
"""Right answers that a verification needs; one wrong answer fails it."""


def question(code: str) -> Question:
    return Question(code, QUESTIONS[code])


def askable(attributes: Mapping[str, str], key_question: str | None) -> list[Question]:
    """The questions to which the record knows the answer, the identifier's first."""
    codes = [key_question] if key_question else []
    if attributes.get("family_name") and attributes.get("given_name"):
        codes.append("full_name")
    codes += [code for code in ("date_of_birth", "postcode") if attributes.get(code)]
    if attributes.get("street"):
        codes.append("address")
    codes += [code for code in ("phone", "email", "national_id") if attributes.get(code)]
    return [question(code) for code in codes]


def is_right(code: str, said: str, attributes: Mapping[str, str], key: str) -> bool:
    """Whether what was said is what the record holds; what the record does not hold is never right."""
    check = _CHECKS.get(code)
    return bool(said.strip()) and check is not None and check(said.strip(), {**attributes, "key": key})


def _date_of_birth(said: str, held: Mapping[str, str]) -> bool:
    born = as_date(held.get("date_of_birth", ""))
    return born is not None and born == read_date(said)


def _postcode(said: str, held: Mapping[str, str]) -> bool:
    return fold(said) == fold(held.get("postcode", "")) != ""


def _family_name(said: str, held: Mapping[str, str]) -> bool:
    return fold(words(said)) == fold(words(held.get("family_name", ""))) != ""


def _full_name(said: str, held: Mapping[str, str]) -> bool:
    """The family name, and the given name or its initial if the record has no more."""
    typed, family = words(said).split(), words(held.get("family_name", "")).split()
    given = words(held.get("given_name", "")).split()[:1]
    if not family or not given or not set(family) <= set(typed):
        return False
    return any(word == given[0] or (len(given[0]) == 1 and word[0] == given[0]) for word in typed if word not in family)


def _address(said: str, held: Mapping[str, str]) -> bool:
    """The house number and the first word of the street."""
    typed = words(said).split()
    wanted = [words(held.get("house_number", "")), words(held.get("street", "")).split(" ")[0]]
    return bool(wanted[1]) and all(word in typed for word in wanted if word)


def _phone(said: str, held: Mapping[str, str]) -> bool:
    typed = form_of(said, mdm.Kind.PHONE)
    numbers = {form_of(held[name], mdm.Kind.PHONE) for name in ("phone", "phone_2") if held.get(name)}
    return typed != "" and typed in numbers


def _email(said: str, held: Mapping[str, str]) -> bool:
    return said.lower() == held.get("email", "").lower()


def _national_id(said: str, held: Mapping[str, str]) -> bool:
    return len(fold(said)) >= 4 and fold(held.get("national_id", "")).endswith(fold(said))


def _key(said: str, held: Mapping[str, str]) -> bool:
    """The identifier, with or without the part that tells two people on it apart."""
    key = held["key"]
    return fold(said) in {fold(key), fold(key.replace("/", "-").rpartition("-")[0])}


_CHECKS = {
    "full_name": _full_name,
    "date_of_birth": _date_of_birth,
    "postcode": _postcode,
    "address": _address,
    "phone": _phone,
    "email": _email,
    "council_tax_account": _key,
    "tenancy_reference": _key,
    "family_name": _family_name,
    "national_id": _national_id,
}
