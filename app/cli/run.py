"""`firstpoint run`: the whole demo in one command."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app.cli import banner, migrations
from app.cli.configuration import embedded, load_settings
from app.cli.demo import remove_half_built, seed_if_empty
from app.cli.ports import PortTaken, free_port, insist_on_free
from app.cli.supervisor import Child, DidNotStart, Supervisor, firstpoint, gunicorn
from app.config import Settings
from app.kernel import logging
from app.kernel.postgres import EmbeddedPostgres
from app.runtime import build_runtime

ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - recognised here, not listened on


@click.command()
@click.option("--seed/--no-seed", default=True, show_default=True, help="Build the demo city if the database is empty.")
@click.option(
    "--residents", type=click.IntRange(100), help="Size of the demo city, when it is built.  [default: 20000]"
)
@click.option("-v", "--verbose", is_flag=True, help="Show the logs here instead of writing them to var/log.")
def run(seed: bool, residents: int | None, verbose: bool) -> None:
    """Start everything: database, web server, worker and mail catcher, with the demo city in it.

    HOST, PORT and DATABASE_URL are honoured. Ctrl-C stops everything that was started.
    """
    settings = load_settings()
    logging.configure("WARNING", as_json=False)
    with _stopped_by_signals():
        try:
            insist_on_free(settings.host, settings.port)
            _run(_with_demo_defaults(settings), seed=seed, residents=residents, verbose=verbose)
        except (PortTaken, DidNotStart) as error:
            raise click.ClickException(str(error)) from error
        except KeyboardInterrupt:
            click.echo("\nStopped.")


def _run(settings: Settings, *, seed: bool, residents: int | None, verbose: bool) -> None:
    server = None if settings.database_url else embedded(settings)
    supervisor = Supervisor(click.echo)
    try:
        settings = _with_database(settings, server)
        if seed:
            seed_if_empty(build_runtime(settings), residents)
        logs = None if verbose else settings.data_dir / "log"
        _start_children(supervisor, settings, logs)
        banner.show(settings, logs)
        supervisor.watch(lambda: _revive(server))
    finally:
        _deaf_to_signals()
        supervisor.stop()
        if server is not None:
            server.stop()


def _with_database(settings: Settings, server: EmbeddedPostgres | None) -> Settings:
    if server is not None:
        remove_half_built(settings, server)
        click.echo("Starting PostgreSQL" + (" (its first start makes its files)" if server.is_new else ""))
        settings = settings.model_copy(update={"database_url": server.start()})
    if migrations.upgrade(settings.sqlalchemy_url):
        click.echo("Database migrated")
    return settings


def _start_children(supervisor: Supervisor, settings: Settings, logs: Path | None) -> None:
    env = _environment(settings)

    def child(name: str, command: list[str]) -> Child:
        return Child(name, command, env, logs / f"{name}.log" if logs else None)

    insist_on_free(settings.host, settings.port)  # once more: the city took a while to build
    click.echo("Starting the web server and the worker")
    if _catches_mail(settings):
        supervisor.add(child("mail", firstpoint("mailcatcher")))
    web = child("web", gunicorn())
    supervisor.add(web)
    supervisor.add(child("worker", firstpoint("worker")))
    supervisor.wait_until_serving(web, ANYWHERE.get(settings.host, settings.host), settings.port)


def _revive(server: EmbeddedPostgres | None) -> None:
    if server is not None and not server.is_running:
        click.echo("PostgreSQL ended by itself; starting it again")
        server.start()


def _with_demo_defaults(settings: Settings) -> Settings:
    """What the demo decides unless it was decided outside: demo sign-ins are shown, mail is caught here, links lead here."""
    given = settings.model_fields_set
    updates: dict[str, object] = {} if "demo" in given else {"demo": True}
    if not settings.public_url:
        host = ANYWHERE.get(settings.host, settings.host)
        updates["public_url"] = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    if "smtp_host" not in given:
        updates["smtp_port"] = (
            settings.smtp_port if "smtp_port" in given else free_port("127.0.0.1", settings.smtp_port)
        )
        view = settings.mail_view_port
        updates["mail_view_port"] = view if "mail_view_port" in given else free_port(settings.host, view)
    return settings.model_copy(update=updates)


def _catches_mail(settings: Settings) -> bool:
    return "smtp_host" not in settings.model_fields_set


def _environment(settings: Settings) -> dict[str, str]:
    """What the children are told; everything else they read as we did."""
    return os.environ | {
        "DATABASE_URL": settings.sqlalchemy_url,
        "SECRET_KEY": settings.secret_key,
        "HOST": settings.host,
        "PORT": str(settings.port),
        "FIRSTPOINT_DATA_DIR": str(settings.data_dir),
        "FIRSTPOINT_DEMO": str(settings.demo).lower(),
        "FIRSTPOINT_PUBLIC_URL": settings.public_url,
        "FIRSTPOINT_SMTP_PORT": str(settings.smtp_port),
        "FIRSTPOINT_MAIL_VIEW_PORT": str(settings.mail_view_port),
    }


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Ctrl-C, a plain kill and a closed terminal all mean: stop in good order."""
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(how, _interrupt)
    yield


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _deaf_to_signals() -> None:
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(how, signal.SIG_IGN)
