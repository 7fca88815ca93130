"""Puts the web application together: settings, the wired domain, the UI kit, the API and the front ends named in the settings."""

from importlib import import_module

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import api
from app.config import Settings
from app.kernel import logging
from app.runtime import Runtime, build_runtime
from app.web import access, errors, i18n, kit, security
from app.web.context import EXTENSION


class BadConfiguration(RuntimeError):
    """The settings cannot be served with; says which and what to do."""


def create_app(settings: Settings | None = None, runtime: Runtime | None = None) -> Flask:
    """Build the application. Raises BadConfiguration for unusable settings, and RuntimeError if a route declares no access."""
    settings = settings or (runtime.settings if runtime else Settings())
    _check(settings)
    logging.configure(settings.log_level, as_json=settings.log_json)
    app = Flask("app", static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1024 * 1024,
        SESSION_COOKIE_NAME="fp_form",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.extensions[EXTENSION] = runtime or build_runtime(settings)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.proxies, settings.proxies, settings.proxies, settings.proxies)  # type: ignore[method-assign]  # - Flask documents this assignment
    for part in (i18n, kit, security, errors, access):
        part.init_app(app)
    api.init_app(app)
    for name in settings.front_ends:
        for blueprint in import_module(name).blueprints:
            app.register_blueprint(blueprint)
    access.check_declared(app)
    return app


def _check(settings: Settings) -> None:
    if len(settings.secret_key) < 32:
        raise BadConfiguration(
            "SECRET_KEY must be at least 32 characters. Make one with: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    if not settings.database_url:
        raise BadConfiguration("DATABASE_URL is not set. Use `make run` for the embedded database, or set it.")
