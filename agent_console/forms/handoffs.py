"""What a service's officers fill in about work that was offered to them."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from agent_console.forms.enquiries import OnVersion
from app.enquiries.enums import Disposition
from app.enquiries.policy import RESOLVING
from app.handoffs.enums import Becomes, Enforcement, FeedKind, Reach
from app.web.forms import Choice, Choices, Email, Form, LongText, Pick, Text, YesNo, at_most, needed

KIND_NAMES = {
    FeedKind.OFFERED: _l("Offered"),
    FeedKind.RECALLED: _l("Taken back"),
    FeedKind.EXPIRED: _l("Not answered in time"),
    FeedKind.ACCEPTED: _l("Accepted"),
    FeedKind.STARTED: _l("Work begun"),
    FeedKind.DECLINED: _l("Declined"),
    FeedKind.RETURNED: _l("Sent back"),
    FeedKind.COMPLETED: _l("Completed"),
    FeedKind.CONFIRMED: _l("Confirmed by the sender"),
}


class DeclineForm(OnVersion):
    """Not ours, and whose it may be."""

    reason = LongText(
        _l("Why do you decline?"),
        description=_l("The sender reads this"),
        validators=[needed(_l("Say why you decline"))],
        rows=3,
    )
    suggested_unit = Pick(
        _l("Who should have it?"),
        description=_l("The routing learns from it"),
        validators=[needed(_l("Choose the unit that should have it"))],
    )


class CompleteForm(OnVersion):
    """Done."""

    disposition = Choice(
        _l("How did it end?"),
        choices=[(item.value, _l(item.label)) for item in Disposition if item in RESOLVING],
        default=Disposition.DONE.value,
        validators=[needed(_l("Choose how it ended"))],
    )
    text = LongText(
        _l("What will the customer read?"),
        validators=[needed(_l("Write what the customer will read"))],
        rows=4,
        longest=4000,
    )


class ReturnForm(OnVersion):
    """Something is missing."""

    missing = LongText(
        _l("What is missing?"),
        description=_l("The sender reads this"),
        validators=[needed(_l("Say what is missing"))],
        rows=3,
    )


class RecallForm(OnVersion):
    """The sender takes it back."""

    reason = LongText(_l("Why do you take it back?"), validators=[needed(_l("Say why you take it back"))], rows=2)


class OfferForm(OnVersion):
    """Offer it with its checklist: what the service needs to have before it can take it."""

    given = Choices(_l("What is there?"), description=_l("Tick what the service will find in the enquiry or below"))
    checklist = HiddenField()
    brief = LongText(_l("What do they need to know? (optional)"), rows=4, longest=2000)
    anyway = YesNo(_l("Offer it without what is missing"))


class ReferForm(Form):
    """Ask another unit for its part; the enquiry stays."""

    unit = Pick(_l("Whom do you ask?"), validators=[needed(_l("Choose the unit"))])
    question = LongText(
        _l("What do you need from them?"),
        description=_l("You stay accountable, and the customer hears from you"),
        validators=[needed(_l("Say what you need from them"))],
        rows=4,
        longest=2000,
    )


class AnswerForm(OnVersion):
    """Our part, or why we cannot help."""

    text = LongText(
        _l("Your answer"),
        description=_l("The one who asked reads this"),
        validators=[needed(_l("Write your answer"))],
        rows=4,
        longest=4000,
    )


class EndpointForm(Form):
    """Where a unit's system wants to be told."""

    unit = Pick(_l("Unit"), validators=[needed(_l("Choose the unit"))])
    name = Text(
        _l("Name"),
        description=_l("As colleagues know the system"),
        validators=[needed(_l("Enter a name")), at_most(80)],
    )
    url = Text(
        _l("Address that takes the webhooks"), validators=[needed(_l("Enter the address")), at_most(1000)],
        render_kw={"spellcheck": "false", "autocomplete": "off"},
    )  # fmt: skip
    kinds = Choices(_l("What is it to be told?"), choices=[(kind.value, KIND_NAMES[kind]) for kind in KIND_NAMES])


class DisableForm(OnVersion):
    """Nothing goes there for the time being."""

    reason = Text(_l("Why is nothing to be sent there?"), validators=[needed(_l("Say why")), at_most(200)])


class ConnectionForm(OnVersion):
    """How offers travel to a unit."""

    reach = Choice(
        _l("How does it get its work?"), choices=[(reach.value, _l(reach.label)) for reach in Reach],
        validators=[needed(_l("Choose how it gets its work"))],
    )  # fmt: skip
    email = Email(_l("E-mail address"), description=_l("For units that have only e-mail"))
    open311_url = Text(_l("Address of the Open311 back office"), description=_l("Like https://city.example/open311/v2"))
    open311_key = Text(
        _l("API key for it"), description=_l("Kept sealed and never shown. Leave it empty to keep the one that is there"),
        render_kw={"spellcheck": "false", "autocomplete": "off"},
    )  # fmt: skip
    jurisdiction = Text(_l("Its jurisdiction_id (optional)"))
    codes = LongText(
        _l("Its service codes (optional)"),
        description=_l("One a line: our service, an equals sign, its code. Like missed-bin = 042"), rows=4, longest=4000,
    )  # fmt: skip

    def pairs(self) -> dict[str, str]:
        """The codes as they were typed; lines without an equals sign are passed over."""
        lines = (line.partition("=") for line in (self.codes.data or "").splitlines())
        return {
            ours.strip(): theirs.strip() for ours, mark, theirs in lines if mark and ours.strip() and theirs.strip()
        }


class ChecklistForm(OnVersion):
    """What offers of a service have to hold."""

    service = Pick(_l("Service"), validators=[needed(_l("Choose the service"))])
    unit = Pick(_l("When it is offered to"))
    required = LongText(
        _l("What has to be there"), description=_l("One thing a line"), rows=5, longest=4000,
        validators=[needed(_l("Write at least one thing that an offer has to hold"))],
    )  # fmt: skip
    optional = LongText(_l("What is good to have (optional)"), description=_l("One thing a line"), rows=3, longest=4000)
    enforcement = Choice(
        _l("When something is missing"), choices=[(each.value, _l(each.label)) for each in Enforcement],
        default=Enforcement.WARN.value,
    )  # fmt: skip


class StatusRuleForm(Form):
    """What a code of a unit's system means."""

    code = Text(_l("Their code"), validators=[needed(_l("Enter the code that their system uses")), at_most(60)])
    becomes = Choice(_l("What it means here"), choices=[(each.value, _l(each.label)) for each in Becomes])
    words = LongText(
        _l("What is said when the code comes without words (optional)"),
        description=_l("For the customer if it completes, for the sender if it declines or sends back"), rows=2, longest=2000,
    )  # fmt: skip
    suggested_unit = Pick(_l("Who should have what they decline"))
    silent_days = Text(
        _l("Days without a further word (optional)"), render_kw={"params": {"classes": "govuk-input--width-3"}}
    )
    silent_becomes = Pick(_l("What follows then"))

    def days(self) -> int | None:
        typed = (self.silent_days.data or "").strip()
        return int(typed) if typed.isascii() and typed.isdigit() else (None if not typed else 0)
