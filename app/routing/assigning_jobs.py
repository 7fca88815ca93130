"""Looking after what is with somebody who is away."""

from datetime import timedelta
from typing import Any

from app.kernel.i18n import N_
from app.kernel.jobs import Job
from app.routing import assigning


def nothing_stays(runtime: Any) -> str:
    """Move on what is with somebody who is not there for it: who left, lost their role, or is not on shift when it needs them."""
    with runtime.database.transaction() as session:
        moved = assigning.move_on_from_absent(session, now=runtime.clock.now())
    return f"moved {moved} on" if moved else ""


JOBS = (
    Job(
        "routing.nothing_stays", N_("Move on what is with somebody who is away"), timedelta(minutes=5), nothing_stays
    ),
)  # fmt: skip
