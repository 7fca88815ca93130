"""Choosing a queue: the most specific rule that applies, and never nowhere."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.enquiries.enums import Channel
from app.organisation.enums import Language
from app.routing.enums import AreaKind, Outcome, Verdict
from app.routing.policy import Choice, Facts, Place, Rule, choose, postcode_areas

DESK, INTAKE, USUAL, OTHER, COVER, GONE = (uuid4() for _ in range(6))
SERVICE, ANOTHER = uuid4(), uuid4()
MORNING = datetime(2026, 3, 11, 10, tzinfo=UTC)
NIGHT = datetime(2026, 3, 11, 22, tzinfo=UTC)
FACTS = Facts(SERVICE, Channel.WEB, MORNING, "fr", "HM1 2AB", "Harbour", {"surface": "cycle"})
PLACES = {queue: Place(queue) for queue in (DESK, INTAKE, USUAL, OTHER, COVER)}
OFFICE = {"mon": ["09:00", "17:00"], "tue": ["09:00", "17:00"], "wed": ["09:00", "17:00"]}


def rule(queue: UUID = USUAL, *, days: int = 0, **named: Any) -> Rule:
    return Rule(uuid4(), queue, MORNING - timedelta(days=days), **named)


def go(*rules: Rule, facts: Facts = FACTS, intake: UUID | None = INTAKE) -> Choice:
    return choose(rules, facts, intake=intake, desk=DESK, places=PLACES)


BY_RANK = [
    {"service_id": SERVICE, "need": {"question": "surface", "values": ["cycle"]}},
    {"service_id": SERVICE, "area_kind": AreaKind.WARD, "area": "Harbour"},
    {"service_id": SERVICE, "area_kind": AreaKind.POSTCODE, "area": "HM1 2"},
    {"service_id": SERVICE, "area_kind": AreaKind.POSTCODE, "area": "HM1"},
    {"service_id": SERVICE, "language": Language.FRENCH},
    {"service_id": SERVICE, "channel": Channel.WEB},
    {"service_id": SERVICE},
    {"area_kind": AreaKind.POSTCODE, "area": "HM"},
    {"language": Language.FRENCH},
    {"channel": Channel.WEB},
    {},
]


@pytest.mark.parametrize("place", range(len(BY_RANK) - 1))
def test_the_more_specific_of_two_rules_decides_whatever_their_order(place: int) -> None:
    closer, wider = rule(OTHER, **BY_RANK[place]), rule(USUAL, **BY_RANK[place + 1])
    for table in ((closer, wider), (wider, closer)):
        assert go(*table).queue_id == OTHER


def test_of_two_alike_the_older_decides() -> None:
    young, old = rule(USUAL, channel=Channel.WEB), rule(OTHER, days=1, channel=Channel.WEB)
    for table in permutations((young, old)):
        assert go(*table).rule_id == old.id


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ({"service_id": ANOTHER}, "another service"), ({"channel": Channel.PHONE}, "another channel"),
        ({"language": Language.SPANISH}, "another language"), ({"area_kind": AreaKind.WARD, "area": "Hill"}, "another area"),
        ({"area_kind": AreaKind.POSTCODE, "area": "HM12"}, "another area"),
        ({"service_id": SERVICE, "need": {"question": "surface", "values": ["road"]}}, "another answer"),
    ],
)  # fmt: skip
def test_a_rule_for_something_else_says_why_it_does_not_apply(named: dict[str, Any], why: str) -> None:
    choice = go(rule(**named))
    assert (choice.outcome, choice.queue_id) == (Outcome.INTAKE, INTAKE)
    assert choice.considered[0].verdict is Verdict.DOES_NOT_APPLY
    assert why in choice.considered[0].why


def test_without_a_rule_and_an_intake_the_desk_gets_it() -> None:
    assert go(intake=None).outcome is Outcome.DESK
    assert go(intake=GONE).queue_id == DESK


def test_outside_the_hours_of_a_rule_its_cover_gets_it() -> None:
    line = rule(hours=OFFICE, cover_id=COVER)
    assert go(line).queue_id == USUAL
    night = Facts(SERVICE, Channel.WEB, NIGHT)
    assert (go(line, facts=night).queue_id, go(line, facts=night).outcome) == (COVER, Outcome.COVER)


def test_on_a_closed_day_of_the_unit_the_cover_gets_it() -> None:
    places = PLACES | {USUAL: Place(USUAL, frozenset({MORNING.date()}))}
    choice = choose([rule(hours=OFFICE, cover_id=COVER)], FACTS, intake=None, desk=DESK, places=places)
    assert choice.queue_id == COVER


def test_a_rule_that_leads_to_a_closed_queue_is_passed_over_and_says_so() -> None:
    choice = go(rule(GONE, service_id=SERVICE), rule(OTHER))
    assert choice.queue_id == OTHER
    assert [row.verdict for row in choice.considered] == [Verdict.LEADS_NOWHERE, Verdict.CHOSEN]


@pytest.mark.parametrize("broken", [{"question": 7}, [], "surface", {"question": "surface", "values": "cycle"}, 3, {}])
def test_a_rule_that_cannot_be_read_sends_to_the_desk_rather_than_to_the_next(broken: Any) -> None:
    choice = go(rule(service_id=SERVICE, need=broken), rule(OTHER))
    assert (choice.outcome, choice.queue_id) == (Outcome.ERROR, DESK)
    assert choice.broken


@pytest.mark.parametrize(
    "hours", [{"mon": "all day"}, {"wed": ["late", "later"]}, ["09:00"], 9, {"someday": ["09:00", "10:00"]}]
)
def test_hours_that_cannot_be_read_send_to_the_desk(hours: Any) -> None:
    assert go(rule(hours=hours, cover_id=COVER)).outcome is Outcome.ERROR


def test_a_broken_rule_for_another_service_harms_nobody() -> None:
    assert go(rule(service_id=ANOTHER, need={"question": 7}), rule(OTHER)).queue_id == OTHER


def test_a_broken_rule_behind_the_one_that_decides_is_reported_and_harms_nobody() -> None:
    choice = go(rule(OTHER, service_id=SERVICE, need={"question": "surface", "values": ["cycle"]}), rule(hours=9))
    assert choice.queue_id == OTHER
    assert len(choice.broken) == 1


def test_a_postcode_lies_in_its_area_district_and_sector_and_in_no_other() -> None:
    assert postcode_areas("hm1 2ab") == {"HM", "HM1", "HM1 2", "HM1 2AB"}
    assert postcode_areas("EC1A1BB") == {"EC", "EC1A", "EC1A 1", "EC1A 1BB"}
    assert postcode_areas("") == frozenset()


JUNK = st.sampled_from([
    None, {}, [], 7, "x", {"question": "surface", "values": ["cycle"]}, {"question": "surface", "values": []}, OFFICE,
    {"mon": 3}, {"question": None, "values": [None]}, [[]], {"wed": ["22:00", "23:00"]}, True,
])  # fmt: skip
RULES = st.builds(
    rule, st.sampled_from([USUAL, OTHER, GONE]), days=st.integers(0, 3), service_id=st.sampled_from([None, SERVICE, ANOTHER]),
    channel=st.sampled_from([None, *Channel]), language=st.sampled_from([None, *Language]), need=JUNK, hours=JUNK,
    cover_id=st.sampled_from([None, COVER, GONE]),
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(table=st.lists(RULES, max_size=6), intake=st.sampled_from([None, INTAKE, GONE]))
def test_whatever_is_in_the_table_an_enquiry_goes_to_a_queue_that_is_open(
    table: list[Rule], intake: UUID | None
) -> None:
    choice = go(*table, intake=intake)
    assert choice.queue_id in PLACES
    assert len(choice.considered) == len(table)
    assert go(*reversed(table), intake=intake) == choice
