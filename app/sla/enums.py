"""What is timed."""

from enum import StrEnum

from app.kernel.i18n import N_


class Measure(StrEnum):
    """Each open enquiry has one clock of each."""

    FIRST_RESPONSE = "first_response"
    NEXT_UPDATE = "next_update"
    RESOLUTION = "resolution"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Measure.FIRST_RESPONSE: N_("First response"),
    Measure.NEXT_UPDATE: N_("Next word to the customer"),
    Measure.RESOLUTION: N_("Resolution"),
}
