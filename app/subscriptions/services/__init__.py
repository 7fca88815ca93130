"""The verbs of topics, subscriptions and bulletins. They take a session and the time, leave their traces, and never commit."""

from app.subscriptions.services.bulletins import discard, preview, rewrite, send, stop_sending, write
from app.subscriptions.services.core import kept_units
from app.subscriptions.services.following import follow, linked, start_for, stop, stop_by_link, stop_for
from app.subscriptions.services.letting_go import let_go_of_records
from app.subscriptions.services.sending import may_go, next_to_send, send_batch
from app.subscriptions.services.topics import edit_topic, end_topic, make_topic

__all__ = [
    "discard", "edit_topic", "end_topic", "follow", "kept_units", "let_go_of_records", "linked", "make_topic", "may_go",
    "next_to_send", "preview", "rewrite", "send", "send_batch", "start_for", "stop", "stop_by_link", "stop_for", "stop_sending",
    "write",
]  # fmt: skip
