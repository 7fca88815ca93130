"""What can go wrong in the domain. Each front door has one handler that turns these into its own kind of answer.

Messages are English gettext ids with named placeholders; `params` fills them after translation.
"""

from collections.abc import Mapping
from typing import ClassVar

from app.kernel.i18n import N_


class DomainError(Exception):
    """The house says no, and says why in words for the person who asked."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class NotFound(DomainError):
    """There is no such thing, or none that this person may know of."""

    code = "not-found"
    status = 404

    def __init__(self, message: str = N_("We could not find what you were looking for"), **params: object) -> None:
        super().__init__(message, **params)


class NotAllowed(DomainError):
    """The person is known, the thing may be known to exist, and the action is not theirs to take."""

    code = "not-allowed"
    status = 403

    def __init__(self, message: str = N_("You do not have permission to do this"), **params: object) -> None:
        super().__init__(message, **params)


class SignInNeeded(DomainError):
    """Nobody is signed in, or the session has ended."""

    code = "sign-in-needed"
    status = 401

    def __init__(self, message: str = N_("Sign in to continue"), **params: object) -> None:
        super().__init__(message, **params)


class Conflict(DomainError):
    """The thing is not in a state in which this can be done."""

    code = "conflict"
    status = 409


class Stale(Conflict):
    """Somebody else changed the thing after this person last saw it."""

    code = "stale"

    def __init__(
        self, message: str = N_("Someone else changed this while you were working on it"), **params: object
    ) -> None:
        super().__init__(message, **params)


class Invalid(DomainError):
    """What was given cannot be used; `errors` says what is wrong with each field."""

    code = "invalid"
    status = 422

    def __init__(self, errors: Mapping[str, str], **params: object) -> None:
        super().__init__(next(iter(errors.values()), N_("Check what you entered")), **params)
        self.errors = dict(errors)


class TooMany(DomainError):
    """Asked too often. `retry_after` is in seconds."""

    code = "too-many"
    status = 429

    def __init__(
        self, retry_after: int, message: str = N_("You have tried too many times. Try again in %(minutes)s minutes")
    ) -> None:
        super().__init__(message, minutes=max(1, -(-retry_after // 60)))
        self.retry_after = retry_after


class Unavailable(DomainError):
    """A part that is needed does not answer just now; nothing was changed. `retry_after` is in seconds."""

    code = "unavailable"
    status = 503

    def __init__(
        self,
        message: str = N_("The service is not available just now. Nothing was lost: try again in a moment"),
        retry_after: int = 10,
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
