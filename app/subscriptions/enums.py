"""The words of topics, subscriptions and bulletins."""

from enum import StrEnum

from app.kernel.i18n import N_


class TopicState(StrEnum):
    """Whether a topic can be followed."""

    ACTIVE = "active"
    ENDED = "ended"

    @property
    def label(self) -> str:
        return _TOPICS[self]


class SubscriptionState(StrEnum):
    """Whether somebody follows a topic. Who comes back follows it anew: an ended one stays as it was."""

    ACTIVE = "active"
    ENDED = "ended"


class Agreed(StrEnum):
    """How the person said that they want it."""

    ONLINE = "online"
    CALL = "call"
    VISIT = "visit"
    LETTER = "letter"

    @property
    def label(self) -> str:
        return _AGREED[self]


class Ending(StrEnum):
    """How a subscription came to its end."""

    ONLINE = "online"
    LINK = "link"
    CALL = "call"
    VISIT = "visit"
    LETTER = "letter"
    TOPIC_ENDED = "topic_ended"
    RECORD_ERASED = "record_erased"

    @property
    def label(self) -> str:
        return _ENDINGS[self]


class BulletinState(StrEnum):
    """Where a bulletin stands. `sent`: everybody's message was written; what became of it the messages tell."""

    DRAFT = "draft"
    SENDING = "sending"
    SENT = "sent"
    STOPPED = "stopped"

    @property
    def label(self) -> str:
        return _BULLETINS[self]


class Missing(StrEnum):
    """Why somebody who follows a topic gets no bulletin."""

    NO_ADDRESS = "no_address"
    RESTRICTED = "restricted"
    CLOSED = "closed"
    SUPPRESSED = "suppressed"

    @property
    def label(self) -> str:
        return _MISSING[self]


_TOPICS = {TopicState.ACTIVE: N_("Can be followed"), TopicState.ENDED: N_("Has ended")}
_AGREED = {
    Agreed.ONLINE: N_("In My Account"),
    Agreed.CALL: N_("On the phone"),
    Agreed.VISIT: N_("In person"),
    Agreed.LETTER: N_("By letter"),
}
_ENDINGS = {
    Ending.ONLINE: N_("In My Account"),
    Ending.LINK: N_("By the link in a message"),
    Ending.CALL: N_("On the phone"),
    Ending.VISIT: N_("In person"),
    Ending.LETTER: N_("By letter"),
    Ending.TOPIC_ENDED: N_("The topic has ended"),
    Ending.RECORD_ERASED: N_("The record was erased"),
}
_BULLETINS = {
    BulletinState.DRAFT: N_("Draft"),
    BulletinState.SENDING: N_("Being sent"),
    BulletinState.SENT: N_("Sent"),
    BulletinState.STOPPED: N_("Stopped"),
}
_MISSING = {
    Missing.NO_ADDRESS: N_("We have no e-mail address"),
    Missing.RESTRICTED: N_("The record is restricted"),
    Missing.CLOSED: N_("The account is closed"),
    Missing.SUPPRESSED: N_("The address does not take our messages"),
}
