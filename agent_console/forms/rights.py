"""What is filled in when people ask about their data."""

from flask_babel import lazy_gettext as _l

from agent_console.wording_rights import HELD_ON
from app.customers.queries import LABELS
from app.rights.enums import AskedBy, RightKind
from app.web.forms import Choice, Day, Email, Form, LongText, Pick, Text, YesNo, needed


class NewRequestForm(Form):
    """A request that came by another way than My Account."""

    kind = Choice(_l("What do they ask for?"), validators=[needed(_l("Choose what they ask for"))])
    asked_by = Choice(_l("How did it come?"), validators=[needed(_l("Choose how the request came"))])
    name = Text(_l("Name"), validators=[needed(_l("Enter the name of the person whose data it is"))])
    email = Email(_l("E-mail address, if they gave one"), description=_l("We write to it when something happens"))
    said = LongText(_l("In their words"), longest=4000, rows=4)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [(kind.value, _l(kind.label)) for kind in RightKind]
        self.asked_by.choices = [(way.value, _l(way.label)) for way in AskedBy if way is not AskedBy.ACCOUNT]


class IdentityForm(Form):
    """How they showed who they are."""

    how = LongText(
        _l("How did they show who they are?"), description=_l("What you saw or asked, never a copy of it"),
        validators=[needed(_l("Say how they showed who they are"))], rows=2,
    )  # fmt: skip
    account_email = Email(_l("E-mail address of their account, if they have one"))


class RecordForm(Form):
    """A record that is theirs, though no verification stands on it."""

    source = Pick(_l("Source"), validators=[needed(_l("Choose a source"))])
    key = Text(_l("Number of the record"), validators=[needed(_l("Enter the number of the record"))])
    reason = Text(
        _l("How do you know that it is theirs?"), validators=[needed(_l("Say how you know that this record is theirs"))]
    )


class AddressForm(Form):
    """An e-mail address or telephone number that was shown to be theirs."""

    address = Text(
        _l("E-mail address or telephone number"),
        description=_l("What came from it without an account is then looked for as well, where it came in their name"),
        validators=[needed(_l("Enter an e-mail address or a telephone number"))],
    )
    reason = Text(
        _l("How was it shown to be theirs?"),
        description=_l("For example: they answered from it, or were rung back on it. That they gave it shows nothing"),
        validators=[needed(_l("Say how it was shown that the address is theirs"))],
    )


class ReturnForm(Form):
    """A record that was erased and may come again."""

    source = Pick(_l("Source"), validators=[needed(_l("Choose a source"))])
    key = Text(
        _l("Number of the record"), validators=[needed(_l("Enter the number of the record"))],
        render_kw={"params": {"classes": "govuk-input--width-20"}},
    )  # fmt: skip
    reason = LongText(
        _l("Why may it come again?"), description=_l("What the person told us, without their name. It is kept"),
        validators=[needed(_l("Say why the record may come again"))], rows=2, longest=500,
    )  # fmt: skip


class SureForm(Form):
    """There is a person behind it who wants this."""

    sure = YesNo(_l("The person wants to be our customer again, and knows that we will hold their data"))


class ReasonForm(Form):
    """One reason."""

    reason = LongText(_l("Reason"), validators=[needed(_l("Give the reason"))], rows=3)


class ExtendForm(ReasonForm):
    """More time."""

    months = Choice(
        _l("How much longer?"), choices=[("1", _l("One month")), ("2", _l("Two months"))],
        validators=[needed(_l("Choose one month or two"))],
    )  # fmt: skip


class PackageForm(Form):
    """A copy; of a restricted record only with a way to hand it over."""

    by_hand_reason = LongText(_l("How does the copy reach the person safely?"), rows=2)
    with_address = YesNo(_l("It may say where they live"))


class CorrectionForm(Form):
    """A value that is wrong."""

    record = Choice(_l("Which record?"), validators=[needed(_l("Choose the record"))])
    attribute = Pick(_l("What is wrong?"), validators=[needed(_l("Choose what is wrong"))])
    should_say = Text(
        _l("What should it say?"),
        description=_l("A date like 1978-03-27; leave it empty if nothing should stand there"),
    )
    reason = LongText(
        _l("How do you know what is right?"), validators=[needed(_l("Say how you know what is right"))], rows=2
    )
    pin = YesNo(_l("Show the right value from now on, whatever the source sends"), default=True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        labels = [(name, _l(label)) for name, label in LABELS.items() if name != "phone_2"]
        self.attribute.choices = [("", _l("Choose")), *labels]


class SourceAnswerForm(Form):
    """What the source says to a correction."""

    accepted = Choice(
        _l("What does the source say?"),
        choices=[("yes", _l("It has put it right")), ("no", _l("It refuses: the record is right as it is"))],
        validators=[needed(_l("Choose what the source says"))],
    )
    answer = LongText(_l("In its words"), rows=2)


class KeepForm(Form):
    """A class of records that is kept in spite of an erasure."""

    holding = Pick(_l("What is kept?"), validators=[needed(_l("Choose what is kept"))])
    reason = Text(_l("Why?"), description=_l("Leave it empty to erase it after all"))


class HoldForm(ReasonForm):
    """A legal hold."""

    object_type = Choice(
        _l("What is it on?"), choices=list(HELD_ON.items()), validators=[needed(_l("Choose what the hold is on"))]
    )
    source = Pick(_l("Source, for a record"))
    key = Text(
        _l("Which one?"), description=_l("Number of the record, e-mail address of the account, or reference of the enquiry"),
        validators=[needed(_l("Say which one it is"))],
    )  # fmt: skip
    until = Day(_l("Until, if the day is known"))


class RuleForm(ReasonForm):
    """How long a class of records is kept."""

    months = Text(_l("Months"), validators=[needed(_l("Enter a number of months"))])
    enforced = YesNo(_l("Carry it out every night (otherwise it is only counted)"))
