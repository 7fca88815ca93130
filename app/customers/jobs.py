"""The room's regular work: sources are fetched and loaded, records are matched as they come, and runs that somebody has asked for are done."""

from datetime import timedelta

from app.customers.desk_jobs import DESK_JOBS
from app.customers.matching.work import match_what_waits, take_up_runs
from app.customers.relationship_jobs import RELATIONSHIP_JOBS
from app.customers.source_jobs import SOURCE_JOBS
from app.kernel.i18n import N_
from app.kernel.jobs import Job

JOBS = (
    Job(
        "customers.match",
        N_("Match the records that arrived or were decided about"),
        timedelta(seconds=1),
        match_what_waits,
        everywhere=True,
    ),
    Job("customers.runs", N_("Do the match runs that somebody has asked for"), timedelta(seconds=2), take_up_runs),
    *SOURCE_JOBS,
    *DESK_JOBS,
    *RELATIONSHIP_JOBS,
)
