"""Choosing a queue: the most specific rule that applies, else where the service says, else the monitoring desk. Never nowhere.

Pure: a table as it stands, what is known of an enquiry, and an answer with every rule that was looked at and why.
"""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.enquiries.enums import Channel
from app.kernel.clock import london_date
from app.kernel.errors import Invalid
from app.kernel.i18n import N_
from app.organisation.enums import Language
from app.organisation.policy import WorkingHours
from app.organisation.questions import Answers
from app.routing.enums import AreaKind, Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an enquiry when it is routed."""

    service_id: UUID
    channel: Channel
    at: datetime
    language: str = Language.ENGLISH.value
    postcode: str = ""
    ward: str = ""
    answers: Answers = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of the routing table. `need` and `hours` are as they were written down, and may have gone bad."""

    id: UUID
    queue_id: UUID
    created_at: datetime
    service_id: UUID | None = None
    channel: Channel | None = None
    area_kind: AreaKind | None = None
    area: str | None = None
    language: Language | None = None
    need: Any = None
    hours: Any = None
    cover_id: UUID | None = None

    @property
    def rank(self) -> tuple[Any, ...]:
        """The most specific first: the service, then a need, an area, a language, a channel; the older of two alike."""
        area = 0 if self.area is None else 100 if self.area_kind is AreaKind.WARD else len(self.area)
        named = (
            self.service_id is not None,
            self.need is not None,
            area,
            self.language is not None,
            self.channel is not None,
        )
        return (*(-int(part) for part in named), self.created_at, self.id)


@dataclass(frozen=True, slots=True)
class Place:
    """An active queue where a rule can lead, and the days on which its unit is closed."""

    queue_id: UUID
    closed: Container[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Considered:
    """One rule that was looked at, what came of it, and why: a msgid and what fills it."""

    rule_id: UUID
    verdict: Verdict
    why: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """The queue that was chosen, by which way and rule, and every rule on the way there."""

    queue_id: UUID
    outcome: Outcome
    why: str
    rule_id: UUID | None = None
    considered: tuple[Considered, ...] = ()

    @property
    def broken(self) -> tuple[UUID, ...]:
        return tuple(row.rule_id for row in self.considered if row.verdict is Verdict.BROKEN)


BY_RULE = N_("The most specific rule that applies")
BY_COVER = N_("A rule applies, but it is outside its hours, so its cover gets it")
BY_INTAKE = N_("No rule applies, so it goes to the intake queue of the service")
BY_DESK = N_("Nothing matches, so the monitoring desk gets it")
BY_ERROR = N_("A rule that may apply cannot be read, so the monitoring desk gets it")
OUTRANKED = N_("It applies, but a more specific rule comes first")
NO_QUEUE = N_("It applies, but its queue is closed and sends nothing on")
NO_COVER = N_("It applies, but it is outside its hours and the queue of its cover is closed")
UNREADABLE = N_("It may apply, but its condition cannot be read: %(problem)s")

Reason = tuple[str, Mapping[str, object]]


class Unreadable(ValueError):
    """What is written down in a rule is not a condition."""


def choose(
    rules: Collection[Rule], facts: Facts, *, intake: UUID | None, desk: UUID, places: Mapping[UUID, Place]
) -> Choice:
    """Look at every rule, most specific first. `places` leads from each queue to the active one that takes for it, if any.

    A rule that cannot be read and that may apply ends the search: the monitoring desk gets the enquiry.
    """
    choice: Choice | None = None
    considered: list[Considered] = []
    for rule in sorted(rules, key=lambda rule: rule.rank):
        row, found = _look_at(rule, facts, places, desk)
        if choice is not None and row.verdict is Verdict.CHOSEN:
            row = Considered(rule.id, Verdict.APPLIES, OUTRANKED)
        elif choice is None:
            choice = found
        considered.append(row)
    if choice is None:
        choice = _without_a_rule(intake, desk, places)
    return replace(choice, considered=tuple(considered))


def refusal(rule: Rule, facts: Facts) -> Reason | None:
    """The first condition of a rule that an enquiry does not meet; None when it meets all. Raises Unreadable."""
    if rule.service_id is not None and rule.service_id != facts.service_id:
        return N_("It is for another service"), {}
    if rule.channel is not None and rule.channel is not facts.channel:
        return N_("It is for another channel: %(wanted)s"), {"wanted": rule.channel.label}
    if rule.language is not None and rule.language != facts.language:
        return N_("It is for another language: %(wanted)s"), {"wanted": rule.language.label}
    if rule.area is not None and not in_area(rule, facts):
        return N_("It is for another area: %(wanted)s"), {"wanted": rule.area}
    if rule.need is not None:
        question, values = need_of(rule.need)
        if values.isdisjoint(_given(facts.answers, question)):
            return N_("It is for another answer to “%(question)s”"), {"question": question}
    return None


def in_area(rule: Rule, facts: Facts) -> bool:
    """Whether the property of the enquiry lies in the ward, or in the postcode area, district or sector, of the rule."""
    wanted = (rule.area or "").strip()
    if rule.area_kind is AreaKind.WARD:
        return wanted.casefold() == facts.ward.strip().casefold()
    return wanted.upper() in postcode_areas(facts.postcode)


def postcode_areas(postcode: str) -> frozenset[str]:
    """Every way to name where a postcode is: "HM1 2AB" is in HM, HM1, HM1 2 and HM1 2AB."""
    plain = "".join(postcode.split()).upper()
    if len(plain) < len("A11AA"):
        return frozenset({plain} - {""})
    outward, inward = plain[:-3], plain[-3:]
    letters = outward.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ").rstrip("0123456789") or outward
    return frozenset({letters, outward, f"{outward} {inward[0]}", f"{outward} {inward}"})


def need_of(written: Any) -> tuple[str, frozenset[str]]:
    """The question and the answers that a rule asks for. Raises Unreadable."""
    match written:
        case {"question": str(question), "values": [*values]} if (
            question and values and all(isinstance(value, str) for value in values)
        ):
            return question, frozenset(values)
    raise Unreadable("need")


def open_at(rule: Rule, at: datetime, closed: Container[date]) -> bool:
    """Whether the rule's own hours include this instant; a rule without hours always works. Raises Unreadable."""
    if rule.hours is None:
        return True
    try:
        hours = WorkingHours.parse(rule.hours).on(london_date(at))
    except (Invalid, AttributeError, TypeError) as error:
        raise Unreadable("hours") from error
    return hours is not None and hours[0] <= at < hours[1] and london_date(at) not in closed


def _look_at(rule: Rule, facts: Facts, places: Mapping[UUID, Place], desk: UUID) -> tuple[Considered, Choice | None]:
    try:
        refused = refusal(rule, facts)
        if refused is not None:
            return Considered(rule.id, Verdict.DOES_NOT_APPLY, *refused), None
        return _lead(rule, facts, places)
    except Unreadable as error:
        broken = Considered(rule.id, Verdict.BROKEN, UNREADABLE, {"problem": str(error)})
        return broken, Choice(desk, Outcome.ERROR, BY_ERROR, rule.id)


def _lead(rule: Rule, facts: Facts, places: Mapping[UUID, Place]) -> tuple[Considered, Choice | None]:
    """Where a rule that applies leads just now."""
    place = places.get(rule.queue_id)
    if open_at(rule, facts.at, place.closed if place else frozenset()):
        outcome, why, nowhere = Outcome.RULE, BY_RULE, NO_QUEUE
    else:
        place = places.get(rule.cover_id) if rule.cover_id else None
        outcome, why, nowhere = Outcome.COVER, BY_COVER, NO_COVER
    if place is None:
        return Considered(rule.id, Verdict.LEADS_NOWHERE, nowhere), None
    return Considered(rule.id, Verdict.CHOSEN, why), Choice(place.queue_id, outcome, why, rule.id)


def _without_a_rule(intake: UUID | None, desk: UUID, places: Mapping[UUID, Place]) -> Choice:
    place = places.get(intake) if intake is not None else None
    if place is not None:
        return Choice(place.queue_id, Outcome.INTAKE, BY_INTAKE)
    return Choice(desk, Outcome.DESK, BY_DESK)


def _given(answers: Answers, question: str) -> Sequence[str]:
    given = answers.get(question, "")
    return [given] if isinstance(given, str) else list(given)
