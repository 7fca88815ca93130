"""The migrations of rights, relationships and shown addresses bring a database that is in use along, and back."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, insert, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DatabaseError, IntegrityError

from tests.architecture.test_migrations import _config
from tests.support.database import TestServer
from tests.support.statements import multiply

LATER = "2026-03-11T10:00:00+00:00"
BEFORE, RIGHTS, RELATIONSHIPS, ADDRESSES = "0011", "0012", "0014", "0017"


def go(engine: Engine, revision: str, *, down: bool = False) -> None:
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, revision)


def write(connection: Connection, table: str, **given: Any) -> UUID:
    """A row as the table is now: what is not given and must be there is filled with something of its kind."""
    columns = Table(table, MetaData(), autoload_with=connection).columns
    row = dict(given)
    for column in columns:
        if column.name in row or column.nullable or column.server_default is not None or column.identity is not None:
            continue
        row[column.name] = filling(column.type, column.name)
    connection.execute(insert(columns[next(iter(columns.keys()))].table).values(**row))
    found = row.get("id")
    return found if isinstance(found, UUID) else uuid4()


def filling(kind: Any, name: str) -> Any:
    if isinstance(kind, JSONB):
        return {}
    by_kind = {"UUID": uuid4(), "INTEGER": 1, "BIGINT": 1, "BOOLEAN": False, "TIMESTAMP": LATER, "TEXT": ""}
    return by_kind.get(str(kind).partition("(")[0], "0" * 64 if name == "sha256" else "")


@pytest.fixture
def used(server: TestServer) -> Iterator[Engine]:
    """A house as it was before there were rights: two people known to council tax, a call, an enquiry with a note, a message, a row turned away."""
    with server.empty() as url:
        engine = create_engine(url)
        go(engine, BEFORE)
        with engine.begin() as connection:
            settle(connection)
        yield engine
        engine.dispose()


def settle(connection: Connection) -> None:
    account = write(connection, "account", kind="resident", email="jo@example.com", name="Jo", status="active")
    unit = write(connection, "unit", slug="waste", name="Waste", hours={}, holiday_region="ENG")
    service = write(
        connection, "service", slug="bin", unit_id=unit, tier=1, duplicate_scope="none", questions=[], script=[]
    )
    source = write(connection, "source_system", slug="tax", name="Tax", layout={})
    load = write(connection, "source_load", source_id=source, status="done", finished_at=LATER, phase="ended")
    for key in ("1", "2"):
        record = write(connection, "source_record", source_id=source, key=key, last_load_id=load, address_key="")
        write(connection, "source_record_version", record_id=record, number=1, load_id=load, content={"NAME": key})
    write(connection, "load_reject", load_id=load, line=3, reason="too_short", content="x")
    call = write(
        connection, "contact", channel="phone", ended_at=LATER, wrap_up="answered", resolved_here=True, source_record_id=record,
        caller_name="Jo", note="About the bin",
    )  # fmt: skip
    enquiry = write(
        connection, "enquiry", imported=True, reference="FP-0000-0001", service_id=service, contact_id=call, channel="phone", state="withdrawn",
        unit_id=unit, raiser_name="Jo", raiser_email="Jo@Example.com", raiser_phone="+44 1632 960001", locale="en",
        disposition="withdrawn", outcome="It came", resolved_at=LATER, closed_at=LATER, hear_by=LATER,
    )  # fmt: skip
    write(
        connection,
        "enquiry_entry",
        enquiry_id=enquiry,
        kind="note",
        visibility="internal",
        actor_kind="staff",
        body="Rang",
    )
    write(
        connection, "message", channel="email", template="enquiry_received", status="sent", sent_at=LATER, to_address="jo@example.com",
        locale="en", about_type="enquiry", about_id=enquiry, account_id=account, message_id="<1@example.com>",
    )  # fmt: skip
    write(
        connection, "audit_entry", actor_kind="staff", actor_name="Ada", action="record.viewed", object_type="contact"
    )


def said(engine: Engine) -> dict[str, Any]:
    """What must be the same before and after, either way."""
    with engine.connect() as connection:
        ask = {
            "enquiry": "SELECT reference, raiser_name, raiser_email, outcome, state FROM enquiry",
            "contact": "SELECT caller_name, note, source_record_id IS NOT NULL FROM contact",
            "entry": "SELECT body FROM enquiry_entry",
            "record": "SELECT r.key, v.content FROM source_record r JOIN source_record_version v ON v.record_id = r.id ORDER BY 1",
            "message": "SELECT template, to_address FROM message ORDER BY id",
            "reject": "SELECT reason, content FROM load_reject ORDER BY line",
            "audit": "SELECT actor_name, action FROM audit_entry",
        }
        return {name: [tuple(row) for row in connection.execute(text(query))] for name, query in ask.items()}


def test_rights_come_to_a_house_in_use_and_leave_it_as_it_was(used: Engine) -> None:
    before = said(used)
    go(used, RIGHTS)
    assert said(used) == before
    with used.begin() as connection:
        for statement in (
            "UPDATE enquiry_entry SET body = ''",
            "DELETE FROM source_record_version",
            "DELETE FROM audit_entry",
        ):
            with pytest.raises(DatabaseError), connection.begin_nested():
                connection.execute(text(statement))
        with connection.begin_nested() as trial:
            connection.execute(text("SET LOCAL firstpoint.erasing = 'on'"))
            assert connection.execute(text("UPDATE enquiry_entry SET body = ''")).rowcount == 1
            assert connection.execute(text("UPDATE audit_entry SET actor_name = ''")).rowcount == 1
            assert connection.execute(text("UPDATE source_record_version SET content = '{}'")).rowcount == 2
            trial.rollback()
        load = connection.scalar(text("SELECT id FROM source_load"))
        write(connection, "load_reject", load_id=load, line=4, reason="erased", content="")
        account = connection.scalar(text("SELECT id FROM account"))
        request = write(
            connection, "rights_request", kind="access", state="received", asked_by="account", account_id=account, name="Jo",
            reference="DR-1", due_at="2026-04-11T10:00:00+00:00", locale="en",
        )  # fmt: skip
        write(
            connection, "message", channel="email", template="rights_received", status="created", to_address="jo@example.com",
            locale="en", about_type="rights_request", about_id=request, account_id=account, message_id="<2@example.com>",
        )  # fmt: skip
    go(used, BEFORE, down=True)
    assert said(used) == before
    with used.begin() as connection:
        load = connection.scalar(text("SELECT id FROM source_load"))
        with pytest.raises(IntegrityError):
            write(connection, "load_reject", load_id=load, line=4, reason="erased", content="")


def test_who_acts_for_whom_comes_to_a_house_in_use_and_leaves_it_as_it_was(used: Engine) -> None:
    before = said(used)
    go(used, RELATIONSHIPS)
    assert said(used) == before
    with used.begin() as connection:
        assert connection.execute(text("SELECT acting_kind, relationship_id, concerns_record_id FROM enquiry")).one() == (
            None, None, None,
        )  # fmt: skip
        one, two = connection.scalars(text("SELECT id FROM source_record ORDER BY key")).all()
        terms: dict[str, Any] = {
            "kind": "attorney", "acting_record_id": one, "for_record_id": two, "services": [], "may_see": True, "ward": "",
            "evidence": "power_of_attorney", "evidence_reference": "OPG 7", "evidence_seen_on": "2026-03-10",
            "starts_on": "2026-03-10", "expires_on": "2027-03-10",
        }  # fmt: skip
        relationship = write(connection, "relationship", **terms)
        with pytest.raises(IntegrityError), connection.begin_nested():
            write(connection, "relationship", **terms)
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(text("UPDATE enquiry SET concerns_record_id = :two"), {"two": two})
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(text("UPDATE relationship SET expires_on = '2030-01-01'"))
        connection.execute(
            text("UPDATE enquiry SET acting_kind = 'attorney', relationship_id = :r, concerns_record_id = :two"),
            {"r": relationship, "two": two},
        )
        connection.execute(text("DELETE FROM relationship"))
        left = connection.execute(text("SELECT acting_kind, relationship_id, concerns_record_id FROM enquiry")).one()
        assert tuple(left) == ("attorney", None, two), "that it was asked for another stays"
        write(connection, "message", channel="email", template="relationship_changed", status="created", locale="en")
    go(used, "0013", down=True)
    assert said(used) == before


def test_shown_addresses_come_to_a_house_in_use_and_leave_it_as_it_was(used: Engine) -> None:
    go(used, "0016")
    before = said(used)
    go(used, ADDRESSES)
    assert said(used) == before
    with used.begin() as connection:
        connection.execute(text("UPDATE enquiry SET source_record_id = NULL, account_id = NULL"))
        many = connection.begin_nested()
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        multiply(
            connection, "enquiry", 2_000, reference="'many ' || n", client_token="NULL",
            raiser_email="n || '@example.com'", raiser_phone="to_char(n, 'FM000000000000')",
        )  # fmt: skip
        wanted = "EXPLAIN SELECT id FROM enquiry WHERE account_id IS NULL AND source_record_id IS NULL AND {column} <> '' AND {how} = '{value}'"
        digits = "regexp_replace(regexp_replace(raiser_phone, '[^0-9]', '', 'g'), '^44', '0')"
        for column, how, value in (
            ("raiser_email", "lower(raiser_email)", "jo@example.com"),
            ("raiser_phone", digits, "01632960001"),
        ):
            plan = connection.scalars(text(wanted.format(column=column, how=how, value=value))).all()
            assert f"ix_enquiry_unfiled_{column.removeprefix('raiser_')}" in "\n".join(plan)
        many.rollback()
        with pytest.raises(IntegrityError), connection.begin_nested():
            write(connection, "rights_address", address="Jo@Example.com", reason="Seen")
    go(used, "0016", down=True)
    assert said(used) == before
