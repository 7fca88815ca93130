"""The numbers from which on something is worth a look."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.oversight.models import OversightThreshold
from app.oversight.policy import DEFAULTS, Limits


def limits(session: Session) -> Limits:
    """Every threshold: as the desk set it, or as the policy has it."""
    changed = {row.name: row.value for row in session.scalars(select(OversightThreshold))}
    return {**DEFAULTS, **changed}
