"""Where would this go, and why? The routing table is tried, changed and tried again with the keyboard alone."""

from collections.abc import Callable

import pytest

from tests.journeys.keyboard import Keyboard
from tests.support.browser import WIDTHS, Person

pytestmark = pytest.mark.browser


def test_a_trial_shows_why_and_a_new_rule_changes_the_answer(colleague: Callable[[str], Person], width: int) -> None:
    admin = colleague("admin")
    hands = Keyboard(admin)
    channel = "Visit" if width == min(WIDTHS.values()) else "Post"
    admin.goes_to("/console/routing")
    hands.follows("Where would this go, and why?")
    _tries(hands, channel)
    admin.sees("It would go to Environmental Health")
    admin.goes_to("/console/routing")
    hands.follows("Add a rule")
    hands.picks("Service", "Report graffiti")
    hands.follows("Continue")
    hands.picks("Channel", channel)
    hands.picks("Queue", "Highways")
    hands.types("or an e-mail address", "walls@hallowmere.example")
    hands.follows("Save")
    admin.sees("walls@hallowmere.example")
    admin.goes_to("/console/routing/try")
    _tries(hands, channel)
    admin.sees("It would go to Highways")
    admin.sees("Focal point: walls@hallowmere.example")
    admin.sees("Every rule that was considered")
    admin.sees("Chosen")
    for address in ("/console/routing/print", "/console/routing/trouble"):
        admin.goes_to(address)


def _tries(hands: Keyboard, channel: str) -> None:
    hands.picks("Service", "Report graffiti")
    hands.picks("Channel", channel)
    hands.types("Postcode", "HM1 1AA")
    hands.follows("Try it")
