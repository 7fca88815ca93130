"""How the console says what it knows of sources."""

from flask_babel import lazy_gettext as _l

from app.customers.enums import ConnectorKind, Freshness, LawfulBasis, LoadPhase
from app.kernel.i18n import N_

BASES = {
    LawfulBasis.PUBLIC_TASK: _l("Public task"),
    LawfulBasis.LEGAL_OBLIGATION: _l("Legal obligation"),
    LawfulBasis.CONTRACT: _l("Contract"),
    LawfulBasis.CONSENT: _l("Consent"),
    LawfulBasis.VITAL_INTERESTS: _l("Vital interests"),
    LawfulBasis.LEGITIMATE_INTERESTS: _l("Legitimate interests"),
}
CONNECTORS = {
    ConnectorKind.UPLOAD: _l("Somebody uploads a file"),
    ConnectorKind.FILE: _l("We read one file on the server"),
    ConnectorKind.FOLDER: _l("We watch a folder on the server"),
    ConnectorKind.SQL: _l("We read another database"),
    ConnectorKind.HTTP: _l("We read a web address (JSON)"),
    ConnectorKind.PUSH: _l("Its system sends records to our API"),
}
FRESHNESS = {
    Freshness.NO_PROMISE: _l("No promise"),
    Freshness.KEPT: _l("Fresh"),
    Freshness.MISSED: _l("Promise missed"),
}
FRESHNESS_COLOURS = {Freshness.NO_PROMISE: "grey", Freshness.KEPT: "green", Freshness.MISSED: "red"}
PHASES = {
    LoadPhase.READING: _l("Reading the rows"),
    LoadPhase.COMPARING: _l("Comparing them with what is there"),
    LoadPhase.WRITING: _l("Writing the records"),
    LoadPhase.ENDED: _l("Ended"),
}
EVERY = {
    "": _l("Only when somebody asks"),
    "15": _l("Every 15 minutes"),
    "60": _l("Every hour"),
    "360": _l("Every 6 hours"),
    "1440": _l("Every day"),
    "10080": _l("Every week"),
}
KINDS = {
    "ignore": _l("Nothing that we need"),
    "key": _l("What identifies the row"),
    "full_name": _l("Whole name"),
    "title": _l("Title"),
    "given_name": _l("First name"),
    "middle_name": _l("Middle names"),
    "family_name": _l("Last name"),
    "organisation_name": _l("Name of an organisation"),
    "company_number": _l("Company number"),
    "date_of_birth": _l("Date of birth"),
    "gender": _l("Gender"),
    "national_id": _l("National Insurance number"),
    "email": _l("E-mail address"),
    "phone": _l("Phone number"),
    "phone_2": _l("Second phone number"),
    "unit": _l("Flat or unit"),
    "building": _l("Building"),
    "house_number": _l("House number"),
    "street": _l("Street"),
    "city": _l("Town"),
    "postcode": _l("Postcode"),
    "uprn": _l("UPRN"),
    "address": _l("Line of an address"),
    "since": _l("Date from which it holds"),
    "until": _l("Date until which it holds"),
    "updated": _l("Date of the last change"),
}
"""What a column can hold, in the order of a list to choose from."""
MEASURES = {
    "missing": N_("Records without a value: %(what)s"),
    "malformed": N_("Records with a value that cannot be right: %(what)s"),
    "duplicates": N_("Records that share a customer with another record of this source"),
}


def sureness(sure: float) -> str:
    """How sure a guess is, in words for a tag."""
    return str(_l("Sure") if sure >= 0.9 else _l("Likely") if sure >= 0.6 else _l("Please check"))


SURENESS_COLOURS = ((0.9, "green"), (0.6, "yellow"), (0.0, "orange"))


def sureness_colour(sure: float) -> str:
    """Green, yellow or orange."""
    return next(colour for least, colour in SURENESS_COLOURS if sure >= least)
