"""What two units agree on, and what they say to a month's figures."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField

from app.sla.agreements import Target
from app.sla.enums import Measure
from app.web import widgets
from app.web.forms import Day, Form, LongText, Pick, YesNo, needed


class Number(IntegerField):
    """A whole number."""

    widget = widgets.TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """What is no number is nothing; the service says what it has to be."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = int(typed) if typed.isdecimal() else None


NARROW = {"params": {"classes": "govuk-input--width-3", "inputmode": "numeric"}}


class AgreementForm(Form):
    """A version of an agreement. It counts once both parties have signed it."""

    service = Pick(_l("Service"), validators=[needed(_l("Choose a service"))])
    front_unit = Pick(_l("Front office"), validators=[needed(_l("Choose a unit"))])
    service_unit = Pick(_l("Service unit"), validators=[needed(_l("Choose a unit"))])
    starts_on = Day(_l("In force from"), validators=[needed(_l("Enter a date"))])
    review_on = Day(_l("Review on"), validators=[needed(_l("Enter a date"))])
    first_response_days = Number(_l("First response: working days"), render_kw=NARROW)
    first_response_percent = Number(_l("First response: in how many of 100"), render_kw=NARROW)
    next_update_days = Number(_l("Next word to the customer: working days"), render_kw=NARROW)
    next_update_percent = Number(_l("Next word to the customer: in how many of 100"), render_kw=NARROW)
    resolution_days = Number(_l("Resolution: working days"), render_kw=NARROW)
    resolution_percent = Number(_l("Resolution: in how many of 100"), render_kw=NARROW)
    third_party_pauses = YesNo(_l("The clock stands still while somebody outside has to act"))

    def given(self) -> dict[str, Any]:
        """The arguments of `draft`."""
        targets = {
            measure: Target(self[f"{measure.value}_days"].data or 0, self[f"{measure.value}_percent"].data or 0)
            for measure in Measure
        }
        plain = ("service", "front_unit", "service_unit", "starts_on", "review_on")
        return {name: self[name].data for name in plain} | {
            "targets": targets, "third_party_pauses": bool(self.third_party_pauses.data),
        }  # fmt: skip


class MonthForm(Form):
    """A party's word on a month."""

    comment = LongText(_l("Comment (optional)"), rows=3, longest=2000)


class ChecklistForm(Form):
    """The steps of a service, one a line."""

    steps = LongText(
        _l("Steps"),
        description=_l("One a line. After a | the working days it may take: “Ring the customer | 2”"),
        rows=10,
        longest=6000,
    )

    def given(self) -> list[tuple[str, int | None]]:
        """Each line as a step and its working days; what is no number is 0, which the service refuses."""
        lines = [line.partition("|") for line in (self.steps.data or "").splitlines() if line.strip()]
        return [(title.strip(), _days(days)) for title, _, days in lines]


def _days(text: str) -> int | None:
    if not text.strip():
        return None
    return int(text.strip()) if text.strip().isdecimal() else 0
