"""Journey 1: three extracts become one view, with what was refused said line by line."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import create_engine, text

from app.seeds.city import FILES, City, Source, generate, planned_rejects, write_extracts, write_truth
from app.seeds.history import SLUGS
from tests.journeys.steps import TODAY
from tests.support.browser import Person
from tests.support.database import TestServer
from tests.support.live import SECRET

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def small() -> City:
    return generate(1000, today=TODAY)


@pytest.fixture(scope="module")
def extracts(small: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extracts")
    write_extracts(small, folder)
    write_truth(small, folder)
    return folder


@pytest.fixture(scope="module")
def database(server: TestServer) -> Iterator[str]:
    with server.copy() as url:
        yield url


@pytest.fixture(scope="module")
def firstpoint(database: str) -> Callable[..., str]:
    """The command line, as an operator has it."""

    def run(*words: object) -> str:
        environment = os.environ | {"DATABASE_URL": database, "SECRET_KEY": SECRET, "FIRSTPOINT_LOG_LEVEL": "ERROR"}
        done = subprocess.run(
            [sys.executable, "-m", "app.cli", *map(str, words)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def counts(url: str) -> dict[str, int]:
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = ("source_record", "source_record_version", "golden_record", "link")
        found = {table: connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables}
    engine.dispose()
    return found


@pytest.mark.parametrize("source", list(SLUGS))
def test_an_extract_loads_and_every_refusal_has_line_and_reason(
    source: Source, small: City, extracts: Path, firstpoint: Callable[..., str]
) -> None:
    said = firstpoint("ingest", SLUGS[source], extracts / FILES[source])
    planned = [reject for reject in planned_rejects(small) if reject.source == source]
    assert f"{len(planned)} rejected" in said
    for reject in planned:
        assert f"line {reject.line}" in said, f"line {reject.line} ({reject.reason}) is not reported"


def test_a_second_load_of_the_same_file_changes_nothing(
    extracts: Path, database: str, firstpoint: Callable[..., str]
) -> None:
    before = counts(database)
    assert before["source_record"] > 1500
    for source, slug in SLUGS.items():
        firstpoint("ingest", slug, extracts / FILES[source])
    assert counts(database) == before


def test_matching_finds_the_people_behind_the_records(
    extracts: Path, database: str, firstpoint: Callable[..., str]
) -> None:
    firstpoint("match")
    engine = create_engine(database)
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT s.slug, r.key, l.golden_id::text FROM link l JOIN source_record r ON r.id = l.source_record_id"
                " JOIN source_system s ON s.id = r.source_id"
            )
        ).all()
    engine.dispose()
    names = {slug: source for source, slug in SLUGS.items()}
    found = pl.DataFrame(
        [(names[slug], key, golden) for slug, key, golden in rows],
        schema=["source", "source_key", "golden"],
        orient="row",
    )
    both = found.join(pl.read_parquet(extracts / "truth.parquet"), on=["source", "source_key"])
    assert both.height == found.height, "every record is linked, and the truth knows each"
    assert f1(both) > 0.97


def f1(both: pl.DataFrame) -> float:
    """F1 over pairs of records, ours against the truth."""

    def pairs(*columns: str) -> int:
        sizes = both.group_by(columns).len()["len"]
        return int((sizes * (sizes - 1) // 2).sum())

    return 2 * pairs("golden", "person") / (pairs("golden") + pairs("person"))


def test_a_second_match_changes_nothing(database: str, firstpoint: Callable[..., str]) -> None:
    before = counts(database)
    firstpoint("match")
    assert counts(database) == before


def test_a_steward_sees_what_was_loaded_and_what_was_refused(colleague: Callable[[str], Person]) -> None:
    steward = colleague("steward")
    steward.goes_to("/console/sources")
    steward.sees("Council tax")
    steward.follows("Legacy CRM")
    steward.sees("rejected")
