"""The words of the room."""

from enum import StrEnum


class LoadStatus(StrEnum):
    """How a load stands. `interrupted`: the process ended before the load did; loading the file again completes it."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class RejectReason(StrEnum):
    """Why a row was not taken; the wording is in `queries.sources.REASONS`."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    LINE_TOO_LONG = "line_too_long"
    MISSING_ID = "missing_id"
    IMPOSSIBLE_DATE = "impossible_date"
    DUPLICATE_KEY = "duplicate_key"
    NOT_JSON = "not_json"
    BAD_ENCODING = "bad_encoding"
    CONTROL_CHARACTER = "control_character"
    UNKNOWN_KIND_OF_ROW = "unknown_kind_of_row"


class CustomerKind(StrEnum):
    """Whom a golden record describes."""

    PERSON = "person"
    ORGANISATION = "organisation"


class RunStatus(StrEnum):
    """How a match run stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class LinkMethod(StrEnum):
    """What joins a source record to its golden record."""

    ALONE = "alone"
    MATCHED = "matched"
    STEWARD = "steward"


class Verdict(StrEnum):
    """What a steward says of two source records."""

    SAME = "same"
    DIFFERENT = "different"


class ReasonKind(StrEnum):
    """How a value that was searched for compares with the value held."""

    EXACT = "exact"
    CLOSE = "close"
    PART = "part"
    DIFFERENT = "different"
