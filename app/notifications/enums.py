"""Which messages there are, and what can become of one."""

from enum import StrEnum


class Channel(StrEnum):
    """How a message travels."""

    EMAIL = "email"


class MessageStatus(StrEnum):
    """GOV.UK Notify's states. `pending` waits for another try; the three failures are final."""

    CREATED = "created"
    SENDING = "sending"
    PENDING = "pending"
    SENT = "sent"
    DELIVERED = "delivered"
    PERMANENT_FAILURE = "permanent-failure"
    TEMPORARY_FAILURE = "temporary-failure"
    TECHNICAL_FAILURE = "technical-failure"


FAILED = frozenset({MessageStatus.PERMANENT_FAILURE, MessageStatus.TEMPORARY_FAILURE, MessageStatus.TECHNICAL_FAILURE})
WAITING = frozenset({MessageStatus.CREATED, MessageStatus.SENDING, MessageStatus.PENDING})


class SuppressionReason(StrEnum):
    """Why nothing is sent to an address any more."""

    HARD_BOUNCE = "hard_bounce"
    COMPLAINT = "complaint"
    ASKED = "asked"


class Template(StrEnum):
    """A message's wording: `templates/<value>.txt.j2`."""

    CONFIRM_EMAIL = "confirm_email"
    ALREADY_REGISTERED = "already_registered"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the name of a message, not a password
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of a message, not a password
    STAFF_INVITATION = "staff_invitation"
    ENQUIRY_RECEIVED = "enquiry_received"
    ENQUIRY_ACCEPTED = "enquiry_accepted"
    PROMISE_CHANGED = "promise_changed"
    ENQUIRY_FINISHED = "enquiry_finished"
    ENQUIRY_NEEDS_YOU = "enquiry_needs_you"
    ENQUIRY_REASSIGNED = "enquiry_reassigned"
    ENQUIRY_JOINED = "enquiry_joined"
    STILL_WITH_US = "still_with_us"
    CUSTOMER_MESSAGE = "customer_message"
    RECORD_ANSWERED = "record_answered"
    HANDOFF_OFFERED = "handoff_offered"
    SILENCE_WARNED = "silence_warned"
    OVERSIGHT_ESCALATED = "oversight_escalated"
    OVERSIGHT_ALARM = "oversight_alarm"
    OVERSIGHT_DIGEST = "oversight_digest"
    RELATIONSHIP_CHANGED = "relationship_changed"
    RESTRICTED_OPENED = "restricted_opened"
    RIGHTS_RECEIVED = "rights_received"
    RIGHTS_EXTENDED = "rights_extended"
    RIGHTS_READY = "rights_ready"
    RIGHTS_ANSWERED = "rights_answered"
    RIGHTS_CORRECTION = "rights_correction"
    BOOKING_MADE = "booking_made"
    BOOKING_MOVED = "booking_moved"
    BOOKING_CANCELLED = "booking_cancelled"
    BOOKING_CALLED_OFF = "booking_called_off"
    BOOKING_REMINDER = "booking_reminder"
    BULLETIN = "bulletin"
