"""Who looks after a queue, and everything else that the register says of it."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l

from app.kernel.i18n import N_
from app.organisation.enums import NameFinding, QueueKind, QueueStatus
from app.organisation.rows import MemberRow, QueueRow, UnitRow
from app.organisation.services import QueueCard
from app.web.forms import Choice, Choices, Day, Form, LongText, Pick, Text, Upload, at_most, needed
from app.web.i18n import gettext

KIND_NAMES = {
    QueueKind.PERMANENT: _l("Permanent"),
    QueueKind.PROJECT: _l("Project: it has a last day"),
    QueueKind.INTAKE: _l("Intake: where a service's new enquiries arrive"),
}
STATUS_NAMES = {QueueStatus.DRAFT: _l("Draft"), QueueStatus.ACTIVE: _l("Live"), QueueStatus.CLOSED: _l("Closed")}
STATUS_COLOURS = {QueueStatus.DRAFT: "yellow", QueueStatus.ACTIVE: "green", QueueStatus.CLOSED: "grey"}
NAME_DOUBTS = {
    NameFinding.AUDIENCE: N_("It speaks of %(name)s, none of whose people can read the queue"),
    NameFinding.UNKNOWN_UNIT: N_("It speaks of “%(name)s”, and no unit is called that"),
    NameFinding.TWIN: N_("It nearly repeats the name of the queue “%(name)s”"),
}

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
        offer_people(self, POSTS, members)

    def named(self) -> dict[str, UUID | None]:
        """As the service wants them."""
        return {f"{post}_id": _person(self[post].data) for post in POSTS}


class QueueForm(Form):
    """A queue as the register has it. The services say what is missing."""

    name = Text(
        _l("Name"),
        description=_l("Say what waits in it. Name a unit only if its people can read it"),
        validators=[at_most(120)],
    )
    purpose = LongText(_l("What is it for?"), rows=2, longest=500)
    unit = Pick(_l("Unit that owns it"))
    kind = Choice(_l("Kind"), choices=[(kind.value, name) for kind, name in KIND_NAMES.items()])
    owner = Pick(_l("Owner"), description=_l("Answers for what waits in the queue"))
    deputy = Pick(_l("Deputy"), description=_l("When the owner is away"))
    monitor = Pick(_l("Monitor"), description=_l("Sees to it that nothing waits too long"))
    readers = Choices(_l("Units whose people can open it"))
    reader_people = Choices(_l("Further people who can open it"))
    ends_on = Day(_l("Last day, for a project"))
    review_on = Day(_l("Next review"))
    name_reason = LongText(
        _l("Why should this name stand? (only if the name was doubted)"),
        description=_l("The reason is kept, with your name"), rows=2, longest=500,
    )  # fmt: skip

    def offer(self, units: Sequence[UnitRow], members: Iterable[MemberRow]) -> None:
        """The units, and everybody who works in one."""
        named = [(unit.slug, gettext(unit.name)) for unit in units]
        self.unit.choices = [("", gettext("Choose a unit")), *named]
        self.readers.choices = named
        offer_people(self, POSTS, members)
        self.reader_people.choices = people_of(members)

    def show(self, card: QueueCard) -> None:
        """Begin with what the register says now."""
        self.process(data=_as_data(card))

    def card(self) -> QueueCard:
        """As the service wants it."""
        posts = {f"{post}_id": _person(self[post].data) for post in POSTS}
        return QueueCard(
            name=self.name.data or "", purpose=self.purpose.data or "", unit=self.unit.data or "", **posts,
            reader_ids=tuple(UUID(person) for person in self.reader_people.data or ()),
            reader_units=tuple(self.readers.data or ()), kind=QueueKind(self.kind.data or QueueKind.PERMANENT),
            ends_on=self.ends_on.data, review_on=self.review_on.data,
        )  # fmt: skip


class ClosingForm(Form):
    """Why a queue closes, and where what is in it goes."""

    reason = LongText(
        _l("Why is it closed?"), rows=3, longest=500, validators=[needed(_l("Say why the queue is closed"))]
    )
    move_to = Pick(
        _l("Queue that takes over"), description=_l("What waits here moves there, and what still arrives goes there")
    )

    def offer(self, queues: Iterable[QueueRow], closing: str) -> None:
        """Every other active queue."""
        others = [(queue.slug, gettext(queue.name)) for queue in queues if queue.slug != closing]
        self.move_to.choices = [("", gettext("Choose a queue")), *others]


class LiveForm(Form):
    """Makes a draft live."""

    name_reason = LongText(
        _l("Why should this name stand?"), description=_l("The reason is kept, with your name"), rows=2, longest=500
    )


class ListForm(Form):
    """Two files to upload: the queues, and what is stuck in them."""

    file = Upload(
        _l("List of queues (CSV)"),
        description=_l(
            "Columns: sector, queue; and if you have them purpose, owner, deputy, monitor, readers, kind, ends on, last used, open"
        ),
    )
    stuck = Upload(
        _l("Enquiries that are stuck in them (CSV, optional)"),
        description=_l("Columns: reference, queue, received, name; and if you have them email, phone, subject"),
    )
    service = Pick(_l("Service that the stuck enquiries are for"))


class ImportForm(Form):
    """What was looked at, to be brought in as it was."""

    file_name = Text(_l("File"))
    file = LongText(_l("List of queues (CSV)"))
    stuck = LongText(_l("Enquiries that are stuck in them (CSV, optional)"))
    service = Text(_l("Service that the stuck enquiries are for"))


def people_of(members: Iterable[MemberRow]) -> list[tuple[str, str]]:
    """Everybody once, by name."""
    names = {member.account_id: member.name for member in members}
    return [(str(key), name) for key, name in sorted(names.items(), key=lambda item: (item[1], item[0]))]


def offer_people(form: Form, fields: Iterable[str], members: Iterable[MemberRow]) -> None:
    """Let each of these fields choose among the members. Of somebody who has left since, the services say so."""
    people = people_of(members)
    for field in fields:
        form[field].validate_choice = False
        form[field].choices = [("", gettext("Choose a person")), *people]


def _person(written: str | None) -> UUID | None:
    """Nobody, for what is not even an id."""
    try:
        return UUID(written or "")
    except ValueError:
        return None


def _as_data(card: QueueCard) -> dict[str, Any]:
    people = {post: str(person) if person else "" for post, person in card.people.items()}
    return people | {
        "name": card.name, "purpose": card.purpose, "unit": card.unit, "kind": card.kind.value,
        "readers": list(card.reader_units), "reader_people": [str(person) for person in card.reader_ids],
        "ends_on": card.ends_on, "review_on": card.review_on,
    }  # fmt: skip
