"""The kinds and states of accounts."""

from enum import StrEnum


class AccountKind(StrEnum):
    """Whose account it is; decides which door it opens."""

    RESIDENT = "resident"
    STAFF = "staff"
    SERVICE = "service"


class AccountStatus(StrEnum):
    """A suspended account keeps its history and opens no door."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class TokenPurpose(StrEnum):
    """What a one-time link does."""

    CONFIRM_EMAIL = "confirm_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the name of a purpose, not a password
    INVITATION = "invitation"


class Refusal(StrEnum):
    """Why a sign-in was refused. All but WRONG are told only to someone who knew the password."""

    WRONG = "wrong"
    UNCONFIRMED = "unconfirmed"
    SUSPENDED = "suspended"


class Scope(StrEnum):
    """What an API key may be used for."""

    CATALOGUE_READ = "catalogue:read"
    ENQUIRIES_READ = "enquiries:read"
    ENQUIRIES_WRITE = "enquiries:write"
    HANDOFFS_READ = "handoffs:read"
    HANDOFFS_WRITE = "handoffs:write"
    CUSTOMERS_MATCH = "customers:match"
    SOURCES_WRITE = "sources:write"
