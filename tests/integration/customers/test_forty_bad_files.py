"""More than forty bad files, one after the other in one process: no crash, every row accounted for, and memory that stays flat."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.integration.customers.test_bad_files import typed
from tests.support.bad_files import BAD_FILES, REFUSED

LOADS = """
import json, re, sys
from pathlib import Path
import app.accounts.models, app.audit.models, app.customers.models
from app.customers.errors import BadFile
from app.customers.services import ingest_file
from app.kernel.clock import SystemClock
from app.kernel.db import Database
database = Database(sys.argv[1], connect_wait=60)
for line in sys.stdin:
    name, source = json.loads(line)
    try:
        done = ingest_file(database, source, Path(sys.argv[2]) / name, clock=SystemClock(), full=False)
        told = [done.rows, done.new + done.changed + done.same, done.rejected, done.status.value]
    except BadFile as refused:
        told = [str(refused)]
    megabytes = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
    print(json.dumps([name, megabytes, told]), flush=True)
"""


@pytest.mark.slow
def test_forty_bad_files_crash_nothing_lose_no_row_and_fit_into_300_megabytes(
    db: Database, tmp_path: Path, clock: FixedClock
) -> None:
    typed(clock, db)
    for bad in BAD_FILES:
        bad.content(tmp_path / bad.name)
    asked = "".join(json.dumps([bad.name, bad.source]) + "\n" for bad in BAD_FILES)
    command = [sys.executable, "-c", LOADS, db.engine.url.render_as_string(hide_password=False), str(tmp_path)]
    done = subprocess.run(
        command, input=asked, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": "."}
    )
    told = {name: (megabytes, outcome) for name, megabytes, outcome in map(json.loads, _lines(done.stdout))}
    assert done.returncode == 0, (list(told)[-1:], done.stderr[-2000:])
    assert len(told) == len(BAD_FILES) >= 40
    for bad in BAD_FILES:
        megabytes, outcome = told[bad.name]
        assert megabytes < 300, f"{bad.name}: {megabytes} MB"
        if bad.rows == REFUSED:
            assert len(outcome) == 1, f"{bad.name} was taken: {outcome}"
            assert outcome[0].strip(), f"{bad.name} is refused without a reason"
        else:
            assert len(outcome) == 4, f"{bad.name} was refused: {outcome}"
            rows, accepted, rejected, status = outcome
            assert accepted + rejected == rows, f"{bad.name}: {outcome}"
            assert (rows, rejected, status) == (bad.rows, bad.rejected, "done"), f"{bad.name}: {outcome}"


def _lines(output: str) -> list[str]:
    return [line for line in output.splitlines() if line.startswith("[")]
