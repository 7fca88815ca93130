"""The catalogue: looking for a service, and what each one does."""

from flask import Blueprint, render_template, request

from app.bookings import queries as bookings
from app.kernel.errors import NotFound
from app.kernel.paging import PageRequest
from app.organisation import queries as organisation
from app.web.access import public
from app.web.context import now, reading
from portal.search import search
from portal.words import themes

bp = Blueprint("catalogue", __name__)


@bp.get("/services")
@public
def find() -> str:
    """The services that fit what was typed; all of them when nothing was."""
    text = request.args.get("q", "").strip()[:100]
    with reading() as session:
        services = organisation.catalogue(session)
    found = search(services, text) if text else []
    return render_template("portal/services.html", text=text, found=found, themes=themes(services))


@bp.get("/services/<slug>")
@public
def service(slug: str) -> str:
    """What the service does, by when, and how to ask for it."""
    with reading() as session:
        row = organisation.service_by_slug(session, slug)
        if not row.active:
            raise NotFound
        promised_at = organisation.promise_for(session, slug, now=now())
        offered = bookings.bookable(session, now=now(), page=PageRequest(size=5), online=True, service=slug)
    return render_template("portal/service.html", service=row, promised_at=promised_at, bookable=offered.items)
