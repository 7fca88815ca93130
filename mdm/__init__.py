"""The matching engine: which records are the same person, how sure that is, and why.

Pure: it knows no web framework, no database and no clock. The names below are the whole door.
"""

from mdm.errors import MdmError
from mdm.evaluate import Evaluation, evaluate
from mdm.explain import Explanation, FieldWeight, Rival, explain
from mdm.index import Hit, Index
from mdm.kinds import Guess, Kind, guess_kinds
from mdm.match import MatchResult, match, train
from mdm.model import Model, load
from mdm.survivorship import Golden, Pin, Rule, Rules, SourceRecord, survive

__all__ = [
    "Evaluation",
    "Explanation",
    "FieldWeight",
    "Golden",
    "Guess",
    "Hit",
    "Index",
    "Kind",
    "MatchResult",
    "MdmError",
    "Model",
    "Pin",
    "Rival",
    "Rule",
    "Rules",
    "SourceRecord",
    "evaluate",
    "explain",
    "guess_kinds",
    "load",
    "match",
    "survive",
    "train",
]
