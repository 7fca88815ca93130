"""The address under which GeoReport v2 is spoken."""

from flask import Blueprint

from app.api.open311.answers import refuse_for

bp = Blueprint("open311", __name__, url_prefix="/open311/v2")
refuse_for(bp)
