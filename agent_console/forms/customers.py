"""What staff fill in about customers."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field

from agent_console.wording_customers import FIELDS, PURPOSES
from app.customers.rows import Criteria, Question
from app.web.forms import Form, LongText, Pick, Text, needed
from app.web.i18n import gettext

QUIET: dict[str, Any] = {"autocomplete": "off", "spellcheck": "false"}


SAID = ("given_name", "middle_name", "family_name", "date_of_birth", "postcode", "phone", "email")


class BoxForm(Form):
    """One box for everything that is known of somebody."""

    text = Text(
        _l("Who is it?"),
        description=_l("Name, address, postcode, phone, e-mail, date of birth or a reference, in any order"),
        render_kw=QUIET | {"autofocus": True, "autocapitalize": "off"},
    )
    purpose = Pick(_l("Why are you looking?"), choices=list(PURPOSES.items()))


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


class AddForm(Form):
    """A customer of whom there is no record yet."""

    given_name = Text(_l("First name"), render_kw=QUIET)
    middle_name = Text(_l("Middle names (optional)"), render_kw=QUIET)
    family_name = Text(_l("Family name"), validators=[needed(_l("Enter the family name"))], render_kw=QUIET)
    date_of_birth = Text(FIELDS["date_of_birth"], description=_l("Such as 27 3 1978"), render_kw=QUIET)
    address = Text(FIELDS["address"], description=_l("Such as Flat 2, 14 Marine Parade, Hallowmere"), render_kw=QUIET)
    postcode = Text(FIELDS["postcode"], render_kw=QUIET)
    phone = Text(FIELDS["phone"], render_kw=QUIET)
    email = Text(FIELDS["email"], render_kw=QUIET)

    def said(self) -> dict[str, str]:
        """What a source record would say, but for the address, which is one line here."""
        return {name: (self[name].data or "")[:200] for name in SAID}

    def lines(self) -> list[str]:
        return [line for line in ((self.address.data or "")[:200],) if line]

    @classmethod
    def begun(cls, criteria: Criteria) -> "AddForm":
        """The form with what has been searched for already."""
        given, *rest = criteria.name.title().split() or [""]
        made: AddForm = cls(
            given_name=given if rest else "", family_name=" ".join(rest) or given, date_of_birth=criteria.date_of_birth,
            address=criteria.address.title(), postcode=criteria.postcode.upper(), phone=criteria.phone, email=criteria.email,
        )  # fmt: skip
        return made


class OpenForm(Form):
    """Why a restricted record must be opened."""

    reason = LongText(
        _l("Why must you see this record?"),
        description=_l("Your reason is kept, and a named person is told at once"),
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
