"""Building the demo city, once."""

from pathlib import Path

import click
from sqlalchemy import text

from app.cli.progress import Bar
from app.config import Settings
from app.kernel.postgres import EmbeddedPostgres
from app.runtime import Runtime
from app.seeds import demo

RESIDENTS = 20_000


def is_empty(runtime: Runtime) -> bool:
    """True for a database in which nobody has an account yet."""
    with runtime.database.reading() as session:
        return not session.scalar(text("SELECT EXISTS (SELECT FROM account)"))


def seed_if_empty(runtime: Runtime, residents: int | None) -> None:
    """Build the city on the first start; later starts find it there."""
    if is_empty(runtime):
        build(runtime, residents)
    elif _mark(runtime.settings).exists():
        click.echo("The demo city was only half built when it was interrupted. An empty database would get a whole one")


def build(runtime: Runtime, residents: int | None) -> None:
    """Build a city of this size, with a sign of life. A mark stays behind if it is interrupted."""
    number = residents or RESIDENTS
    click.echo(f"Building the demo city of {number:,} residents (once; the next start finds it there)")
    mark = _mark(runtime.settings)
    mark.touch()
    with Bar() as progress:
        demo.seed(runtime, residents=number, progress=progress)
    mark.unlink()


def remove_half_built(settings: Settings, server: EmbeddedPostgres) -> None:
    """Half a city is no use: delete the embedded database that an interrupted building left."""
    if _mark(settings).exists():
        click.echo("The demo city was only half built when it was interrupted: beginning anew")
        server.remove()
        _mark(settings).unlink()


def _mark(settings: Settings) -> Path:
    return settings.data_dir / "half-built"
