"""The service catalogue, for programs that raise enquiries."""

from typing import Any

from flask_smorest import Blueprint

from app.api import problems
from app.api.v1.schemas import ServiceSchema
from app.organisation import queries
from app.web.access import public
from app.web.context import reading

bp = Blueprint("services", __name__, url_prefix="/api/v1/services", description="What the body offers")
problems.answer_for(bp)


@bp.get("")
@public
@bp.doc(security=[])
@bp.response(200, ServiceSchema(many=True))
@bp.alt_response(503, schema=problems.ProblemSchema, content_type=problems.MEDIA_TYPE, success=False)
def catalogue() -> Any:
    """Every service that can be asked for online, with its questions."""
    with reading() as session:
        return list(queries.catalogue(session, online_only=True))
