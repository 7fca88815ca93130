"""The desk's pure decisions: what is at stake, what is risky for one steward, what may be said of many pairs at once."""

import math
import re
from collections.abc import Mapping
from datetime import timedelta

from app.customers.enums import HoldReason, Risk, Verdict
from app.customers.matching.organisation_marks import nearly_one_name
from app.customers.matching.rules import ADDRESS
from app.kernel.i18n import N_

CLAIM_FOR = timedelta(minutes=10)
SKIP_FOR = timedelta(hours=24)
UNDO_FOR = timedelta(hours=1)
MANY_ENQUIRIES = 3
LARGE = 8
SURE_ENOUGH = 0.9
"""From this probability on, several pairs may be joined at once."""
OPEN_ENQUIRIES = "Open enquiries"
"""What the enquiries' room calls its stake."""
NOT_TELLING = frozenset({"title", "middle_name", "phone_2", "city", "gender"})
"""What differs without contradicting."""
NOT_TELLING_OF_ORGANISATIONS = NOT_TELLING | frozenset(ADDRESS)
_PUNCTUATION = re.compile(r"[^0-9a-z@]+")
_TELLS_MORE = {HoldReason.IDENTIFIER: 3.0, HoldReason.BIRTH: 2.0, HoldReason.RESTRICTED: 3.0, HoldReason.SIZE: 1.0}
_HELD = {
    HoldReason.RESTRICTED: N_("One of them is restricted"),
    HoldReason.IDENTIFIER: N_("Their National Insurance or company numbers contradict each other"),
    HoldReason.BIRTH: N_("Their dates of birth contradict each other"),
    HoldReason.SIZE: N_("Together they would be very many records"),
}
_RISKS = {
    HoldReason.RESTRICTED: Risk.RESTRICTED, HoldReason.IDENTIFIER: Risk.IDENTIFIER, HoldReason.BIRTH: Risk.BIRTH,
    HoldReason.SIZE: Risk.SIZE,
}  # fmt: skip


def score(counts: Mapping[str, int], records: int, probability: float, reason: HoldReason) -> float:
    """How much depends on an answer: what hangs on either side counts by its order of magnitude, then how open the question is."""
    hangs = sum(math.log2(1 + count) for count in counts.values())
    return round(hangs + math.log2(max(records, 1)) + 1 - abs(2 * probability - 1) + _TELLS_MORE.get(reason, 0.0), 4)


def risks(
    verdict: Verdict, reason: HoldReason, *, restricted: bool, open_enquiries: int, records: int
) -> tuple[Risk, ...]:
    """Why a second steward has to say the same. To say that two are different changes nothing for anybody, so it carries none."""
    if verdict is Verdict.DIFFERENT:
        return ()
    found = {_RISKS[reason]} if reason in _RISKS else set()
    if restricted:
        found.add(Risk.RESTRICTED)
    if open_enquiries >= MANY_ENQUIRIES:
        found.add(Risk.ENQUIRIES)
    if records >= LARGE:
        found.add(Risk.SIZE)
    return tuple(risk for risk in Risk if risk in found)


def same_value(one: str, other: str) -> bool:
    """Whether two values say the same but for letters' case, spaces and punctuation."""
    return _PUNCTUATION.sub("", one.casefold()) == _PUNCTUATION.sub("", other.casefold())


def conflicts(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[str, ...]:
    """Attributes that both sides have and that say different things, by name.

    The addresses of an organisation's records are those of all its properties, and a slip or a legal form in its name is no contradiction.
    """
    bodies = bool(one.get("organisation_name") and other.get("organisation_name"))
    return tuple(
        name
        for name in one
        if name in other
        and name not in (NOT_TELLING_OF_ORGANISATIONS if bodies else NOT_TELLING)
        and one[name]
        and other[name]
        and not same_value(one[name], other[name])
        and not (name == "organisation_name" and nearly_one_name(one[name], other[name]))
    )


def not_in_bulk(
    reason: HoldReason, probability: float, risky: tuple[Risk, ...], differing: tuple[str, ...]
) -> str | None:
    """Why a pair needs a look of its own, as a message id; None if it may be joined with others at once."""
    if reason in _HELD:
        return _HELD[reason]
    if risky:
        return N_("Another steward has to confirm it")
    if probability < SURE_ENOUGH:
        return N_("It is not likely enough")
    return N_("The records say different things") if differing else None
