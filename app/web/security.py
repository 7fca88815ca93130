"""What every answer tells the browser: run only our own scripts, stay in no frame, send no addresses to others."""

import secrets

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect

from app.web.context import runtime

csrf = CSRFProtect()
PERMISSIONS = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "microphone", "payment", "usb")


def init_app(app: Flask) -> None:
    csrf.init_app(app)
    app.jinja_env.globals["csp_nonce"] = nonce
    app.after_request(harden)


def nonce() -> str:
    """The one-time word that marks this page's own scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    return str(g.csp_nonce)


def policy() -> str:
    """The content security policy: nothing from elsewhere, nothing inline without the nonce."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce()}'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def harden(response: Response) -> Response:
    """Set the headers; pages are never kept by caches, built assets are."""
    https = runtime().settings.https
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy() + ("; upgrade-insecure-requests" if https else ""))
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Permissions-Policy", ", ".join(f"{feature}=()" for feature in PERMISSIONS))
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if https:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if not request.path.startswith("/assets/"):
        headers.setdefault("Cache-Control", "no-store")
    return response
