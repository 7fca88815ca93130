"""What the accounts room tidies up."""

from datetime import timedelta
from typing import Protocol

from sqlalchemy import delete

from app.accounts.limits import KEEP_ENDED
from app.accounts.models import OneTimeToken, SignIn
from app.accounts.throttles import forget_quiet
from app.kernel.clock import Clock
from app.kernel.db import Database
from app.kernel.i18n import N_
from app.kernel.jobs import Job


class House(Protocol):
    """What the job needs of the Runtime, which stands above this room."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...


def tidy(house: House) -> str:
    """Forget throttles that hold nobody back, and sign-ins and links that ended long ago."""
    now = house.clock.now()
    with house.database.transaction() as session:
        quiet = forget_quiet(session, now=now)
        ended = (
            delete(kind).where(kind.expires_at < now - KEEP_ENDED).returning(kind.id) for kind in (SignIn, OneTimeToken)
        )
        gone = sum(len(session.scalars(statement).all()) for statement in ended)
    return f"{quiet} throttles and {gone} old sign-ins and links removed"


JOBS = (Job("accounts.tidy", N_("Forget old sign-ins, links and throttles"), timedelta(hours=1), tidy),)
