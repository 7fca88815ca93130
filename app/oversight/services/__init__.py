"""What the monitoring desk does. Verbs take a session and the time, leave their traces, and never commit."""

from app.oversight.services.anomalies import assign_anomaly, explain_anomaly, fix_anomaly, keep_findings
from app.oversight.services.deliveries import explain_delivery, send_again
from app.oversight.services.desk import assign_from_desk, claim, escalate, reroute
from app.oversight.services.digests import send_digests
from app.oversight.services.many import Wanted, act_on_many, undo
from app.oversight.services.quality import add_question, answer_feedback, change_question, draw_sample, score_sample
from app.oversight.services.readings import opened_queues
from app.oversight.services.snapshots import measure_today, rebuild
from app.oversight.services.thresholds import set_limits

__all__ = [
    "Wanted", "act_on_many", "add_question", "answer_feedback", "assign_anomaly", "assign_from_desk", "change_question", "claim", "draw_sample",
    "escalate", "explain_anomaly", "explain_delivery", "fix_anomaly", "keep_findings", "measure_today", "opened_queues", "rebuild", "reroute",
    "score_sample", "send_again", "send_digests", "set_limits", "undo",
]  # fmt: skip
