"""Handing out a file that is kept in parts: to be kept, never to be shown as a page of ours."""

from collections.abc import Iterator

from flask import Response

from app.web.files import SANDBOX


def send_parts(parts: Iterator[bytes], name: str, size: int, mime: str = "application/zip") -> Response:
    """The bytes as they are read, as a download under this name."""
    response = Response(parts, content_type=mime)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Content-Length"] = str(size)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
