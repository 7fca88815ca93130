"""Decisions about topics and bulletins that need neither database nor clock."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from app.kernel.errors import Invalid
from app.kernel.i18n import N_
from app.notifications.enums import Channel
from app.subscriptions.enums import BulletinState

B = BulletinState
MOVES: Mapping[BulletinState, frozenset[BulletinState]] = MappingProxyType(
    {B.DRAFT: frozenset({B.SENDING}), B.SENDING: frozenset({B.SENT, B.STOPPED})}
)
"""Which state may follow which. The database holds the same list in a trigger, written from this one."""

LANGUAGES = ("en", "fr", "es")
"""English has to be there, and stands in where another is empty."""
LONGEST_NAME = 80
LONGEST_SUMMARY = 300
LONGEST_SUBJECT = 120
LONGEST_BODY = 5000
VERIFIED_FOR = timedelta(hours=24)
"""For so long after a verification the one who made it may write down what the person agreed to."""
CHANNEL_LABELS = {Channel.EMAIL: N_("E-mail")}
"""Every way in which messages leave the house."""

_DISTRICT = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?")
_INWARD = re.compile(r"[0-9][A-Z]{2}$")


@dataclass(frozen=True, slots=True)
class Words:
    """A short and a long text in one language: a topic's name and what one gets; a bulletin's subject and body."""

    short: str
    long: str


def area_of(typed: str) -> str:
    """A postcode area as it is kept, "HM1", from it or from a whole postcode; "" for nothing. Invalid for what is none."""
    plain = re.sub(r"\s", "", typed).upper()
    if len(plain) > 4:
        plain = _INWARD.sub("", plain)
    if plain and not _DISTRICT.fullmatch(plain):
        raise Invalid({"area": N_("Enter the first half of a postcode, like HM1")})
    return plain


def areas_of(typed: str) -> list[str]:
    """Several, parted by commas or lines; each once, in order. Invalid."""
    try:
        return sorted({area_of(part) for part in re.split(r"[,;\n]", typed)} - {""})
    except Invalid as refused:
        raise Invalid({"areas": refused.message}) from refused


def within(area: str, areas: Collection[str]) -> bool:
    """Whether somebody who chose this area can follow a topic for these; both may be for everywhere."""
    return not area or not areas or area in areas


def text_in(texts: Mapping[str, Mapping[str, str]], locale: str) -> Words:
    """In the language asked for, else in English. A language counts only whole: half of it would be a mixture."""
    said = texts.get(locale, {})
    if not (said.get("short") and said.get("long")):
        said = texts["en"]
    return Words(said["short"], said["long"])


def checked(texts: Mapping[str, Words], longest: tuple[int, int], told: tuple[str, str]) -> dict[str, dict[str, str]]:
    """Texts as they are kept. Invalid: English is missing (`told` says what), half a language is, or it is too long."""
    errors: dict[str, str] = {}
    for language in LANGUAGES:
        said = texts.get(language, Words("", ""))
        for name, given, most, missing in zip(("short", "long"), (said.short, said.long), longest, told, strict=True):
            if not given.strip() and (language == "en" or said.short.strip() or said.long.strip()):
                errors[f"{name}_{language}"] = missing
            elif len(given.strip()) > most:
                errors[f"{name}_{language}"] = N_("This is too long")
    if errors:
        raise Invalid(errors)
    return {
        language: {"short": words.short.strip(), "long": words.long.strip()}
        for language, words in texts.items()
        if language in LANGUAGES and words.short.strip()
    }
