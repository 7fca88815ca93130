"""What staff fill in about customers."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field

from agent_console.wording_customers import FIELDS, PURPOSES
from app.customers.rows import Criteria, Question
from app.web.forms import Form, LongText, Pick, Text, needed
from app.web.i18n import gettext

QUIET: dict[str, Any] = {"autocomplete": "off", "spellcheck": "false"}


class FindForm(Form):
    """A few things that somebody says of themselves; any two are usually enough."""

    name = Text(FIELDS["name"], render_kw=QUIET | {"autofocus": True})
    date_of_birth = Text(FIELDS["date_of_birth"], description=_l("27 3 1978, or the year"), render_kw=QUIET)
    postcode = Text(FIELDS["postcode"], render_kw=QUIET)
    address = Text(FIELDS["address"], render_kw=QUIET)
    phone = Text(FIELDS["phone"], render_kw=QUIET)
    email = Text(FIELDS["email"], render_kw=QUIET)
    reference = Text(FIELDS["reference"], description=_l("Account, tenancy or enquiry"), render_kw=QUIET)
    purpose = Pick(_l("Why are you looking?"), choices=list(PURPOSES.items()))

    def criteria(self) -> Criteria:
        return Criteria(**{name: (self[name].data or "")[:200] for name in FIELDS})


class OpenForm(Form):
    """Why a restricted record must be opened."""

    reason = LongText(
        _l("Why must you see this record?"),
        description=_l("Your reason is kept, and the data steward is told"),
        validators=[needed(_l("Say why you must see this record"))],
        rows=2,
    )


class VerifyForm(Form):
    """The questions of one source record; `questions` adds a box for each."""

    @classmethod
    def asking(cls, questions: tuple[Question, ...]) -> "VerifyForm":
        boxes: dict[str, Any] = {one.code: Text(gettext(one.text), render_kw=QUIET) for one in questions}
        asked: type[VerifyForm] = type("AskedForm", (cls,), boxes)
        return asked()

    def boxes(self) -> list[Field]:
        return [field for field in self if field.name != "csrf_token"]

    def answers(self) -> dict[str, str]:
        return {field.name: field.data or "" for field in self.boxes()}


class DecideForm(Form):
    """The same person, or not."""

    reason = Text(_l("Reason, if it needs one"))
