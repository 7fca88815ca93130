"""`firstpoint check`: is everything as it should be, and if not, what to do."""

import json
import shutil
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from app.cli import migrations
from app.cli.configuration import load_settings
from app.cli.house import database_url
from app.config import Settings
from app.kernel.postgres import PostgresError

STATIC = Path(__file__).parents[1] / "web" / "static" / "dist"
LEAST_DISK = 500 * 1024 * 1024
OLDEST_POSTGRES = 150000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `to_do` is empty when it is well."""

    what: str
    found: str
    to_do: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def check(as_json: bool) -> None:
    """Look at the configuration and at everything that Firstpoint needs; exit code 1 if something is wrong."""
    settings = load_settings()
    findings = [look(settings) for look in LOOKS]
    findings += _database(settings)
    if as_json:
        click.echo(
            json.dumps([{"what": f.what, "ok": not f.to_do, "found": f.found, "to_do": f.to_do} for f in findings])
        )
    else:
        for finding in findings:
            mark = click.style("wrong", fg="red", bold=True) if finding.to_do else click.style("well ", fg="green")
            click.echo(f"{mark}  {finding.what}: {finding.found}")
            if finding.to_do:
                click.echo(f"       {finding.to_do}")
    raise SystemExit(1 if any(finding.to_do for finding in findings) else 0)


def _secret(settings: Settings) -> Finding:
    given = "secret_key" in Settings().model_fields_set
    if len(settings.secret_key) < 32:
        return Finding("Secret key", "too short", "Set SECRET_KEY to at least 32 random characters.")
    return Finding("Secret key", "from the settings" if given else f"generated, in {settings.data_dir / 'secret_key'}")


def _address(settings: Settings) -> Finding:
    if settings.demo or settings.https or not settings.database_url:
        return Finding("Address for customers", settings.base_url)
    return Finding(
        "Address for customers",
        f"{settings.base_url}, which is not https",
        "Set FIRSTPOINT_PUBLIC_URL to the https address, or FIRSTPOINT_DEMO=true on a machine for trying out.",
    )


def _mail(settings: Settings) -> Finding:
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    kind = smtplib.SMTP_SSL if settings.smtp_security == "tls" else smtplib.SMTP
    try:
        with kind(settings.smtp_host, settings.smtp_port, timeout=5) as server:
            code, _ = server.noop()
    except (OSError, smtplib.SMTPException) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        return Finding(
            "Mail server",
            f"{where} does not answer ({reason})",
            "Check FIRSTPOINT_SMTP_HOST and FIRSTPOINT_SMTP_PORT; for a demo start `firstpoint mailcatcher`. Messages wait until then.",
        )
    return Finding("Mail server", f"{where} answers ({code})")


def _disk(settings: Settings) -> Finding:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.data_dir).free
    found = f"{free / 1024**3:.1f} GB free at {settings.data_dir}"
    return Finding("Disk", found, "" if free >= LEAST_DISK else "Make room: less than 500 MB are left.")


def _assets(_: Settings) -> Finding:
    if (STATIC / "manifest.json").exists():
        return Finding("Front-end assets", "built")
    return Finding("Front-end assets", "not built", "Run `make assets`.")


LOOKS: tuple[Callable[[Settings], Finding], ...] = (_secret, _address, _mail, _disk, _assets)


def _database(settings: Settings) -> list[Finding]:
    try:
        with (
            database_url(settings) as url,
            _engine(url).connect() as connection,
        ):
            number = connection.scalar(text("SELECT current_setting('server_version_num')::int")) or 0
            version = connection.scalar(text("SHOW server_version"))
            current = migrations.current(connection)
    except (DBAPIError, PostgresError) as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        return [
            Finding("Database", f"cannot be reached ({reason})", "Check that it runs and that DATABASE_URL is right.")
        ]
    old = "" if number >= OLDEST_POSTGRES else "PostgreSQL 15 or newer is needed."
    return [Finding("Database", f"PostgreSQL {version}", old), _migrations(current)]


def _engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 3})


def _migrations(current: str | None) -> Finding:
    newest = migrations.newest()
    if current == newest:
        return Finding("Migrations", f"at the newest, {newest}")
    return Finding("Migrations", f"at {current or 'none'}, the newest is {newest}", "Run `firstpoint migrate`.")
