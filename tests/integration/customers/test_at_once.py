"""Processes that match everything, again and again, and stewards who decide all the while.

The time is limited; `FIRSTPOINT_SECONDS=900` lets all 5,000 decisions be made on a slow machine.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path
from random import Random
from threading import Barrier
from time import monotonic, sleep
from uuid import UUID

import pytest
from sqlalchemy import text

from app.customers import services
from app.customers.enums import Verdict
from app.customers.matching.waiting import match_waiting
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock, SystemClock
from app.kernel.db import Database
from app.kernel.errors import Stale
from tests.integration.customers.test_golden_machine import BROKEN
from tests.support.at_once import match_again_and_again
from tests.support.flowing import Town, copy_model, record_id, send_and_match

DECISIONS = int(os.environ.get("FIRSTPOINT_DECISIONS", "5000"))
LONGEST = float(os.environ.get("FIRSTPOINT_SECONDS", "20"))
JOINED_AGAIN = text(
    "SELECT count(*) FROM steward_decision d JOIN link l ON l.source_record_id = d.left_id "
    "JOIN link r ON r.source_record_id = d.right_id WHERE d.lifted_at IS NULL AND d.verdict = 'different' "
    "AND l.golden_id = r.golden_id AND NOT EXISTS (SELECT 1 FROM match_due w WHERE w.record_id IN (d.left_id, d.right_id))"
)
"""Told apart, no longer waiting to be matched, and yet together."""


def pairs_of(town: Town, ids: dict[str, UUID], random: Random) -> Iterator[tuple[UUID, UUID, Verdict]]:
    """Pairs of one customer, mostly said to be the same, and pairs of two, said to be different; none twice."""
    groups = [sorted(group) for group in sorted(town.partition, key=sorted)]
    same = [pair for group in groups for pair in combinations(group, 2)]
    random.shuffle(same)
    for one, other in same[: DECISIONS // 5]:
        yield ids[one], ids[other], Verdict.SAME
    strangers = [(random.choice(a), random.choice(b)) for a, b in combinations(groups, 2)]
    random.shuffle(strangers)
    for one, other in strangers[: DECISIONS - min(len(same), DECISIONS // 5)]:
        yield ids[one], ids[other], Verdict.DIFFERENT


@pytest.mark.slow
def test_no_decision_is_overwritten_or_undone_by_four_processes_that_match_everything(
    town: Town, db: Database, steward: Actor, clock: FixedClock, tmp_path: Path
) -> None:
    copy_model(town.database, db)
    send_and_match(db, town.records, clock, at_once=200)
    ids = {record.name: record_id(db, record.name) for record in town.records}
    wanted, done = list(pairs_of(town, ids, Random(1))), tmp_path / "done"
    url = db.engine.url.render_as_string(hide_password=False)
    stale = joined_again = made = 0
    with ProcessPoolExecutor(4, get_context("spawn")) as processes:
        matching = [processes.submit(match_again_and_again, url, LONGEST + 300, str(done)) for _ in range(4)]
        try:
            while len(list(tmp_path.glob("started-*"))) < 4:
                sleep(0.2)
            ended = monotonic() + LONGEST
            for number, (one, other, verdict) in enumerate(wanted):
                if monotonic() > ended:
                    break
                made += 1
                with db.transaction() as session:
                    services.decide(session, steward, one, other, verdict, now=SystemClock().now())
                if number % 10 == 0:
                    contrary = Verdict.SAME if verdict is Verdict.DIFFERENT else Verdict.DIFFERENT
                    with pytest.raises(Stale), db.transaction() as session:
                        services.decide(session, steward, one, other, contrary, now=SystemClock().now())
                    stale += 1
                if number % 50 == 0:
                    with db.reading() as session:
                        joined_again += session.scalar(JOINED_AGAIN) or 0
        finally:
            done.touch()
        runs = [one.result() for one in matching]
    match_waiting(db, clock=SystemClock())
    with db.reading() as session:
        standing = session.scalar(text("SELECT count(*) FROM steward_decision WHERE lifted_at IS NULL"))
        broken = {told: session.scalar(text(query)) for told, query in BROKEN.items()}
    assert standing == made > 0
    assert len(wanted) >= 0.9 * DECISIONS
    assert (joined_again, stale) == (0, -(-made // 10))
    assert not any(broken.values()), broken
    assert sum(runs) > 0


def test_two_stewards_who_decide_at_the_same_moment_get_one_answer_and_one_409(
    town: Town, db: Database, steward: Actor, clock: FixedClock
) -> None:
    copy_model(town.database, db)
    send_and_match(db, town.records[:10], clock)
    ids = [record_id(db, record.name) for record in town.records[:10]]
    ready = Barrier(2)

    def decide(pair: tuple[UUID, UUID], verdict: Verdict) -> str:
        ready.wait(120)
        try:
            with db.transaction() as session:
                services.decide(session, steward, *pair, verdict, now=clock.now())
        except Stale as refused:
            return str(refused.status)
        return verdict.value

    with ThreadPoolExecutor(2) as stewards:
        for one, other in zip(ids[::2], ids[1::2], strict=True):
            answers = list(stewards.map(decide, [(one, other)] * 2, Verdict))
            assert min(answers) == "409"
            assert len(set(answers) & {"same", "different"}) == 1
