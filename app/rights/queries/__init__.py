"""Reading what the room keeps."""

from app.rights.queries.erasures import certificate_of, erasure_of, holds, plan
from app.rights.queries.packages import package, package_bytes
from app.rights.queries.requests import (
    correction,
    mine,
    my_request,
    overdue_count,
    records_of,
    request,
    request_id_of,
    requests,
)
from app.rights.queries.retention import runs, schedule
from app.rights.queries.staking import at_stake

__all__ = [
    "at_stake",
    "certificate_of",
    "correction",
    "erasure_of",
    "holds",
    "mine",
    "my_request",
    "overdue_count",
    "package",
    "package_bytes",
    "plan",
    "records_of",
    "request",
    "request_id_of",
    "requests",
    "runs",
    "schedule",
]
