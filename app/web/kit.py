"""Teaches the templates what they need: GOV.UK macros and widgets, assets, dates, references, notices, pages of lists."""

from typing import Any

from flask import Blueprint, Flask, g
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from markupsafe import Markup

from app.web import assets, dates, notices, paging, statuses, timelines
from app.web.context import actor, now, runtime

bp = Blueprint("web", __name__, template_folder="templates")


def init_app(app: Flask) -> None:
    """Register the kit with an application."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_loader = ChoiceLoader(
        [
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
            PrefixLoader({"govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf")}),
        ]
    )
    app.register_blueprint(bp)
    WTFormsHelpers(app)
    for part in (assets, dates, notices, paging, statuses, timelines):
        part.init_app(app)
    app.jinja_env.filters["reference"] = reference
    app.jinja_env.filters["length_of_time"] = dates.write_length
    app.jinja_env.globals["now"] = now
    app.context_processor(page_context)


def page_context() -> dict[str, Any]:
    """What every page knows: whose service this is, and who is looking. None of it needs the database."""
    settings = runtime().settings
    return {"body_name": settings.body_name, "demo": settings.demo, "actor": actor(), "request_id": g.get("request_id")}


def reference(text: str | None) -> Markup:
    """A reference, set so that it never breaks over a line and its digits are told apart."""
    return Markup('<span class="fp-reference">{}</span>').format(text) if text else Markup("")
