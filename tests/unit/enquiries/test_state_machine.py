"""The state machine as it is drawn in the design."""

import pytest

from app.enquiries import policy
from app.enquiries.enums import CustomerStatus, State
from app.handoffs.enums import HandoffState
from app.handoffs.policy import TRANSITIONS as HANDOFF_TRANSITIONS
from app.handoffs.policy import escalates


def test_every_state_is_in_the_table_and_has_a_customer_status_and_a_label() -> None:
    assert set(policy.TRANSITIONS) == set(policy.CUSTOMER_STATUS) == set(State)
    assert all(state.label for state in State)
    assert all(status.label for status in CustomerStatus)


def test_a_state_is_open_or_finished_and_never_both() -> None:
    assert set(State) == policy.OPEN | policy.FINISHED
    assert not policy.OPEN & policy.FINISHED


@pytest.mark.parametrize("state", sorted(policy.OPEN))
def test_every_open_enquiry_can_come_to_an_end(state: State) -> None:
    reached, frontier = {state}, {state}
    while frontier:
        frontier = {new for old in frontier for new in policy.allowed(old)} - reached
        reached |= frontier
    assert State.CLOSED in reached


@pytest.mark.parametrize("state", sorted(policy.FINISHED))
def test_whatever_is_finished_can_only_go_back_to_triage_or_be_closed(state: State) -> None:
    assert policy.allowed(state) <= {State.TRIAGE, State.CLOSED}


def test_nothing_is_resolved_that_nobody_had() -> None:
    assert not any(State.RESOLVED in policy.allowed(state) for state in policy.IN_A_QUEUE)


def test_from_its_second_reopening_another_person_has_to_resolve_it() -> None:
    assert [policy.needs_another_reviewer(count) for count in range(4)] == [False, False, True, True]


def test_what_a_service_has_finished_or_refused_does_not_come_back_by_itself() -> None:
    ended = {
        HandoffState.CONFIRMED,
        HandoffState.DECLINED,
        HandoffState.RETURNED,
        HandoffState.RECALLED,
        HandoffState.EXPIRED,
    }
    assert all(not HANDOFF_TRANSITIONS[state] for state in ended)
    assert set(HANDOFF_TRANSITIONS) == set(HandoffState)


def test_the_third_bounce_escalates() -> None:
    assert [escalates(count) for count in (1, 2, 3, 4)] == [False, False, True, True]
