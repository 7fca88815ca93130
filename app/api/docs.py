"""The API's own description: OpenAPI as JSON, and a page to try it on."""

from flask import Blueprint, Flask, Response, json, render_template
from flask_smorest import Api

from app.web.access import public


def init_app(app: Flask, api: Api) -> None:
    """Register `/api/v1/openapi.json` and `/api/v1/docs`."""
    bp = Blueprint("api_docs", __name__, url_prefix="/api/v1", template_folder="templates")

    @bp.get("/openapi.json")
    @public
    def openapi() -> Response:
        return Response(json.dumps(api.spec.to_dict(), indent=2), content_type="application/json")

    @bp.get("/docs")
    @public
    def page() -> str:
        return render_template("api/docs.html")

    app.register_blueprint(bp)
