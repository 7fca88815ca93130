"""`firstpoint queues`: an example is written, looked at line by line, and brought in once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import text

from app.cli.queues import queues
from app.runtime import Runtime
from tests.support.council import found


def test_an_example_is_written_and_brought_in_once(runtime: Runtime, tmp_path: Path) -> None:
    with runtime.database.transaction() as session:
        found(session, runtime.clock.now())

    @contextmanager
    def open_runtime() -> Iterator[Runtime]:
        yield runtime

    command = CliRunner()
    assert command.invoke(queues, ["example", str(tmp_path)]).exit_code == 0
    listed, stuck = tmp_path / "queues.csv", tmp_path / "stuck-enquiries.csv"
    listed.write_bytes(listed.read_bytes() + b"Finance,,,,,,,,,,\n")
    arguments = ["import", str(listed), "--enquiries", str(stuck)]
    done = command.invoke(queues, arguments, obj=open_runtime)
    assert done.exit_code == 0, done.output
    assert "line 373, queue: This must not be empty" in done.output
    assert "371 queues are drafts now, 98 stuck enquiries are with the monitoring desk." in done.output
    assert "Its name speaks of people who cannot read it" in done.output
    assert command.invoke(queues, arguments, obj=open_runtime).exit_code != 0
    with runtime.database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM legacy_enquiry")).scalar_one() == 98
