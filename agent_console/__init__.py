"""The staff's front end: advisors, team leaders, stewards, officers, monitors and administrators, all under /console."""

from typing import Any

from flask import Blueprint

from agent_console.navigation import console_navigation
from agent_console.views import (
    audit,
    calls,
    customer,
    enquiries,
    enquiry,
    find,
    handoffs,
    home,
    jobs,
    memberships,
    oversight,
    queues,
    second_factor,
    sign_in,
    sources,
    stewardship,
    users,
)

pages = Blueprint("console", __name__, template_folder="templates")
blueprints: list[Blueprint] = [
    pages,
    sign_in.bp,
    second_factor.bp,
    home.bp,
    calls.bp,
    find.bp,
    customer.bp,
    enquiries.bp,
    enquiry.bp,
    handoffs.bp,
    oversight.bp,
    queues.bp,
    jobs.bp,
    audit.bp,
    sources.bp,
    stewardship.bp,
    users.bp,
    memberships.bp,
]


@pages.app_context_processor
def _menu() -> dict[str, Any]:
    return {"console_navigation": console_navigation}
