"""The words of the room."""

from enum import StrEnum


class LoadStatus(StrEnum):
    """How a load stands.

    `rehearsed`: read and compared, nothing taken yet. `waiting`: too much would vanish, a person has to say. `interrupted`: given up
    because something else was loaded before it was completed; `discarded`: a person, or a week, decided against it.
    """

    QUEUED = "queued"
    RUNNING = "running"
    REHEARSED = "rehearsed"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    DISCARDED = "discarded"
    UNDONE = "undone"


OPEN_LOADS = (LoadStatus.QUEUED, LoadStatus.RUNNING, LoadStatus.REHEARSED, LoadStatus.WAITING)


class LoadPhase(StrEnum):
    """What a load that runs is doing."""

    READING = "reading"
    COMPARING = "comparing"
    WRITING = "writing"
    ENDED = "ended"


class ConnectorKind(StrEnum):
    """How a source's records reach us."""

    UPLOAD = "upload"
    FILE = "file"
    FOLDER = "folder"
    SQL = "sql"
    HTTP = "http"
    PUSH = "push"


class LawfulBasis(StrEnum):
    """UK GDPR, article 6(1): what allows the body to hold these records."""

    PUBLIC_TASK = "public_task"
    LEGAL_OBLIGATION = "legal_obligation"
    CONTRACT = "contract"
    CONSENT = "consent"
    VITAL_INTERESTS = "vital_interests"
    LEGITIMATE_INTERESTS = "legitimate_interests"


class Freshness(StrEnum):
    """A source's records against its promise."""

    NO_PROMISE = "no_promise"
    KEPT = "kept"
    MISSED = "missed"


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
    ERASED = "erased"


class CustomerKind(StrEnum):
    """Whom a golden record describes."""

    PERSON = "person"
    ORGANISATION = "organisation"


class RunKind(StrEnum):
    """What a run did: matched everything, some records that came, or what a person said; or took such a run back."""

    FULL = "full"
    ARRIVAL = "arrival"
    DECISION = "decision"
    MERGE = "merge"
    UNMERGE = "unmerge"
    PIN = "pin"
    ROLLBACK = "rollback"
    REHEARSAL = "rehearsal"


class HoldReason(StrEnum):
    """Why two records are left to a person."""

    UNSURE = "unsure"
    RESTRICTED = "restricted"
    IDENTIFIER = "identifier"
    BIRTH = "birth"
    SHARED = "shared"
    SIZE = "size"


class RunStatus(StrEnum):
    """How a match run stands."""

    QUEUED = "queued"
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
    NEAR = "near"
    PART = "part"
    DIFFERENT = "different"


class MatchGrade(StrEnum):
    """How sure it is that somebody who was described is a customer; FHIR's words.

    `certain`: one that nothing speaks against, and no other comes near. `probable`: matching would join them by itself.
    """

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"


class JudgementOrigin(StrEnum):
    """How a steward came to judge a pair."""

    WORKLIST = "worklist"
    SECOND = "second"
    BULK = "bulk"
    AUDIT = "audit"


class Drift(StrEnum):
    """What can be said of a rate, beside what it was before."""

    FEW = "few"
    STEADY = "steady"
    RISING = "rising"
    SHARED = "shared"


class OpinionStatus(StrEnum):
    """How a first decision stands that needs a second one."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Risk(StrEnum):
    """Why one steward is not enough to join two records."""

    RESTRICTED = "restricted"
    IDENTIFIER = "identifier"
    BIRTH = "birth"
    ENQUIRIES = "enquiries"
    SIZE = "size"


class Judged(StrEnum):
    """What became of a steward's word."""

    DECIDED = "decided"
    WAITS = "waits"
    DISAGREED = "disagreed"
    COUNTED = "counted"


class CaseKind(StrEnum):
    """Who says that something is wrong."""

    RESIDENT = "resident"
    SAMPLE = "sample"


class CaseStatus(StrEnum):
    """How a case stands."""

    OPEN = "open"
    ANSWERED = "answered"


class CaseOutcome(StrEnum):
    """What came of a case."""

    PUT_RIGHT = "put_right"
    PASSED_ON = "passed_on"
    NOTHING_WRONG = "nothing_wrong"


class Wrong(StrEnum):
    """What a resident says is wrong."""

    DETAILS = "details"
    NOT_MINE = "not_mine"
    NOT_TOGETHER = "not_together"
    BELONG_TOGETHER = "belong_together"
    ANOTHERS_POST = "anothers_post"
    SOMETHING_ELSE = "something_else"
