"""The matching engine: which records are the same person, how sure that is, and why.

Pure: it knows no web framework, no database and no clock. The names below are the whole door.
"""

from mdm.cluster import WEAKEST
from mdm.compare import level_labels
from mdm.compare_levels import levels_of_texts
from mdm.compare_nicknames import SHORT_FORMS
from mdm.errors import MdmError
from mdm.evaluate import Evaluation, evaluate
from mdm.explain import Explanation, FieldWeight, Rival, explain
from mdm.index import Hit, Index
from mdm.index.values import standard_value
from mdm.kinds import Guess, Kind, guess_kinds
from mdm.match import MatchResult, match, train
from mdm.model import CLASSES, Model, from_dict, load, probability
from mdm.standardise import standardise
from mdm.standardise.remembered import standard_forms
from mdm.survivorship import Beaten, Decided, Golden, Pin, Rule, Rules, SourceRecord, Survivor, survive

__all__ = [
    "CLASSES",
    "SHORT_FORMS",
    "WEAKEST",
    "Beaten",
    "Decided",
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
    "Survivor",
    "evaluate",
    "explain",
    "from_dict",
    "guess_kinds",
    "level_labels",
    "levels_of_texts",
    "load",
    "match",
    "probability",
    "standard_forms",
    "standard_value",
    "standardise",
    "survive",
    "train",
]
