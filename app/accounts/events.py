"""What the accounts room tells the rest of the house. Tokens travel only inside the transaction, on their way into a message."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.accounts.enums import AccountKind
from app.kernel.events import Event


@dataclass(frozen=True)
class ToAccount(Event):
    """Something that the owner of an account is told by e-mail."""

    account_id: UUID
    kind: AccountKind
    email: str
    person: str
    locale: str
    at: datetime


@dataclass(frozen=True)
class ConfirmationAsked(ToAccount):
    """Somebody gave this address as theirs: ask its owner."""

    name: ClassVar[str] = "account.confirmation_asked"
    token: str


@dataclass(frozen=True)
class RegistrationRepeated(ToAccount):
    """Somebody tried to register an address that already has an account."""

    name: ClassVar[str] = "account.registration_repeated"


@dataclass(frozen=True)
class PasswordResetAsked(ToAccount):
    """The owner of the address asked for a way back in."""

    name: ClassVar[str] = "account.password_reset_asked"
    token: str


@dataclass(frozen=True)
class StaffInvited(ToAccount):
    """An administrator made an account; its owner chooses the password."""

    name: ClassVar[str] = "account.staff_invited"
    token: str


@dataclass(frozen=True)
class PasswordChanged(ToAccount):
    """The password is a new one: tell the owner, who may not have done it."""

    name: ClassVar[str] = "account.password_changed"


@dataclass(frozen=True)
class AccountSuspended(Event):
    """The account opens no door any more; who relies on it must look for another."""

    name: ClassVar[str] = "account.suspended"
    account_id: UUID
    at: datetime
