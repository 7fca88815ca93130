"""What may be recorded of a relationship, and whether it can be used on a day. No session, no clock."""

from collections.abc import Mapping
from datetime import date, timedelta

from app.customers.relationship_enums import Evidence, RelationshipKind, Standing
from app.kernel.i18n import N_

K, E = RelationshipKind, Evidence

SHOWN_BY: Mapping[RelationshipKind, frozenset[Evidence]] = {
    K.PARENT: frozenset({E.BIRTH_CERTIFICATE, E.COURT_ORDER}),
    K.CARER: frozenset({E.CONSENT, E.COURT_ORDER, E.POWER_OF_ATTORNEY}),
    K.ATTORNEY: frozenset({E.POWER_OF_ATTORNEY, E.COURT_ORDER}),
    K.LANDLORD: frozenset({E.TENANCY, E.CONSENT}),
    K.COUNCILLOR: frozenset({E.ELECTION}),
    K.DIRECTOR: frozenset({E.COMPANY_REGISTER}),
    K.CONTACT: frozenset({E.CONSENT, E.COMPANY_REGISTER}),
}
"""Which evidence shows which right."""

LONGEST: Mapping[RelationshipKind, timedelta] = {
    K.PARENT: timedelta(days=18 * 366),
    K.CARER: timedelta(days=2 * 366),
    K.ATTORNEY: timedelta(days=5 * 366),
    K.LANDLORD: timedelta(days=3 * 366),
    K.COUNCILLOR: timedelta(days=5 * 366),
    K.DIRECTOR: timedelta(days=3 * 366),
    K.CONTACT: timedelta(days=2 * 366),
}
"""How long each may run before somebody looks at its evidence again."""

FOR_ORGANISATIONS = frozenset({K.DIRECTOR, K.CONTACT})
BY_CONSENT = frozenset({E.CONSENT})
"""What stands on the agreement of the person who is acted for, they can end themselves."""
ENDS_SOON = timedelta(days=30)
GROWN_UP = 18


def standing_on(day: date, starts_on: date, expires_on: date, *, ended: bool) -> Standing:
    """How it stands on a day of London; its last day counts in full."""
    if ended:
        return Standing.ENDED
    if day < starts_on:
        return Standing.NOT_YET
    return Standing.STANDS if day <= expires_on else Standing.EXPIRED


def problems(
    kind: RelationshipKind, evidence: Evidence, *, starts_on: date, expires_on: date, seen_on: date, today: date,
    born: date | None,
) -> dict[str, str]:  # fmt: skip
    """What is wrong with the evidence and the dates, by field. `born`: when the one who is acted for was, if that is known."""
    found = {}
    if evidence not in SHOWN_BY[kind]:
        found["evidence"] = N_("This does not show the right to act. Choose what does")
    if seen_on > today:
        found["evidence_seen_on"] = N_("The evidence must have been seen today or earlier")
    if expires_on < starts_on:
        found["expires_on"] = N_("It must end after it begins")
    elif expires_on < today:
        found["expires_on"] = N_("This day has passed already")
    elif expires_on - starts_on > LONGEST[kind]:
        found["expires_on"] = N_("This is too long. Choose an earlier day: the evidence is looked at again then")
    elif kind is K.PARENT and born is not None and expires_on >= coming_of_age(born):
        found["expires_on"] = N_("A parent acts until the child is 18. Choose a day before that birthday")
    return found


def coming_of_age(born: date) -> date:
    """The eighteenth birthday; for those born on a leap day, 1 March."""
    try:
        return born.replace(year=born.year + GROWN_UP)
    except ValueError:
        return date(born.year + GROWN_UP, 3, 1)
