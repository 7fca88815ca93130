"""Every table of the room; importing this registers them all."""

from app.rights.models.corrections import SourceCorrection
from app.rights.models.erasures import Erasure, ErasureStep, LegalHold, RetentionRule, RetentionRun
from app.rights.models.packages import AccessPackage, AccessPackagePart
from app.rights.models.requests import RightsAddress, RightsDecision, RightsEvent, RightsRecord, RightsRequest

__all__ = [
    "AccessPackage",
    "AccessPackagePart",
    "Erasure",
    "ErasureStep",
    "LegalHold",
    "RetentionRule",
    "RetentionRun",
    "RightsAddress",
    "RightsDecision",
    "RightsEvent",
    "RightsRecord",
    "RightsRequest",
    "SourceCorrection",
]
