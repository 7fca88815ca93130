"""A load that is killed at any point and taken up again ends exactly like one that nobody disturbed."""

import os
import random
from pathlib import Path

import pytest
from sqlalchemy import text

from app.customers.enums import LoadStatus
from app.customers.services import ingest_file
from app.kernel.clock import FixedClock, SystemClock
from app.kernel.db import Database
from tests.support.customers import party, write_tax
from tests.support.database import TestServer
from tests.support.killing import CALLED, alone_at_the_end, die_in, has_died, running

ROWS = 9_000


def extract(folder: Path) -> tuple[Path, Path]:
    """What is there already, and a file that changes, brings, takes away, repeats and spoils some of it."""
    names = ["TALLIS MRS JOSEPHINE", "OKAFOR MR DANIEL", "QUILL, EDMUND"]
    before = [party(ACCOUNT_REF=f"8{n:08d}", NAME=names[n % 3]) for n in range(3_000)]
    after = [party(ACCOUNT_REF=f"8{n:08d}", NAME=names[(n // 2) % 3]) for n in range(100, ROWS)]
    after[50:50] = [after[10], party(DOB="31/02/1980")]
    after += [after[7], after[5_000], party(ACCOUNT_REF="")]
    return write_tax(folder / "before.csv", before), write_tax(folder / "after.csv", after)


def outcome(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """Everything that a load leaves behind, but for ids and times."""
    questions = {
        "records": "SELECT key, version, sha256, attributes::text, address_key, gone_since IS NULL, (SELECT uprn FROM property p "
        "WHERE p.id = property_id) FROM source_record ORDER BY key",
        "versions": "SELECT r.key, number, line, v.sha256, content::text FROM source_record_version v JOIN source_record r ON r.id = record_id "
        "ORDER BY r.key, number",
        "rejects": "SELECT file_name, line, field, reason, detail, content FROM load_reject j JOIN source_load l ON l.id = load_id "
        "ORDER BY file_name, line, reason",
        "loads": "SELECT file_name, status, rows, new, changed, same, rejected, gone FROM source_load ORDER BY file_name",
        "waiting": "SELECT count(*) FROM load_row",
        "properties": "SELECT uprn, search FROM property ORDER BY uprn",
    }
    with db.reading() as session:
        return {name: [tuple(row) for row in session.execute(text(query))] for name, query in questions.items()}


@pytest.mark.slow
def test_killed_at_any_point_and_taken_up_again_it_is_as_if_nothing_had_happened(
    server: TestServer, tmp_path: Path, clock: FixedClock
) -> None:
    before, after = extract(tmp_path)
    chance = random.Random(20260311)
    with server.copy() as calm_url, server.copy() as rough_url:
        calm, rough = (Database(url, connect_wait=60) for url in (calm_url, rough_url))
        for db in (calm, rough):
            ingest_file(db, "council-tax", before, clock=SystemClock())
        ingest_file(calm, "council-tax", after, clock=SystemClock())
        kills = 0
        for stage in ("rows", "rows", "compare", "write", "write", "places"):
            if was_killed(rough, rough_url, after, stage, chance.uniform(0, 0.15)):
                kills += 1
        report = ingest_file(rough, "council-tax", after, clock=SystemClock())
        assert report.status is LoadStatus.DONE
        assert kills >= 4, "the load was killed at work, not after it"
        told, expected = outcome(rough), outcome(calm)
        for part, rows in expected.items():
            assert told[part] == rows, part
        calm.close()
        rough.close()


def was_killed(rough: Database, url: str, path: Path, stage: str, moment: float) -> bool:
    """Load in a process of its own, which dies a moment after it has come to a stage; False if it was done before."""
    with alone_at_the_end(rough), running(load_and_die, url, path, stage, moment) as process:
        return has_died(process)


def load_and_die(url: str, path: Path, stage: str, moment: float) -> None:
    """What the process does."""
    os.environ["PGAPPNAME"] = CALLED
    to_come = [stage]

    def die_at_the_stage(told: str, *_: object) -> None:
        if told in to_come:
            to_come.clear()
            die_in(moment)

    ingest_file(Database(url, connect_wait=60), "council-tax", path, clock=SystemClock(), progress=die_at_the_stage)
