"""The `firstpoint` command: what it does, what it says when it cannot, and its exit codes."""

import json
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli.main import COMMANDS, firstpoint
from app.kernel.postgres import running_url
from tests.support.database import TestServer

Run = Callable[..., Result]
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
PASSWORD = "a walk along the harbour wall"


@pytest.fixture
def run(tmp_path: Path, server: TestServer) -> Iterator[Run]:
    with server.copy() as url:
        yield _runner(tmp_path / "var", url)


def _runner(data_dir: Path, url: str) -> Run:
    def call(*arguments: str, typed: str | None = None, **env: str) -> Result:
        given = {"FIRSTPOINT_DATA_DIR": str(data_dir), "DATABASE_URL": url, "FIRSTPOINT_LOG_LEVEL": "ERROR"} | env
        return CliRunner().invoke(firstpoint, arguments, env=given, input=typed, catch_exceptions=False)

    return call


def create(run: Run, email: str = "ada@council.example", *roles: str) -> Result:
    chosen = [part for role in roles or ("administrator",) for part in ("--role", role)]
    return run("users", "create", email, "--name", "Ada Bright", *chosen, typed=f"{PASSWORD}\n{PASSWORD}\n")


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(run: Run, command: str) -> None:
    told = run(command, "--help")
    assert told.exit_code == 0
    assert len(told.output.splitlines()) > 3


def test_the_overview_has_a_line_for_every_command(run: Run) -> None:
    told = run("--help").output
    assert [command for command in COMMANDS if not re.search(rf"^  {command}\s+\w", told, re.MULTILINE)] == []


def test_an_unknown_command_is_a_usage_error(run: Run) -> None:
    assert run("dance").exit_code == 2


def test_settings_that_cannot_be_used_are_named(run: Run) -> None:
    told = run("users", "list", PORT="eighty", FIRSTPOINT_SMTP_SECURITY="perhaps")
    assert told.exit_code == 78
    assert "PORT" in told.output
    assert "SMTP_SECURITY" in told.output
    assert "Traceback" not in told.output


def test_a_database_that_is_away_is_said_plainly(run: Run) -> None:
    told = run("users", "list", DATABASE_URL=NOWHERE)
    assert told.exit_code == 75
    assert "the database does not answer" in told.output


def test_a_database_without_tables_is_sent_to_migrate(tmp_path: Path, server: TestServer) -> None:
    with server.empty() as url:
        run = _runner(tmp_path, url)
        told = run("users", "list")
        assert told.exit_code == 75
        assert "firstpoint migrate" in told.output
        assert "Migrated" in run("migrate").output
        assert "Nothing to do" in run("migrate").output
        assert run("users", "list").exit_code == 0


def test_a_secret_key_is_made_once_and_kept_from_others(run: Run, tmp_path: Path) -> None:
    kept = tmp_path / "var" / "secret_key"
    run("users", "list")
    first = kept.read_text()
    assert len(first) >= 32
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    run("users", "list")
    assert kept.read_text() == first


def test_staff_are_made_listed_changed_and_shut_out(run: Run) -> None:
    made = create(run)
    assert made.exit_code == 0
    assert "otpauth://" in made.output
    assert create(run, "boss@council.example").exit_code == 0
    assert "ada@council.example" in run("users", "list", "bright").output
    assert "advisor, steward" in run("users", "roles", "ada@council.example", "-r", "advisor", "-r", "steward").output
    assert run("users", "suspend", "ada@council.example", "--reason", "left").exit_code == 0
    assert "SUSPENDED" in run("users", "list").output
    assert run("users", "reinstate", "ada@council.example").exit_code == 0
    assert "SUSPENDED" not in run("users", "list").output


def test_what_the_house_refuses_is_said_in_its_words(run: Run) -> None:
    create(run)
    twice = create(run)
    assert twice.exit_code == 1
    assert "This address has an account already" in twice.output
    weak = run("users", "create", "b@council.example", "--name", "B", "-r", "advisor", typed="short\nshort\n")
    assert weak.exit_code == 1
    assert "Traceback" not in weak.output
    alone = run("users", "roles", "ada@council.example", "-r", "advisor")
    assert "at least one active administrator" in alone.output


def test_somebody_unknown_is_said_to_be(run: Run) -> None:
    told = run("users", "suspend", "ghost@council.example")
    assert told.exit_code == 1
    assert "nobody has the address ghost@council.example" in told.output


def test_codes_are_shown_in_the_demo_only(run: Run) -> None:
    create(run)
    assert run("users", "code", "ada@council.example").exit_code == 1
    shown = run("users", "code", "ada@council.example", FIRSTPOINT_DEMO="true")
    assert re.fullmatch(r"\d{6}\n", shown.output)


def test_a_service_gets_a_key(run: Run) -> None:
    told = run("users", "api-key", "Waste depot", "-s", "handoffs:read", "-s", "handoffs:write")
    assert told.exit_code == 0
    assert "shown once" in told.output


def test_jobs_are_listed_and_run_by_hand(run: Run) -> None:
    assert "never run" in run("jobs", "list").output
    ran = run("jobs", "run", "scheduler.forget-old-runs")
    assert ran.exit_code == 0
    assert "nothing to do" in ran.output
    assert "last run" in run("jobs", "list").output


def test_an_unknown_job_is_answered_with_the_known_ones(run: Run) -> None:
    told = run("jobs", "run", "tea")
    assert told.exit_code == 1
    assert "scheduler.forget-old-runs" in told.output


def test_the_demo_city_goes_into_an_empty_database_only(run: Run) -> None:
    create(run)
    told = run("seed")
    assert told.exit_code == 1
    assert "goes into an empty one" in told.output


def test_a_file_that_is_not_there_is_a_usage_error(run: Run) -> None:
    assert run("ingest", "council-tax", "/no/such/file.csv").exit_code == 2


def test_a_source_that_nobody_knows_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("a,b\n1,2\n")
    told = run("ingest", "atlantis", str(file))
    assert told.exit_code == 1
    assert "Traceback" not in told.output


def test_check_says_what_is_wrong_and_what_to_do(run: Run) -> None:
    told = run("check", "--json", FIRSTPOINT_SMTP_PORT="1", FIRSTPOINT_DEMO="true")
    found = {finding["what"]: finding for finding in json.loads(told.output)}
    assert told.exit_code == 1
    assert not found["Mail server"]["ok"]
    assert "FIRSTPOINT_SMTP_HOST" in found["Mail server"]["to_do"]
    assert found["Database"]["ok"]
    assert found["Disk"]["ok"]


def test_check_notices_that_the_database_is_away(run: Run) -> None:
    told = run("check", DATABASE_URL=NOWHERE)
    assert told.exit_code == 1
    assert re.search(r"wrong +Database: cannot be reached", told.output)


def test_check_notices_a_database_that_was_not_migrated(tmp_path: Path, server: TestServer) -> None:
    with server.empty() as url:
        told = _runner(tmp_path, url)("check")
    assert "Run `firstpoint migrate`" in told.output


def test_reset_leaves_a_database_of_yours_alone(run: Run) -> None:
    told = run("reset", "--yes")
    assert told.exit_code == 1
    assert "DATABASE_URL is set" in told.output


def test_without_a_database_url_commands_bring_their_own_database(tmp_path: Path) -> None:
    run = _runner(tmp_path / "var", "")
    assert create(run).exit_code == 0
    assert "ada@council.example" in run("users", "list").output
    assert running_url(tmp_path / "var" / "postgres") is None
    assert run("reset", typed="n\n").exit_code == 1
    assert "ada@council.example" in run("users", "list").output
    assert run("reset", "--yes").exit_code == 0
    assert "ada@council.example" not in run("users", "list").output
    run("reset", "--yes")


def test_a_deleted_data_folder_takes_its_database_with_it(tmp_path: Path) -> None:
    run = _runner(tmp_path / "var", "")
    create(run)
    shutil.rmtree(tmp_path / "var")
    listed = run("users", "list")
    assert listed.exit_code == 0
    assert "ada@council.example" not in listed.output
    run("reset", "--yes")


def test_a_changed_secret_key_is_named_as_the_reason(run: Run) -> None:
    create(run)
    told = run(
        "users",
        "code",
        "ada@council.example",
        FIRSTPOINT_DEMO="true",
        SECRET_KEY="another key, just as long as it must be",
    )
    assert told.exit_code == 78
    assert "SECRET_KEY is not the one" in told.output
