"""The machine's front door: JSON over HTTP for the services' own systems, and the pages that operators' probes look at."""

from flask import Flask
from flask_smorest import Api

from app.api import docs, health, open311
from app.api.v1 import blueprints, unknown
from app.api.v1.customer_schemas import describe_resource
from app.web import access

TITLE = "Firstpoint API"
SECURITY = {"apiKey": {"type": "http", "scheme": "bearer", "description": "An API key: `Authorization: Bearer fpk_…`"}}


class _QuietApi(Api):
    """flask-smorest without its application-wide error handler: our front doors answer for themselves."""

    def _register_error_handlers(self) -> None:
        """Problems are made in app.api.problems, per blueprint."""


def init_app(app: Flask) -> None:
    """Register health, metrics, the versioned API and its documentation."""
    app.config.update(
        API_TITLE=TITLE, API_VERSION="1.0", OPENAPI_VERSION="3.1.0", OPENAPI_URL_PREFIX=None,
        API_SPEC_OPTIONS={"security": [{"apiKey": []}], "components": {"securitySchemes": SECURITY}},
    )  # fmt: skip
    app.register_blueprint(health.bp)
    health.count_requests(app)
    api = _QuietApi(app)
    api.DEFAULT_ERROR_RESPONSE_NAME = None
    api.ma_plugin.converter.add_attribute_function(describe_resource)
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
        access.exempt_from_csrf(app, blueprint)
    docs.init_app(app, api)
    app.register_blueprint(open311.bp)
    access.exempt_from_csrf(app, open311.bp)
    app.register_blueprint(unknown.bp)
    access.exempt_from_csrf(app, unknown.bp)
