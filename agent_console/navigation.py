"""The console's menu: one line for each part, shown to those whose roles open it."""

from typing import Any, NamedTuple

from flask import current_app, request, url_for

from app.accounts.policy import Permission, may
from app.kernel.actors import ActorKind
from app.kernel.i18n import N_
from app.web.context import actor
from app.web.i18n import gettext


class Line(NamedTuple):
    """A part of the console: its name, the page it begins with, and the permissions of which one opens it."""

    text: str
    endpoint: str
    permissions: tuple[Permission, ...]


MENU = (
    Line(N_("My desk"), "console_home.home", (Permission.OWN_ACCOUNT,)),
    Line(N_("Find a customer"), "console_find.page", (Permission.CUSTOMERS_FIND,)),
    Line(N_("Who acts for whom"), "console_relationships.listing", (Permission.RELATIONSHIPS_MANAGE,)),
    Line(N_("Enquiries"), "console_enquiries.worklist", (Permission.ENQUIRIES_VIEW,)),
    Line(N_("Book for a customer"), "console_bookings.new", (Permission.BOOKINGS_MAKE,)),
    Line(N_("Bookings"), "console_timetables.listing", (Permission.BOOKINGS_KEEP,)),
    Line(N_("Handoffs"), "console_handoffs.inbox", (Permission.HANDOFFS_VIEW,)),
    Line(N_("Topics and bulletins"), "console_topics.listing", (Permission.TOPICS_KEEP,)),
    Line(N_("Services’ systems"), "console_handoff_setup.listing", (Permission.ORGANISATION_MANAGE,)),
    Line(N_("Monitoring desk"), "console_oversight.desk", (Permission.OVERSIGHT_VIEW,)),
    Line(N_("Possible matches"), "console_stewardship.listing", (Permission.STEWARDSHIP_VIEW,)),
    Line(N_("Match runs"), "console_match_runs.listing", (Permission.STEWARDSHIP_VIEW,)),
    Line(N_("Which value is shown"), "console_survivorship.listing", (Permission.STEWARDSHIP_VIEW,)),
    Line(N_("Rights requests"), "console_rights.listing", (Permission.RIGHTS_HANDLE,)),
    Line(N_("Sources"), "console_sources.listing", (Permission.STEWARDSHIP_VIEW, Permission.SOURCES_LOAD)),
    Line(N_("Queues"), "console_queues.listing", (Permission.ORGANISATION_MANAGE,)),
    Line(N_("Routing"), "console_routing.table", (Permission.ORGANISATION_MANAGE, Permission.OVERSIGHT_VIEW)),
    Line(N_("Services"), "console_catalogue.listing", (Permission.CATALOGUE_MANAGE, Permission.OVERSIGHT_VIEW)),
    Line(N_("Units"), "console_units.listing", (Permission.ORGANISATION_MANAGE, Permission.ROTA_MANAGE)),
    Line(N_("Agreements"), "console_agreements.listing", (Permission.AGREEMENTS_VIEW,)),
    Line(N_("Checklists"), "console_checklists.listing", (Permission.CATALOGUE_MANAGE,)),
    Line(N_("Openings"), "console_protected.listing", (Permission.CUSTOMERS_RESTRICTED, Permission.AUDIT_VIEW)),
    Line(N_("Jobs"), "console_jobs.listing", (Permission.JOBS_VIEW,)),
    Line(N_("Audit trail"), "console_audit.listing", (Permission.AUDIT_VIEW,)),
    Line(N_("Accounts"), "users.listing", (Permission.USERS_MANAGE,)),
)


def console_navigation() -> list[dict[str, Any]]:
    """The menu as it is for whoever looks. Needs no database."""
    who = actor()
    if who.kind is not ActorKind.STAFF:
        return []
    lines = [line for line in MENU if line.endpoint in current_app.view_functions and may(who, *line.permissions)]
    return [_item(line) for line in lines]


def _item(line: Line) -> dict[str, Any]:
    href = url_for(line.endpoint)
    return {"text": gettext(line.text), "href": href, "current": _is_here(href)}


def _is_here(href: str) -> bool:
    """A page below the part's first one belongs to the part; the console's own first page is only itself."""
    return request.path == href or (href != "/console" and request.path.startswith(f"{href}/"))
