"""GOV.UK widgets for WTForms fields, in the page's language and with links from the error summary that land on an input."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flask import current_app
from govuk_frontend_wtf import wtforms_widgets as upstream
from markupsafe import Markup
from wtforms import Field

from app.web.i18n import gettext


@dataclass(frozen=True, slots=True)
class Looks:
    """Everything that decides how a widget looks. Two are the same if they are written the same."""

    template: str
    written: str
    params: dict[str, Any] = field(compare=False)

    def render(self) -> Markup:
        """The markup. Components know nothing of the page, so the page's own context is not put together for each."""
        return Markup(current_app.jinja_env.get_template(self.template).render(params=self.params))  # noqa: S704 - made by an escaping template


@lru_cache(maxsize=1024)
def _kept(looks: Looks) -> Markup:
    """A page of an enquiry has forty fields, and they look the same on the next page: they are made once for all of them."""
    return looks.render()


class InPageLanguage:
    """Translates what the upstream widgets say in English, and leaves out hints that are empty."""

    template: str

    def render(self, params: dict[str, Any]) -> Markup:
        """What somebody typed, what is wrong with it, and fields marked `personal` are made anew and never kept."""
        own = params.pop("personal", False) or params.get("value") or "errorMessage" in params
        looks = Looks(self.template, repr(params), params)
        return looks.render() if own else _kept(looks)

    def map_gov_params(self, field: Field, **kwargs: Any) -> dict[str, Any]:
        kwargs.pop("required", None)  # the server says what is missing, in our words; browsers must not cut in
        params: dict[str, Any] = super().map_gov_params(field, **kwargs)  # type: ignore[misc]  # - a mixin: the widget beside it has the method
        if not (params.get("hint") or {}).get("text") and not (params.get("hint") or {}).get("html"):
            params.pop("hint", None)
        if getattr(field, "personal", False):
            params["personal"] = True
        if "errorMessage" in params:
            params["errorMessage"]["visuallyHiddenText"] = gettext("Error")
        for name, value in (getattr(field, "gov_params", None) or {}).items():
            params.setdefault(name, value)
        return params


class TextInput(InPageLanguage, upstream.GovTextInput):
    """One line of text."""


class EmailInput(InPageLanguage, upstream.GovInput):
    """An e-mail address, with the keyboard for it."""

    input_type = "email"


class PhoneInput(InPageLanguage, upstream.GovInput):
    """A telephone number, with the keyboard for it."""

    input_type = "tel"


class PasswordInput(InPageLanguage, upstream.GovPasswordInput):
    """A password, with a button that shows it."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> dict[str, Any]:
        params = super().map_gov_params(field, **kwargs)
        texts = {
            "showPasswordText": gettext("Show"),
            "hidePasswordText": gettext("Hide"),
            "showPasswordAriaLabelText": gettext("Show password"),
            "hidePasswordAriaLabelText": gettext("Hide password"),
            "passwordShownAnnouncementText": gettext("Your password is visible"),
            "passwordHiddenAnnouncementText": gettext("Your password is hidden"),
        }
        return texts | params


class TextArea(InPageLanguage, upstream.GovTextArea):
    """Several lines of text."""


class CharacterCount(InPageLanguage, upstream.GovCharacterCount):
    """Several lines of text that says how many characters are left."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> dict[str, Any]:
        params = super().map_gov_params(field, **kwargs)
        texts = {
            "textareaDescriptionText": gettext("You can enter up to %(count)s characters", count="%{count}"),
            "charactersUnderLimitText": {
                "other": gettext("You have %(count)s characters remaining", count="%{count}"),
                "one": gettext("You have %(count)s character remaining", count="%{count}"),
            },
            "charactersAtLimitText": gettext("You have 0 characters remaining"),
            "charactersOverLimitText": {
                "other": gettext("You have %(count)s characters too many", count="%{count}"),
                "one": gettext("You have %(count)s character too many", count="%{count}"),
            },
        }
        return texts | params


class Select(InPageLanguage, upstream.GovSelect):
    """One of many, in a closed list."""


class Radios(InPageLanguage, upstream.GovRadioInput):
    """One of a few, all in sight."""


class Checkboxes(InPageLanguage, upstream.GovCheckboxesInput):
    """Several of a few."""


class Checkbox(InPageLanguage, upstream.GovCheckboxInput):
    """Yes, or not."""


class FileInput(InPageLanguage, upstream.GovFileInput):
    """A file from the reader's own machine."""


class SubmitInput(InPageLanguage, upstream.GovSubmitInput):
    """The button that sends the form."""


class DateInput(InPageLanguage, upstream.GovDateInput):
    """Day, month and year in three boxes. The first box carries the field's id, so that an error leads to it."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> dict[str, Any]:
        typed = [*(field.raw_data or []), "", "", ""][:3]
        if not field.raw_data and field.data:
            typed = [str(field.data.day), str(field.data.month), str(field.data.year)]
        wrong = " govuk-input--error" if field.errors else ""
        labels = (gettext("Day"), gettext("Month"), gettext("Year"))
        boxes = [
            {"label": label, "id": f"{field.id}{end}", "name": field.name, "classes": f"govuk-input--width-{width}{wrong}", "value": value}
            for label, end, width, value in zip(labels, ("", "-month", "-year"), (2, 2, 4), typed, strict=True)
        ]  # fmt: skip
        field.raw_data = field.raw_data if field.raw_data and len(field.raw_data) == 3 else None
        params = super().map_gov_params(field, **kwargs)
        return params | {"items": boxes, "id": f"{field.id}-date", "personal": any(typed)}
