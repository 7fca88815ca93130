"""The body's own units, queues, services and people at work: no customer is in here."""

from app.kernel.personal import OURS, STAFF, Room

_TABLES = (
    "queue", "queue_import", "queue_name_override", "service", "skill", "team", "unit", "unit_closure",
)  # fmt: skip
ROOM = Room(
    "organisation",
    plain={
        **{f"{table}.*": OURS for table in _TABLES},
        "rota_exception.note": "About a member of staff at work; the employer's own rules hold",
        "rota_exception.recorded_by": STAFF,
        "team_session.note": OURS,
    },
)
