"""What the pages of the desk have in common: what they are narrowed to, and the choices for that."""

from typing import Any

from flask import request
from sqlalchemy.orm import Session

from app.enquiries.enums import Channel
from app.organisation import queries as organisation
from app.oversight.rows import Filters
from app.web.i18n import gettext


def filters() -> Filters:
    """From the address; what does not exist finds nothing, a channel that does not exist is left out."""
    asked = request.args
    channel = Channel(asked["channel"]) if asked.get("channel") in set(Channel) else None
    return Filters(asked.get("unit") or None, asked.get("queue") or None, asked.get("service") or None, channel)


def choices(session: Session) -> dict[str, list[dict[str, Any]]]:
    """The options of the four filters. Three queries."""
    nothing = {"value": "", "text": gettext("Any")}
    options = {
        "units": [(unit.slug, gettext(unit.name)) for unit in organisation.units(session)],
        "queues": [(queue.slug, queue.name) for queue in organisation.queues(session)],
        "services": [(service.slug, gettext(service.name)) for service in organisation.catalogue(session)],
        "channels": [(channel.value, gettext(channel.label)) for channel in Channel],
    }
    return {
        name: [nothing, *({"value": value, "text": text} for value, text in known)] for name, known in options.items()
    }
