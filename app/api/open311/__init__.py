"""Open311 GeoReport v2, as a server: other people's apps report here and see where things stand. XML and JSON."""

from app.api.open311 import asking, reporting
from app.api.open311.blueprint import bp

__all__ = ["asking", "bp", "reporting"]
