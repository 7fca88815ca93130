"""The verbs of contacts and enquiries. They take a session and the time, leave their traces, and never commit."""

from app.enquiries.services.acting import act_for
from app.enquiries.services.attachments import attach, clean_all, hide_file
from app.enquiries.services.checklists import set_checklist
from app.enquiries.services.contacts import identify_caller, open_contact, wrap_up
from app.enquiries.services.ending import close, close_resolved, mark_spam, redirect, reopen, resolve, withdraw
from app.enquiries.services.handing import (
    handoff_accepted,
    handoff_back,
    handoff_completed,
    handoff_escalated,
    handoff_offered,
    handoff_started,
    referral_noted,
)  # fmt: skip
from app.enquiries.services.history import import_contacts, import_history
from app.enquiries.services.letting_go import let_go_of_records
from app.enquiries.services.linking import link, mark_duplicate, split, undo_merge, unlink
from app.enquiries.services.messages import (
    add_note,
    change_promise,
    customer_replied,
    is_promiser,
    message_customer,
    told_by_voice,
)
from app.enquiries.services.moves import assign, await_customer, await_third_party, schedule, start, triage
from app.enquiries.services.picking_up import (
    bring_forward,
    customer_not_reached,
    move_on,
    release_all_of,
    rescue_unread,
)
from app.enquiries.services.placing import assign_for_customer, place_in_queue, take_next
from app.enquiries.services.presence import beat, sweep_presence
from app.enquiries.services.protecting import open_restricted
from app.enquiries.services.receiving import receive
from app.enquiries.services.silence import guard_silence
from app.enquiries.services.tasks import add_task, drop_task, finish_task
from app.enquiries.services.urgency import (
    ask_urgent,
    authorise_urgent,
    end_urgent,
    is_authority,
    lapse_requests,
    refuse_urgent,
)

__all__ = [
    "act_for", "add_note", "add_task", "ask_urgent", "assign", "assign_for_customer", "attach", "authorise_urgent", "await_customer",
    "await_third_party", "beat", "bring_forward", "change_promise", "clean_all", "close", "close_resolved", "customer_not_reached",
    "customer_replied", "drop_task", "end_urgent", "finish_task", "guard_silence", "handoff_accepted", "handoff_back",
    "handoff_completed", "handoff_escalated", "handoff_offered", "handoff_started", "hide_file", "identify_caller",
    "import_contacts", "import_history", "is_authority", "is_promiser", "lapse_requests", "let_go_of_records", "link", "mark_duplicate", "mark_spam", "message_customer",
    "move_on", "open_contact", "open_restricted", "place_in_queue", "receive", "redirect", "referral_noted", "refuse_urgent", "release_all_of", "reopen", "rescue_unread", "resolve",
    "schedule", "set_checklist", "split", "start", "sweep_presence", "take_next", "told_by_voice", "triage", "undo_merge",
    "unlink", "withdraw", "wrap_up",
]  # fmt: skip
