"""Enquiries that wait, as the desk's tests need them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.enquiries import services as enquiries
from app.enquiries.enums import Channel, State
from app.enquiries.rows import PastEnquiry
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.references import new as new_reference
from tests.support.council import RAISER, Council

Waits = Callable[..., list[str]]


def write(session: Session, now: datetime, *days: float, **changes: object) -> list[str]:
    """Enquiries that came so many days ago and wait in the intake of Waste Services (or as the changes say)."""
    references = [new_reference("FP") for _ in days]
    given: dict[str, object] = {
        "service": "missed-bin", "channel": Channel.PHONE, "raiser": RAISER, "state": State.TRIAGE, "queue": "waste-intake",
    }  # fmt: skip
    past = [
        PastEnquiry(**(given | changes), received_at=now - timedelta(days=day), reference=reference)
        for day, reference in zip(days, references, strict=True)
    ]
    enquiries.import_history(session, SYSTEM, past, now=now)
    return references


@pytest.fixture
def waits(session: Session, council: Council, clock: FixedClock) -> Waits:
    return lambda *days, **changes: write(session, clock.now(), *days, **changes)
