"""Reads of the monitoring desk, across all units. Everything is counted by SQL over the tables themselves."""

from app.oversight.queries.ageing import ageing, ageing_by, drill, in_band
from app.oversight.queries.anomalies import anomalies, anomaly, anomaly_counts
from app.oversight.queries.batches import batch
from app.oversight.queries.custody import breaches, custody_breaches, custody_days
from app.oversight.queries.deliveries import stuck_deliveries
from app.oversight.queries.desk import chosen, counts, listing, unit_loads, whole
from app.oversight.queries.gaps import queue_gaps, undelivered
from app.oversight.queries.quality import feedback_for, form, sample, samples, team_trends, waiting_feedback
from app.oversight.queries.thresholds import limits
from app.oversight.queries.trends import missed_days, trend

__all__ = [
    "ageing", "ageing_by", "anomalies", "anomaly", "anomaly_counts", "batch", "breaches", "chosen", "counts", "custody_breaches",
    "custody_days", "drill", "feedback_for", "form", "in_band", "limits", "listing", "missed_days", "queue_gaps", "sample", "samples",
    "stuck_deliveries", "team_trends", "trend", "undelivered", "unit_loads", "waiting_feedback", "whole",
]  # fmt: skip
