"""Somebody asks to be erased: what goes and what stays is said before, holds stand, and the erased stay erased."""

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.customers import queries as customers
from app.customers import services as customer_services
from app.customers.enums import LawfulBasis
from app.enquiries import services as enquiries
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Conflict
from app.kernel.personal import ERASED, Why
from app.rights import queries, services
from app.rights.enums import RequestState, RightKind
from app.rights.rows import ClassLine
from tests.integration.rights.conftest import TENANCY, Life
from tests.support.customers import party, write_housing, write_tax

OTHER = {**TENANCY, "Tenancy Ref": "TEN-00999", **{name: "" for name in TENANCY if name.startswith("Joint")}}


@pytest.fixture
def request_id(loaded: Database, life: Life, clock: FixedClock) -> UUID:
    with loaded.transaction() as session:
        return services.ask(session, life.jo, RightKind.ERASURE, said="Please forget me", now=clock.now())


def plan(db: Database, request: UUID, clock: FixedClock) -> dict[str, ClassLine]:
    with db.reading() as session:
        return {line.holding: line for line in queries.plan(session, request, now=clock.now())}


def everything(db: Database) -> str:
    """All that the database holds, as text; only hashes and figures of the model are left out."""
    with db.reading() as session:
        tables = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")).all()
        return "\n".join(
            str(row)
            for table in tables
            for row in session.scalars(text(f'SELECT to_jsonb(t)::text FROM "{table}" t')).all()
        )


def test_the_dry_run_says_what_goes_and_what_stays_and_changes_nothing(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock
) -> None:
    before = everything(loaded)
    said = plan(loaded, request_id, clock)
    assert said["source-records"].erase == 2
    assert said["enquiries"].erase == 1
    assert [(line.reason, line.count) for line in said["enquiries"].kept] == [(Why.OPEN_ENQUIRY, 1)]
    assert said["account"].erase == 1
    assert [line.reason for line in said["lookups"].kept] == [Why.STATUTORY]
    assert everything(loaded) == before


def test_what_the_law_makes_us_keep_stays(loaded: Database, life: Life, request_id: UUID, clock: FixedClock) -> None:
    with loaded.transaction() as session:
        session.execute(
            text("UPDATE source_system SET lawful_basis = :basis WHERE slug = 'council-tax'"),
            {"basis": LawfulBasis.LEGAL_OBLIGATION},
        )
    line = plan(loaded, request_id, clock)["source-records"]
    assert (line.erase, [(one.reason, one.count) for one in line.kept]) == (1, [(Why.STATUTORY, 1)])
    services.carry_out(loaded, life.steward, request_id, clock=clock)
    with loaded.reading() as session:
        assert customers.record_by_key(session, "council-tax", "700000001-1") == life.tax
        assert customers.record_by_key(session, "housing", "TEN-00771/1") is None


def test_nothing_of_them_is_left_anywhere(loaded: Database, life: Life, request_id: UUID, clock: FixedClock) -> None:
    with loaded.transaction() as session:
        enquiries.withdraw(
            session, life.council.advisor, life.open.reference, reason="No more", version=None, now=clock.now()
        )
        session.execute(text("UPDATE message SET status = 'sent', sent_at = created_at"))
        golden = customers.golden_of_source_record(session, life.tax)
        assert golden
        customer_services.pin(
            session, life.steward, golden, "given_name", value="Josephina-Pinned", reason="She said so", now=clock.now()
        )
    clock.advance(timedelta(days=1))
    services.carry_out(loaded, life.steward, request_id, clock=clock)
    with loaded.transaction() as session:
        session.execute(text("DELETE FROM message WHERE template = 'rights_answered'"))
        session.execute(text("DELETE FROM source_record_version WHERE false"))
    left = everything(loaded).casefold()
    others = ("crm-0000001", "josie@resident.example")  # the old CRM's card was never shown to be hers
    assert others[0] in left
    with loaded.reading() as session:
        crm = session.scalar(text("SELECT count(*) FROM source_record WHERE key = 'CRM-0000001'"))
    assert crm == 1
    for hers in ("jo bloggs", "jo.bloggs", "ten-00771/1", "700000001-1", "josephina-pinned", "please forget me"):
        assert hers not in left, hers


def test_the_other_tenant_in_the_same_row_is_left_whole(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock
) -> None:
    services.carry_out(loaded, life.steward, request_id, clock=clock)
    with loaded.reading() as session:
        content = session.scalar(
            text("SELECT content FROM source_record_version WHERE record_id = :r"), {"r": life.barnaby}
        )
    assert content["Joint Surname"] == "Quint"
    assert content["Main Surname"] == content["Main Phone"] == ""
    assert content["Street"] == "Marine Parade"


def test_a_certificate_stands_at_the_end_and_names_nobody(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock
) -> None:
    services.carry_out(loaded, life.steward, request_id, clock=clock)
    with loaded.reading() as session:
        request = queries.request(session, request_id, now=clock.now())
        done = queries.erasure_of(session, request_id)
        number, paper = queries.certificate_of(session, request_id)
    assert done
    assert done.finished_at
    assert done.sha256
    assert (request.state, request.name, request.email, request.said) == (RequestState.MET, ERASED, "", "")
    words = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    assert f"Certificate of erasure {number}" in words
    assert done.sha256 in words.replace("\n", "")
    for name in ("Bloggs", "Tallis", "Josephine"):
        assert name not in words
    counted = {line.holding: line.erased if hasattr(line, "erased") else line.erase for line in done.classes}
    assert counted["source-records"] == 2
    assert counted["enquiries"] == 1


@pytest.mark.parametrize("what", ["source_record", "account", "enquiry"])
def test_a_legal_hold_stands_in_the_way_until_it_is_lifted(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock, what: str
) -> None:
    on: dict[str, Any] = {"source_record": life.tax, "account": life.jo.account_id, "enquiry": life.done.id}
    with loaded.transaction() as session:
        hold = services.place_hold(session, life.steward, what, on[what], reason="Court order 17", now=clock.now())
    line = plan(loaded, request_id, clock)["source-records"]
    assert line.erase == 0
    assert [(one.reason, one.words) for one in line.kept] == [(Why.LEGAL_HOLD, "Court order 17")]
    with pytest.raises(Conflict, match="legal hold"):
        services.carry_out(loaded, life.steward, request_id, clock=clock)
    with loaded.transaction() as session:
        services.lift_hold(session, life.steward, hold, reason="Settled", now=clock.now())
    services.carry_out(loaded, life.steward, request_id, clock=clock)
    with loaded.reading() as session:
        assert customers.record_by_key(session, "council-tax", "700000001-1") is None


def test_a_class_that_somebody_decides_to_keep_stays_with_the_reason(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock
) -> None:
    with loaded.transaction() as session:
        services.keep(session, life.steward, request_id, "timeline", reason="A complaint is running", now=clock.now())
    services.carry_out(loaded, life.steward, request_id, clock=clock)
    with loaded.reading() as session:
        done = queries.erasure_of(session, request_id)
        notes = session.scalar(text("SELECT count(*) FROM enquiry_entry WHERE body LIKE 'Barnaby%'"))
    assert done
    assert [line.reason for one in done.classes if one.holding == "timeline" for line in one.kept if line.count] == [
        Why.DECIDED
    ]
    assert notes == 1


def test_killed_between_two_classes_it_is_completed_by_asking_again(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock
) -> None:
    with loaded.transaction() as session:
        erasure = services.begin(session, life.steward, request_id, now=clock.now())
        services.do_class(session, life.steward, erasure, "source-records", now=clock.now())
        services.do_class(session, life.steward, erasure, "source-records", now=clock.now())
    assert services.carry_out(loaded, life.steward, request_id, clock=clock) == erasure
    with loaded.reading() as session:
        done = queries.erasure_of(session, request_id)
        said = session.scalar(text("SELECT things FROM erasure"))
    assert done
    assert done.finished_at
    assert said == []
    assert next(line.erase for line in done.classes if line.holding == "source-records") == 2
    assert next(line.erase for line in done.classes if line.holding == "enquiries") == 1


def test_the_erased_stay_erased_however_they_come_again(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock, tmp_path: Path
) -> None:
    services.carry_out(loaded, life.steward, request_id, clock=clock)
    clock.advance(timedelta(days=1))
    rows = [
        party(LAST_CHANGED="02/05/2026"),
        party(ACCOUNT_REF="700000002", NAME="OAKES MR ARTHUR", EMAIL="", TELEPHONE=""),
    ]
    tax = customer_services.ingest_file(loaded, "council-tax", write_tax(tmp_path / "again.csv", rows), clock=clock)
    assert (tax.rows, tax.new, tax.rejected) == (2, 1, 1)
    housing = customer_services.ingest_file(
        loaded, "housing", write_housing(tmp_path / "again.xlsx", [TENANCY | {"Weekly Rent": "91"}]), clock=clock
    )
    assert (housing.new, housing.changed, housing.rejected) == (0, 1, 0)
    with loaded.reading() as session:
        assert customers.record_by_key(session, "council-tax", "700000001-1") is None
        assert customers.record_by_key(session, "housing", "TEN-00771/1") is None
        kept = session.execute(text("SELECT reason, content, detail FROM load_reject")).all()
        content = session.scalar(
            text("SELECT content FROM source_record_version ORDER BY received_at DESC, number DESC LIMIT 1")
        )
    assert [tuple(one) for one in kept] == [("erased", "", "")]
    assert "Tallis" not in json.dumps(content)
    again = customer_services.ingest_file(
        loaded, "housing", write_housing(tmp_path / "third.xlsx", [TENANCY | {"Weekly Rent": "91"}, OTHER]), clock=clock
    )
    assert (again.new, again.changed) == (1, 0), "the same row without its erased tenant is the same row"


def test_who_comes_back_as_a_customer_is_let_in_again(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock, tmp_path: Path
) -> None:
    services.carry_out(loaded, life.steward, request_id, clock=clock)
    with loaded.transaction() as session:
        customer_services.readmit(
            session, life.steward, "council-tax", "700000001-1", reason="Moved back, new bill", now=clock.now()
        )
    told = customer_services.ingest_file(
        loaded, "council-tax", write_tax(tmp_path / "again.csv", [party(LAST_CHANGED="02/05/2026")]), clock=clock
    )
    assert (told.new, told.rejected) == (1, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_name = 'x'", "DELETE FROM audit_entry", "UPDATE enquiry_entry SET body = 'x'",
        "UPDATE source_record_version SET content = '{}'", "DELETE FROM source_record_version", "DELETE FROM attachment",
    ],
)  # fmt: skip
def test_the_database_lets_nobody_erase_by_accident(loaded: Database, statement: str) -> None:
    with pytest.raises(IntegrityError), loaded.transaction() as session:
        session.execute(text(statement))


def test_a_message_to_the_erased_that_was_still_on_its_way_is_blanked_once_it_has_left(
    loaded: Database, life: Life, request_id: UUID, clock: FixedClock
) -> None:
    services.carry_out(loaded, life.steward, request_id, clock=clock)
    with loaded.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM message WHERE template = 'rights_answered'")) == 1
        session.execute(text("UPDATE message SET status = 'sent', sent_at = created_at"))
        assert services.sweep_messages(session, SYSTEM, now=clock.now()) > 0
    with loaded.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM message WHERE to_address <> :e"), {"e": ERASED}) == 0
