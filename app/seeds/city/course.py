"""The course of an enquiry: who answers, when the service accepts, when it is done, and what is still open today."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from app.seeds.city.plan import Disposition, PlannedEnquiry, PlannedHandoff
from app.seeds.city.story_services import PROFILES
from app.seeds.city.working_days import add_days, add_hours

BACKLOG_DAYS: Final = 21
CLOSES_AFTER_DAYS: Final = 7
_DECLINES: Final = (
    "Private land: the owner has to clear it", "Not enough to find the place", "The contractor's warranty covers this",
    "Wrong team: please offer it to housing",
)  # fmt: skip
LIVE: Final = frozenset({"phone", "visit"})


@dataclass(frozen=True)
class Clock:
    """``now`` is the end of the story: whatever would come later has not happened."""

    now: datetime

    def past(self, moment: datetime | None) -> datetime | None:
        return moment if moment is not None and moment <= self.now else None


def run(
    enquiry: PlannedEnquiry, clock: Clock, random: Random, *, at_once: bool | None = None, days: float | None = None
) -> PlannedEnquiry:
    """Carry a fresh enquiry as far as it has come by now."""
    profile = PROFILES[enquiry.service]
    live = enquiry.channel in LIVE
    settled = random.random() < profile.at_once if at_once is None else at_once
    if settled and live:
        return _answered(enquiry, clock, random)
    reply = (
        enquiry.received + timedelta(minutes=random.randrange(3, 14))
        if live
        else add_hours(enquiry.received, random.expovariate(1 / 4.0) + 0.3)
    )
    if reply > clock.now:
        return enquiry
    enquiry = replace(enquiry, first_response=reply)
    if at_once is None and random.random() < 0.015:
        return _withdrawn(enquiry, reply, clock)
    usual = max(0.2, random.lognormvariate(0, 0.45)) * profile.days
    return _handed_over(enquiry, reply, days or usual, clock, random)


def _answered(enquiry: PlannedEnquiry, clock: Clock, random: Random) -> PlannedEnquiry:
    done = enquiry.received + timedelta(minutes=random.randrange(3, 16))
    return _finished(
        replace(enquiry, first_response=done, resolved_first_contact=True),
        done,
        clock,
        "advice_given",
        "We answered this while you were with us.",
    )


def _withdrawn(enquiry: PlannedEnquiry, reply: datetime, clock: Clock) -> PlannedEnquiry:
    ended = add_hours(reply, 5)
    if ended > clock.now:
        return replace(enquiry, status="awaiting_customer")
    return replace(
        enquiry,
        status="withdrawn",
        resolved=ended,
        closed=ended,
        disposition="withdrawn",
        outcome_text="You told us that you no longer need this.",
    )


def _handed_over(enquiry: PlannedEnquiry, reply: datetime, days: float, clock: Clock, random: Random) -> PlannedEnquiry:
    profile = PROFILES[enquiry.service]
    offered = reply + timedelta(minutes=random.randrange(1, 8))
    declined = again = reason = None
    start = offered
    if random.random() < 0.05:
        declined = add_hours(offered, random.uniform(1, 9))
        start, reason = add_hours(declined, random.uniform(0.5, 5)), random.choice(_DECLINES)
        again = start
    accepted = add_hours(start, min(30.0, random.lognormvariate(0.9, 0.8)))
    recent = enquiry.received >= clock.now - timedelta(days=BACKLOG_DAYS)
    # Two crews are short of people this month: half of what came lately takes far longer than usual.
    completed = add_days(accepted, days * 2.5 if recent and random.random() < 0.5 else days)
    if completed > clock.now and not recent:
        # Only the last three weeks have a backlog: what is older was done in the end, if only last week.
        completed = max(accepted + timedelta(hours=1), clock.now - timedelta(hours=random.uniform(20, 150)))
    handoff = PlannedHandoff(
        profile.unit,
        offered,
        clock.past(declined),
        reason if clock.past(declined) else None,
        clock.past(again),
        clock.past(accepted),
        clock.past(completed),
    )
    enquiry = replace(enquiry, handoff=handoff, handled_by="officer")
    if completed > clock.now:
        waits = handoff.accepted is not None and random.random() < 0.12
        return replace(enquiry, status="awaiting_customer" if waits else "with_service")
    disposition: Disposition = random.choices(("done", "not_done", "not_ours"), (91, 6, 3))[0]
    texts: dict[Disposition, str] = {
        "done": profile.finished, "not_done": "We could not do this; the reason is in our message.",
        "not_ours": "This is not the council's to do. We told you whose it is.",
    }  # fmt: skip
    return _finished(enquiry, completed, clock, disposition, texts[disposition])


def _finished(
    enquiry: PlannedEnquiry, when: datetime, clock: Clock, disposition: Disposition, text: str
) -> PlannedEnquiry:
    if when > clock.now:
        return replace(enquiry, status="triage", first_response=None, resolved_first_contact=False)
    closed = clock.past(when + timedelta(days=CLOSES_AFTER_DAYS))
    return replace(
        enquiry,
        status="closed" if closed else "resolved",
        resolved=when,
        closed=closed,
        disposition=disposition,
        outcome_text=text,
    )
