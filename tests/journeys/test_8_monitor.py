"""Journey 8: a monitor finds the enquiry that nobody looked at for 80 days, sees where it has been, and gives it to somebody."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from app.kernel.clock import SystemClock
from tests.support.browser import WIDTHS, Person
from tests.support.live import Live
from tests.support.mail import wait_until

pytestmark = pytest.mark.browser
EMAIL = "gwen.abernathy@resident.example"


def test_the_enquiry_of_eighty_days_is_found_and_given_to_somebody(
    colleague: Callable[[str], Person], town: Live, width: int
) -> None:
    with town.database.reading() as session:
        reference, received = session.execute(
            text("SELECT reference, received_at FROM enquiry WHERE raiser_email = :email ORDER BY received_at LIMIT 1"),
            {"email": EMAIL},
        ).one()
    monitor = colleague("monitor")
    before = (SystemClock().now() - received).days
    monitor.goes_to("/console/oversight")
    after = (SystemClock().now() - received).days
    monitor.sees("In nobody's custody")
    assert {before, after} <= {79, 80}, "by the hour of the day"
    first = width == min(WIDTHS.values())
    if first:
        row = monitor.page.get_by_role("row").filter(has_text=reference).first
        shown = row.inner_text()
        assert f"{before} days" in shown or f"{after} days" in shown, "its age in days stands beside it"
        monitor.follows(reference)
    else:
        monitor.goes_to(f"/console/oversight/enquiries/{reference}")
    monitor.sees("Where it has been")
    monitor.sees("Finance incidents")
    chosen_name = "Hamza Goldsworth" if first else "Petra Lindqvist-Moor"
    told = len(town.mail.inbox.to(EMAIL))
    chosen = monitor.page.get_by_label("Give it to").first
    chosen.select_option(label=next(name for name in chosen.locator("option").all_inner_texts() if chosen_name in name))
    monitor.page.locator("main textarea, aside textarea").first.fill("It waited in a queue that nobody watches.")
    monitor.clicks("Assign and tell the customer")
    town.mail.inbox.wait_for(EMAIL, reference)
    wait_until(lambda: len(town.mail.inbox.to(EMAIL)) > told, 60, "the customer was not told")
    with town.database.reading() as session:
        owner = session.scalar(
            text("SELECT a.name FROM enquiry e JOIN account a ON a.id = e.owner_id WHERE e.reference = :r"),
            {"r": reference},
        )
    assert owner == chosen_name
