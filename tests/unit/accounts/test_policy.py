"""What each role may do, and what nobody may reach without it being theirs."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from app.accounts.policy import ROLE_PERMISSIONS, Permission, authorize, may, permissions_of
from app.kernel.actors import PUBLIC, SYSTEM, Actor, ActorKind, Role
from app.kernel.errors import NotAllowed, NotFound
from app.kernel.ids import new_id

PEOPLE = {Role.RESIDENT: ActorKind.RESIDENT, Role.SERVICE: ActorKind.SERVICE}
FIRST_LINE = "customers.find customers.view customers.add customers.verify contacts.take enquiries.raise enquiries.view enquiries.work relationships.manage subscriptions.manage bookings.make"
EXPECTED = {
    Role.RESIDENT: "account.own enquiries.own enquiries.raise bookings.own",
    Role.ADVISOR: f"account.own {FIRST_LINE} handoffs.view handoffs.offer",
    Role.TEAM_LEADER: f"account.own {FIRST_LINE} handoffs.view handoffs.offer enquiries.assign oversight.view quality.score customers.restricted"
    " enquiries.urgent agreements.view agreements.manage rota.manage topics.keep bookings.keep",
    Role.STEWARD: "account.own customers.find customers.view customers.add customers.restricted stewardship.view stewardship.decide sources.load sources.manage jobs.view relationships.manage rights.handle",
    Role.OFFICER: "account.own enquiries.view enquiries.work handoffs.view handoffs.offer handoffs.work agreements.view topics.keep bookings.keep",
    Role.MONITOR: "account.own enquiries.view enquiries.assign handoffs.view oversight.view oversight.act quality.score jobs.view audit.view enquiries.urgent agreements.view",
    Role.ADMINISTRATOR: "account.own users.manage organisation.manage catalogue.manage jobs.view jobs.run audit.view oversight.view"
    " agreements.view agreements.manage rota.manage",
    Role.SERVICE: "customers.find enquiries.raise enquiries.view enquiries.work handoffs.view handoffs.work sources.push",
}


def someone(*roles: Role) -> Actor:
    return Actor(PEOPLE.get(roles[0], ActorKind.STAFF), new_id(), "Someone", frozenset(roles))


@dataclass
class Letter:
    """A thing that belongs to one account."""

    owner: UUID | None

    def open_to(self, actor: Actor) -> bool:
        return actor.account_id == self.owner


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_its_line_says_and_nothing_else(role: Role, permission: Permission) -> None:
    assert may(someone(role), permission) is (permission in EXPECTED[role].split())


def test_every_role_has_a_line_and_every_permission_somebody() -> None:
    assert ROLE_PERMISSIONS.keys() == set(Role)
    assert frozenset().union(*ROLE_PERMISSIONS.values()) == frozenset(Permission)


def test_roles_add_up() -> None:
    both = someone(Role.ADVISOR, Role.STEWARD)

    assert permissions_of(both) == ROLE_PERMISSIONS[Role.ADVISOR] | ROLE_PERMISSIONS[Role.STEWARD]


def test_somebody_unknown_may_do_nothing_and_firstpoint_itself_everything() -> None:
    assert permissions_of(PUBLIC) == frozenset()
    assert permissions_of(SYSTEM) == frozenset(Permission)


def test_an_action_that_no_role_allows_is_refused() -> None:
    with pytest.raises(NotAllowed):
        authorize(someone(Role.ADVISOR), "users.manage")


def test_a_mistyped_action_is_an_error_and_no_refusal() -> None:
    with pytest.raises(ValueError, match="custommers"):
        authorize(someone(Role.ADVISOR), "custommers.view")


def test_a_resident_reaches_their_own_thing() -> None:
    resident = someone(Role.RESIDENT)

    mine, somebody_elses = Letter(resident.account_id), Letter(new_id())

    authorize(resident, Permission.OWN_ENQUIRIES, mine)
    with pytest.raises(NotFound):
        authorize(resident, Permission.OWN_ENQUIRIES, somebody_elses)


def test_anothers_thing_does_not_exist_for_a_resident() -> None:
    with pytest.raises(NotFound):
        authorize(someone(Role.RESIDENT), Permission.OWN_ENQUIRIES, Letter(new_id()))


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.SERVICE])
def test_what_does_not_say_whose_it_is_stays_shut_for_residents_and_services(role: Role) -> None:
    with pytest.raises(NotFound):
        authorize(someone(role), Permission.ENQUIRIES_RAISE, object())


def test_staff_cannot_reach_a_guarded_thing_that_is_not_open_to_them() -> None:
    with pytest.raises(NotFound):
        authorize(someone(Role.OFFICER), Permission.ENQUIRIES_VIEW, Letter(new_id()))


@pytest.mark.parametrize("purpose", [None, "", "   "])
def test_a_look_at_a_customer_needs_a_purpose(purpose: str | None) -> None:
    with pytest.raises(NotAllowed, match="why"):
        authorize(someone(Role.ADVISOR), Permission.CUSTOMERS_VIEW, object(), purpose)


def test_a_look_at_a_customer_with_a_purpose_is_allowed() -> None:
    authorize(someone(Role.ADVISOR), Permission.CUSTOMERS_VIEW, object(), "Caller asks about bins")
    with pytest.raises(NotAllowed):
        authorize(someone(Role.OFFICER), Permission.CUSTOMERS_VIEW, object(), "Caller asks about bins")
