"""The residents' front end: services, reports, My Account, tracking."""

from typing import Any

from flask import Blueprint, request
from flask.sansio.blueprints import BlueprintSetupState

from app.kernel.actors import ActorKind
from app.web.context import actor
from app.web.i18n import gettext
from portal import words
from portal.views import (
    account,
    acting,
    book,
    bookings,
    enquiries,
    home,
    records,
    report,
    rights,
    services,
    sign_in,
    track,
    updates,
    verify,
)

pages = Blueprint("portal", __name__, template_folder="templates")
blueprints: list[Blueprint] = [
    pages,
    home.bp,
    services.bp,
    report.bp,
    enquiries.bp,
    acting.bp,
    book.bp,
    bookings.bp,
    verify.bp,
    records.bp,
    rights.bp,
    updates.bp,
    updates.stop_bp,
    track.bp,
    account.bp,
    sign_in.bp,
]


def portal_navigation() -> list[dict[str, Any]]:
    """The menu, as it is for whoever looks. Needs no database."""
    here = request.path
    signed_in = actor().kind is ActorKind.RESIDENT
    services_open = here == "/" or here.startswith("/services")
    menu = [
        {"text": gettext("Services"), "href": "/", "current": services_open},
        {"text": gettext("Book"), "href": "/book", "current": here.startswith("/book")},
        {"text": gettext("My Account"), "href": "/account", "current": here.startswith("/account")},
        {"text": gettext("Track an enquiry"), "href": "/track", "current": here.startswith("/track")},
    ]
    if signed_in:
        return [*menu, {"text": gettext("Sign out"), "href": "/sign-out", "post": True}]
    return [
        *menu,
        {"text": gettext("Sign in"), "href": "/sign-in", "current": here.startswith(("/sign-in", "/register"))},
    ]


@pages.record_once
def _teach(state: BlueprintSetupState) -> None:
    filters = state.app.jinja_env.filters
    filters["to_the_customer"] = words.to_the_customer
    filters["answered"] = words.answered
    filters["is_from_the_customer"] = words.is_from_the_customer


@pages.app_context_processor
def _menu() -> dict[str, Any]:
    return {"portal_navigation": portal_navigation}
