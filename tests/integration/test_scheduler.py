"""Jobs run on time, one at a time, on one worker at a time, and every run is written down."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.config import Settings
from app.kernel.clock import FixedClock, SystemClock
from app.kernel.db import Database
from app.kernel.errors import Conflict, NotFound
from app.kernel.jobs import Job
from app.kernel.paging import PageRequest
from app.kernel.postgres import EmbeddedPostgres, scratch_directory
from app.runtime import Runtime
from app.scheduler import queries, services
from app.scheduler.leadership import Leadership, alone, lock_engine
from app.scheduler.outage import Outage
from app.scheduler.queries import Outcome
from app.scheduler.registry import all_jobs, job_named
from app.scheduler.running import Runner
from app.scheduler.timetable import Timetable
from app.scheduler.worker import Worker
from migrations.metadata import load

NOON = FixedClock(SystemClock().now().replace(hour=12)).now()


def job(name: str, run: Callable[[Runtime], str], *, every: float = 1.0, everywhere: bool = False) -> Job:
    return Job(name, "for a test", timedelta(seconds=every), run, everywhere)


def until(holds: Callable[[], bool], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


@contextmanager
def working(runtime: Runtime) -> Iterator[Worker]:
    worker = Worker(runtime)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stopping.set()
        thread.join(120)
        assert not thread.is_alive()


@pytest.fixture
def runtime(settings: Settings, db: Database) -> Runtime:
    return Runtime(settings, db, SystemClock())


def runs_of(database: Database, name: str) -> tuple[queries.RunRow, ...]:
    with database.reading() as session:
        return queries.history(session, name, PageRequest(1, 100)).items


def test_every_job_of_the_house_says_what_it_does() -> None:
    assert "scheduler.forget-old-runs" in {known.name for known in all_jobs()}
    for known in all_jobs():
        assert known.description.strip(), known.name
        assert known.name == known.name.lower(), known.name
        assert "." in known.name, known.name


def test_an_unknown_job_is_answered_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match=r"no job named tea.*scheduler\.forget-old-runs"):
        job_named("tea")


def test_a_run_is_written_down_with_its_result(runtime: Runtime) -> None:
    ran = Runner(runtime).run(job("test.count", lambda _: "3 counted"))
    assert ran.result == "3 counted"
    [run] = runs_of(runtime.database, "test.count")
    assert run.outcome is Outcome.DONE
    assert run.result == "3 counted"
    assert run.lasted is not None


def test_a_failing_job_is_written_down_without_anybodys_data(runtime: Runtime) -> None:
    def fail(_: Runtime) -> str:
        raise ValueError("jane@example.org has two accounts")

    ran = Runner(runtime).run(job("test.fail", fail))
    [run] = runs_of(runtime.database, "test.fail")
    assert run.outcome is Outcome.FAILED
    assert run.error == ran.error
    assert "ValueError in test_scheduler.py" in str(run.error)
    assert "jane" not in str(run.error)


def test_our_own_words_are_shown_in_full(runtime: Runtime) -> None:
    def refuse(_: Runtime) -> str:
        raise Conflict("The queue %(name)s is closed", name="Bins")

    ran = Runner(runtime).run(job("test.refuse", refuse))
    assert ran.error == "The queue Bins is closed"


def test_a_job_that_runs_elsewhere_is_not_begun(runtime: Runtime) -> None:
    locks = lock_engine(runtime.database.engine.url)
    with alone(locks, "test.busy") as mine:
        assert mine
        assert Runner(runtime).run(job("test.busy", lambda _: "done")).was_busy
        assert Runner(runtime).run(job("test.other", lambda _: "done")).result == "done"
    assert Runner(runtime).run(job("test.busy", lambda _: "done")).result == "done"


def test_what_runs_every_second_is_written_down_now_and_then_while_nothing_happens(
    settings: Settings, db: Database
) -> None:
    clock = FixedClock(NOON)
    runner = Runner(Runtime(settings, db, clock))
    results = iter(["", "", "", "3 sent", ""])
    brief = job("test.brief", lambda _: next(results))
    for _ in range(5):
        runner.run(brief)
        clock.advance(timedelta(seconds=10))
    runs = runs_of(db, "test.brief")
    assert [(run.started_at - NOON).seconds for run in runs if run.result == "3 sent"] == [30]
    assert [(run.started_at - NOON).seconds for run in runs if run.result == ""] == [0]


def test_of_uneventful_runs_only_the_latest_is_kept(session: Session) -> None:
    for minute in range(3):
        now = NOON + timedelta(minutes=minute)
        run = services.start_run(session, "test.quiet", "worker", now=now)
        services.finish_run(session, run, result="", error=None, now=now)
    eventful = services.start_run(session, "test.quiet", "worker", now=NOON)
    services.finish_run(session, eventful, result="something", error=None, now=NOON)
    runs = queries.history(session, "test.quiet", PageRequest()).items
    assert [run.started_at for run in runs] == [NOON + timedelta(minutes=2), NOON]


def test_old_runs_are_forgotten_failures_later_and_the_latest_never(session: Session) -> None:
    def ran(name: str, days_ago: int, error: str | None = None) -> None:
        at = NOON - timedelta(days=days_ago)
        services.finish_run(
            session,
            services.start_run(session, name, "worker", now=at),
            result=None if error else "done",
            error=error,
            now=at,
        )

    for days_ago in (1, 6, 8, 30):
        ran("test.often", days_ago)
    for days_ago in (30, 91):
        ran("test.often", days_ago, "failed")
    ran("test.rare", 200)
    assert services.forget_old_runs(session, now=NOON) == 3
    kept = queries.history(session, "test.often", PageRequest()).items
    assert [(NOON - run.started_at).days for run in kept] == [1, 6, 30]
    assert queries.history(session, "test.rare", PageRequest()).total == 1


def test_the_overview_shows_last_and_next_run(session: Session) -> None:
    name = "scheduler.forget-old-runs"
    before = {row.name: row for row in queries.overview(session)}
    assert before[name].outcome is Outcome.NEVER
    assert before[name].next_run is None
    run = services.start_run(session, name, "worker", now=NOON)
    running = {row.name: row for row in queries.overview(session)}
    assert running[name].outcome is Outcome.RUNNING
    services.finish_run(session, run, result="2 runs forgotten", error=None, now=NOON)
    after = {row.name: row for row in queries.overview(session)}
    assert after[name].outcome is Outcome.DONE
    assert after[name].next_run == NOON + timedelta(hours=1)


def test_there_is_one_leader_and_the_other_takes_over(runtime: Runtime) -> None:
    locks = lock_engine(runtime.database.engine.url)
    first, second = Leadership(locks), Leadership(locks)
    assert first.take()
    assert not second.take()
    first.drop()
    assert until(second.take)
    second.drop()


def test_of_two_workers_one_leads_and_the_other_takes_over_when_it_stops(runtime: Runtime) -> None:
    with working(runtime) as first:
        assert until(lambda: first.leads)
        with working(runtime) as second:
            time.sleep(1.2)
            assert first.leads
            assert not second.leads
            first.stopping.set()
            assert until(lambda: second.leads)
            assert until(lambda: not first.leads)


def test_a_leader_whose_connection_is_cut_steps_down_and_one_leads_again(runtime: Runtime) -> None:
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = :here"
    )
    here = text("SELECT oid FROM pg_database WHERE datname = current_database()")
    with working(runtime) as first, working(runtime) as second:
        assert until(lambda: first.leads or second.leads)
        led = first if first.leads else second
        term = led._leaders
        with runtime.database.engine.connect() as connection:
            connection.execute(cut, {"here": connection.scalar(here)})
        assert until(lambda: led._leaders is not term), "it notices, and steps down"
        assert until(lambda: first.leads != second.leads)
        time.sleep(1.2)
        assert first.leads != second.leads


def test_a_worker_outlives_a_database_that_goes_away(settings: Settings) -> None:
    """The server stops for a while and comes back: the worker neither ends nor stays idle."""
    server = EmbeddedPostgres(scratch_directory(), durable=False)
    try:
        database = Database(server.start())
        load().metadata.create_all(database.engine)
        with working(Runtime(settings, database, SystemClock())) as worker:
            assert until(lambda: worker.leads)
            server.stop()
            assert until(lambda: not worker.leads)
            time.sleep(2)
            server.start()
            assert until(lambda: worker.leads)
        database.close()
    finally:
        server.stop()
        server.remove()


def test_an_outage_is_told_once_and_its_end_once() -> None:
    outage = Outage()
    assert [outage.began(ConnectionError()) for _ in range(3)] == [True, False, False]
    assert [outage.ended() for _ in range(2)] == [True, False]


def test_a_slow_job_is_never_run_twice_at_once(runtime: Runtime) -> None:
    at_once, most = 0, 0
    lock = threading.Lock()

    def slow(_: Runtime) -> str:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(1.5)
        with lock:
            at_once -= 1
        return "slept"

    table = Timetable(runtime, [job("test.slow", slow)], Outage())
    table.start({}, runtime.clock.now())
    assert until(lambda: sum(run.outcome is Outcome.DONE for run in runs_of(runtime.database, "test.slow")) >= 2)
    table.stop(wait=True)
    assert most == 1


def test_a_job_that_ran_lately_waits_for_its_next_time(runtime: Runtime) -> None:
    ran: list[str] = []

    def note(name: str) -> Callable[[Runtime], str]:
        return lambda _: ran.append(name) or name

    now = runtime.clock.now()
    jobs = [job("test.lately", note("lately"), every=3600), job("test.overdue", note("overdue"), every=3600)]
    last_starts = {"test.lately": now - timedelta(minutes=1), "test.overdue": now - timedelta(hours=3)}
    table = Timetable(runtime, jobs, Outage())
    table.start(last_starts, now)
    assert until(lambda: ran == ["overdue"])
    table.stop(wait=True)
    assert ran == ["overdue"]
