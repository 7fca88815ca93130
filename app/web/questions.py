"""A service's questions as a form: both front ends ask them alike, and what is not asked is neither checked nor kept.

`question_form(service.questions, ContactForm)` makes the form class; `form.find_properties(…)` looks addresses up before
`form.validate()`; `form.answers()` is what the services take.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import wtforms

from app.enquiries.answers import examine
from app.kernel.errors import Invalid
from app.organisation.enums import QuestionType
from app.organisation.rows import Question
from app.web import forms
from app.web.dates import PLAIN, write_day
from app.web.i18n import current, gettext
from app.web.properties import Find, PropertyChoice

PREFIX = "answer_"


class QuestionForm(forms.Form):
    """Base of the forms made by `question_form`."""

    questions: tuple[Question, ...] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """The services' own check of the answers, each message at its field; what is not asked is not checked."""
        super().validate(extra_validators)
        wrong = examine(self.questions, self.given()).errors
        for question, field in self.question_fields():
            if not question.asked(self.given()):
                field.errors = []
            elif not field.errors and question.id in wrong:
                field.errors = [_wrong(field) or gettext(wrong[question.id])]
        return not self.errors

    @property
    def errors(self) -> dict[str, Any]:
        """What is wrong, in the order of the page: the questions come before what the base form asks."""
        wrong: dict[str, Any] = super().errors
        asked = [PREFIX + question.id for question in self.questions]
        return {name: wrong[name] for name in [*asked, *wrong] if name in wrong}

    def question_fields(self) -> list[tuple[Question, wtforms.Field]]:
        """Every question with its field, in the catalogue's order."""
        return [(question, self[PREFIX + question.id]) for question in self.questions]

    def find_properties(self, find: Find) -> None:
        """Look up the addresses of every postcode typed so far."""
        for field in self:
            if isinstance(field, PropertyChoice):
                field.look_up(find)

    def given(self) -> dict[str, str | list[str]]:
        """What was answered, in the form the services take, asked or not."""
        return {question.id: _plain(field) for question, field in self.question_fields()}

    def answers(self) -> dict[str, str | list[str]]:
        """The answers to the questions that were really asked."""
        return dict(examine(self.questions, self.given()).answers)

    def written(self) -> list[tuple[str, str, str]]:
        """Label, answer in words, and field id of each question asked; for checking before sending."""
        given = self.given()
        return [
            (gettext(question.label), _in_words(field), field.id)
            for question, field in self.question_fields()
            if question.asked(given)
        ]

    def refuse_answers(self, error: Invalid, also: Mapping[str, str] | None = None) -> None:
        """Show what a service said of the answers at the questions it is about."""
        self.refuse(error, {question.id: PREFIX + question.id for question in self.questions} | dict(also or {}))


def question_form(questions: Sequence[Question], base: type[forms.Form] = forms.Form) -> type[QuestionForm]:
    """A form class that asks these questions, then whatever `base` asks."""
    fields = {PREFIX + question.id: _field(question) for question in questions}
    return type("AskedForm", (QuestionForm, base), {"questions": tuple(questions), **fields})


def _field(question: Question) -> Any:
    label, hint = gettext(question.label), gettext(question.hint) if question.hint else ""
    if not question.required:
        label = gettext("%(question)s (optional)", question=label)
    return _MAKERS[question.type](question, label, description=hint)


def _text(question: Question, label: str, **options: Any) -> Any:
    width = next((width for width in (3, 5, 10, 20, 30) if question.max_length <= width), None)
    classes = {"params": {"classes": f"govuk-input--width-{width}"}} if width else None
    return forms.Text(label, render_kw=classes, **options)


def _long(question: Question, label: str, **options: Any) -> Any:
    return forms.LongText(label, longest=question.max_length, **options)


def _radios(question: Question, label: str, **options: Any) -> Any:
    return forms.Choice(label, choices=_choices(question), **options)


def _checkboxes(question: Question, label: str, **options: Any) -> Any:
    return forms.Choices(label, choices=_choices(question), **options)


def _date(_: Question, label: str, **options: Any) -> Any:
    return forms.Day(label, **options)


def _property(_: Question, label: str, **options: Any) -> Any:
    return PropertyChoice(label, **options)


def _email(_: Question, label: str, **options: Any) -> Any:
    return forms.Email(label, **options)


def _phone(_: Question, label: str, **options: Any) -> Any:
    return forms.Phone(label, **options)


_MAKERS: dict[QuestionType, Callable[..., Any]] = {
    QuestionType.TEXT: _text,
    QuestionType.TEXTAREA: _long,
    QuestionType.RADIOS: _radios,
    QuestionType.CHECKBOXES: _checkboxes,
    QuestionType.DATE: _date,
    QuestionType.PROPERTY: _property,
    QuestionType.EMAIL: _email,
    QuestionType.PHONE: _phone,
}


def _wrong(field: wtforms.Field) -> str:
    """What an address field says for itself."""
    return field.nothing_found if isinstance(field, PropertyChoice) and field.looked and not field.found else ""


def _choices(question: Question) -> list[tuple[str, str]]:
    return [(option.value, gettext(option.label)) for option in question.options]


def _plain(field: wtforms.Field) -> str | list[str]:
    data = field.data
    if isinstance(data, list):
        return [str(value) for value in data]
    return data.isoformat() if hasattr(data, "isoformat") else str(data or "")


def _in_words(field: wtforms.Field) -> str:
    if isinstance(field, PropertyChoice):
        return field.address
    if isinstance(field, forms.Day):
        return write_day(field.data, current(), PLAIN)
    if isinstance(field, forms.Choice | forms.Choices):
        chosen = field.data if isinstance(field.data, list) else [field.data]
        return "\n".join(str(label) for value, label, *_ in field.iter_choices() if value in chosen)
    return str(field.data or "")
