"""An enquiry made by phone is filed under the record that the caller was verified for; who proves to be that person sees it online."""

from pathlib import Path
from uuid import UUID

import pytest

from app.customers import queries as customers
from app.customers import services as customer_services
from app.enquiries import queries, services
from app.enquiries.enums import Channel
from app.enquiries.rows import EnquiryRow
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import NotAllowed, NotFound
from app.kernel.paging import PageRequest
from tests.support.council import Council, missed_bin
from tests.support.customers import party, write_tax

RIGHT = {"date_of_birth": "12/03/1980", "postcode": "ZF1 2AB"}
WRONG = {"date_of_birth": "13/03/1980", "postcode": "ZF1 2AB"}


@pytest.fixture
def record(db: Database, clock: FixedClock, council: Council, tmp_path: Path) -> UUID:
    """Josephine Tallis, as the council-tax system has her."""
    customer_services.ingest_file(db, "council-tax", write_tax(tmp_path / "tax.csv", [party()]), clock=clock)
    with db.reading() as session:
        found_record = customers.record_by_key(session, "council-tax", "700000001-1")
    assert found_record is not None
    return found_record


@pytest.fixture
def by_phone(db: Database, clock: FixedClock, council: Council, record: UUID) -> EnquiryRow:
    """Raised by an advisor after the caller answered two questions rightly."""
    with db.transaction() as session:
        call = services.open_contact(session, council.advisor, channel=Channel.PHONE, now=clock.now())
        customer_services.verify(session, council.advisor, record, RIGHT, contact_ref=str(call.id), now=clock.now())
        services.identify_caller(session, council.advisor, call.id, source_record_id=record, now=clock.now())
        return missed_bin(session, council.advisor, now=clock.now(), contact_id=call.id, source_record_id=record)


def test_it_is_filed_under_the_record_and_shows_in_its_story(db: Database, record: UUID, by_phone: EnquiryRow) -> None:
    assert (by_phone.source_record_id, by_phone.account_id) == (record, None)
    with db.reading() as session:
        story = queries.timeline_for(session, source_record_ids=[record])
        (open_one,) = queries.open_for(session, source_record_ids=[record])
    assert open_one.reference == by_phone.reference
    assert [line.kind for line in story] == ["contact", "enquiry"] or [line.kind for line in story] == [
        "enquiry",
        "contact",
    ]


def test_wrong_answers_file_nothing_under_the_record(
    db: Database, clock: FixedClock, council: Council, record: UUID
) -> None:
    with db.transaction() as session:
        call = services.open_contact(session, council.advisor, channel=Channel.PHONE, now=clock.now())
        customer_services.verify(session, council.advisor, record, WRONG, contact_ref=str(call.id), now=clock.now())
        with pytest.raises(NotAllowed):
            services.identify_caller(session, council.advisor, call.id, source_record_id=record, now=clock.now())
        with pytest.raises(NotAllowed):
            missed_bin(session, council.advisor, now=clock.now(), contact_id=call.id, source_record_id=record)


def test_a_verification_in_one_call_does_not_count_in_the_next(
    db: Database, clock: FixedClock, council: Council, record: UUID, by_phone: EnquiryRow
) -> None:
    with db.transaction() as session:
        call = services.open_contact(session, council.colleague, channel=Channel.PHONE, now=clock.now())
        with pytest.raises(NotAllowed):
            services.identify_caller(session, council.colleague, call.id, source_record_id=record, now=clock.now())


def test_who_proves_to_be_that_person_sees_it_online_and_nobody_else_does(
    db: Database, clock: FixedClock, council: Council, by_phone: EnquiryRow
) -> None:
    assert council.resident.account_id is not None
    with db.reading() as session, pytest.raises(NotFound):
        queries.my_enquiry(session, council.resident, by_phone.reference)
    proof = {
        "council_tax_account": "700000001",
        "family_name": "Tallis",
        "date_of_birth": "12/03/1980",
        "postcode": "ZF1 2AB",
    }
    with db.transaction() as session:
        asked = {question.code for question in customers.proof_questions(session, "council-tax")}
        given = {code: answer for code, answer in proof.items() if code in asked}
        assert customer_services.prove(session, council.resident, "council-tax", given, now=clock.now()).passed
    with db.transaction() as session:
        mine = queries.my_enquiries(session, council.resident.account_id, page=PageRequest())
        assert [row.reference for row in mine.items] == [by_phone.reference]
        services.customer_replied(session, council.resident, by_phone.reference, body="Thank you", now=clock.now())
        with pytest.raises(NotFound):
            queries.my_enquiry(session, council.neighbour, by_phone.reference)
