"""Addresses under /api that lead nowhere: a machine gets its answer as a problem document, not as a page."""

from flask import Blueprint, Response

from app.api.problems import answer_for, problem
from app.web.access import public

bp = Blueprint("unknown", __name__, url_prefix="/api")
answer_for(bp)


@bp.route("/<path:_rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
@public
def nothing_here(_rest: str) -> Response:
    """404 for machines."""
    return problem(404, "not-found", "There is nothing at this address. The API is described at /api/v1/openapi.json")
