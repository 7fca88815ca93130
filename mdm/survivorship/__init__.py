"""Survivorship: from what the source records say, the one value to show, with where it comes from and what it beat."""

from mdm.survivorship.records import Beaten, Decided, Golden, Pin, SourceRecord, Survivor
from mdm.survivorship.rules import Rule, Rules
from mdm.survivorship.survive import survive

__all__ = ["Beaten", "Decided", "Golden", "Pin", "Rule", "Rules", "SourceRecord", "Survivor", "survive"]
