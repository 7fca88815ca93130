"""What the monitoring desk reads."""

from dataclasses import dataclass
from datetime import datetime

from app.enquiries.enums import State
from app.oversight.enums import AgeingMeasure
from app.oversight.policy import Band


@dataclass(frozen=True, slots=True)
class AgeingRow:
    """How many open enquiries are in each band by one measure."""

    measure: AgeingMeasure
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Ageing:
    """The table of bands by measures."""

    bands: tuple[Band, ...]
    rows: tuple[AgeingRow, ...]


@dataclass(frozen=True, slots=True)
class BreachRow:
    """An open enquiry in nobody's custody, and what is missing (a msgid)."""

    reference: str
    why: str


@dataclass(frozen=True, slots=True)
class StuckRow:
    """An open enquiry that nobody has moved for long."""

    reference: str
    service_name: str
    state: State
    queue_name: str
    unit_name: str
    owner_name: str
    received_at: datetime
    promised_at: datetime
    days_since_received: int
    days_since_human_action: int
    days_since_customer_contact: int
    version: int


@dataclass(frozen=True, slots=True)
class UndeliveredRow:
    """An enquiry whose customer a message did not reach, and nobody has worked on it since."""

    reference: str
    service_name: str
    state: State
    raiser_name: str
    raiser_phone: str
    address: str
    failed_at: datetime
    queue_name: str
    unit_name: str
    owner_name: str


@dataclass(frozen=True, slots=True)
class QueueGapRow:
    """An active queue of which somebody who should look after it is not here any more; `gone` is what they were (a msgid)."""

    slug: str
    name: str
    unit_name: str
    gone: str
    person: str


@dataclass(frozen=True, slots=True)
class UnitLoad:
    """What a unit has open, and how much of it is late."""

    unit_slug: str
    unit_name: str
    open: int
    overdue: int
    unowned: int
