"""The matching engine: which records are the same person, how sure that is, and why.

Pure: it knows no web framework, no database and no clock. The names below are the whole door.
"""

from mdm.errors import MdmError
from mdm.explain import Explanation, FieldWeight, Rival, explain
from mdm.kinds import Kind, guess_kinds
from mdm.match import MatchResult, match, train
from mdm.model import Model, load

__all__ = [
    "Explanation",
    "FieldWeight",
    "Kind",
    "MatchResult",
    "MdmError",
    "Model",
    "Rival",
    "explain",
    "guess_kinds",
    "load",
    "match",
    "train",
]
