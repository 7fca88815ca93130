"""Choosing a queue: the closest rule, else where the service says, else the monitoring desk. Never nowhere."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from app.enquiries.enums import Channel
from app.kernel.i18n import N_


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of the routing table for one service."""

    id: UUID
    channel: Channel | None
    queue_id: UUID


@dataclass(frozen=True, slots=True)
class Choice:
    """The queue that was chosen, by which rule if any, and why."""

    queue_id: UUID
    why: str
    rule_id: UUID | None = None


BY_CHANNEL = N_("A rule for this service and this channel")
BY_SERVICE = N_("A rule for this service")
BY_INTAKE = N_("The intake queue of the service")
BY_DESK = N_("Nothing matches, so the monitoring desk gets it")


def choose(
    rules: Collection[Rule], channel: Channel, *, intake: UUID | None, desk: UUID, active: Collection[UUID]
) -> Choice:
    """Rules that lead to a queue that is not active are passed over."""
    usable = [rule for rule in rules if rule.queue_id in active]
    for wanted, why in ((channel, BY_CHANNEL), (None, BY_SERVICE)):
        rule = next((rule for rule in usable if rule.channel is wanted), None)
        if rule is not None:
            return Choice(rule.queue_id, why, rule.id)
    if intake is not None and intake in active:
        return Choice(intake, BY_INTAKE)
    return Choice(desk, BY_DESK)
