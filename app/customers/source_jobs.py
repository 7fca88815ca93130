"""Sources keep flowing: loads that wait are worked on, schedules are kept, promises watched, leftovers forgotten."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.customers.connecting.refresh import Fetcher, fetcher_of, trouble
from app.customers.enums import Freshness
from app.customers.errors import LoadInProgress, SourceAway
from app.customers.loading.quality import last_success, measure
from app.customers.loading.register import register_sources
from app.customers.loading.taking_up import AWAY, take_up, waiting
from app.customers.loading.work import in_words
from app.customers.models import SourceQuality, SourceSystem
from app.customers.refresh_policy import freshness, next_refresh
from app.customers.services.drafting import forget_drafts
from app.customers.services.loads import discard_forgotten
from app.kernel.errors import DomainError
from app.kernel.i18n import N_
from app.kernel.jobs import Job
from app.kernel.logging import get_logger

log = get_logger(__name__)
AGAIN = timedelta(minutes=5)
KEPT = timedelta(days=7)


def load_waiting(runtime: Any) -> str:
    """Work on every load that waits, one after the other."""
    fetcher, done = fetcher_of(runtime), 0
    for load_id in waiting(fetcher):
        try:
            done += take_up(fetcher, load_id)
        except DomainError as error:
            log.warning("load failed", load=str(load_id), why=type(error).__name__)
    return f"{done} loads" if done else ""


def refresh_due(runtime: Any) -> str:
    """Fetch the sources whose time has come. One that does not answer is tried again in five minutes, from where it was."""
    fetcher, now = fetcher_of(runtime), runtime.clock.now()
    with runtime.database.reading() as session:
        query = select(SourceSystem.slug).where(SourceSystem.next_refresh_at <= now)
        due = session.scalars(query.order_by(SourceSystem.next_refresh_at, SourceSystem.id)).all()
    failed = [slug for slug in due if not _refresh(runtime, fetcher, slug)]
    return f"{len(due)} sources fetched, {len(failed)} failed" if due else ""


def _refresh(runtime: Any, fetcher: Fetcher, slug: str) -> bool:
    problem, soon = None, False
    try:
        fetcher.refresh(slug)
    except LoadInProgress:
        soon = True
    except SourceAway as error:
        problem, soon = trouble(error), True
    except DomainError as error:
        problem = trouble(error)
    except AWAY:
        raise
    except Exception as error:
        log.exception("refresh failed", source=slug)
        problem = in_words(error)
    with runtime.database.transaction() as session:
        source = session.scalars(select(SourceSystem).where(SourceSystem.slug == slug).with_for_update()).one()
        now = runtime.clock.now()
        source.refresh_problem = problem
        regular = next_refresh(now, source.refresh_minutes, source.refresh_at)
        source.next_refresh_at = min(regular, now + AGAIN) if soon and regular else regular
    return problem is None


def watch_promises(runtime: Any) -> str:
    """Measure each source once a day, and count those that are older than was promised."""
    now, late = runtime.clock.now(), 0
    with runtime.database.transaction() as session:
        register_sources(session, now=now)
        for source in session.scalars(select(SourceSystem).order_by(SourceSystem.slug)):
            last: datetime | None = session.scalar(
                select(func.max(SourceQuality.taken_at)).where(SourceQuality.source_id == source.id)
            )
            if last is None or now - last >= timedelta(days=1):
                measure(session, source.slug, now=now)
            kept = freshness(now, last_success(session, source.id), source.freshness_hours)
            late += kept is Freshness.MISSED
    return f"{late} sources are older than was promised" if late else ""


def forget_leftovers(runtime: Any) -> str:
    """After a week, rehearsals, unanswered questions, drafts and samples are forgotten."""
    now = runtime.clock.now()
    with runtime.database.transaction() as session:
        loads = discard_forgotten(session, before=now - KEPT, now=now)
        drafts = forget_drafts(session, before=now - KEPT)
    return f"{loads} loads and {drafts} drafts forgotten" if loads or drafts else ""


SOURCE_JOBS = (
    Job("sources.load", N_("Work on the loads that people have asked for"), timedelta(seconds=2), load_waiting),
    Job("sources.refresh", N_("Fetch the sources whose time has come"), timedelta(minutes=1), refresh_due),
    Job("sources.promises", N_("Measure the sources and watch how fresh they are"), timedelta(hours=1), watch_promises),
    Job("sources.forget", N_("Forget rehearsals and drafts after a week"), timedelta(hours=6), forget_leftovers),
)
