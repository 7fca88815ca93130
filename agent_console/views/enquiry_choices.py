"""What the forms on an enquiry's page let choose from: each looked up once for all of them, and only if one of them is shown."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from sqlalchemy.orm import Session

from app.enquiries import queries
from app.enquiries.rows import EnquiryRow
from app.enquiries.tool_rows import TaskRow
from app.organisation import queries as organisation
from app.organisation.rows import ServiceRow
from app.web.context import actor
from app.web.i18n import gettext


@dataclass(frozen=True)
class Choices:
    """The choices for one enquiry, as long as its page is being made."""

    session: Session
    row: EnquiryRow

    @cached_property
    def service(self) -> ServiceRow:
        """What the enquiry is about."""
        return organisation.service(self.session, self.row.service_id)

    @cached_property
    def tasks(self) -> tuple[TaskRow, ...]:
        """What has to be done for it."""
        return queries.tasks(self.session, actor(), self.row)

    @cached_property
    def people(self) -> list[tuple[str | UUID, str]]:
        """Whom it can be given to."""
        return people(self.session)

    @cached_property
    def queues(self) -> list[tuple[str, str]]:
        """The queues that it can be put into."""
        found = organisation.queues(self.session)
        return [("", gettext("Choose a queue")), *((queue.slug, queue.name) for queue in found)]

    @cached_property
    def units(self) -> list[tuple[str, str]]:
        """The services that it can be handed to."""
        found = organisation.units(self.session)
        return [("", gettext("Choose a service")), *((unit.slug, gettext(unit.name)) for unit in found)]


def people(session: Session) -> list[tuple[str | UUID, str]]:
    """Everybody who can be given an enquiry, with their unit."""
    members = organisation.staff_of_units(session)
    return [("", gettext("Choose a person")), *((m.account_id, f"{m.name} ({gettext(m.unit_name)})") for m in members)]
