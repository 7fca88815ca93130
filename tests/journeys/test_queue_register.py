"""The queue register with the keyboard alone: a misleading name is objected to, a queue is opened, renamed and closed without loss."""

from collections.abc import Callable

import pytest

from tests.journeys.keyboard import Keyboard
from tests.support.browser import Person

pytestmark = pytest.mark.browser


def test_a_queue_is_opened_doubted_and_closed_with_the_keyboard_alone(
    colleague: Callable[[str], Person], width: int
) -> None:
    admin = colleague("admin")
    hands = Keyboard(admin)
    admin.goes_to("/console/queues")
    admin.sees("Finance incidents")
    admin.sees("Doubtful name")
    hands.follows("Open a queue")
    hands.types("Name", f"Finance parcels {width}")
    hands.types("What is it for?", "Parcels for the billing change")
    hands.picks("Unit that owns it", "Contact")
    hands.ticks("Permanent")
    for post, name in (("Owner", "Meera"), ("Deputy", "Tomos"), ("Monitor", "Ines")):
        hands.picks(post, name)
    hands.ticks("Units whose people can open it: Contact Centre")
    hands.follows("Open the queue")
    admin.sees("The name may mislead")
    admin.sees("It speaks of Revenues, none of whose people can read the queue")
    hands.types("Why should this name stand?", "The Contact Centre sorts them for Finance")
    hands.follows("Open the queue")
    admin.sees("The queue is live")
    admin.sees("let it stand: The Contact Centre sorts them for Finance")
    hands.follows("Close the queue")
    admin.sees("0 enquiries wait in it")
    hands.picks("Queue that takes over", "Contact")
    hands.types("Why is it closed?", "The billing change is over")
    hands.follows("Close the queue")
    admin.sees("What still arrives goes to Contact centre")
    hands.follows("Open it again")
    admin.sees("The queue is live again")


def test_the_pages_of_the_register_are_fit_for_everybody(colleague: Callable[[str], Person], width: int) -> None:
    admin = colleague("admin")
    for address in (
        "/console/queues?overdue=1", "/console/queues/finance-incidents", "/console/queues/waste-intake/edit",
        "/console/queues/waste-intake/close", "/console/queue-register/names", "/console/queue-register/import",
        "/console/queue-register/findings?finding=audience", "/console/units", "/console/units/waste",
    ):  # fmt: skip
        admin.goes_to(address)
    admin.follows("Bryony Oldcastle")
    admin.sees("Weekly pattern")
