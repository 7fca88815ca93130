"""`firstpoint worker` and `firstpoint jobs`."""

import signal
from datetime import datetime, timedelta

import click

from app.kernel.clock import LONDON
from app.runtime import OpenRuntime
from app.scheduler import queries
from app.scheduler.registry import job_named
from app.scheduler.running import Runner
from app.scheduler.worker import Worker

_UNITS = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
    ("second", timedelta(seconds=1)),
)


@click.command()
@click.pass_obj
def worker(open_runtime: OpenRuntime) -> None:
    """Deliver messages and run the regular jobs, until stopped.

    Any number of workers may run on one database; one of them leads and runs the jobs, and another takes over when it ends.
    """
    with open_runtime() as runtime:
        running = Worker(runtime)
        for how in (signal.SIGTERM, signal.SIGINT):
            signal.signal(how, lambda *_: running.stopping.set())
        running.run()


@click.group()
def jobs() -> None:
    """The regular jobs: what there is, how it went, and a run by hand."""


@jobs.command("list")
@click.pass_obj
def list_jobs(open_runtime: OpenRuntime) -> None:
    """Every job with its last run, result and next run."""
    with open_runtime() as runtime, runtime.database.reading() as session:
        for job in queries.overview(session):
            click.echo(
                f"{job.name}\n    {job.description}\n    {_last(job)}\n    every {_length(job.every)}, {_next(job)}"
            )


@jobs.command("run")
@click.argument("name")
@click.pass_obj
def run_job(open_runtime: OpenRuntime, name: str) -> None:
    """Run the job NAME now, whether or not it is due."""
    with open_runtime() as runtime:
        job = job_named(name)
        ran = Runner(runtime).run(job)
    if ran.was_busy:
        raise click.ClickException(
            f"{name} is running just now, here or on another worker. Try again when it has finished."
        )
    if ran.error is not None:
        raise click.ClickException(f"{name} failed: {ran.error}")
    click.echo(f"{name}: {ran.result or 'nothing to do'}")


def _last(job: queries.JobRow) -> str:
    run = job.last_run
    if run is None:
        return "never run"
    if run.finished_at is None:
        return f"running since {_time(run.started_at)} on {run.worker}"
    how = f"failed: {run.error}" if run.error is not None else (run.result or "nothing to do")
    return f"last run {_time(run.started_at)}, {how}"


def _next(job: queries.JobRow) -> str:
    return f"next run {_time(job.next_run)}" if job.next_run else "next run as soon as a worker is there"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(LONDON):%a %d %b %H:%M:%S}"


def _length(every: timedelta) -> str:
    for name, unit in _UNITS:
        if every >= unit and not every % unit:
            count = every // unit
            return name if count == 1 else f"{count} {name}s"
    return f"{every.total_seconds():g} seconds"
