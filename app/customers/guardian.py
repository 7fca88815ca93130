"""The person who is told whenever a restricted record is opened: named in the settings, provided to services by the wiring."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guardian:
    """The e-mail address of an account of staff; without one, or if that person has left, every steward is told."""

    email: str = ""
