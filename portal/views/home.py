"""The front page: what can we help with?"""

from flask import Blueprint, render_template

from app.organisation import queries as organisation
from app.web.access import public
from app.web.context import reading
from portal.words import themes

bp = Blueprint("home", __name__)


@bp.get("/")
@public
def start() -> str:
    """Every service under its theme, a search box, and the two ways to see how an enquiry stands."""
    with reading() as session:
        services = organisation.catalogue(session)
    return render_template("portal/home.html", themes=themes(services))
