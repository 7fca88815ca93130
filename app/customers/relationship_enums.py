"""The words of relationships: who acts for whom, by what right, how far."""

from enum import StrEnum

from app.kernel.i18n import N_


class RelationshipKind(StrEnum):
    """By what right one customer acts for another."""

    PARENT = "parent"
    CARER = "carer"
    ATTORNEY = "attorney"
    LANDLORD = "landlord"
    COUNCILLOR = "councillor"
    DIRECTOR = "director"
    CONTACT = "contact"

    @property
    def label(self) -> str:
        """From the one who acts to the one who is acted for."""
        return _WORDS[self][0]

    @property
    def reverse(self) -> str:
        """The same from the other end."""
        return _WORDS[self][1]


class Evidence(StrEnum):
    """What was seen that shows the right to act. No copy of it is kept."""

    POWER_OF_ATTORNEY = "power_of_attorney"
    COURT_ORDER = "court_order"
    BIRTH_CERTIFICATE = "birth_certificate"
    TENANCY = "tenancy"
    ELECTION = "election"
    COMPANY_REGISTER = "company_register"
    CONSENT = "consent"

    @property
    def label(self) -> str:
        return _EVIDENCE[self]


class Standing(StrEnum):
    """How a relationship stands on a day."""

    NOT_YET = "not_yet"
    STANDS = "stands"
    EXPIRED = "expired"
    ENDED = "ended"

    @property
    def label(self) -> str:
        return _STANDINGS[self]


class Use(StrEnum):
    """What somebody does for another."""

    SEE = "see"
    ASK = "ask"
    RECEIVE = "receive"

    @property
    def label(self) -> str:
        return _USES[self]


_WORDS = {
    RelationshipKind.PARENT: (N_("Parent of"), N_("Child of")),
    RelationshipKind.CARER: (N_("Carer of"), N_("Cared for by")),
    RelationshipKind.ATTORNEY: (N_("Attorney of"), N_("Has as attorney")),
    RelationshipKind.LANDLORD: (N_("Landlord of"), N_("Tenant of")),
    RelationshipKind.COUNCILLOR: (N_("Councillor for"), N_("Has as councillor")),
    RelationshipKind.DIRECTOR: (N_("Director of"), N_("Has as director")),
    RelationshipKind.CONTACT: (N_("Speaks for"), N_("Has as contact")),
}
_EVIDENCE = {
    Evidence.POWER_OF_ATTORNEY: N_("Registered power of attorney"),
    Evidence.COURT_ORDER: N_("Order of a court"),
    Evidence.BIRTH_CERTIFICATE: N_("Birth certificate or parental responsibility"),
    Evidence.TENANCY: N_("Tenancy agreement"),
    Evidence.ELECTION: N_("Declaration of election"),
    Evidence.COMPANY_REGISTER: N_("Company register"),
    Evidence.CONSENT: N_("The person's own agreement"),
}
_STANDINGS = {
    Standing.NOT_YET: N_("Not begun"),
    Standing.STANDS: N_("Stands"),
    Standing.EXPIRED: N_("Expired"),
    Standing.ENDED: N_("Ended"),
}
_USES = {
    Use.SEE: N_("See what has been asked and what came of it"),
    Use.ASK: N_("Ask and reply"),
    Use.RECEIVE: N_("Get our messages"),
}
