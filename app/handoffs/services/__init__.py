"""Verbs of handoffs. What happens to the enquiry goes through the enquiries room; none of these commits."""

from app.handoffs.services.again import send_again
from app.handoffs.services.answering import accept, claim, complete, decline, expire_due, return_to_sender, start
from app.handoffs.services.checklists import drop_checklist, save_checklist
from app.handoffs.services.connections import connect
from app.handoffs.services.endpoints import (
    add_endpoint,
    disable,
    enable,
    ping,
    replay,
    replay_failed,
    rotate_secret,
)
from app.handoffs.services.feed import put_in_order
from app.handoffs.services.links import bearer
from app.handoffs.services.offering import confirm, offer, prepare, recall
from app.handoffs.services.referrals import answer, decline_referral, refer, withdraw_referral
from app.handoffs.services.statuses import drop_rule, said_by_system, save_rule, silence_due

__all__ = [
    "accept", "add_endpoint", "answer", "bearer", "claim", "complete", "confirm", "connect", "decline", "decline_referral",
    "disable", "drop_checklist", "drop_rule", "enable", "expire_due", "offer", "ping", "prepare", "put_in_order", "recall",
    "refer", "replay", "replay_failed", "return_to_sender", "rotate_secret", "said_by_system", "save_checklist",
    "save_rule", "send_again", "silence_due", "start", "withdraw_referral",
]  # fmt: skip
