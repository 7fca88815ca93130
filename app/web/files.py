"""Handing out a file that somebody sent us: to be kept, never to be run or shown as a page of ours."""

from flask import Response

from app.enquiries.tool_rows import FileContent

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


def send(file: FileContent) -> Response:
    """The bytes as a download under its own name, in a sandbox, of the type that we found and no other."""
    response = Response(file.content, content_type=file.mime)
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    response.set_etag(file.digest)
    return response
