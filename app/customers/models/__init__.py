"""Every table of the room; importing this registers them all."""

from app.customers.models.erasing import ErasedKey
from app.customers.models.golden import GoldenRecord, Link, MatchRun, PossibleMatch, StewardDecision
from app.customers.models.history import GoldenMerge, GoldenPin, GoldenVersion, LinkVersion
from app.customers.models.matching import (
    MatchDue,
    MatchEdge,
    MatchLimits,
    MatchModel,
    MatchRecord,
    RuleSet,
    SharedValue,
)
from app.customers.models.places import Property
from app.customers.models.relationships import Relationship
from app.customers.models.searching import GoldenSearch, SearchWord
from app.customers.models.sources import (
    LoadReject,
    LoadRow,
    SourceDraft,
    SourceFile,
    SourceFileChunk,
    SourceLoad,
    SourceQuality,
    SourceRecord,
    SourceRecordVersion,
    SourceSystem,
)
from app.customers.models.stewards import (
    DeskAudit,
    DeskCase,
    DeskClaim,
    DeskJudgement,
    DeskOpinion,
    DeskSkip,
    DeskStake,
    DeskSuspect,
)
from app.customers.models.verifications import Verification

__all__ = [
    "DeskAudit",
    "DeskCase",
    "DeskClaim",
    "DeskJudgement",
    "DeskOpinion",
    "DeskSkip",
    "DeskStake",
    "DeskSuspect",
    "ErasedKey",
    "GoldenMerge",
    "GoldenPin",
    "GoldenRecord",
    "GoldenSearch",
    "GoldenVersion",
    "Link",
    "LinkVersion",
    "LoadReject",
    "LoadRow",
    "MatchDue",
    "MatchEdge",
    "MatchLimits",
    "MatchModel",
    "MatchRecord",
    "MatchRun",
    "PossibleMatch",
    "Property",
    "Relationship",
    "RuleSet",
    "SearchWord",
    "SharedValue",
    "SourceDraft",
    "SourceFile",
    "SourceFileChunk",
    "SourceLoad",
    "SourceQuality",
    "SourceRecord",
    "SourceRecordVersion",
    "SourceSystem",
    "StewardDecision",
    "Verification",
]
