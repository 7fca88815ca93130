"""What the queries about an enquiry's tools return: tasks, links, files, the urgent flag, who is looking."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.enquiries.enums import FileType, State, Visibility


@dataclass(frozen=True, slots=True)
class TaskRow:
    """Something to be done for an enquiry."""

    id: UUID
    reference: str
    title: str
    due_at: datetime | None
    assignee_id: UUID | None
    assignee: str
    from_checklist: bool
    done_at: datetime | None
    dropped_at: datetime | None
    dropped_because: str
    ended_by: str

    @property
    def open(self) -> bool:
        return self.done_at is None and self.dropped_at is None


@dataclass(frozen=True, slots=True)
class LinkRow:
    """Another enquiry that has to do with this one; `text` is a msgid that reads from this one to the other."""

    id: UUID
    text: str
    reference: str
    service_name: str
    state: State
    by_name: str


@dataclass(frozen=True, slots=True)
class JoinedRow:
    """An enquiry that was joined to this one."""

    reference: str
    raiser_name: str
    received_at: datetime
    joined_at: datetime | None


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of an enquiry, without its bytes."""

    id: UUID
    name: str
    type: FileType
    size: int
    at: datetime
    by_name: str
    from_customer: bool
    visibility: Visibility
    hidden_because: str

    @property
    def public(self) -> bool:
        return self.visibility is Visibility.PUBLIC


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file to be served."""

    name: str
    mime: str
    digest: str
    content: bytes


@dataclass(frozen=True, slots=True)
class UrgencyRow:
    """An urgent flag, asked for or authorised."""

    id: UUID
    reference: str
    service_name: str
    reason: str
    deadline: datetime
    asked_at: datetime
    asked_by_id: UUID
    asked_by: str
    authorised_at: datetime | None
    authorised_by: str


@dataclass(frozen=True, slots=True)
class LookingRow:
    """Somebody who has the enquiry on the screen now."""

    account_id: UUID
    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class SilentRow:
    """A customer who must hear from us by then, and who has to see to it."""

    reference: str
    service_name: str
    raiser_name: str
    raiser_phone: str
    reachable: bool
    state: State
    owner_id: UUID | None
    owner_name: str
    queue_name: str
    unit_name: str
    hear_by: datetime
    last_heard_at: datetime | None
    late: bool
