"""How the console says what is known of customers."""

import re

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.customers.enums import LinkMethod, LoadStatus, MatchGrade, ReasonKind, RunKind, RunStatus
from app.customers.rows import Reason

PURPOSES = {
    "call": _l("Answering a call"),
    "visit": _l("Helping at the counter"),
    "writing": _l("Answering a letter or an e-mail"),
    "enquiry": _l("Working on an enquiry"),
    "complaint": _l("Looking into a complaint"),
    "quality": _l("Checking data quality"),
}
"""Why somebody looks at a customer. Only the code travels in addresses."""

FIELDS = {
    "name": _l("Name"),
    "date_of_birth": _l("Date of birth"),
    "address": _l("Address"),
    "postcode": _l("Postcode"),
    "phone": _l("Phone number"),
    "email": _l("E-mail address"),
    "reference": _l("Reference"),
}

REASONS = {
    ReasonKind.EXACT: _l("is the same"),
    ReasonKind.CLOSE: _l("is close"),
    ReasonKind.NEAR: _l("is near"),
    ReasonKind.PART: _l("is partly the same"),
    ReasonKind.DIFFERENT: _l("is different"),
}
PARTS = {"postcode": _l("Postcode area"), "date_of_birth": _l("Year of birth")}
"""What was typed, where that is only a part of the field."""
_PARTLY = {
    "postcode": re.compile(r"[a-z]{1,2}\d[a-z\d]?(\s*\d)?", re.IGNORECASE),
    "date_of_birth": re.compile(r"\d{4}"),
}
REASON_COLOURS = {
    ReasonKind.EXACT: "green",
    ReasonKind.CLOSE: "turquoise",
    ReasonKind.NEAR: "yellow",
    ReasonKind.PART: "yellow",
    ReasonKind.DIFFERENT: "grey",
}


def reason_told(reason: Reason) -> str:
    """'Name is close', 'Year of birth is the same', or 'Postcode area M41 is near M14'."""
    if reason.kind is ReasonKind.NEAR and reason.held:
        told = {"part": PARTS[reason.field], "typed": reason.typed.upper(), "held": reason.held}
        return str(gettext("%(part)s %(typed)s is near %(held)s", **told))
    only = _PARTLY.get(reason.field)
    field = PARTS[reason.field] if only and only.fullmatch(reason.typed.strip()) else FIELDS[reason.field]
    return f"{field} {REASONS[reason.kind]}"


GRADES = {
    MatchGrade.CERTAIN: _l("Certain"),
    MatchGrade.PROBABLE: _l("Probable"),
    MatchGrade.POSSIBLE: _l("Possible"),
}
GRADE_COLOURS = {MatchGrade.CERTAIN: "green", MatchGrade.PROBABLE: "turquoise", MatchGrade.POSSIBLE: "grey"}

METHODS = {
    LinkMethod.ALONE: _l("The only record"),
    LinkMethod.MATCHED: _l("Matched"),
    LinkMethod.STEWARD: _l("Joined by a steward"),
}

LOADS = {
    LoadStatus.QUEUED: _l("Waiting for a worker"),
    LoadStatus.RUNNING: _l("Running"),
    LoadStatus.REHEARSED: _l("Rehearsed"),
    LoadStatus.WAITING: _l("Stopped: needs an answer"),
    LoadStatus.DONE: _l("Done"),
    LoadStatus.FAILED: _l("Failed"),
    LoadStatus.INTERRUPTED: _l("Interrupted"),
    LoadStatus.DISCARDED: _l("Discarded"),
    LoadStatus.UNDONE: _l("Taken back"),
}
LOAD_COLOURS = {
    LoadStatus.QUEUED: "light-blue",
    LoadStatus.RUNNING: "blue",
    LoadStatus.REHEARSED: "purple",
    LoadStatus.WAITING: "yellow",
    LoadStatus.DONE: "green",
    LoadStatus.FAILED: "red",
    LoadStatus.INTERRUPTED: "orange",
    LoadStatus.DISCARDED: "grey",
    LoadStatus.UNDONE: "grey",
}

RUN_KINDS = {
    RunKind.FULL: _l("Run over everything"),
    RunKind.ARRIVAL: _l("Records that came"),
    RunKind.DECISION: _l("Decision"),
    RunKind.MERGE: _l("Merge"),
    RunKind.UNMERGE: _l("Unmerge"),
    RunKind.PIN: _l("Pin"),
    RunKind.ROLLBACK: _l("Run taken back"),
    RunKind.REHEARSAL: _l("Rehearsal"),
}
RUNS = {
    RunStatus.QUEUED: _l("Waiting for a worker"),
    RunStatus.RUNNING: _l("Running"),
    RunStatus.DONE: _l("Done"),
    RunStatus.FAILED: _l("Failed"),
}
RUN_COLOURS = {
    RunStatus.QUEUED: "light-blue",
    RunStatus.RUNNING: "blue",
    RunStatus.DONE: "green",
    RunStatus.FAILED: "red",
}
