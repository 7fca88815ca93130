"""The words of the routing table."""

from enum import StrEnum

from app.kernel.i18n import N_


class AreaKind(StrEnum):
    """How a rule names a part of the city."""

    WARD = "ward"
    POSTCODE = "postcode"

    @property
    def label(self) -> str:
        return _AREAS[self]


class Outcome(StrEnum):
    """By which way a queue was found."""

    RULE = "rule"
    COVER = "cover"
    INTAKE = "intake"
    DESK = "desk"
    ERROR = "error"

    @property
    def label(self) -> str:
        return _OUTCOMES[self]


class Verdict(StrEnum):
    """What came of looking at one rule."""

    CHOSEN = "chosen"
    APPLIES = "applies"
    DOES_NOT_APPLY = "does_not_apply"
    LEADS_NOWHERE = "leads_nowhere"
    BROKEN = "broken"

    @property
    def label(self) -> str:
        return _VERDICTS[self]


class Stale(StrEnum):
    """Why a rule may be out of date."""

    QUEUE_CLOSED = "queue_closed"
    COVER_CLOSED = "cover_closed"
    OWNER_GONE = "owner_gone"
    FOCAL_GONE = "focal_gone"
    NEVER_HIT = "never_hit"
    REVIEW_OVERDUE = "review_overdue"
    BROKEN = "broken"
    SERVICE_GONE = "service_gone"

    @property
    def label(self) -> str:
        return _STALE[self]


_AREAS = {AreaKind.WARD: N_("Ward"), AreaKind.POSTCODE: N_("Postcode area")}
_OUTCOMES = {
    Outcome.RULE: N_("By a rule"), Outcome.COVER: N_("Outside hours, to the cover"),
    Outcome.INTAKE: N_("To the intake of the service"), Outcome.DESK: N_("Nothing matched, to the monitoring desk"),
    Outcome.ERROR: N_("A rule is broken, to the monitoring desk"),
}  # fmt: skip
_VERDICTS = {
    Verdict.CHOSEN: N_("Chosen"), Verdict.APPLIES: N_("Applies too"), Verdict.DOES_NOT_APPLY: N_("Does not apply"),
    Verdict.LEADS_NOWHERE: N_("Leads nowhere"), Verdict.BROKEN: N_("Broken"),
}  # fmt: skip
_STALE = {
    Stale.QUEUE_CLOSED: N_("Its queue is closed"), Stale.COVER_CLOSED: N_("The queue of its cover is closed"),
    Stale.OWNER_GONE: N_("The owner of its queue has left"), Stale.FOCAL_GONE: N_("The focal point has left"),
    Stale.NEVER_HIT: N_("It has not been used for %(days)s days"), Stale.REVIEW_OVERDUE: N_("Its review is overdue"),
    Stale.BROKEN: N_("Its condition cannot be read"), Stale.SERVICE_GONE: N_("The service is not in the catalogue any more"),
}  # fmt: skip
