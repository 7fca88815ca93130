"""The index: one record at a time against all that are known, in milliseconds, with additions and removals."""

from mdm.index.index import Hit, Index

__all__ = ["Hit", "Index"]
