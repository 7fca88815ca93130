"""Reads of the organisation."""

from app.organisation.queries.book import (
    RegisterFilter,
    name_warnings,
    names,
    readers_of,
    register,
    register_counts,
    register_entry,
    standing_warnings,
    warnings_of,
    weighed_warnings,
)
from app.organisation.queries.catalogue import (
    catalogue,
    promise_for,
    promise_of,
    service,
    service_by_slug,
    service_row,
    working_days_of,
    working_hours_of,
)
from app.organisation.queries.live import active_queue_ids, queue_by_slug, queue_row, queues, queues_readable_by
from app.organisation.queries.people import (
    authorities_of,
    languages_of,
    members_of_at,
    members_who_can,
    next_shift,
    on_shift,
    profile,
    skills,
    skills_of,
    team_sessions,
)
from app.organisation.queries.units import (
    calendars,
    staff_of_units,
    teams,
    unit_by_slug,
    unit_card,
    unit_members,
    unit_row,
    units,
    units_of,
)

__all__ = [
    "RegisterFilter", "active_queue_ids", "authorities_of", "calendars", "catalogue", "languages_of", "members_of_at",
    "members_who_can", "name_warnings", "names", "next_shift", "on_shift", "profile", "promise_for", "promise_of",
    "queue_by_slug", "queue_row", "queues", "queues_readable_by", "readers_of", "register", "register_counts",
    "register_entry", "service", "service_by_slug", "service_row", "skills", "skills_of", "staff_of_units",
    "standing_warnings", "team_sessions", "teams", "unit_by_slug", "unit_card", "unit_members", "unit_row", "units",
    "units_of", "warnings_of", "weighed_warnings", "working_days_of", "working_hours_of",
]  # fmt: skip
