"""The verbs of contacts and enquiries. They take a session and the time, leave their traces, and never commit."""

from app.enquiries.services.contacts import identify_caller, open_contact, wrap_up
from app.enquiries.services.ending import (
    close,
    close_resolved,
    mark_duplicate,
    mark_spam,
    redirect,
    reopen,
    resolve,
    withdraw,
)  # fmt: skip
from app.enquiries.services.handing import (
    handoff_accepted,
    handoff_back,
    handoff_completed,
    handoff_escalated,
    handoff_offered,
    handoff_started,
)  # fmt: skip
from app.enquiries.services.history import import_contacts, import_history
from app.enquiries.services.messages import add_note, change_promise, customer_replied, message_customer
from app.enquiries.services.moves import assign, await_customer, await_third_party, schedule, start, triage
from app.enquiries.services.picking_up import customer_not_reached, release_all_of
from app.enquiries.services.placing import assign_for_customer, place_in_queue, take_next
from app.enquiries.services.receiving import receive

__all__ = [
    "add_note", "assign", "assign_for_customer", "await_customer", "await_third_party", "change_promise", "close",
    "close_resolved", "customer_not_reached", "customer_replied", "handoff_accepted", "handoff_back", "handoff_completed", "handoff_escalated",
    "handoff_offered", "handoff_started", "identify_caller", "import_contacts", "import_history", "mark_duplicate",
    "mark_spam", "message_customer", "open_contact", "place_in_queue", "receive", "redirect", "release_all_of", "reopen", "resolve",
    "schedule", "start", "take_next", "triage", "withdraw", "wrap_up",
]  # fmt: skip
