"""`firstpoint queues`: bring in a legacy queue list, and see what is wrong in the register."""

from pathlib import Path

import click

from app.kernel.actors import SYSTEM
from app.kernel.clock import SystemClock, london_date
from app.routing import findings, legacy_files, services
from app.runtime import OpenRuntime
from app.seeds.legacy_queues import legacy_list

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.group()
def queues() -> None:
    """The queue register."""


@queues.command("import")
@click.argument("file", type=FILE)
@click.option("--enquiries", type=FILE, help="A CSV file of the enquiries that are stuck in these queues.")
@click.option("--service", default="complaint", show_default=True, help="The service that they become enquiries for.")
@click.pass_obj
def import_list(open_runtime: OpenRuntime, file: Path, enquiries: Path | None, service: str) -> None:
    """Bring in FILE, a CSV list of queues. They become drafts; what is stuck in them goes to the monitoring desk.

    Lines that cannot be read are listed and do not stop the others. The same list again changes nothing.
    """
    listed = legacy_files.read_queues(file.read_bytes())
    stuck, wrong = legacy_files.read_enquiries(enquiries.read_bytes(), listed) if enquiries else ((), ())
    for error in (*listed.errors, *wrong):
        click.echo(f"  line {error.line}, {error.field}: {error.message}{f' ({error.value})' if error.value else ''}")
    with open_runtime() as runtime:
        now = runtime.clock.now()
        with runtime.database.transaction() as session:
            done = services.import_queue_list(
                session, SYSTEM, listed, stuck, file_name=file.name, service=service, now=now
            )
        with runtime.database.reading() as session:
            report = findings.findings(session, import_id=done.import_id, now=now)
    click.echo(f"{done.queues} queues are drafts now, {done.enquiries} stuck enquiries are with the monitoring desk.")
    for finding, count in report.counts.items():
        click.echo(f"  {count:>4}  {finding.label}")


@queues.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def example(folder: Path) -> None:
    """Write an example list of 371 queues, and of the 98 enquiries stuck in them, into FOLDER."""
    made = legacy_list(london_date(SystemClock().now()))
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (("queues.csv", made.queues), ("stuck-enquiries.csv", made.enquiries)):
        folder.joinpath(name).write_bytes(content)
        click.echo(folder / name)
