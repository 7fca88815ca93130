"""The three ways of counting how long somebody has waited."""

from enum import StrEnum

from app.kernel.i18n import N_


class AgeingMeasure(StrEnum):
    """Since when."""

    RECEIVED = "received"
    HUMAN_ACTION = "human_action"
    CUSTOMER_CONTACT = "customer_contact"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    AgeingMeasure.RECEIVED: N_("Since it was received"),
    AgeingMeasure.HUMAN_ACTION: N_("Since somebody last worked on it"),
    AgeingMeasure.CUSTOMER_CONTACT: N_("Since the customer last heard from us"),
}
