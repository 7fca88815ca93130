"""What others asked for somebody, what somebody asked for others, and what came without an account: each copy holds its own person's."""

import time
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.customers import services as customers
from app.enquiries import services as enquiries
from app.enquiries.enums import Channel, WrapUp
from app.enquiries.rows import EnquiryRow, Raiser
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Conflict, Invalid
from app.kernel.personal import Subject
from app.rights import services
from app.rights.enums import AskedBy, RequestState, RightKind
from tests.integration.rights.conftest import Life
from tests.integration.rights.copies import asked, copy_of
from tests.support.acting import prove, terms
from tests.support.council import MISSED_BIN, missed_bin
from tests.support.numbers import telephone_in

BARNABY = Raiser("Barnaby Quint", "barnaby@resident.example", "07700 900456")
JO = Raiser("Jo Bloggs", "Jo.Bloggs@example.com", "")


@pytest.fixture
def for_her(loaded: Database, life: Life, clock: FixedClock) -> EnquiryRow:
    """Barnaby holds her power of attorney, rings, and asks for her; a colleague writes down what he said."""
    now, advisor = clock.now(), life.council.advisor
    with loaded.transaction() as session:
        row = customers.record_relationship(session, advisor, terms(life.barnaby, life.tax), now=now)
        call = enquiries.open_contact(session, advisor, channel=Channel.PHONE, caller=BARNABY, now=now)
        prove(session, advisor, life.barnaby, now=now, contact=call.id)
        enquiries.identify_caller(session, advisor, call.id, source_record_id=life.barnaby, now=now)
        enquiries.act_for(session, advisor, call.id, row.id, now=now)
        raised = missed_bin(
            session, advisor, now=now, contact_id=call.id, source_record_id=life.barnaby, raiser=BARNABY,
            answers=MISSED_BIN | {"bin": ["garden"]},
        )  # fmt: skip
        enquiries.add_note(
            session, advisor, raised.reference, body="Barnaby Quint says that she has moved her bin", now=now
        )
        enquiries.wrap_up(
            session, advisor, call.id, code=WrapUp.ENQUIRY_RAISED, resolved_here=False, note=SAID, now=now
        )
    return raised


SAID = "Barnaby rang about her garden bin"


def request_of(db: Database, life: Life, record: tuple[str, str], clock: FixedClock) -> UUID:
    """Somebody comes to the counter and asks for the copy of one record."""
    with db.transaction() as session:
        request = services.write_down(
            session, life.steward, RightKind.ACCESS, AskedBy.VISIT, name="At the counter", now=clock.now()
        )
        services.show_identity(session, life.steward, request, how="Passport", now=clock.now())
        services.add_record(session, life.steward, request, *record, reason="Bill shown", now=clock.now())
    return request


def test_what_another_asked_for_them_is_in_their_copy_without_the_other(
    loaded: Database, life: Life, for_her: EnquiryRow, clock: FixedClock
) -> None:
    copy = copy_of(loaded, life, asked(loaded, life, clock), clock)
    row = next(one for one in copy.rows("enquiries") if one["reference"] == for_her.reference)
    assert (row["asked_by"], row["acting_as"]) == ("You, or somebody who acts for you", "attorney")
    assert {row[name] for name in ("name", "email", "phone")} == {"[about somebody else]"}
    assert "garden" in row["answers"]["bin"]
    notes = [one["text"] for one in copy.rows("timeline") if one["reference"] == for_her.reference]
    assert "[about somebody else] says that she has moved her bin" in notes
    assert [one["note"] for one in copy.rows("contacts") if "garden" in one["note"]] == [
        "[about somebody else] rang about her garden bin"
    ]
    for anothers in ("Barnaby", "Quint", "barnaby@resident.example", "TEN-00771/2"):
        assert anothers not in copy.whole
    assert not telephone_in(copy.whole, "900456")


def test_whoever_asked_for_another_gets_that_they_did_and_nothing_about_the_other(
    loaded: Database, life: Life, for_her: EnquiryRow, clock: FixedClock
) -> None:
    copy = copy_of(loaded, life, request_of(loaded, life, ("housing", "TEN-00771/2"), clock), clock)
    (row,) = copy.rows("acted-enquiries")
    assert (row["reference"], row["name"], row["acting_as"]) == (for_her.reference, "Barnaby Quint", "attorney")
    assert row["what_it_says"] == "[about somebody else]"
    assert copy.rows("enquiries") == copy.rows("timeline") == copy.rows("handoffs") == []
    assert [(one["name"], one["note"]) for one in copy.rows("contacts")] == [("Barnaby Quint", "[about somebody else]")]
    for hers in ("Josephine", "Tallis", "garden", "700000001"):
        assert hers not in copy.whole


def test_erasing_the_one_leaves_what_is_the_others(
    loaded: Database, life: Life, for_her: EnquiryRow, clock: FixedClock
) -> None:
    with loaded.transaction() as session:
        enquiries.withdraw(
            session, life.council.advisor, for_her.reference, reason="It came", version=None, now=clock.now()
        )
        session.execute(text("UPDATE message SET status = 'sent', sent_at = created_at"))
    erase(loaded, life, ("housing", "TEN-00771/2"), clock)
    said = facts(loaded, for_her)
    assert (said["raiser_name"], said["raiser_email"], said["source_record_id"]) == ("(erased)", "", None)
    assert said["answers"]["bin"] == ["garden"], "that is hers"
    assert said["concerns_record_id"] == life.tax
    with loaded.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM message WHERE to_address = 'barnaby@resident.example'")) == 0
        call = session.execute(text("SELECT caller_name, note FROM contact WHERE note <> ''")).one()
    assert tuple(call) == ("(erased)", SAID)
    erase(loaded, life, ("council-tax", "700000001-1"), clock)
    assert facts(loaded, for_her)["answers"] == {}
    with loaded.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM contact WHERE note <> ''")) == 0


def erase(db: Database, life: Life, record: tuple[str, str], clock: FixedClock) -> None:
    with db.transaction() as session:
        request = services.write_down(
            session, life.steward, RightKind.ERASURE, AskedBy.VISIT, name="At the counter", now=clock.now()
        )
        services.show_identity(session, life.steward, request, how="Passport", now=clock.now())
        services.add_record(session, life.steward, request, *record, reason="Bill shown", now=clock.now())
    services.carry_out(db, life.steward, request, clock=clock)


def facts(db: Database, one: EnquiryRow) -> Any:
    with db.reading() as session:
        return session.execute(text("SELECT * FROM enquiry WHERE id = :e"), {"e": one.id}).mappings().one()


def unfiled(db: Database, life: Life, clock: FixedClock, raiser: Raiser) -> str:
    """Sent without an account or a record."""
    with db.transaction() as session:
        return missed_bin(session, life.council.colleague, now=clock.now(), raiser=raiser).reference


def test_what_came_from_a_confirmed_address_in_their_name_is_theirs_and_in_another_name_is_not(
    loaded: Database, life: Life, clock: FixedClock
) -> None:
    hers = unfiled(loaded, life, clock, JO)
    partner = unfiled(loaded, life, clock, Raiser("Robin Ashdown", "jo.bloggs@example.com", "07700 900999"))
    short = unfiled(loaded, life, clock, Raiser("Jo", "jo.bloggs@example.com"))
    elsewhere = unfiled(loaded, life, clock, Raiser("Jo Bloggs", "somebody@example.com"))
    copy = copy_of(loaded, life, asked(loaded, life, clock), clock)
    found = {one["reference"] for one in copy.rows("enquiries")}
    assert hers in found
    assert found.isdisjoint({partner, short, elsewhere})
    (searched,) = [one for one in copy.said["searched"] if one["by"] == "e-mail address"]
    assert searched["value"] == "jo.bloggs@example.com"
    assert searched["found"] == 2, "the enquiry and the call in which it was raised"
    assert searched["left_out_as_in_another_name"] == 4
    for anothers in ("Robin", "Ashdown"):
        assert anothers not in copy.whole
    assert not telephone_in(copy.whole, "900999")


def test_an_address_that_is_only_said_finds_nothing(loaded: Database, life: Life, clock: FixedClock) -> None:
    reference = unfiled(loaded, life, clock, JO)
    with loaded.transaction() as session:
        session.execute(
            text("UPDATE account SET email_confirmed_at = NULL, phone = '07700 900123' WHERE id = :a"),
            {"a": life.jo.account_id},
        )
    copy = copy_of(loaded, life, asked(loaded, life, clock), clock)
    assert reference not in copy.whole
    assert [one["by"] for one in copy.said["searched"]] == ["account", "record", "record"]
    assert "nobody has shown to be yours" in copy.said["not_searched"]
    assert "nobody has shown to be yours" in " ".join(copy.paper.split())


def test_a_number_that_was_shown_finds_what_came_from_it_however_it_is_written(
    loaded: Database, life: Life, clock: FixedClock
) -> None:
    reference = unfiled(loaded, life, clock, Raiser("Josephine Tallis", "", "+44 7700 900 123"))
    request = request_of(loaded, life, ("council-tax", "700000001-1"), clock)
    before = copy_of(loaded, life, request, clock)
    assert reference not in before.whole
    with loaded.transaction() as session:
        services.add_address(
            session,
            life.steward,
            request,
            "07700 900123",
            reason="Rang back on it while she stood here",
            now=clock.now(),
        )
    copy = copy_of(loaded, life, request, clock)
    assert reference in {one["reference"] for one in copy.rows("enquiries")}
    assert ("telephone number", 2) in {(one["by"], one.get("found")) for one in copy.said["searched"]}
    with loaded.transaction() as session:
        services.drop_address(session, life.steward, request, "07700900123", now=clock.now())
    assert reference not in copy_of(loaded, life, request, clock).whole


def test_an_address_counts_only_when_it_is_known_who_they_are_and_how_it_was_shown(
    loaded: Database, life: Life, clock: FixedClock
) -> None:
    with loaded.transaction() as session:
        request = services.write_down(
            session, life.steward, RightKind.ACCESS, AskedBy.LETTER, name="Jo", now=clock.now()
        )
    with pytest.raises(Conflict, match="who they are"), loaded.transaction() as session:
        services.add_address(session, life.steward, request, "jo@example.com", reason="x", now=clock.now())
    with loaded.transaction() as session:
        services.show_identity(session, life.steward, request, how="Passport", now=clock.now())
    for address, reason in (("jo@example.com", " "), ("nonsense", "Shown"), ("", "Shown")):
        with pytest.raises(Invalid), loaded.transaction() as session:
            services.add_address(session, life.steward, request, address, reason=reason, now=clock.now())


def test_what_was_found_by_an_address_is_erased_too_and_blocked_addresses_with_it(
    loaded: Database, life: Life, clock: FixedClock
) -> None:
    reference = unfiled(loaded, life, clock, JO)
    with loaded.transaction() as session:
        enquiries.withdraw(session, life.council.advisor, reference, reason="It came", version=None, now=clock.now())
        session.execute(text(
            "INSERT INTO suppressed_address (address, reason, since, detail) VALUES ('jo.bloggs@example.com', 'hard_bounce', now(), '')"
        ))  # fmt: skip
        session.execute(text("UPDATE message SET status = 'sent', sent_at = created_at"))
        request = services.ask(session, life.jo, RightKind.ERASURE, now=clock.now())
    services.carry_out(loaded, life.steward, request, clock=clock)
    with loaded.reading() as session:
        assert (
            session.scalar(text("SELECT raiser_name FROM enquiry WHERE reference = :r"), {"r": reference}) == "(erased)"
        )
        assert session.scalar(text("SELECT count(*) FROM suppressed_address")) == 0
        assert (
            session.scalar(text("SELECT count(*) FROM rights_request WHERE state = :s"), {"s": RequestState.MET}) == 1
        )


def test_a_block_full_of_neighbours_is_kept_out_of_a_long_history_quickly() -> None:
    """A thousand names and twenty thousand lines: asked name by name this took minutes."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = tuple(
        f"{letters[n % 26].upper()}{letters[n // 26 % 26]}{letters[n // 676]}en Quarm{n}" for n in range(1000)
    )
    subject = Subject(others=tuple(sorted(names, key=lambda name: (-len(name), name))))
    began = time.process_time()
    told = [subject.masked(f"Rang about the bin with {names[n % 1000]} again, call {n}") if n % 100 == 0 else
            subject.masked(f"Rang about the bin, call {n}") for n in range(20_000)]  # fmt: skip
    assert time.process_time() - began < 5
    assert told[100] == "Rang about the bin with [about somebody else] again, call 100"
    assert told[1] == "Rang about the bin, call 1"
