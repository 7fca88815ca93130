"""Every job of every room: a package under `app` with a module `jobs` brings the jobs of its JOBS tuple."""

from functools import cache
from importlib import import_module
from pathlib import Path

from app.kernel.errors import NotFound
from app.kernel.i18n import N_
from app.kernel.jobs import Job

HOUSE = Path(__file__).parents[1]


@cache
def all_jobs() -> tuple[Job, ...]:
    """The jobs of the house, by name. Raises RuntimeError if two share a name or one has an impossible period."""
    rooms = sorted(path.parent.name for path in HOUSE.glob("*/jobs.py") if path.parent.name != "kernel")
    modules = [import_module(f"app.{room}.jobs") for room in rooms]
    jobs = sorted((job for module in modules for job in module.JOBS), key=lambda job: job.name)
    names = [job.name for job in jobs]
    wrong = [job.name for job in jobs if names.count(job.name) > 1 or job.every.total_seconds() < 1]
    if wrong:
        raise RuntimeError(f"jobs need names of their own and a period of a second or more: {', '.join(wrong)}")
    return tuple(jobs)


def job_named(name: str) -> Job:
    for job in all_jobs():
        if job.name == name:
            return job
    known = ", ".join(job.name for job in all_jobs())
    raise NotFound(N_("There is no job named %(name)s. The jobs are: %(known)s"), name=name, known=known)
