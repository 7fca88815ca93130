"""Sliding windows that any room may use."""

import threading
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import jobs
from app.accounts.models import Throttle
from app.accounts.throttles import throttle
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import TooMany

MINUTE = timedelta(minutes=1)


def test_the_window_slides(session: Session, clock: FixedClock) -> None:
    for _ in range(3):
        throttle(session, "search", 3, MINUTE, now=clock.now())
        clock.advance(timedelta(seconds=15))

    with pytest.raises(TooMany) as refused:
        throttle(session, "search", 3, MINUTE, now=clock.now())
    assert refused.value.retry_after == 15
    clock.advance(timedelta(seconds=15))
    throttle(session, "search", 3, MINUTE, now=clock.now())
    with pytest.raises(TooMany):
        throttle(session, "search", 3, MINUTE, now=clock.now())


def test_keys_do_not_touch_each_other(session: Session, clock: FixedClock) -> None:
    throttle(session, "one", 1, MINUTE, now=clock.now())
    throttle(session, "two", 1, MINUTE, now=clock.now())

    with pytest.raises(TooMany):
        throttle(session, "one", 1, MINUTE, now=clock.now())


def test_a_growing_block_is_forgotten_after_a_quiet_day(session: Session, clock: FixedClock) -> None:
    def reach() -> int:
        throttle(session, "door", 1, MINUTE, now=clock.now(), growing=True)
        with pytest.raises(TooMany) as refused:
            throttle(session, "door", 1, MINUTE, now=clock.now(), growing=True)
        clock.advance(timedelta(seconds=refused.value.retry_after))
        return refused.value.retry_after

    assert [reach(), reach()] == [60, 120]
    clock.advance(timedelta(hours=25))
    assert reach() == 60


def test_tries_at_the_same_moment_are_all_counted(db: Database, clock: FixedClock) -> None:
    refused = []

    def attempt() -> None:
        try:
            with db.transaction() as session:
                throttle(session, "rush", 3, MINUTE, now=clock.now())
        except TooMany:
            refused.append(1)

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 5


@dataclass(frozen=True)
class House:
    """As much of the Runtime as the job looks at."""

    database: Database
    clock: FixedClock


def test_the_job_forgets_what_holds_nobody_back(db: Database, clock: FixedClock) -> None:
    with db.transaction() as session:
        throttle(session, "search", 3, MINUTE, now=clock.now())
    clock.advance(timedelta(hours=1))

    assert jobs.tidy(House(db, clock)).startswith("1 throttles")
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Throttle)) == 0
