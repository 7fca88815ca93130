"""Setting the numbers from which on something is worth a look."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.kernel.actors import Actor
from app.kernel.errors import Invalid
from app.kernel.i18n import N_
from app.oversight.enums import Threshold
from app.oversight.models import OversightThreshold
from app.oversight.policy import LARGEST, SMALLEST
from app.oversight.queries.thresholds import limits


def set_limits(session: Session, actor: Actor, wanted: Mapping[Threshold, int], *, now: datetime) -> None:
    """These from now on. Only what differs is written down, with who changed it."""
    authorize(actor, Permission.OVERSIGHT_ACT)
    wrong = {name.value: N_("Enter a number from 1 to 1,000") for name, value in wanted.items() if not SMALLEST <= value <= LARGEST}  # fmt: skip
    if wrong:
        raise Invalid(wrong)
    before = limits(session)
    changed = {name: value for name, value in wanted.items() if before[name] != value}
    for name, value in changed.items():
        row = {"name": name, "value": value, "changed_at": now, "changed_by_id": actor.account_id}
        statement = insert(OversightThreshold).values(row)
        session.execute(statement.on_conflict_do_update(index_elements=[OversightThreshold.name], set_=row))
    if changed:
        was = {name.value: before[name] for name in changed}
        audit.record(session, actor, "oversight.thresholds_set", "oversight", None, now=now, was=was, now_is={name.value: value for name, value in changed.items()})  # fmt: skip
