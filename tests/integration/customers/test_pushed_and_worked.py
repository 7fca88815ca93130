"""A record that is pushed is taken up by a worker as it runs in production, without anybody asking."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from time import monotonic, sleep
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.customers import services
from app.customers.enums import ConnectorKind
from app.customers.jobs import JOBS
from app.customers.services import Reach
from app.kernel.actors import SYSTEM
from app.kernel.clock import SystemClock
from app.kernel.db import Database
from app.runtime import Runtime
from app.scheduler.worker import Worker
from tests.support.customers import card

PATIENCE = 120
"""Seconds for a machine that does much else; on one that does not, it is one."""


@contextmanager
def working(runtime: Runtime) -> Iterator[None]:
    worker = Worker(Runtime(runtime.settings, runtime.database, SystemClock()))
    thread = Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.stopping.set()
        thread.join()


@pytest.mark.slow
def test_a_worker_puts_a_pushed_record_into_its_golden_record_by_itself(runtime: Runtime, db: Database) -> None:
    now = SystemClock().now()
    with db.transaction() as session:
        services.register_sources(session, now=now)
        services.connect(
            session, SYSTEM, "legacy-crm", ConnectorKind.PUSH, {"sender": str(uuid4())}, secret=None,
            reach=Reach.of(runtime.settings), now=now,
        )  # fmt: skip
        services.push(
            session, SYSTEM, "legacy-crm",
            [card(n, name={"first": f"Person{n}", "last": "Tallis"}, phones=[], emails=[f"p{n}@resident.example"]) for n in range(30)], now=now,
        )  # fmt: skip
    services.match_all(db, clock=SystemClock())
    with working(runtime):
        with db.transaction() as session:
            services.push(
                session, SYSTEM, "legacy-crm", [card(900, name={"first": "Queenie", "last": "Zywiec"}, dob="1955-06-05")],
                now=SystemClock().now(),
            )  # fmt: skip
        began = monotonic()
        while not (name := shown(db)) and monotonic() - began < PATIENCE:
            sleep(0.05)
    assert "Queenie Zywiec" in name


def test_every_worker_looks_each_second_for_records_that_wait() -> None:
    """With the time that matching one record takes (tests/integration/customers/test_flow.py), that is within two seconds."""
    [job] = [job for job in JOBS if job.name == "customers.match"]
    assert job.everywhere
    assert job.every.total_seconds() <= 1


def shown(db: Database) -> str:
    query = (
        "SELECT display_name FROM golden_record g JOIN link l ON l.golden_id = g.id JOIN source_record r ON r.id = l.source_record_id "
        "WHERE r.key = 'CRM-0000900'"
    )
    with db.reading() as session:
        return session.scalar(text(query)) or ""
