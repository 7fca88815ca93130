"""Where somebody is written to."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Addressee:
    """A name and an e-mail address, in a language; empty where there is none."""

    name: str = ""
    email: str = ""
    locale: str = "en"
    account_id: UUID | None = None
