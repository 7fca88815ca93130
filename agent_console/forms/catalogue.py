"""What the organisation decides about a service of the catalogue."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from app.organisation.rows import QueueRow, SkillRow
from app.web.forms import Choices, Form, Pick
from app.web.i18n import gettext


class ServiceNeedsForm(Form):
    """Where new enquiries arrive, and what whoever works on them must be able to do."""

    queue = Pick(_l("Queue in which new enquiries arrive"))
    skills = Choices(_l("Skills that they need"))

    def offer(self, queues: Iterable[QueueRow], skills: Iterable[SkillRow]) -> None:
        self.queue.choices = [("", gettext("As it is")), *((queue.slug, gettext(queue.name)) for queue in queues)]
        self.skills.choices = [(skill.slug, skill.name) for skill in skills]
