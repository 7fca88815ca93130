"""Who looks after a queue."""

from collections.abc import Iterable
from uuid import UUID

from flask_babel import lazy_gettext as _l

from app.organisation.rows import MemberRow
from app.web.forms import Form, Pick, needed
from app.web.i18n import gettext

POSTS = ("owner", "deputy", "monitor")


class KeepersForm(Form):
    """Three people, of whom the owner and the deputy are two."""

    owner = Pick(
        _l("Owner"),
        description=_l("Answers for what waits in the queue"),
        validators=[needed(_l("Name the owner of the queue"))],
    )
    deputy = Pick(
        _l("Deputy"), description=_l("When the owner is away"), validators=[needed(_l("Name a deputy for the owner"))]
    )
    monitor = Pick(
        _l("Monitor"),
        description=_l("Sees to it that nothing waits too long"),
        validators=[needed(_l("Name the person who monitors the queue"))],
    )

    def offer(self, members: Iterable[MemberRow]) -> None:
        """Everybody who works in a unit, once, by name."""
        names = {member.account_id: member.name for member in members}
        people = sorted(names.items(), key=lambda item: (item[1], item[0]))
        for post in POSTS:
            self[post].choices = [("", gettext("Choose a person")), *people]

    def named(self) -> dict[str, UUID]:
        """As the service wants them."""
        return {f"{post}_id": UUID(self[post].data) for post in POSTS}
