"""What can be wrong with a request to the engine. Each message says what was wrong, where, and what to do about it."""

from __future__ import annotations


class MdmError(Exception):
    """Base of every error that a caller can put right; its text is one line, fit for a person to read."""


class UnknownKind(MdmError):
    """A column was given a kind that does not exist."""


class MissingColumn(MdmError):
    """A named column is not in the table."""


class NoIdColumn(MdmError):
    """No column, or more than one, has the kind `id`."""


class DuplicateIds(MdmError):
    """Two rows carry the same id, or a row has none."""


class EmptyTable(MdmError):
    """The table has no rows, or no column that can tell people apart."""


class NotATable(MdmError):
    """The file or the object is not a table that can be read."""


class MissingFile(MdmError):
    """The file does not exist or may not be read."""


class UnknownId(MdmError):
    """No record with this id is in the table or in the index."""


class BadModel(MdmError):
    """A saved model cannot be read, or was made for other columns."""


class BadRules(MdmError):
    """A survivorship rule or a pin does not exist or contradicts another."""


class BadKindsFile(MdmError):
    """The file that maps columns to kinds cannot be read."""
