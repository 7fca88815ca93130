"""The door to the command line: which commands there are, and how what goes wrong is told."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from app.cli.problems import in_plain_words

COMMANDS: Mapping[str, str] = {
    "check": "app.cli.check:check",
    "ingest": "app.cli.data:ingest",
    "jobs": "app.scheduler.commands:jobs",
    "mailcatcher": "app.cli.mailcatcher.command:mailcatcher",
    "match": "app.cli.data:match",
    "migrate": "app.cli.upkeep:migrate",
    "queues": "app.cli.queues:queues",
    "refresh": "app.cli.data:refresh",
    "reset": "app.cli.upkeep:reset",
    "run": "app.cli.run:run",
    "seed": "app.cli.data:seed",
    "users": "app.cli.users:users",
    "worker": "app.scheduler.commands:worker",
}


class LazyGroup(click.Group):
    """Imports a command only when it is wanted: `firstpoint jobs list` need not load the matching engine."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        with in_plain_words():
            return super().invoke(ctx)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option("0.1.0", prog_name="firstpoint")
@click.pass_context
def firstpoint(ctx: click.Context) -> None:
    """The front office of a public body, from the command line.

    Settings come from the environment and from .env (see .env.example). Without DATABASE_URL the embedded PostgreSQL is
    used: the one of a running `firstpoint run`, else one started for the command.
    """
    ctx.obj = _open_runtime


def _open_runtime() -> Any:
    """Open the house; loading it takes a second that `--help` and the mail catcher need not wait."""
    return import_module("app.cli.house").open_runtime()


def main() -> None:
    """Entry point of the `firstpoint` script."""
    firstpoint(prog_name="firstpoint")
