"""What `firstpoint run` prints when everything is up."""

from pathlib import Path

import click

from app.accounts import queries, services
from app.config import Settings
from app.runtime import Runtime, build_runtime
from app.seeds.demo import SIGN_INS


def show(settings: Settings, logs: Path | None) -> None:
    """Where to go, as whom, and how to stop."""
    click.echo(f"\nFirstpoint is running at {click.style(settings.base_url, bold=True)}")
    click.echo(f"  Staff console   {settings.base_url}/console")
    click.echo(f"  API             {settings.base_url}/api/v1/docs")
    if "smtp_host" not in settings.model_fields_set:
        host = settings.base_url.rpartition(":")[0]
        click.echo(f"  Sent e-mails    {host}:{settings.mail_view_port}/")
    if settings.demo:
        _sign_ins(build_runtime(settings))
    click.echo(f"\nLogs are in {logs}. Ctrl-C stops everything.\n" if logs else "\nCtrl-C stops everything.\n")


def _sign_ins(runtime: Runtime) -> None:
    click.echo("\nDemo sign-ins (password, and for staff the code of this half minute):")
    try:
        for sign_in in SIGN_INS:
            code = _code(runtime, sign_in.email)
            if code is not None:
                click.echo(f"  {sign_in.shown_as:<28} {sign_in.email:<34} {sign_in.password}  {code}")
    finally:
        runtime.database.close()
    click.echo("  A fresh code: .venv/bin/firstpoint users code EMAIL")


def _code(runtime: Runtime, email: str) -> str | None:
    """The code of now, nothing for an account without a second factor, None if there is no such account."""
    with runtime.database.transaction() as session:
        account = queries.by_email(session, email)
        if account is None:
            return None
        return services.current_code(session, account.id, now=runtime.clock.now()) if account.has_second_factor else ""
