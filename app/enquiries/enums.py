"""The words of contacts and enquiries."""

from enum import StrEnum

from app.kernel.i18n import N_


class Channel(StrEnum):
    """How somebody got in touch."""

    PHONE = "phone"
    VISIT = "visit"
    EMAIL = "email"
    WEB = "web"
    POST = "post"
    CHAT = "chat"

    @property
    def label(self) -> str:
        return _CHANNELS[self]


class State(StrEnum):
    """Where an enquiry stands. `policy` says which follows which."""

    NEW = "new"
    TRIAGE = "triage"
    RETURNED = "returned"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    AWAITING_CUSTOMER = "awaiting_customer"
    AWAITING_THIRD_PARTY = "awaiting_third_party"
    SCHEDULED = "scheduled"
    WITH_SERVICE = "with_service"
    RESOLVED = "resolved"
    CLOSED = "closed"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    SPAM = "spam"
    REDIRECTED = "redirected"

    @property
    def label(self) -> str:
        return _STATES[self]


class CustomerStatus(StrEnum):
    """The five words that a customer sees."""

    RECEIVED = "received"
    BEING_LOOKED_AT = "being_looked_at"
    NEED_SOMETHING = "need_something"
    BOOKED = "booked"
    FINISHED = "finished"

    @property
    def label(self) -> str:
        return _CUSTOMER[self]


class Disposition(StrEnum):
    """How an enquiry ended."""

    DONE = "done"
    NOT_DONE = "not_done"
    ADVICE_GIVEN = "advice_given"
    NOT_OURS = "not_ours"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    SPAM = "spam"
    REDIRECTED = "redirected"

    @property
    def label(self) -> str:
        return _DISPOSITIONS[self]


class WrapUp(StrEnum):
    """What a contact turned out to be."""

    ANSWERED = "answered"
    ENQUIRY_RAISED = "enquiry_raised"
    PROGRESS_CHASE = "progress_chase"
    CALLED_BACK = "called_back"
    WRONG_NUMBER = "wrong_number"
    ABANDONED = "abandoned"

    @property
    def label(self) -> str:
        return _WRAP_UPS[self]


class Visibility(StrEnum):
    """Who reads a line of the timeline: the customer too, or staff alone."""

    PUBLIC = "public"
    INTERNAL = "internal"


class Direction(StrEnum):
    """Which way a message went."""

    IN = "in"
    OUT = "out"


class EntryKind(StrEnum):
    """What a line of the timeline tells of."""

    RECEIVED = "received"
    QUEUED = "queued"
    ASSIGNED = "assigned"
    STARTED = "started"
    AWAITING_CUSTOMER = "awaiting_customer"
    CUSTOMER_REPLIED = "customer_replied"
    AWAITING_THIRD_PARTY = "awaiting_third_party"
    SCHEDULED = "scheduled"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    REDIRECTED = "redirected"
    SPAM = "spam"
    PROMISE_CHANGED = "promise_changed"
    NOTE = "note"
    MESSAGE_OUT = "message_out"
    MESSAGE_IN = "message_in"
    HANDOFF_OFFERED = "handoff_offered"
    HANDOFF_ACCEPTED = "handoff_accepted"
    HANDOFF_DECLINED = "handoff_declined"
    HANDOFF_STARTED = "handoff_started"
    HANDOFF_COMPLETED = "handoff_completed"
    HANDOFF_RECALLED = "handoff_recalled"
    HANDOFF_EXPIRED = "handoff_expired"
    HANDOFF_RETURNED = "handoff_returned"
    ESCALATED = "escalated"
    TOLD = "told"
    NOT_TOLD = "not_told"
    NOT_REACHED = "not_reached"
    OWNER_GONE = "owner_gone"
    OWNER_AWAY = "owner_away"
    CONTACT = "contact"
    CALLED = "called"
    MERGED_IN = "merged_in"
    UNMERGED = "unmerged"
    SPLIT_OFF = "split_off"
    SPLIT_FROM = "split_from"
    LINKED = "linked"
    UNLINKED = "unlinked"
    TASK_ADDED = "task_added"
    TASK_DONE = "task_done"
    TASK_DROPPED = "task_dropped"
    ATTACHED = "attached"
    FILE_HIDDEN = "file_hidden"
    URGENT_ASKED = "urgent_asked"
    URGENT = "urgent"
    URGENT_REFUSED = "urgent_refused"
    URGENT_ENDED = "urgent_ended"
    SILENCE_WARNED = "silence_warned"
    WORD_PROMISED = "word_promised"
    REFERRAL_ASKED = "referral_asked"
    REFERRAL_ANSWERED = "referral_answered"
    REFERRAL_DECLINED = "referral_declined"
    REFERRAL_WITHDRAWN = "referral_withdrawn"


class LinkKind(StrEnum):
    """What one enquiry has to do with another, read from the first to the second."""

    RELATED = "related"
    FOLLOWS = "follows"
    CAUSED_BY = "caused_by"
    SPLIT_FROM = "split_from"

    @property
    def label(self) -> str:
        return _LINKS[self][0]

    @property
    def reverse(self) -> str:
        """How it reads from the other end."""
        return _LINKS[self][1]


class FileType(StrEnum):
    """What may be attached."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    PDF = "pdf"
    TEXT = "text"

    @property
    def mime(self) -> str:
        return _FILES[self][0]

    @property
    def ending(self) -> str:
        return _FILES[self][1]


class Sort(StrEnum):
    """What a worklist is sorted by; the first to need somebody comes first."""

    PROMISE = "promise"
    RECEIVED = "received"
    LAST_HUMAN_ACTION = "last_human_action"
    NEXT_ACTION = "next_action"


_LINKS = {
    LinkKind.RELATED: (N_("Related to"), N_("Related to")),
    LinkKind.FOLLOWS: (N_("Follows on from"), N_("Was followed by")),
    LinkKind.CAUSED_BY: (N_("Was caused by"), N_("Was the cause of")),
    LinkKind.SPLIT_FROM: (N_("Was split from"), N_("Was split into")),
}
_FILES = {
    FileType.JPEG: ("image/jpeg", "jpg"), FileType.PNG: ("image/png", "png"), FileType.WEBP: ("image/webp", "webp"),
    FileType.PDF: ("application/pdf", "pdf"), FileType.TEXT: ("text/plain; charset=utf-8", "txt"),
}  # fmt: skip
_CHANNELS = {
    Channel.PHONE: N_("Phone"), Channel.VISIT: N_("Visit"), Channel.EMAIL: N_("E-mail"), Channel.WEB: N_("Online"),
    Channel.POST: N_("Post"), Channel.CHAT: N_("Chat"),
}  # fmt: skip
_STATES = {
    State.NEW: N_("New"), State.TRIAGE: N_("In triage"), State.RETURNED: N_("Returned"), State.ASSIGNED: N_("Assigned"),
    State.IN_PROGRESS: N_("In progress"), State.AWAITING_CUSTOMER: N_("Waiting for the customer"),
    State.AWAITING_THIRD_PARTY: N_("Waiting for somebody else"), State.SCHEDULED: N_("Scheduled"),
    State.WITH_SERVICE: N_("With the service"), State.RESOLVED: N_("Resolved"), State.CLOSED: N_("Closed"),
    State.DUPLICATE: N_("Duplicate"), State.WITHDRAWN: N_("Withdrawn"), State.SPAM: N_("Spam"),
    State.REDIRECTED: N_("Sent elsewhere"),
}  # fmt: skip
_CUSTOMER = {
    CustomerStatus.RECEIVED: N_("Received"), CustomerStatus.BEING_LOOKED_AT: N_("Being looked at"),
    CustomerStatus.NEED_SOMETHING: N_("We need something from you"), CustomerStatus.BOOKED: N_("Booked"),
    CustomerStatus.FINISHED: N_("Finished"),
}  # fmt: skip
_DISPOSITIONS = {
    Disposition.DONE: N_("Done"), Disposition.NOT_DONE: N_("Could not be done"),
    Disposition.ADVICE_GIVEN: N_("Advice given"), Disposition.NOT_OURS: N_("Not for us"),
    Disposition.DUPLICATE: N_("Duplicate"), Disposition.WITHDRAWN: N_("Withdrawn"), Disposition.SPAM: N_("Spam"),
    Disposition.REDIRECTED: N_("Sent elsewhere"),
}  # fmt: skip
_WRAP_UPS = {
    WrapUp.ANSWERED: N_("Question answered"), WrapUp.ENQUIRY_RAISED: N_("Enquiry raised"),
    WrapUp.PROGRESS_CHASE: N_("Asked about progress"), WrapUp.CALLED_BACK: N_("We called back"),
    WrapUp.WRONG_NUMBER: N_("Wrong number"), WrapUp.ABANDONED: N_("Caller hung up"),
}  # fmt: skip
