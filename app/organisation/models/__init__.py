"""Every table of the room; importing this registers them all."""

from app.organisation import guards
from app.organisation.models.people import (
    MemberAuthority,
    MemberLanguage,
    MemberSkill,
    RotaException,
    RotaShift,
    Skill,
    TeamSession,
)
from app.organisation.models.queues import Queue, QueueImport, QueueNameOverride, QueueReader
from app.organisation.models.services import Service
from app.organisation.models.units import Membership, Team, Unit, UnitClosure

__all__ = [
    "MemberAuthority",
    "MemberLanguage",
    "MemberSkill",
    "Membership",
    "Queue",
    "QueueImport",
    "QueueNameOverride",
    "QueueReader",
    "RotaException",
    "RotaShift",
    "Service",
    "Skill",
    "Team",
    "TeamSession",
    "Unit",
    "UnitClosure",
]

guards.attach(Queue.metadata)
