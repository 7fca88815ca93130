"""Choosing a queue: the closest rule that leads somewhere, and never nowhere."""

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from app.enquiries.enums import Channel
from app.routing.policy import BY_CHANNEL, BY_DESK, BY_INTAKE, BY_SERVICE, Rule, choose

DESK, INTAKE, USUAL, ONLINE = (uuid4() for _ in range(4))
FOR_ALL = Rule(uuid4(), None, USUAL)
FOR_WEB = Rule(uuid4(), Channel.WEB, ONLINE)
QUEUES = (DESK, INTAKE, USUAL, ONLINE)


def test_the_rule_for_the_channel_comes_before_the_rule_for_the_service() -> None:
    assert choose([FOR_ALL, FOR_WEB], Channel.WEB, intake=INTAKE, desk=DESK, active=QUEUES).why == BY_CHANNEL
    assert choose([FOR_ALL, FOR_WEB], Channel.PHONE, intake=INTAKE, desk=DESK, active=QUEUES).why == BY_SERVICE


def test_without_a_rule_it_goes_to_the_intake_of_the_service_and_without_that_to_the_desk() -> None:
    assert choose([], Channel.WEB, intake=INTAKE, desk=DESK, active=QUEUES).why == BY_INTAKE
    assert choose([], Channel.WEB, intake=None, desk=DESK, active=QUEUES).why == BY_DESK


@given(
    rules=st.lists(st.sampled_from([FOR_ALL, FOR_WEB])), channel=st.sampled_from(Channel),
    active=st.sets(st.sampled_from(QUEUES)), intake=st.sampled_from([None, INTAKE]),
)  # fmt: skip
def test_it_never_goes_to_a_queue_that_is_not_active_unless_that_is_the_desk(
    rules: list[Rule], channel: Channel, active: set[object], intake: object
) -> None:
    chosen = choose(rules, channel, intake=intake, desk=DESK, active=active)  # type: ignore[arg-type]  # - ids drawn by hypothesis
    assert chosen.queue_id in active | {DESK}
