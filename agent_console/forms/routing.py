"""A line of the routing table, and a trial of it."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l

from agent_console.forms.hours import WeekForm, written
from agent_console.forms.queues import people_of
from app.enquiries.enums import Channel
from app.kernel.errors import Invalid
from app.organisation.enums import Language
from app.organisation.rows import MemberRow, QueueRow, ServiceRow
from app.routing.enums import AreaKind
from app.routing.services import RuleCard
from app.web.forms import Choices, Day, Form, Pick, Text, at_most, needed
from app.web.i18n import gettext


class ServiceForm(Form):
    """Which service a new line is for."""

    service = Pick(_l("Service"))

    def offer(self, services: Iterable[ServiceRow]) -> None:
        self.service.choices = [("", gettext("Any service")), *((row.slug, gettext(row.name)) for row in services)]


class RuleForm(WeekForm):
    """What a line names, and where it leads. What is left open matches anything."""

    channel = Pick(_l("Channel"))
    language = Pick(_l("Language of the customer"))
    area_kind = Pick(_l("Kind of area"))
    area = Text(
        _l("Area"),
        description=_l("The name of a ward, or the start of a postcode like HM1 or HM1 2"),
        validators=[at_most(80)],
    )
    need = Choices(_l("Need: any of these answers, all to one question"))
    queue = Pick(_l("Queue"), validators=[needed(_l("Choose a queue"))])
    focal_person = Pick(_l("Focal point: somebody who works here"))
    focal_point = Text(_l("or an e-mail address or phone number"), validators=[at_most(200)])
    cover = Pick(_l("Queue that takes over outside these hours"))
    review_on = Day(_l("Next review"))

    def offer(self, service: ServiceRow | None, queues: Sequence[QueueRow], members: Iterable[MemberRow]) -> None:
        """What can be chosen for this service."""
        nobody, anything = ("", gettext("Nobody in particular")), ("", gettext("Any"))
        self.channel.choices = [anything, *((channel.value, gettext(channel.label)) for channel in Channel)]
        self.language.choices = [anything, *((language.value, gettext(language.label)) for language in Language)]
        self.area_kind.choices = [anything, *((kind.value, gettext(kind.label)) for kind in AreaKind)]
        named = [(queue.slug, gettext(queue.name)) for queue in queues]
        self.queue.choices = [("", gettext("Choose a queue")), *named]
        self.cover.choices = [("", gettext("None")), *named]
        self.focal_person.choices = [nobody, *people_of(members)]
        self.need.choices = [
            (f"{question.id}|{option.value}", f"{gettext(question.label)} {gettext(option.label)}")
            for question in (service.questions if service else ())
            for option in question.options
        ]

    def show(self, card: RuleCard) -> None:
        """Begin with the line as it is."""
        self.process(data=_as_data(card))

    def card(self, service: str) -> RuleCard:
        """As the service wants it. Invalid if answers to several questions are chosen."""
        chosen = [tuple(value.split("|", 1)) for value in self.need.data or ()]
        questions = sorted({question for question, _ in chosen})
        if len(questions) > 1:
            raise Invalid({"need": "Choose answers to one question only"})
        return RuleCard(
            self.queue.data or "", service, Channel(self.channel.data) if self.channel.data else None,
            AreaKind(self.area_kind.data) if self.area_kind.data else None, self.area.data or "",
            Language(self.language.data) if self.language.data else None, questions[0] if questions else "",
            tuple(value for _, value in chosen), UUID(self.focal_person.data) if self.focal_person.data else None,
            self.focal_point.data or "", self.working_hours(), self.cover.data or "", self.review_on.data,
        )  # fmt: skip


RULE_FIELDS = {
    "need_question": "need", "need_values": "need", "focal_account_id": "focal_person", "hours": "mon", "service": "channel",
}  # fmt: skip


class TrialForm(Form):
    """An enquiry that might come."""

    service = Pick(_l("Service"))
    channel = Pick(_l("Channel"))
    language = Pick(_l("Language of the customer"))
    postcode = Text(
        _l("Postcode (optional)"), validators=[at_most(10)], render_kw={"params": {"classes": "govuk-input--width-10"}}
    )
    ward = Text(_l("Ward (optional)"), validators=[at_most(80)])
    day = Day(_l("Day (optional: today)"))
    time = Text(
        _l("Time (optional: now)"), validators=[at_most(5)], render_kw={"params": {"classes": "govuk-input--width-5"}}
    )

    class Meta(Form.Meta):
        """A trial changes nothing and can be sent on as an address, so it needs no token."""

        csrf = False

    def offer(self, services: Iterable[ServiceRow]) -> None:
        self.service.choices = [(row.slug, gettext(row.name)) for row in services]
        self.channel.choices = [(channel.value, gettext(channel.label)) for channel in Channel]
        self.language.choices = [(language.value, gettext(language.label)) for language in Language]


def _as_data(card: RuleCard) -> dict[str, Any]:
    return written(card.hours) | {
        "channel": card.channel.value if card.channel else "", "language": card.language.value if card.language else "",
        "area_kind": card.area_kind.value if card.area_kind else "", "area": card.area, "queue": card.queue, "cover": card.cover,
        "need": [f"{card.need_question}|{value}" for value in card.need_values], "focal_point": card.focal_point,
        "focal_person": str(card.focal_account_id) if card.focal_account_id else "", "review_on": card.review_on,
    }  # fmt: skip
