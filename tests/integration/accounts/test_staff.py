"""Administrators' work: accounts, roles, suspension, keys for the services' systems."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.accounts import queries, services
from app.accounts.enums import Scope
from app.audit.queries import trail
from app.kernel.actors import SYSTEM, Actor, ActorKind, Role
from app.kernel.clock import FixedClock
from app.kernel.errors import Conflict, Invalid, NotAllowed
from app.kernel.ids import new_id
from app.kernel.paging import PageRequest
from tests.integration.accounts.people import PASSWORD, a_member_of_staff, a_resident

ADVISOR = Actor(ActorKind.STAFF, new_id(), "Ada", frozenset({Role.ADVISOR}))


def an_administrator(session: Session, clock: FixedClock, email: str = "admin@hallowmere.example") -> Actor:
    account, _ = a_member_of_staff(session, clock.now(), Role.ADMINISTRATOR, email=email)
    return Actor(ActorKind.STAFF, account.id, account.name, account.roles)


def test_only_administrators_manage_accounts(session: Session, clock: FixedClock) -> None:
    account, _ = a_member_of_staff(session, clock.now())

    for attempt in (
        lambda: services.invite_staff(
            session, ADVISOR, "new@hallowmere.example", "New", [Role.ADVISOR], now=clock.now()
        ),
        lambda: services.set_roles(session, ADVISOR, account.id, [Role.ADMINISTRATOR], now=clock.now()),
        lambda: services.suspend(session, ADVISOR, account.id, now=clock.now()),
        lambda: services.reinstate(session, ADVISOR, account.id, now=clock.now()),
        lambda: services.create_service_account(session, ADVISOR, "Robot", now=clock.now()),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_roles_are_set_as_a_whole_and_written_down(session: Session, clock: FixedClock) -> None:
    account, _ = a_member_of_staff(session, clock.now(), Role.ADVISOR, Role.STEWARD)

    changed = services.set_roles(session, SYSTEM, account.id, [Role.STEWARD, Role.MONITOR], now=clock.now())

    assert changed.roles == {Role.STEWARD, Role.MONITOR}
    last = trail(session, "account", account.id).items[0]
    assert (last.action, last.detail) == (
        "account.roles_set",
        {"before": ["advisor", "steward"], "after": ["monitor", "steward"]},
    )


@pytest.mark.parametrize("roles", [[], [Role.RESIDENT], [Role.ADVISOR, Role.SERVICE]])
def test_staff_have_at_least_one_role_and_only_those_of_staff(
    session: Session, clock: FixedClock, roles: list[Role]
) -> None:
    with pytest.raises(Invalid):
        services.invite_staff(session, SYSTEM, "new@hallowmere.example", "New Person", roles, now=clock.now())


def test_a_resident_cannot_be_made_staff(session: Session, clock: FixedClock) -> None:
    resident = a_resident(session, clock.now())

    with pytest.raises(Conflict):
        services.set_roles(session, SYSTEM, resident.id, [Role.ADMINISTRATOR], now=clock.now())


def test_the_last_administrator_stays(session: Session, clock: FixedClock) -> None:
    admin = an_administrator(session, clock)
    assert admin.account_id

    with pytest.raises(Conflict):
        services.set_roles(session, admin, admin.account_id, [Role.ADVISOR], now=clock.now())
    with pytest.raises(Conflict):
        services.suspend(session, SYSTEM, admin.account_id, now=clock.now())
    an_administrator(session, clock, "second@hallowmere.example")
    services.set_roles(session, admin, admin.account_id, [Role.ADVISOR], now=clock.now())


def test_nobody_suspends_themselves(session: Session, clock: FixedClock) -> None:
    admin = an_administrator(session, clock)
    an_administrator(session, clock, "second@hallowmere.example")
    assert admin.account_id

    with pytest.raises(Conflict, match="your own"):
        services.suspend(session, admin, admin.account_id, now=clock.now())


def test_an_address_has_one_account(session: Session, clock: FixedClock) -> None:
    a_member_of_staff(session, clock.now())

    with pytest.raises(Invalid) as refused:
        services.create_staff(
            session, SYSTEM, "SAM@hallowmere.example", "Sam", [Role.ADVISOR], PASSWORD, now=clock.now()
        )
    assert refused.value.errors.keys() == {"email"}


def test_staff_are_found_by_role_name_and_address(session: Session, clock: FixedClock) -> None:
    sam, _ = a_member_of_staff(session, clock.now(), Role.STEWARD)
    a_resident(session, clock.now())
    services.create_service_account(session, SYSTEM, "Waste system", now=clock.now())

    assert [row.id for row in queries.staff_with_role(session, Role.STEWARD)] == [sam.id]
    assert [row.name for row in queries.list_accounts(session).items] == ["Sam Porter", "Waste system"]
    assert [row.name for row in queries.list_accounts(session, PageRequest(), "hallow").items] == ["Sam Porter"]
    assert queries.list_accounts(session, search="100%").items == ()


def test_a_key_opens_its_scopes_and_its_secret_is_not_kept(session: Session, clock: FixedClock) -> None:
    robot = services.create_service_account(session, SYSTEM, "Waste system", now=clock.now())

    row, key = services.create_api_key(session, SYSTEM, robot.id, ["handoffs:read"], now=clock.now())

    caller = services.resolve_api_key(session, key, now=clock.now())
    assert caller is not None
    assert caller.scopes == {Scope.HANDOFFS_READ}
    assert (caller.actor.kind, caller.actor.account_id, caller.actor.roles) == (
        ActorKind.SERVICE,
        robot.id,
        {Role.SERVICE},
    )
    assert key not in repr(queries.api_keys_of(session, robot.id)) + repr(row)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: key + "x",
        lambda key: key[:-1],
        lambda key: "fpk_00000000_" + key,
        lambda _key: "",
        lambda _key: "fpk_",
    ],
)
def test_a_wrong_key_opens_nothing(session: Session, clock: FixedClock, spoil: object) -> None:
    robot = services.create_service_account(session, SYSTEM, "Waste system", now=clock.now())
    _, key = services.create_api_key(session, SYSTEM, robot.id, ["handoffs:read"], now=clock.now())

    assert services.resolve_api_key(session, spoil(key), now=clock.now()) is None  # type: ignore[operator]  # - a function


def test_a_key_ends_when_revoked_expired_or_its_account_suspended(session: Session, clock: FixedClock) -> None:
    robot = services.create_service_account(session, SYSTEM, "Waste system", now=clock.now())
    row, revoked = services.create_api_key(session, SYSTEM, robot.id, ["handoffs:read"], now=clock.now())
    _, short = services.create_api_key(
        session, SYSTEM, robot.id, ["handoffs:read"], now=clock.now(), lasts=timedelta(days=1)
    )
    _, kept = services.create_api_key(session, SYSTEM, robot.id, ["handoffs:read"], now=clock.now())
    services.revoke_api_key(session, SYSTEM, row.id, now=clock.now())
    clock.advance(timedelta(days=1))

    assert services.resolve_api_key(session, revoked, now=clock.now()) is None
    assert services.resolve_api_key(session, short, now=clock.now()) is None
    assert services.resolve_api_key(session, kept, now=clock.now()) is not None
    services.suspend(session, SYSTEM, robot.id, now=clock.now())
    assert services.resolve_api_key(session, kept, now=clock.now()) is None


def test_keys_are_for_services_and_for_something(session: Session, clock: FixedClock) -> None:
    sam, _ = a_member_of_staff(session, clock.now())
    robot = services.create_service_account(session, SYSTEM, "Waste system", now=clock.now())

    with pytest.raises(Conflict):
        services.create_api_key(session, SYSTEM, sam.id, ["handoffs:read"], now=clock.now())
    for scopes in ([], ["everything"]):
        with pytest.raises(Invalid):
            services.create_api_key(session, SYSTEM, robot.id, scopes, now=clock.now())
