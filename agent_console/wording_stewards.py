"""How the stewards' desk says things."""

from flask_babel import lazy_gettext as _l

from app.customers.enums import CaseOutcome, HoldReason, Risk, Wrong

REASONS = {
    HoldReason.UNSURE: _l("The evidence goes both ways"),
    HoldReason.RESTRICTED: _l("One of them is restricted"),
    HoldReason.IDENTIFIER: _l("National Insurance or company numbers contradict each other"),
    HoldReason.BIRTH: _l("Dates of birth contradict each other"),
    HoldReason.SHARED: _l("What they share, many people share, or nobody: a placeholder"),
    HoldReason.SIZE: _l("Together they would be very many records"),
}
RISKS = {
    Risk.RESTRICTED: _l("one of them is restricted"),
    Risk.IDENTIFIER: _l("their National Insurance or company numbers contradict each other"),
    Risk.BIRTH: _l("their dates of birth contradict each other"),
    Risk.ENQUIRIES: _l("many enquiries are open"),
    Risk.SIZE: _l("together they are many records"),
}
SHOWS = {
    "open": _l("To decide"),
    "second": _l("Waiting for a second steward"),
    "skipped": _l("Skipped by me"),
    "mine": _l("Open at my desk"),
}
KINDS = {"person": _l("People"), "organisation": _l("Organisations")}
COMPARED = {
    "same": _l("Same"),
    "nearly": _l("Nearly the same"),
    "different": _l("Different"),
    "left": _l("Only on the left"),
    "right": _l("Only on the right"),
}
COLOURS = {"same": "green", "nearly": "yellow", "different": "orange", "left": "grey", "right": "grey"}
WRONG = {
    Wrong.DETAILS: _l("Something in it is wrong or out of date"),
    Wrong.NOT_MINE: _l("This record is not about me"),
    Wrong.NOT_TOGETHER: _l("You take me and somebody else for one person"),
    Wrong.BELONG_TOGETHER: _l("You take me for two people"),
    Wrong.ANOTHERS_POST: _l("I get messages that are meant for somebody else"),
    Wrong.SOMETHING_ELSE: _l("Something else"),
}
OUTCOMES = {
    CaseOutcome.PUT_RIGHT: _l("We put it right"),
    CaseOutcome.PASSED_ON: _l("We passed it on to the service that keeps the record"),
    CaseOutcome.NOTHING_WRONG: _l("Nothing is wrong"),
}
PLACES = {
    "together": _l("Joined by the machine"),
    "open": _l("Left to stewards"),
    "apart": _l("Kept apart by the machine"),
}
BANDS = (_l("odds below 1 to 1"), _l("odds 1 to 9 to 1"), _l("odds 9 to 100 to 1"), _l("odds above 100 to 1"))
RATES = {
    "noticed": _l("more possible matches for the records that came"),
    "against": _l("more answers against the engine"),
}
DRIFTS = {
    "few": _l("Too few to say"),
    "steady": _l("No rise beyond chance"),
    "rising": _l("Has risen"),
    "shared": _l("Has risen, but only in pairs with"),
}
