"""Who is doing something: a resident, a member of staff, a service's system, Firstpoint itself, or somebody unknown."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What an account is for. Staff may hold several."""

    RESIDENT = "resident"
    ADVISOR = "advisor"
    TEAM_LEADER = "team_leader"
    STEWARD = "steward"
    OFFICER = "officer"
    MONITOR = "monitor"
    ADMINISTRATOR = "administrator"
    SERVICE = "service"


class ActorKind(StrEnum):
    """Where the actor comes from."""

    RESIDENT = "resident"
    STAFF = "staff"
    SERVICE = "service"
    SYSTEM = "system"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or system behind an action. `address` is the network address, kept for the audit trail."""

    kind: ActorKind
    account_id: UUID | None = None
    name: str = ""
    roles: frozenset[Role] = field(default_factory=frozenset)
    address: str | None = None

    def has(self, *roles: Role) -> bool:
        """True if the actor holds at least one of these roles."""
        return not self.roles.isdisjoint(roles)


SYSTEM = Actor(ActorKind.SYSTEM, name="Firstpoint")
PUBLIC = Actor(ActorKind.PUBLIC, name="Someone not signed in")
