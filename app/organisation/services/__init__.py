"""What can be done to the organisation."""

from app.organisation.services.catalogue import load_catalogue, need_skills, point_intake, publish_service
from app.organisation.services.closing import close_queue, reopen_queue
from app.organisation.services.people import (
    add_exception,
    add_skill,
    end_exception,
    end_session,
    set_authorities,
    set_languages,
    set_pattern,
    set_skills,
    sit_with_team,
)
from app.organisation.services.queues import QueueCard, card_of, edit_queue, go_live, name_people, open_queue
from app.organisation.services.units import (
    add_member,
    close_on,
    create_team,
    create_unit,
    open_again_on,
    remove_member,
    set_aliases,
    set_hours,
    set_region,
)

__all__ = [
    "QueueCard", "add_exception", "add_member", "add_skill", "card_of", "close_on", "close_queue", "create_team",
    "create_unit", "edit_queue", "end_exception", "end_session", "go_live", "load_catalogue", "name_people", "need_skills",
    "open_again_on", "open_queue", "point_intake", "publish_service", "remove_member", "reopen_queue",
    "set_aliases", "set_authorities", "set_hours", "set_languages", "set_pattern", "set_region", "set_skills",
    "sit_with_team",
]  # fmt: skip
