"""The words of the organisation that are chosen from a list."""

from enum import StrEnum


class QuestionType(StrEnum):
    """How a question of the catalogue is asked and what its answer looks like."""

    TEXT = "text"
    TEXTAREA = "textarea"
    RADIOS = "radios"
    CHECKBOXES = "checkboxes"
    DATE = "date"
    PROPERTY = "property"
    EMAIL = "email"
    PHONE = "phone"


class DuplicateScope(StrEnum):
    """What makes two open enquiries about one service look like the same one."""

    PROPERTY = "property"
    PERSON = "person"
    NONE = "none"


class QueueKind(StrEnum):
    """How long a queue is meant to live. A project queue names its last day."""

    PERMANENT = "permanent"
    PROJECT = "project"
    INTAKE = "intake"


class QueueStatus(StrEnum):
    """Only an active queue may hold enquiries."""

    DRAFT = "draft"
    ACTIVE = "active"
    CLOSED = "closed"
