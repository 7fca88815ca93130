"""The questions that show who somebody is, as a form."""

from collections.abc import Sequence
from typing import Any, Protocol

from flask_babel import lazy_gettext as _l

from app.kernel.i18n import N_
from app.web.forms import Day, Form, Text, at_most, needed
from app.web.i18n import gettext

ENTER = {
    "council_tax_account": N_("Enter your council tax account number"),
    "tenancy_reference": N_("Enter your tenancy reference"),
    "postcode": N_("Enter your postcode"),
    "family_name": N_("Enter your family name"),
    "full_name": N_("Enter your full name"),
    "date_of_birth": N_("Enter your date of birth"),
}


class Asked(Protocol):
    """A question: its code and its text."""

    @property
    def code(self) -> str: ...

    @property
    def text(self) -> str: ...


class ProofForm(Form):
    """Base of the forms made by `proof_form`."""

    codes: tuple[str, ...] = ()

    def answers(self) -> dict[str, str]:
        """Question code → what was entered; dates as YYYY-MM-DD."""
        data = {code: self[f"proof_{code}"].data for code in self.codes}
        return {
            code: value.isoformat() if hasattr(value, "isoformat") else str(value or "") for code, value in data.items()
        }

    def first(self) -> str:
        return f"proof_{self.codes[0]}"


def proof_form(questions: Sequence[Asked]) -> type[ProofForm]:
    """A form class that asks these questions."""
    fields: dict[str, Any] = {f"proof_{question.code}": _field(question) for question in questions}
    return type("AskedProofForm", (ProofForm,), {"codes": tuple(question.code for question in questions), **fields})


def _field(question: Asked) -> Any:
    label, missing = gettext(question.text), gettext(ENTER.get(question.code, N_("Answer this question")))
    if question.code == "date_of_birth":
        return Day(label, description=_l("For example, 27 3 1980"), validators=[needed(missing)])
    return Text(
        label,
        validators=[needed(missing), at_most(120)],
        render_kw={"autocomplete": "off", "spellcheck": "false", "params": {"classes": "govuk-input--width-20"}},
    )
