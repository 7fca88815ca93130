"""What can be asked here."""

from app.subscriptions.queries.bulletins import audience_of, bulletin, bulletins, progress
from app.subscriptions.queries.following import active_for, ended_for, how_many, messages_by_record, mine, subscription
from app.subscriptions.queries.topics import open_topics, topic, topics

__all__ = [
    "active_for", "audience_of", "bulletin", "bulletins", "ended_for", "how_many", "messages_by_record", "mine", "open_topics",
    "progress", "subscription", "topic", "topics",
]  # fmt: skip
