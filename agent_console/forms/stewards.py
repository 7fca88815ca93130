"""What stewards fill in at their desk."""

from flask_babel import lazy_gettext as _l

from agent_console.wording_stewards import OUTCOMES
from app.web.forms import Choice, Form, LongText, Text, needed


class JudgeForm(Form):
    """The same person, or not."""

    reason = Text(_l("Reason, if it needs one"))


class BulkForm(Form):
    """Nothing but the token: the pairs are ticked in the list."""

    pairs = Text()


class SplitForm(Form):
    """Why the records are two people."""

    reason = LongText(_l("How do you know?"), validators=[needed(_l("Say why they are not one customer"))], rows=2)


class AnswerForm(Form):
    """What came of a case, and what its resident will read."""

    outcome = Choice(
        _l("What came of it?"),
        choices=[(code.value, label) for code, label in OUTCOMES.items()],
        validators=[needed(_l("Say what came of it"))],
    )
    answer = LongText(
        _l("Your answer"), description=_l("The resident reads it, by e-mail and in My Account"), longest=2000, rows=5
    )
