"""`firstpoint migrate` and `firstpoint reset`."""

import shutil

import click

from app.cli import migrations
from app.cli.configuration import embedded, load_settings
from app.cli.house import database_url
from app.kernel.postgres import EmbeddedPostgres, running_url, scratch_directory


@click.command()
@click.option("--write", "name", metavar="NAME", help="Write a new migration for what changed in the models.")
def migrate(name: str | None) -> None:
    """Bring the database to the newest migration."""
    if name:
        click.echo(f"Written: {_write(name)}. Read it before you keep it.")
        return
    with database_url(load_settings()) as url:
        changed = migrations.upgrade(url)
    click.echo(
        "Migrated to the newest version." if changed else "Nothing to do: the database is at the newest version."
    )


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(yes: bool) -> None:
    """Delete the demo's data: embedded database, caught mail, logs and generated secrets."""
    settings = load_settings()
    if settings.database_url:
        raise click.ClickException("DATABASE_URL is set: reset deletes only the embedded database. Drop yours by hand.")
    if running_url(settings.data_dir / "postgres"):
        raise click.ClickException("Firstpoint is running on this data. Stop it first.")
    server = embedded(settings)
    if not yes:
        click.confirm(f"Delete {server.data_dir} and {settings.data_dir}?", abort=True)
    server.remove()
    shutil.rmtree(settings.data_dir, ignore_errors=True)
    click.echo("Deleted. The next start builds the demo city anew.")


def _write(name: str) -> str:
    server = EmbeddedPostgres(scratch_directory(), durable=False)
    try:
        url = server.start()
        migrations.upgrade(url)
        return str(migrations.write(url, name))
    finally:
        server.stop()
        server.remove()
