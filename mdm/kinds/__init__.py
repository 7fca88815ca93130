"""The kinds of column that the engine understands: the only thing a person has to say about a table."""

from mdm.kinds.guess import Guess, guess_kinds
from mdm.kinds.kind import Kind, check_kinds

__all__ = ["Guess", "Kind", "check_kinds", "guess_kinds"]
