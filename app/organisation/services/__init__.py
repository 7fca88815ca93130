"""What can be done to the organisation."""

from app.organisation.services.catalogue import load_catalogue, point_intake, publish_service
from app.organisation.services.queues import close_queue, name_people, open_queue
from app.organisation.services.units import add_member, create_team, create_unit, remove_member, set_hours

__all__ = [
    "add_member",
    "close_queue",
    "create_team",
    "create_unit",
    "load_catalogue",
    "name_people",
    "open_queue",
    "point_intake",
    "publish_service",
    "remove_member",
    "set_hours",
]
