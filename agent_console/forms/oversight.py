"""What the monitoring desk fills in."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import Field

from agent_console.forms.enquiries import OnVersion
from app.oversight.enums import Threshold
from app.oversight.rows import QualityQuestionRow
from app.web.forms import Choice, Form, LongText, Pick, Text, YesNo, at_most, needed

NUMBER = {"inputmode": "numeric", "params": {"classes": "govuk-input--width-4"}}
MARKS = {"2": 2, "1": 1, "0": 0, "na": None}


class RerouteForm(OnVersion):
    """Into the queue where it belongs."""

    queue = Pick(_l("Queue"), validators=[needed(_l("Choose a queue"))])
    reason = LongText(
        _l("Why does it go there?"),
        description=_l("Only colleagues read this"),
        validators=[needed(_l("Say why it goes there"))],
        rows=2,
    )


class EscalateForm(OnVersion):
    """To the head of the unit."""

    reason = LongText(
        _l("What has to happen?"),
        description=_l("The head of the unit gets this by e-mail"),
        validators=[needed(_l("Say what has to happen"))],
        rows=3,
    )


class ExplainForm(OnVersion):
    """Why something need not arrive any more."""

    text = LongText(
        _l("Why does it not matter any more?"),
        description=_l("Only colleagues read this. What fails later shows again"),
        validators=[needed(_l("Say why it needs nothing more"))],
        rows=2,
    )


class LookIntoForm(OnVersion):
    """Somebody looks into an anomaly."""

    to_account = Pick(_l("Who looks into it?"), validators=[needed(_l("Choose a person"))])


class SettleForm(OnVersion):
    """How an anomaly ends."""

    text = LongText(
        _l("What was found out or done?"), validators=[needed(_l("Say why it is so, or what was done"))], rows=3
    )


class QuestionForm(Form):
    """One more question for the scoring form."""

    text = Text(_l("Question"), validators=[needed(_l("Write the question")), at_most(200)])
    weight = Text(_l("Weight, 1 to 10"), validators=[needed(_l("Enter a weight from 1 to 10"))], render_kw=NUMBER)

    def weighs(self) -> int:
        return _number(self.weight.data)


class ChangeForm(Form):
    """A question that is there already."""

    weight = Text(_l("Weight, 1 to 10"), validators=[needed(_l("Enter a weight from 1 to 10"))], render_kw=NUMBER)
    active = YesNo(_l("Asked"))

    def weighs(self) -> int:
        return _number(self.weight.data)


class AnswerForm(OnVersion):
    """An advisor's own word on the feedback."""

    answer = LongText(_l("Your answer"), validators=[needed(_l("Write your answer"))], rows=4, longest=4000)


def limits_form() -> type[Form]:
    """A box for every threshold."""
    fields = {
        name.value: Text(_l(name.label), validators=[needed(_l("Enter a number from 1 to 1,000"))], render_kw=NUMBER)
        for name in Threshold
    }
    return type("LimitsForm", (Form,), fields)


def limits_in(form: Any) -> dict[Threshold, int]:
    """The numbers typed; what is no number is 0, which the service refuses at its field."""
    return {name: _number(form[name.value].data) for name in Threshold}


def score_form(questions: tuple[QualityQuestionRow, ...]) -> type[OnVersion]:
    """A choice for every question, and what the advisor should know."""
    choices = [("2", _l("Yes")), ("1", _l("Partly")), ("0", _l("No")), ("na", _l("Does not apply"))]
    fields: dict[str, Field] = {
        f"q-{question.id}": Choice(question.text, choices=choices, validators=[needed(_l("Answer this question"))])
        for question in questions
    }
    fields["feedback"] = LongText(
        _l("Feedback"),
        description=_l("The advisor reads this, and can answer"),
        validators=[needed(_l("Write what the advisor should know"))],
        rows=4,
        longest=4000,
    )
    return type("ScoreForm", (OnVersion,), fields)


def points_in(form: Any) -> dict[UUID, int | None]:
    """What was given for each question."""
    return {UUID(name[2:]): MARKS[field.data] for name, field in form._fields.items() if name.startswith("q-")}


def _number(typed: Any) -> int:
    text = str(typed or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
