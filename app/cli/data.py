"""`firstpoint seed`, `ingest` and `match`."""

from pathlib import Path
from uuid import UUID

import click

from app.cli import demo
from app.cli.progress import Bar
from app.customers import queries
from app.customers import services as customers
from app.customers.rows import LoadReport, RejectRow
from app.kernel.paging import PageRequest
from app.runtime import OpenRuntime, Runtime


@click.command()
@click.option(
    "--residents", type=click.IntRange(100), default=demo.RESIDENTS, show_default=True, help="Size of the city."
)
@click.pass_obj
def seed(open_runtime: OpenRuntime, residents: int) -> None:
    """Build the demo city in an empty database."""
    with open_runtime() as runtime:
        if not demo.is_empty(runtime):
            raise click.ClickException(
                "the database is not empty, and the demo city goes into an empty one. "
                "`firstpoint reset` deletes the embedded database; or give another DATABASE_URL"
            )
        demo.build(runtime, residents)


@click.command()
@click.argument("source")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--rejects", type=click.IntRange(0, 100), default=20, show_default=True, help="Rejected rows to list.")
@click.option(
    "--delta", is_flag=True, help="The file holds only what is new or has changed: what it lacks is not gone."
)
@click.option("--rehearse", is_flag=True, help="Tell what would happen, and take nothing.")
@click.option("--confirm-gone", metavar="REASON", default="", help="Why it is right that so many records are gone.")
@click.pass_obj
def ingest(
    open_runtime: OpenRuntime, source: str, file: Path, *, rejects: int, delta: bool, rehearse: bool, confirm_gone: str
) -> None:
    """Load FILE, an extract from the source system SOURCE.

    Rows that cannot be read are listed with their line and reason and do not stop the others. Loading the same file again
    changes nothing; a load that was interrupted goes on where it was.
    """
    with open_runtime() as runtime:
        with Bar() as progress:
            report = customers.ingest_file(
                runtime.database, source, file, clock=runtime.clock, progress=progress, full=not delta, rehearsal=rehearse,
                confirm_gone=confirm_gone,
            )  # fmt: skip
        refused = _rejects(runtime, report.load_id, rejects) if report.rejected and rejects else ()
    if report.already_loaded:
        click.echo(f"{file.name} is the file that was loaded last: nothing to do.")
        return
    click.echo(f"{file.name}: {report.rows:,} rows in {report.seconds:.1f} s: {_told(report)}")
    for row in refused:
        place = f"line {row.line}, {row.field}" if row.field else f"line {row.line}"
        click.echo(f"  {place}: {row.explanation}{f' ({row.detail})' if row.detail else ''}")
    if refused and report.rejected > len(refused):
        click.echo(
            f"  … and {report.rejected - len(refused):,} more: the console's page on this source has them all, as a file too"
        )
    if report.status.value == "waiting":
        raise click.ClickException(
            f"{report.gone:,} records would be gone, more than this source may lose at once. Nothing was taken. If that is right, "
            'say why: --confirm-gone "REASON", or on the load\'s page in the console'
        )


def _told(report: LoadReport) -> str:
    """The counts, as what is or as what would be."""
    gone = "would be gone" if report.status.value in {"rehearsed", "waiting"} else "no longer there"
    return (
        f"{report.new:,} new, {report.changed:,} changed, {report.same:,} unchanged, {report.gone:,} {gone}, "
        f"{report.rejected:,} rejected"
    )


@click.command()
@click.argument("source")
@click.option("--rehearse", is_flag=True, help="Tell what would happen, and take nothing.")
@click.pass_obj
def refresh(open_runtime: OpenRuntime, source: str, *, rehearse: bool) -> None:
    """Fetch SOURCE now by its connector: its folder, its database, its web address."""
    with open_runtime() as runtime:
        reports = customers.fetcher_of(runtime).refresh(source, rehearsal=rehearse)
    for report in reports:
        click.echo(f"{report.source}: {report.rows:,} rows in {report.seconds:.1f} s: {_told(report)}")
    if not reports:
        click.echo("Nothing new.")


def _rejects(runtime: Runtime, load_id: UUID, most: int) -> tuple[RejectRow, ...]:
    with runtime.database.reading() as session:
        return queries.rejects(session, load_id, PageRequest(1, most)).items


@click.command()
@click.pass_obj
def match(open_runtime: OpenRuntime) -> None:
    """Link the source records into golden records."""
    with open_runtime() as runtime, Bar() as progress:
        report = customers.match_all(runtime.database, clock=runtime.clock, progress=progress)
    click.echo(
        f"{report.records:,} source records are now {report.golden_records:,} golden records ({report.created:,} new, "
        f"{report.retired:,} retired); {report.possible_matches:,} possible matches wait for a steward. {report.seconds:.1f} s"
    )
