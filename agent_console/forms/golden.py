"""What stewards fill in about golden records, match runs and rules."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field

from app.customers.queries import LABELS
from app.customers.rows import BlastRadius, UnmergePlan
from app.kernel.errors import Invalid
from app.web.forms import Choice, Day, Form, LongText, Pick, Text, needed
from app.web.i18n import gettext

RULES = {
    "valid_first": _l("Values that can be valid"),
    "trusted_source": _l("The most trusted source"),
    "most_recent": _l("What was recorded last"),
    "most_frequent": _l("What most records say"),
    "most_complete": _l("The most complete value"),
}


NARROW: dict[str, Any] = {"params": {"classes": "govuk-input--width-3"}, "inputmode": "numeric"}


class ReasonForm(Form):
    """Why, and nothing else."""

    reason = LongText(_l("Reason"), validators=[needed(_l("Give a reason"))], rows=2)


class LiftForm(Form):
    """Why what stewards have said no longer holds."""

    reason = LongText(_l("Why is it lifted?"), validators=[needed(_l("Say why the decision is lifted"))], rows=2)


class OtherForm(Form):
    """Which customer is the same."""

    other = Text(
        _l("The other customer"),
        description=_l("The address of their page, or the identifier of one of their records"),
        validators=[needed(_l("Say which customer is the same"))],
    )


class PinForm(Form):
    """A value that is right, whatever the rules say."""

    attribute = Pick(
        _l("What"),
        choices=[(name, label) for name, label in LABELS.items() if name != "phone_2"],
        description=_l("Street with a record: the whole address of that record"),
    )
    record = Pick(_l("From which record"), choices=[])
    value = Text(_l("The value"), description=_l("Leave it empty to show none"))
    reason = LongText(_l("How do you know?"), validators=[needed(_l("Say why this value is right"))], rows=2)


class DayForm(Form):
    """A day to look back to."""

    on = Day(_l("As at"))

    class Meta:
        """It changes nothing, so it needs no token."""

        csrf = False


class MergeForm(ReasonForm):
    """The merge, with a choice for each attribute that differs."""

    @classmethod
    def settling(cls, seen: BlastRadius) -> "MergeForm":
        boxes: dict[str, Any] = {
            f"settle_{one.attribute}": Choice(
                gettext(one.label),
                choices=[("", _l("Let the rules decide")), ("kept", one.kept), ("gone", one.gone)],
                default="",
            )
            for one in seen.conflicts
        }
        made: type[MergeForm] = type("SettlingForm", (cls,), boxes)
        return made()

    def choices(self) -> list[Field]:
        return [field for field in self if field.name.startswith("settle_")]

    def settled(self) -> dict[str, str]:
        return {field.name.removeprefix("settle_"): field.data for field in self.choices() if field.data}


class UnmergeForm(ReasonForm):
    """Taking a merge back, with a question for each account that has shown to be a person of both sides."""

    @classmethod
    def asking(cls, plan: UnmergePlan) -> "UnmergeForm":
        sides = [
            ("kept", _l("The customer that stays")),
            ("gone", _l("The customer that comes back")),
            ("both", _l("Both")),
        ]
        boxes: dict[str, Any] = {
            f"account_{number}": Choice(
                gettext("The account of %(name)s has been verified for records of both. Whose is it?", name=doubt.name),
                choices=sides,
                validators=[needed(_l("Say whose account it is"))],
            )
            for number, doubt in enumerate(plan.doubts, start=1)
        }
        made: type[UnmergeForm] = type("AskingForm", (cls,), boxes)
        return made()

    def questions(self) -> list[Field]:
        return [field for field in self if field.name.startswith("account_")]


class LimitsForm(Form):
    """How many records one customer may come to by itself."""

    people = Text(
        _l("Records of one person"),
        description=_l("From 2 to 1,000"),
        validators=[needed(_l("Enter a number of records from 2 to 1,000"))],
        render_kw=NARROW,
    )
    organisations = Text(
        _l("Records of one organisation"),
        description=_l("From 2 to 100,000. An organisation has a record for every property that it pays for"),
        validators=[needed(_l("Enter a number of records from 2 to 100,000"))],
        render_kw=NARROW,
    )
    reason = LongText(_l("Reason"), validators=[needed(_l("Say why the size changes"))], rows=2)

    def sizes(self) -> tuple[int, int]:
        """−1 for what is no number, which nobody accepts."""
        people, organisations = (_whole(field.data) for field in (self.people, self.organisations))
        return people, organisations


def _whole(typed: str | None) -> int:
    digits = (typed or "").replace(",", "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else -1


class RuleForm(ReasonForm):
    """The rules for one attribute."""

    reason = LongText(
        _l("Reason"), description=_l("Needed to save the rules"), validators=[needed(_l("Give a reason"))], rows=2
    )

    @classmethod
    def of(cls, order: tuple[str, ...], trust: tuple[tuple[str, str, int], ...]) -> "RuleForm":
        choices = [("", _l("No further rule")), *RULES.items()]
        boxes: dict[str, Any] = {
            f"rule_{number}": Pick(
                gettext("Rule %(number)s", number=number),
                choices=choices,
                default=order[number - 1] if number <= len(order) else "",
            )
            for number in range(1, len(RULES) + 1)
        }
        boxes |= {
            f"trust_{slug}": Text(gettext(name), default=str(told), render_kw=NARROW) for slug, name, told in trust
        }
        made: type[RuleForm] = type("RuleOfForm", (cls,), boxes)
        return made()

    def refuse(self, error: Invalid, also: Mapping[str, str] | None = None) -> None:
        """What is wrong with an order stands at the rule that comes twice; with trust, at the source that it is wrong of."""
        named = set(error.errors) - {field.name for field in self}
        at = {name: self._wrong_trust() if name.startswith("trust_") else self._again() for name in named}
        super().refuse(error, {**at, **(also or {})})

    def _again(self) -> str:
        """The first rule that stands above already, else the first of all."""
        chosen = [field.data for field in self.orders()]
        twice = (number for number, rule in enumerate(chosen) if rule and rule in chosen[:number])
        return f"rule_{next(twice, 0) + 1}"

    def _wrong_trust(self) -> str:
        wrong = (slug for slug, told in self.trust().items() if not 0 <= told <= 100)
        return f"trust_{next(wrong, '')}"

    def order(self) -> list[str]:
        return [field.data for field in self if field.name.startswith("rule_") and field.data]

    def orders(self) -> list[Field]:
        return [field for field in self if field.name.startswith("rule_")]

    def trusts(self) -> list[Field]:
        return [field for field in self if field.name.startswith("trust_")]

    def trust(self) -> dict[str, int]:
        """A number for each source; −1 for what is no number, which nobody accepts."""
        told = {field.name.removeprefix("trust_"): (field.data or "").strip() for field in self.trusts()}
        return {slug: int(text) if text.isdigit() else -1 for slug, text in told.items()}
