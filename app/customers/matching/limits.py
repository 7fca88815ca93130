"""How many records one customer may come to by itself: as stewards have set it, or as it comes with the house."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.customers.matching.parameters import Parameters
from app.customers.models import MatchLimits
from mdm.steady import Recipe

_OURS = Recipe()


@dataclass(frozen=True, slots=True)
class Limits:
    """Records of one person, and of one organisation; more are left to a steward. `number` 0: nobody has set them."""

    number: int = 0
    people: int = _OURS.most_records
    organisations: int = _OURS.most_of_organisation


def read_limits(session: Session) -> Limits:
    """The limits that the next run goes by."""
    held = session.scalar(select(MatchLimits).order_by(MatchLimits.number.desc()).limit(1))
    return Limits(held.number, held.people, held.organisations) if held else Limits()


def limited(by: Parameters | None, limits: Limits) -> Parameters | None:
    """The same model under these limits: another version, if it was under others. What nobody has set stays as it is."""
    if by is None or not limits.number:
        return by
    recipe = replace(by.recipe, most_records=limits.people, most_of_organisation=limits.organisations)
    return by if recipe == by.recipe else Parameters(None, 0, by.model, recipe, by.fingerprint)


def note_applied(session: Session, limits: Limits, now: datetime) -> None:
    """A run has matched everything under these limits."""
    applied = update(MatchLimits).where(MatchLimits.number <= limits.number, MatchLimits.applied_at.is_(None))
    session.execute(applied.values(applied_at=now))
