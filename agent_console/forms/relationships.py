"""What staff fill in about who acts for whom."""

from flask_babel import lazy_gettext as _l

from app.customers.relationship_enums import Evidence, RelationshipKind, Use
from app.web.forms import Choice, Choices, Day, Form, LongText, Pick, Text, at_most, needed

ACTS, ACTED_FOR = "acts", "acted_for"


class RelationshipForm(Form):
    """A right to act, how far it goes, what shows it, and until when."""

    side = Choice(
        _l("Which side is this customer?"),
        choices=[(ACTS, _l("They act for somebody")), (ACTED_FOR, _l("Somebody acts for them"))],
        validators=[needed(_l("Choose which side this customer is"))],
    )
    record = Pick(_l("By which of their records"), description=_l("It is used with this record only"))
    kind = Pick(_l("By what right"), choices=[(kind.value, _l(kind.label)) for kind in RelationshipKind])
    other = Text(
        _l("The other’s record"),
        description=_l("Its identifier in its source, like 700012345-2. Leave it empty for a councillor"),
        validators=[at_most(200)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    ward = Text(_l("Ward, for a councillor"), validators=[at_most(120)])
    uses = Choices(
        _l("What may they do?"),
        choices=[(use.value, _l(use.label)) for use in Use],
        validators=[needed(_l("Choose at least one thing that they may do"))],
    )
    services = Choices(_l("For which services?"), description=_l("Choose none for every service"), choices=[])
    evidence = Pick(_l("What shows it?"), choices=[(one.value, _l(one.label)) for one in Evidence])
    evidence_reference = Text(
        _l("Its number, or where it can be found again"),
        description=_l("No copy is kept"),
        validators=[needed(_l("Enter the number or the place of the evidence")), at_most(200)],
    )
    evidence_seen_on = Day(_l("When did you see it?"), validators=[needed(_l("Enter the day"))])
    starts_on = Day(_l("From"), validators=[needed(_l("Enter the first day"))])
    expires_on = Day(_l("Until, that day included"), validators=[needed(_l("Enter the last day"))])


class EndForm(Form):
    """Why it ends."""

    reason = LongText(_l("Why does it end?"), validators=[needed(_l("Say why it ends"))], rows=2)


class ActingForm(Form):
    """For whom the caller speaks."""

    relationship = Choice(_l("For whom does the caller speak?"), choices=[])
