"""What each role may do: one table, and one function that every door asks."""

from enum import StrEnum
from typing import Protocol, runtime_checkable

from app.kernel.actors import Actor, ActorKind, Role
from app.kernel.errors import NotAllowed, NotFound
from app.kernel.i18n import N_


class Permission(StrEnum):
    """Something that somebody may be allowed to do."""

    OWN_ENQUIRIES = "enquiries.own"
    OWN_BOOKINGS = "bookings.own"
    OWN_ACCOUNT = "account.own"
    CUSTOMERS_FIND = "customers.find"
    CUSTOMERS_VIEW = "customers.view"
    CUSTOMERS_ADD = "customers.add"
    CUSTOMERS_VERIFY = "customers.verify"
    CUSTOMERS_RESTRICTED = "customers.restricted"
    RELATIONSHIPS_MANAGE = "relationships.manage"
    CONTACTS_TAKE = "contacts.take"
    ENQUIRIES_RAISE = "enquiries.raise"
    ENQUIRIES_VIEW = "enquiries.view"
    ENQUIRIES_WORK = "enquiries.work"
    ENQUIRIES_ASSIGN = "enquiries.assign"
    ENQUIRIES_URGENT = "enquiries.urgent"
    BOOKINGS_MAKE = "bookings.make"
    BOOKINGS_KEEP = "bookings.keep"
    HANDOFFS_VIEW = "handoffs.view"
    HANDOFFS_OFFER = "handoffs.offer"
    HANDOFFS_WORK = "handoffs.work"
    SUBSCRIPTIONS_MANAGE = "subscriptions.manage"
    TOPICS_KEEP = "topics.keep"
    AGREEMENTS_VIEW = "agreements.view"
    AGREEMENTS_MANAGE = "agreements.manage"
    OVERSIGHT_VIEW = "oversight.view"
    OVERSIGHT_ACT = "oversight.act"
    QUALITY_SCORE = "quality.score"
    RIGHTS_HANDLE = "rights.handle"
    STEWARDSHIP_VIEW = "stewardship.view"
    STEWARDSHIP_DECIDE = "stewardship.decide"
    SOURCES_LOAD = "sources.load"
    SOURCES_MANAGE = "sources.manage"
    SOURCES_PUSH = "sources.push"
    USERS_MANAGE = "users.manage"
    ORGANISATION_MANAGE = "organisation.manage"
    ROTA_MANAGE = "rota.manage"
    CATALOGUE_MANAGE = "catalogue.manage"
    JOBS_VIEW = "jobs.view"
    JOBS_RUN = "jobs.run"
    AUDIT_VIEW = "audit.view"


P = Permission
_ADVISOR = {
    P.OWN_ACCOUNT,
    P.CUSTOMERS_FIND,
    P.CUSTOMERS_VIEW,
    P.CUSTOMERS_ADD,
    P.CUSTOMERS_VERIFY,
    P.RELATIONSHIPS_MANAGE,
    P.CONTACTS_TAKE,
    P.ENQUIRIES_RAISE,
    P.ENQUIRIES_VIEW,
    P.ENQUIRIES_WORK,
    P.BOOKINGS_MAKE,
    P.HANDOFFS_VIEW,
    P.HANDOFFS_OFFER,
    P.SUBSCRIPTIONS_MANAGE,
}
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.RESIDENT: frozenset({P.OWN_ACCOUNT, P.OWN_ENQUIRIES, P.OWN_BOOKINGS, P.ENQUIRIES_RAISE}),
    Role.ADVISOR: frozenset(_ADVISOR),
    Role.TEAM_LEADER: frozenset(
        _ADVISOR
        | {
            P.ENQUIRIES_ASSIGN,
            P.ENQUIRIES_URGENT,
            P.BOOKINGS_KEEP,
            P.AGREEMENTS_VIEW,
            P.AGREEMENTS_MANAGE,
            P.OVERSIGHT_VIEW,
            P.QUALITY_SCORE,
            P.CUSTOMERS_RESTRICTED,
            P.ROTA_MANAGE,
            P.TOPICS_KEEP,
        }
    ),
    Role.STEWARD: frozenset(
        {
            P.OWN_ACCOUNT,
            P.CUSTOMERS_FIND,
            P.CUSTOMERS_VIEW,
            P.CUSTOMERS_ADD,
            P.CUSTOMERS_RESTRICTED,
            P.RELATIONSHIPS_MANAGE,
            P.STEWARDSHIP_VIEW,
            P.STEWARDSHIP_DECIDE,
            P.RIGHTS_HANDLE,
            P.SOURCES_LOAD,
            P.SOURCES_MANAGE,
            P.JOBS_VIEW,
        }
    ),
    Role.OFFICER: frozenset(
        {
            P.OWN_ACCOUNT,
            P.ENQUIRIES_VIEW,
            P.ENQUIRIES_WORK,
            P.BOOKINGS_KEEP,
            P.AGREEMENTS_VIEW,
            P.HANDOFFS_VIEW,
            P.HANDOFFS_OFFER,
            P.HANDOFFS_WORK,
            P.TOPICS_KEEP,
        }
    ),
    Role.MONITOR: frozenset(
        {
            P.OWN_ACCOUNT,
            P.ENQUIRIES_VIEW,
            P.ENQUIRIES_ASSIGN,
            P.ENQUIRIES_URGENT,
            P.AGREEMENTS_VIEW,
            P.HANDOFFS_VIEW,
            P.OVERSIGHT_VIEW,
            P.OVERSIGHT_ACT,
            P.QUALITY_SCORE,
            P.JOBS_VIEW,
            P.AUDIT_VIEW,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            P.OWN_ACCOUNT,
            P.USERS_MANAGE,
            P.ORGANISATION_MANAGE,
            P.ROTA_MANAGE,
            P.CATALOGUE_MANAGE,
            P.AGREEMENTS_VIEW,
            P.AGREEMENTS_MANAGE,
            P.JOBS_VIEW,
            P.JOBS_RUN,
            P.AUDIT_VIEW,
            P.OVERSIGHT_VIEW,
        }
    ),
    Role.SERVICE: frozenset(
        {
            P.CUSTOMERS_FIND,
            P.SOURCES_PUSH,
            P.ENQUIRIES_RAISE,
            P.ENQUIRIES_VIEW,
            P.ENQUIRIES_WORK,
            P.HANDOFFS_VIEW,
            P.HANDOFFS_WORK,
        }
    ),
}
"""Who may do what. The administrator runs the installation and sees no customer."""

STAFF_ROLES = tuple(role for role in Role if role not in {Role.RESIDENT, Role.SERVICE})
NEEDS_PURPOSE = frozenset({P.CUSTOMERS_VIEW, P.CUSTOMERS_RESTRICTED})


@runtime_checkable
class Guarded(Protocol):
    """A thing that knows to whom it may be shown. What a resident or a service asks for must be one of these."""

    def open_to(self, actor: Actor) -> bool: ...


def permissions_of(actor: Actor) -> frozenset[Permission]:
    """All that the actor's roles allow. Firstpoint itself may do everything; somebody unknown nothing."""
    if actor.kind is ActorKind.SYSTEM:
        return frozenset(Permission)
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in actor.roles))


def may(actor: Actor, *actions: Permission | str) -> bool:
    """True if the actor's roles allow at least one of these."""
    return not permissions_of(actor).isdisjoint(Permission(action) for action in actions)


def authorize(actor: Actor, action: Permission | str, obj: object = None, purpose: str | None = None) -> None:
    """Let the actor do this to that, or raise.

    NotAllowed if no role of the actor allows it, or if a look at a customer comes without a purpose; NotFound if the thing is not
    the actor's to know of. Residents and services reach only things that say they are open to them.
    """
    if not may(actor, action):
        raise NotAllowed
    if obj is None or actor.kind is ActorKind.SYSTEM:
        return
    if isinstance(obj, Guarded):
        if not obj.open_to(actor):
            raise NotFound
    elif actor.kind is not ActorKind.STAFF:
        raise NotFound
    if Permission(action) in NEEDS_PURPOSE and not (purpose or "").strip():
        raise NotAllowed(N_("Say why you need to see this record"))
