"""What a line of the timeline says, as a message to be translated and filled where it is shown."""

from collections.abc import Mapping

from app.enquiries.enums import EntryKind
from app.kernel.i18n import N_

K = EntryKind

TEXTS: Mapping[EntryKind, str] = {
    K.RECEIVED: N_("We received this enquiry"),
    K.QUEUED: N_("Now waiting with %(unit)s"),
    K.ASSIGNED: N_("Given to somebody in %(unit)s"),
    K.STARTED: N_("Work has started"),
    K.AWAITING_CUSTOMER: N_("We asked for something"),
    K.CUSTOMER_REPLIED: N_("The customer replied"),
    K.AWAITING_THIRD_PARTY: N_("Waiting for somebody else"),
    K.SCHEDULED: N_("Booked for %(day)s"),
    K.RESOLVED: N_("Finished"),
    K.CLOSED: N_("Closed"),
    K.REOPENED: N_("Opened again"),
    K.WITHDRAWN: N_("Withdrawn"),
    K.DUPLICATE: N_("Joined to %(reference)s, which is about the same thing"),
    K.REDIRECTED: N_("Sent to %(to)s"),
    K.SPAM: N_("Marked as spam"),
    K.PROMISE_CHANGED: N_("The promised date changed from %(old)s to %(new)s"),
    K.NOTE: N_("Note"),
    K.MESSAGE_OUT: N_("Message to the customer"),
    K.MESSAGE_IN: N_("Message from the customer"),
    K.HANDOFF_OFFERED: N_("Offered to %(unit)s"),
    K.HANDOFF_ACCEPTED: N_("Accepted by %(unit)s"),
    K.HANDOFF_DECLINED: N_("Declined by %(unit)s"),
    K.HANDOFF_STARTED: N_("Work has started at %(unit)s"),
    K.HANDOFF_COMPLETED: N_("Completed by %(unit)s"),
    K.HANDOFF_RECALLED: N_("Taken back from %(unit)s"),
    K.HANDOFF_EXPIRED: N_("%(unit)s did not answer in time"),
    K.HANDOFF_RETURNED: N_("Sent back by %(unit)s: something is missing"),
    K.ESCALATED: N_("Escalated to the monitoring desk"),
    K.TOLD: N_("The customer was told by e-mail"),
    K.NOT_TOLD: N_("No e-mail address: tell the customer another way"),
    K.NOT_REACHED: N_("We could not reach the customer at %(address)s: tell them another way"),
    K.OWNER_GONE: N_("%(name)s does not work here any more, so it went back to a queue"),
    K.CONTACT: N_("The customer got in touch"),
}
