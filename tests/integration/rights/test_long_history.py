"""A copy at any history: twenty thousand lines and looks, put together well within the minute, and memory that stays flat."""

import os
import time
import tracemalloc
from pathlib import Path

import pytest
from sqlalchemy import event, text

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.rights import queries, services
from app.rights.enums import PackageState, RightKind
from tests.integration.rights.conftest import Life

LINES = 20_000


def worked(database: Database) -> float:
    """Seconds of work so far, ours and the server's for us. The time by the wall would hang on what else the machine does."""
    with database.reading() as session:
        here = session.scalars(
            text(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
            )
        ).all()
    ticks = 0
    for pid in here:
        said = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(said[11]) + int(said[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


@pytest.mark.slow
def test_a_long_history_is_put_together_in_time(loaded: Database, life: Life, clock: FixedClock) -> None:
    with loaded.transaction() as session:
        session.execute(
            text(
                "INSERT INTO enquiry_entry (id, enquiry_id, at, kind, visibility, actor_kind, actor_name, body, detail) "
                "SELECT gen_random_uuid(), :e, :now - n * interval '1 minute', 'note', 'internal', 'staff', 'Ada Visor', "
                "'Rang about the bin, call ' || n, '{}' FROM generate_series(1, :many) n"
            ),
            {"e": life.done.id, "now": clock.now(), "many": LINES},
        )
        session.execute(
            text(
                "INSERT INTO audit_entry (id, at, actor_kind, actor_name, action, object_type, object_id, purpose, detail) "
                "SELECT gen_random_uuid(), :now - n * interval '1 minute', 'staff', 'Ada Visor', 'record.viewed', 'source_record', :r, "
                "'call ' || n, '{}' FROM generate_series(1, :many) n"
            ),
            {"r": life.tax, "now": clock.now(), "many": LINES},
        )
        request = services.ask(session, life.jo, RightKind.ACCESS, now=clock.now())
        package = services.ask_package(session, life.steward, request, now=clock.now())
    asked: list[str] = []
    event.listen(loaded.engine, "before_cursor_execute", lambda *given: asked.append(str(given[2])))
    tracemalloc.start()
    before = worked(loaded)
    services.make_waiting(loaded, clock=clock)
    took = worked(loaded) - before
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    with loaded.reading() as session:
        row = queries.package(session, package)
    assert row.state is PackageState.READY
    assert row.rows > 2 * LINES
    assert len(asked) < 300, "streamed: not a query for each row"
    assert peak < 60_000_000, "rows are not gathered in memory"
    assert took < 30, "the promise is a minute, though somebody else has half of the machine"
