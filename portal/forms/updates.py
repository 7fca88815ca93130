"""What residents fill in about the updates that they follow."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from app.subscriptions.rows import SubscriptionRow, TopicRow
from app.web.forms import Choices, Form, Text, at_most, needed
from app.web.i18n import current


class FollowForm(Form):
    """Which topics, and for where."""

    topics = Choices(
        _l("What do you want to follow?"), choices=[], validators=[needed(_l("Choose what you want to follow"))]
    )
    area = Text(
        _l("Only for one postcode area (optional)"),
        description=_l("The first half of the postcode, like HM1. Leave it empty for everywhere"),
        validators=[at_most(10)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    def offer(self, topics: Sequence[TopicRow]) -> None:
        self.topics.choices = [(row.slug, row.said(current()).short) for row in topics]


class StopForm(Form):
    """Which subscriptions to end."""

    following = Choices(_l("What do you want to stop?"), choices=[])

    def offer(self, rows: Sequence[SubscriptionRow]) -> None:
        self.following.choices = [(str(row.id), row.said(current()).short) for row in rows]
        self.following.personal = True
