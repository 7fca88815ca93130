"""The kit on a small application of its own: no front end, no database."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_babel import lazy_gettext as _l

from app.config import Settings
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Stale, TooMany, Unavailable
from app.kernel.events import Bus
from app.runtime import Runtime
from app.web import access, errors, forms, i18n, kit, notices, security
from app.web.context import EXTENSION

ERRORS = {
    "not-found": NotFound(),
    "not-allowed": NotAllowed(),
    "conflict": Conflict("This enquiry is already finished"),
    "stale": Stale(),
    "invalid": Invalid({"when": "Enter a date"}),
    "too-many": TooMany(130),
    "unavailable": Unavailable(),
}
PAGE = """{% extends "web/layout_portal.html" %}
{% from "web/components/form.html" import error_summary, form_tag, submit %}
{% block title %}A form{% endblock %}
{% block main %}{{ error_summary(form) }}<h1>A form</h1>
{% call form_tag(form) %}{{ form.name() }}{{ form.born() }}{{ form.story() }}{{ submit("Send") }}{% endcall %}{% endblock %}"""


class StoryForm(forms.Form):
    name = forms.Text(_l("Your name"), validators=[forms.needed("Enter your name")])
    born = forms.Day("When were you born?")
    story = forms.LongText("What happened?", longest=50)


@pytest.fixture
def kit_app(settings: Settings, clock: FixedClock) -> Iterator[Flask]:
    """Routes: /form, /fails/<kind>, /breaks, and the kit's own. Nothing listens where its database should be."""
    nowhere = Database("postgresql+psycopg://nobody@127.0.0.1:9/nothing", Bus())
    app = Flask("kit", static_folder=None)
    app.config.update(SECRET_KEY="k" * 40, TESTING=True, WTF_CSRF_ENABLED=False)
    app.extensions[EXTENSION] = Runtime(settings, nowhere, clock)
    for part in (i18n, kit, security, errors):
        part.init_app(app)
    _routes(app)
    access.check_declared(app)
    yield app
    nowhere.close()


@pytest.fixture
def browser(kit_app: Flask) -> FlaskClient:
    return kit_app.test_client()


@pytest.fixture
def over_https(kit_app: Flask) -> FlaskClient:
    """The same application as it is behind https."""
    runtime = kit_app.extensions[EXTENSION]
    settings = runtime.settings.model_copy(update={"public_url": "https://council.example"})
    kit_app.extensions[EXTENSION] = replace(runtime, settings=settings)
    return kit_app.test_client()


def _routes(app: Flask) -> None:
    @app.route("/form", methods=["GET", "POST"])
    @access.file
    def form() -> tuple[str, int]:
        asked = StoryForm()
        if asked.validate_on_submit():
            notices.success("Your story was sent")
        return render_template_string(PAGE, form=asked), 422 if asked.errors else 200

    @app.route("/fails/<kind>", methods=["GET", "POST"])
    @access.file
    def fails(kind: str) -> str:
        StoryForm()
        raise ERRORS[kind]

    @app.route("/breaks", methods=["GET", "POST"])
    @access.file
    def breaks() -> str:
        return str(1 // 0)

    @app.get("/console/breaks")
    @access.file
    def console_breaks() -> str:
        return str(1 // 0)
