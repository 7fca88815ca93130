"""`firstpoint users`: staff accounts, for whoever runs the machine. Everything here is in the audit trail as Firstpoint's own doing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
from sqlalchemy.orm import Session

from app.accounts import queries, services
from app.accounts.enums import AccountKind, Scope
from app.accounts.queries import AccountRow
from app.config import Settings
from app.kernel.actors import SYSTEM, Role
from app.kernel.paging import LARGEST, PageRequest
from app.runtime import OpenRuntime

SCOPES = [scope.value for scope in Scope]
STAFF_ROLES = [role.value for role in Role if role not in {Role.RESIDENT, Role.SERVICE}]
roles_option = click.option(
    "-r",
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice(STAFF_ROLES),
    help="May be given several times.",
)


@click.group()
def users() -> None:
    """The accounts of staff and of services' systems."""


@users.command("list")
@click.option("--residents", is_flag=True, help="Residents instead of staff and services.")
@click.argument("search", default="")
@click.pass_obj
def list_users(open_runtime: OpenRuntime, search: str, residents: bool) -> None:
    """Accounts by name; SEARCH is a part of a name or an address."""
    kinds = [AccountKind.RESIDENT] if residents else [AccountKind.STAFF, AccountKind.SERVICE]
    with open_runtime() as runtime, runtime.database.reading() as session:
        page = queries.list_accounts(session, PageRequest(1, LARGEST), search, kinds=kinds)
    for row in page.items:
        roles = ", ".join(sorted(row.roles))
        state = "" if row.active else "  SUSPENDED"
        click.echo(f"{row.email or '(no address)':<40} {row.name:<30} {roles}{state}")
    if page.total > len(page.items):
        click.echo(f"… and {page.total - len(page.items):,} more. Give a part of the name to see fewer.")


@users.command()
@click.argument("email")
@click.option("--name", required=True, help="As colleagues know them.")
@roles_option
@click.option("--invite", is_flag=True, help="Let them choose a password by e-mail instead of setting one here.")
@click.pass_obj
def create(open_runtime: OpenRuntime, email: str, name: str, roles: tuple[str, ...], invite: bool) -> None:
    """Make a staff account for EMAIL."""
    wanted = [Role(role) for role in roles]
    password = "" if invite else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with _changing(open_runtime) as (session, now):
        if invite:
            services.invite_staff(session, SYSTEM, email, name, wanted, now=now)
            click.echo(f"{email} gets an e-mail to choose a password.")
            return
        _, enrolment = services.create_staff(session, SYSTEM, email, name, wanted, password, now=now)
    click.echo(f"Made. Their authenticator app takes this address (shown once):\n  {enrolment.uri}")


@users.command("roles")
@click.argument("email")
@roles_option
@click.pass_obj
def set_roles(open_runtime: OpenRuntime, email: str, roles: tuple[str, ...]) -> None:
    """Give EMAIL these roles and no others."""
    with _changing(open_runtime) as (session, now):
        services.set_roles(session, SYSTEM, _account(session, email).id, [Role(role) for role in roles], now=now)
    click.echo(f"{email} is now: {', '.join(roles)}")


@users.command()
@click.argument("email")
@click.option("--reason", default="", help="For the audit trail.")
@click.pass_obj
def suspend(open_runtime: OpenRuntime, email: str, reason: str) -> None:
    """Shut EMAIL out at once, everywhere."""
    with _changing(open_runtime) as (session, now):
        services.suspend(session, SYSTEM, _account(session, email).id, now=now, reason=reason)
    click.echo(f"{email} is suspended and signed out everywhere.")


@users.command()
@click.argument("email")
@click.pass_obj
def reinstate(open_runtime: OpenRuntime, email: str) -> None:
    """Let EMAIL in again."""
    with _changing(open_runtime) as (session, now):
        services.reinstate(session, SYSTEM, _account(session, email).id, now=now)
    click.echo(f"{email} can sign in again.")


@users.command("reset-factor")
@click.argument("email")
@click.pass_obj
def reset_factor(open_runtime: OpenRuntime, email: str) -> None:
    """Let EMAIL set up a new authenticator app at the next sign-in, after a phone was lost."""
    with _changing(open_runtime) as (session, now):
        services.reset_second_factor(session, SYSTEM, _account(session, email).id, now=now)
    click.echo(f"{email} sets up an authenticator app at the next sign-in.")


@users.command()
@click.argument("email")
@click.pass_obj
def code(open_runtime: OpenRuntime, email: str) -> None:
    """The code that EMAIL's authenticator shows now. For the demo only."""
    with open_runtime() as runtime:
        if not runtime.settings.demo and Settings().database_url:
            raise click.ClickException(
                "codes are shown only with the embedded database, or where FIRSTPOINT_DEMO is on"
            )
        with runtime.database.transaction() as session:
            click.echo(services.current_code(session, _account(session, email).id, now=runtime.clock.now()))


@users.command("api-key")
@click.argument("name")
@click.option(
    "-s",
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(SCOPES),
    help="May be given several times.",
)
@click.pass_obj
def api_key(open_runtime: OpenRuntime, name: str, scopes: tuple[str, ...]) -> None:
    """Make an account for the system NAME of a service, with an API key."""
    with _changing(open_runtime) as (session, now):
        account = services.create_service_account(session, SYSTEM, name, now=now)
        row, secret = services.create_api_key(session, SYSTEM, account.id, scopes, now=now)
    click.echo(f"The key, shown once, good until {row.expires_at:%d %B %Y}:\n  {secret}")


@contextmanager
def _changing(open_runtime: OpenRuntime) -> Iterator[tuple[Session, datetime]]:
    with open_runtime() as runtime, runtime.database.transaction() as session:
        yield session, runtime.clock.now()


def _account(session: Session, email: str) -> AccountRow:
    found = queries.by_email(session, email)
    if found is None:
        raise click.ClickException(f"nobody has the address {email}. `firstpoint users list` shows who is there")
    return found
