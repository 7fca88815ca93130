"""Finds the built front-end files by their plain names and serves them, compressed, for ever: their names change with their content."""

import json
import mimetypes
from functools import cache, lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response, redirect, request, send_from_directory, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.kernel.logging import get_logger
from app.web import access

DIST = Path(__file__).parent / "static" / "dist"
A_YEAR = 365 * 24 * 3600
log = get_logger(__name__)
bp = Blueprint("assets", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals["asset_url"] = asset_url


def asset_url(name: str) -> str:
    """Address of a built file: asset_url("portal.css")."""
    return url_for("assets.file", name=manifest().get(name, name))


def manifest() -> dict[str, str]:
    """Plain name → hashed name, as the newest build wrote it. Without a build, pages still work, unstyled."""
    try:
        return _read_manifest((DIST / "manifest.json").stat().st_mtime_ns)
    except FileNotFoundError:
        return _nothing_built()


@lru_cache(maxsize=2)
def _read_manifest(_changed: int) -> dict[str, str]:
    found: dict[str, str] = json.loads((DIST / "manifest.json").read_text("utf-8"))
    return found


@cache
def _nothing_built() -> dict[str, str]:
    """Said once, not on every page."""
    log.warning("assets.not_built", remedy="Run `npm ci --ignore-scripts && npm run build`")
    return {}


@bp.get("/assets/<path:name>")
@access.file
def file(name: str) -> Response:
    """One built file; its compressed twin where there is one and the browser takes it."""
    squeezed = f"{name}.gz"
    if request.accept_encodings["gzip"] and (DIST / squeezed).is_file() and ".." not in name:
        response = send_from_directory(DIST, squeezed, max_age=A_YEAR, mimetype=mimetypes.guess_type(name)[0])
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = send_from_directory(DIST, name, max_age=A_YEAR)
    response.headers["Vary"] = "Accept-Encoding"
    response.cache_control.immutable = True
    return response


@bp.get("/favicon.ico")
@access.file
def favicon() -> AnyResponse:
    """Browsers ask for this name whatever the page says."""
    return redirect(asset_url("favicon.svg"), 302)
