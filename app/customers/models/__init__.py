"""Every table of the room; importing this registers them all."""

from app.customers.models.golden import GoldenRecord, GoldenSearch, Link, MatchRun, PossibleMatch, StewardDecision
from app.customers.models.places import Property
from app.customers.models.sources import LoadReject, SourceLoad, SourceRecord, SourceRecordVersion, SourceSystem
from app.customers.models.verifications import Verification

__all__ = [
    "GoldenRecord",
    "GoldenSearch",
    "Link",
    "LoadReject",
    "MatchRun",
    "PossibleMatch",
    "Property",
    "SourceLoad",
    "SourceRecord",
    "SourceRecordVersion",
    "SourceSystem",
    "StewardDecision",
    "Verification",
]
