"""One city for all these tests: the demo's own, at a fixed date."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from app.seeds.city import (
    SOURCES,
    City,
    PlannedEnquiry,
    Source,
    extract_tables,
    generate,
    story,
    write_extracts,
    write_truth,
)

TODAY = date(2026, 5, 1)


@pytest.fixture(scope="session")
def city() -> City:
    return generate(today=TODAY)


@pytest.fixture(scope="session")
def extracts(city: City, tmp_path_factory: pytest.TempPathFactory) -> dict[Source, Path]:
    return write_extracts(city, tmp_path_factory.mktemp("extracts"))


@pytest.fixture(scope="session")
def truth(city: City, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    return pl.read_parquet(write_truth(city, tmp_path_factory.mktemp("truth")))


@pytest.fixture(scope="session")
def table(city: City) -> pl.DataFrame:
    frame = pl.from_arrow(extract_tables(city))
    assert isinstance(frame, pl.DataFrame)
    assert set(frame["source"].unique()) == set(SOURCES)
    return frame


@pytest.fixture(scope="session")
def planned(city: City) -> list[PlannedEnquiry]:
    return story(city, TODAY)
