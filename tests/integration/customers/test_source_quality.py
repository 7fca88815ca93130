"""Data quality of a source: figures that can be checked by hand, the records behind each, and how they were before."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import text

from app.customers import queries, services
from app.customers.enums import Verdict
from app.customers.services import ingest_file
from app.customers.source_jobs import watch_promises
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import NotFound
from app.kernel.paging import PageRequest
from app.kernel.sheets import xlsx
from app.runtime import Runtime
from tests.support.customers import party, write_tax


@pytest.fixture
def measured(db: Database, tmp_path: Path, clock: FixedClock) -> Database:
    rows = [
        party(),
        party(ACCOUNT_REF="700000002", TELEPHONE="", EMAIL="nobody"),
        party(ACCOUNT_REF="700000003", NAME="QUILL, EDMUND", DOB="01/01/1900", TELEPHONE="00000 000000", EMAIL="e.quill@resident.example"),
        party(ACCOUNT_REF="700000004", PARTY_TYPE="O", NAME="HARBOUR FISH LTD", DOB="", TELEPHONE="01632 960960", EMAIL=""),
    ]  # fmt: skip
    ingest_file(db, "council-tax", write_tax(tmp_path / "tax.csv", rows), clock=clock)
    return db


def shares(db: Database, attribute: str) -> tuple[int, int, int]:
    with db.reading() as session:
        row = queries.quality_now(session, "council-tax")
    assert row is not None
    return next((one.of, one.filled, one.valid) for one in row.attributes if one.attribute == attribute)


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        ("email", (4, 3, 2)),
        ("phone", (4, 3, 2)),
        ("date_of_birth", (3, 3, 2)),
        ("family_name", (3, 3, 3)),
        ("organisation_name", (1, 1, 1)),
        ("postcode", (4, 4, 4)),
    ],
)
def test_completeness_and_validity_are_counted_over_those_who_can_have_it(
    measured: Database, attribute: str, expected: tuple[int, int, int]
) -> None:
    assert shares(measured, attribute) == expected


@pytest.mark.parametrize(
    ("measure", "attribute", "expected"),
    [
        ("missing", "phone", [("700000002-1", "")]),
        ("malformed", "email", [("700000002-1", "nobody")]),
        ("malformed", "date_of_birth", [("700000003-1", "1900-01-01")]),
        ("malformed", "phone", [("700000003-1", "00000 000000")]),
        ("missing", "date_of_birth", []),
    ],
)
def test_each_figure_opens_its_records(
    measured: Database,
    steward: Actor,
    clock: FixedClock,
    *,
    measure: str,
    attribute: str,
    expected: list[tuple[str, str]],
) -> None:
    with measured.transaction() as session:
        page = services.look_at_quality(
            session, steward, "council-tax", measure, attribute, wanted=PageRequest(), now=clock.now()
        )
        looks = session.scalar(
            text("SELECT count(*) FROM audit_entry WHERE action = 'record.viewed' AND purpose = 'quality'")
        )
    assert [(row.key, row.value) for row in page.items] == expected
    assert looks == 1, "a look at customers is written down"
    of, filled, valid = shares(measured, attribute)
    assert page.total == (of - filled if measure == "missing" else filled - valid)


def test_what_was_typed_never_becomes_a_statement(measured: Database) -> None:
    for measure, attribute in (("missing", "x'; DROP TABLE link; --"), ("'--", "email"), ("malformed", "")):
        with pytest.raises(NotFound), measured.reading() as session:
            queries.quality_records(session, "council-tax", measure, attribute, PageRequest())


def test_duplicates_are_records_that_share_a_customer_within_the_source(
    measured: Database, runtime: Runtime, steward: Actor, clock: FixedClock
) -> None:
    with measured.transaction() as session:
        one, other = (queries.record_by_key(session, "council-tax", f"70000000{n}-1") for n in (1, 2))
        assert one is not None
        assert other is not None
        services.decide(session, steward, one, other, Verdict.SAME, reason="One person", now=clock.now())
    services.match_all(measured, clock=clock)
    clock.advance(timedelta(days=1))
    watch_promises(runtime)
    with measured.reading() as session:
        row = queries.quality_now(session, "council-tax")
        page = queries.quality_records(session, "council-tax", "duplicates", "", PageRequest())
    assert row is not None
    assert row.duplicates == page.total == 2
    assert {one.key for one in page.items} == {"700000001-1", "700000002-1"}
    assert len({one.golden_id for one in page.items}) == 1


def test_a_restricted_record_shows_no_value_and_leaves_no_export(
    measured: Database, steward: Actor, clock: FixedClock
) -> None:
    with measured.transaction() as session:
        held = queries.record_by_key(session, "council-tax", "700000002-1")
        assert held is not None
        services.restrict(session, steward, held, reason="Court order", now=clock.now())
    with measured.transaction() as session:
        page = queries.quality_records(session, "council-tax", "malformed", "email", PageRequest())
        sheet = services.export_quality(session, steward, "council-tax", "malformed", "email", now=clock.now())
        rows = list(sheet[2])
    assert [(row.restricted, row.value) for row in page.items] == [(True, "")]
    assert rows == []


def test_the_trend_has_a_row_for_each_load_and_each_day(
    measured: Database, runtime: Runtime, tmp_path: Path, clock: FixedClock
) -> None:
    clock.advance(timedelta(hours=2))
    better = [party(), party(ACCOUNT_REF="700000002"), party(ACCOUNT_REF="700000003", NAME="QUILL, EDMUND")]
    ingest_file(measured, "council-tax", write_tax(tmp_path / "tax2.csv", better), clock=clock)
    clock.advance(timedelta(days=2))
    watch_promises(runtime)
    with measured.reading() as session:
        trend = queries.quality(session, "council-tax")
    assert [(row.records, row.is_fresh) for row in trend] == [(3, False), (3, True), (4, True)]
    assert trend[0].completeness > trend[2].completeness
    assert trend[0].age_hours == 48


def test_figures_and_trend_can_be_had_as_a_spreadsheet(measured: Database) -> None:
    with measured.reading() as session:
        content = xlsx(queries.quality_sheets(session, "council-tax", {"email": "E-mail address"}))
    book = openpyxl.load_workbook(BytesIO(content))
    rows = list(book["Figures"].iter_rows(values_only=True))
    assert book.sheetnames == ["Figures", "Trend"]
    assert ("E-mail address", 4, 3, 75, 2, 66.7) in rows
    book.close()
