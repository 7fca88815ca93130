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


class PauseReason(StrEnum):
    """Why a clock stands still. There is no other reason."""

    CUSTOMER = "customer"
    THIRD_PARTY = "third_party"

    @property
    def label(self) -> str:
        return _REASONS[self]


class AgreementStatus(StrEnum):
    """A draft counts for nothing; in force is what both parties have signed."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    ENDED = "ended"

    @property
    def label(self) -> str:
        return _STATUSES[self]


class Party(StrEnum):
    """The two sides of an agreement."""

    FRONT = "front"
    SERVICE = "service"

    @property
    def label(self) -> str:
        return _PARTIES[self]


_REASONS = {
    PauseReason.CUSTOMER: N_("Waiting for the customer"),
    PauseReason.THIRD_PARTY: N_("Waiting for somebody else, as agreed"),
}
_STATUSES = {
    AgreementStatus.DRAFT: N_("Draft"), AgreementStatus.IN_FORCE: N_("In force"), AgreementStatus.ENDED: N_("Ended"),
}  # fmt: skip
_PARTIES = {Party.FRONT: N_("Front office"), Party.SERVICE: N_("Service")}
