"""Forms as this house makes them: CSRF, GOV.UK widgets, our own words for what is wrong, and typed text that is never lost.

class ReplyForm(Form):
    body = LongText(_l("Your reply"), validators=[needed(_l("Enter your reply"))])
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import wtforms
from flask import g
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, StopValidation, ValidationError

from app.kernel.errors import Invalid
from app.web import widgets
from app.web.i18n import gettext


class Form(FlaskForm):
    """Base of every form. `refuse(error)` puts a service's Invalid next to the fields it is about."""

    class Meta(FlaskForm.Meta):
        """Inputs come trimmed: nobody means a space at the end."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            filters = [*unbound_field.kwargs.get("filters", ())]
            if issubclass(unbound_field.field_class, wtforms.StringField | wtforms.TextAreaField) and not issubclass(
                unbound_field.field_class, wtforms.PasswordField
            ):
                filters.append(_trim)
            return unbound_field.bind(form=form, filters=filters, **options)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        g.form = self  # an error page can then call what was typed by its label

    def refuse(self, error: Invalid, also: Mapping[str, str] | None = None) -> None:
        """Show a service's refusal: each message at its field, the rest at the first field, or of the form if it has none.

        `also` maps other field names.
        """
        fields = {name: field for name, field in self._fields.items() if name != "csrf_token"}
        fallback = next(iter(fields.values()), None)
        for name, message in error.errors.items():
            field, said = fields.get((also or {}).get(name, name), fallback), gettext(message, **error.params)
            if field is None:
                self.form_errors.append(said)
            else:
                field.errors = [*field.errors, said]

    def problem(self, name: str, message: str) -> None:
        """Add one message (already translated) at a field."""
        field = self._fields[name]
        field.errors = [*field.errors, str(message)]


class Text(wtforms.StringField):
    """One line."""

    widget = widgets.TextInput()


class Email(wtforms.StringField):
    """An e-mail address; how it is spelt is checked by the services."""

    widget = widgets.EmailInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["render_kw"] = {"autocomplete": "email", "spellcheck": "false"} | (kwargs.get("render_kw") or {})
        super().__init__(*args, **kwargs)


class Phone(wtforms.StringField):
    """A telephone number as people write it."""

    widget = widgets.PhoneInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["render_kw"] = {"autocomplete": "tel"} | (kwargs.get("render_kw") or {})
        super().__init__(*args, **kwargs)


class Password(wtforms.PasswordField):
    """A password, kept exactly as typed."""

    widget = widgets.PasswordInput()


class LongText(wtforms.TextAreaField):
    """Several lines; `longest` shows how many characters are left."""

    def __init__(
        self, label: Any = None, validators: Any = None, *, longest: int | None = None, rows: int = 5, **kwargs: Any
    ) -> None:
        checks = list(validators or ())
        if longest:
            checks.append(Length(max=longest, message=lazy_gettext("Enter %(max)d characters or fewer")))
        super().__init__(label, checks, **kwargs)
        self.widget = widgets.CharacterCount() if longest else widgets.TextArea()
        self.gov_params = {"rows": rows} | ({"maxlength": longest} if longest else {})


class Offers:
    """Takes choices as plain pairs of value and label."""

    def __init__(self, label: Any = None, validators: Any = None, *, choices: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, choices=_offered(choices), **kwargs)  # type: ignore[call-arg]  # - a mixin: the field beside it takes them

    @property
    def choices(self) -> Any:
        """What can be chosen."""
        return super().choices  # type: ignore[misc]  # - a mixin: the field beside it has them

    @choices.setter
    def choices(self, choices: Any) -> None:
        wtforms.SelectField.choices.fset(self, _offered(choices))


class Choice(Offers, wtforms.RadioField):
    """One of a few, all in sight."""

    widget = widgets.Radios()

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, validate_choice=False, **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Only what was offered; nothing chosen is for `needed` to say."""
        if self.data and self.data not in {str(value) for value, *_ in self.iter_choices()}:
            raise StopValidation(gettext("Choose from the answers shown"))


class Choices(Offers, wtforms.SelectMultipleField):
    """Several of a few, all in sight."""

    widget = widgets.Checkboxes()
    option_widget = wtforms.widgets.CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        """Only what was offered."""
        if not set(self.data or ()) <= {str(value) for value, *_ in self.iter_choices()}:
            raise StopValidation(gettext("Choose from the answers shown"))


class Pick(Offers, wtforms.SelectField):
    """One of many, in a closed list."""

    widget = widgets.Select()


class YesNo(wtforms.BooleanField):
    """One box to tick."""

    widget = widgets.Checkbox()


class Upload(wtforms.FileField):
    """A file."""

    widget = widgets.FileInput()


class Uploads(wtforms.MultipleFileField):
    """Several files; `given()` reads them as pairs of name and bytes."""

    widget = widgets.FileInput()

    def given(self) -> list[tuple[str, bytes]]:
        """What was chosen. A box that was left empty is nothing."""
        return [(file.filename, file.read()) for file in self.data or () if getattr(file, "filename", "")]


class Submit(wtforms.SubmitField):
    """The button that sends the form."""

    widget = widgets.SubmitInput()


class Day(wtforms.DateField):
    """A date in three boxes; says what is wrong with it as a person would."""

    widget = widgets.DateInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read day, month, year."""
        typed = [part.strip() for part in valuelist]
        self.data = None
        if not any(typed):
            return
        missing = [
            name
            for name, part in zip((gettext("day"), gettext("month"), gettext("year")), [*typed, "", ""], strict=False)
            if not part
        ]
        if missing:
            raise ValidationError(gettext("The date must include a %(part)s", part=missing[0]))
        try:
            day, month, year = (int(part) for part in typed)
            self.data = date(year, month, day)
        except ValueError:
            raise ValidationError(gettext("Enter a real date, like 27 3 2026")) from None
        if year < 1000:
            self.data = None
            raise ValidationError(gettext("The year must have 4 numbers"))


class Needed:
    """The field must be filled in. What is already said to be wrong with it comes first."""

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, form: Form, field: wtforms.Field) -> None:
        if field.errors:
            raise StopValidation
        if not field.data:
            raise StopValidation(str(self.message))


def needed(message: Any) -> Needed:
    """The field must be filled in; the message says with what: "Enter your name"."""
    return Needed(message)


def at_most(longest: int) -> Length:
    """No longer than this many characters."""
    return Length(max=longest, message=lazy_gettext("Enter %(max)d characters or fewer"))


def _offered(choices: Any) -> Any:
    if choices is None or callable(choices) or isinstance(choices, dict):
        return choices
    return [
        choice if isinstance(choice, SelectChoice) else SelectChoice(str(choice[0]), choice[1]) for choice in choices
    ]


def _trim(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value
