"""Kinds and states of rights requests."""

from enum import StrEnum

from app.kernel.i18n import N_


class RightKind(StrEnum):
    """What is asked."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"

    @property
    def label(self) -> str:
        return _KINDS[self]


_KINDS = {
    RightKind.ACCESS: N_("A copy of the data"),
    RightKind.RECTIFICATION: N_("A correction"),
    RightKind.ERASURE: N_("Erasure"),
}


class RequestState(StrEnum):
    """Where a request stands. It runs until it is answered: met, refused with a reason, or withdrawn."""

    RECEIVED = "received"
    IDENTITY = "identity"
    IN_HAND = "in_hand"
    MET = "met"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return _STATES[self]


_STATES = {
    RequestState.RECEIVED: N_("Received"),
    RequestState.IDENTITY: N_("We need to know that it is you"),
    RequestState.IN_HAND: N_("Being worked on"),
    RequestState.MET: N_("Done"),
    RequestState.REFUSED: N_("Refused"),
    RequestState.WITHDRAWN: N_("Withdrawn"),
}
OPEN = frozenset({RequestState.RECEIVED, RequestState.IDENTITY, RequestState.IN_HAND})
ENDED = frozenset(RequestState) - OPEN


class AskedBy(StrEnum):
    """How a request came to us."""

    ACCOUNT = "account"
    PHONE = "phone"
    LETTER = "letter"
    EMAIL = "email"
    VISIT = "visit"

    @property
    def label(self) -> str:
        return _WAYS[self]


_WAYS = {
    AskedBy.ACCOUNT: N_("In My Account"),
    AskedBy.PHONE: N_("By telephone"),
    AskedBy.LETTER: N_("By letter"),
    AskedBy.EMAIL: N_("By e-mail"),
    AskedBy.VISIT: N_("In person"),
}


class ShownBy(StrEnum):
    """Why a source record counts as the person's own."""

    VERIFIED = "verified"
    ADDED = "added"


class PackageState(StrEnum):
    """A copy of somebody's data, from being asked for until it is thrown away."""

    QUEUED = "queued"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"

    @property
    def label(self) -> str:
        return _PACKAGES[self]


_PACKAGES = {
    PackageState.QUEUED: N_("Waiting to be put together"),
    PackageState.MAKING: N_("Being put together"),
    PackageState.READY: N_("Ready"),
    PackageState.FAILED: N_("Could not be put together"),
    PackageState.EXPIRED: N_("No longer there to download"),
}


class CorrectionState(StrEnum):
    """What the source says of a correction that it was told of."""

    TOLD = "told"
    ACCEPTED = "accepted"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return _CORRECTIONS[self]


_CORRECTIONS = {
    CorrectionState.TOLD: N_("Told, no answer yet"),
    CorrectionState.ACCEPTED: N_("Put right at the source"),
    CorrectionState.REFUSED: N_("The source says that it is right as it is"),
}
