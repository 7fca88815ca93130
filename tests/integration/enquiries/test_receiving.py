"""Taking in an enquiry: reference, promise, queue, trail, and the message that leaves with it."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from app.audit import queries as audit
from app.enquiries import queries, services
from app.enquiries.enums import Channel, EntryKind, State, Visibility
from app.enquiries.errors import PossibleDuplicate
from app.enquiries.rows import Raiser
from app.kernel import references
from app.kernel.actors import PUBLIC
from app.kernel.clock import FixedClock
from app.kernel.errors import Invalid, NotAllowed
from app.notifications import queries as notifications
from app.sla import queries as sla
from tests.support.council import MISSED_BIN, OTHER_UPRN, RAISER, Council, missed_bin


def test_an_enquiry_gets_a_reference_a_promise_and_a_queue_with_readers(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    assert references.parse(row.reference, "FP") == row.reference
    assert row.promised_at == row.first_promised_at == datetime(2026, 3, 13, 17, tzinfo=UTC)
    assert (row.state, row.queue_name, row.unit_name) == (State.TRIAGE, "Waste intake", "Waste Services")
    assert row.next_action_at == datetime(2026, 3, 12, 17, tzinfo=UTC)


def test_it_leaves_a_line_for_the_customer_a_trail_and_running_clocks(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    lines = queries.entries(session, council.advisor, row.reference)
    assert [(line.kind, line.visibility) for line in reversed(lines)] == [
        (EntryKind.RECEIVED, Visibility.PUBLIC), (EntryKind.QUEUED, Visibility.PUBLIC), (EntryKind.TOLD, Visibility.INTERNAL),
    ]  # fmt: skip
    assert {entry.action for entry in audit.trail(session, "enquiry", row.id).items} >= {
        "enquiry.received",
        "enquiry.queued",
    }
    assert {clock.measure.value for clock in sla.clocks(session, row.reference)} == {
        "first_response",
        "next_update",
        "resolution",
    }


def test_the_one_who_asked_is_told_where_it_is_in_their_language(
    session: Session, council: Council, clock: FixedClock
) -> None:
    raiser = Raiser("Jo Bloggs", "jo@example.com", locale="fr")
    row = missed_bin(session, council.resident, now=clock.now(), raiser=raiser)
    (message,) = notifications.messages_about(session, "enquiry", row.id)
    assert (message.template, message.to_address, message.locale) == ("enquiry_received", "jo@example.com", "fr")
    assert row.reference in message.subject
    assert f"/track/{row.reference}" in message.text


def test_without_an_address_nothing_is_sent_and_the_timeline_says_so(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.advisor, now=clock.now(), raiser=Raiser("Jo Bloggs"))
    assert notifications.messages_about(session, "enquiry", row.id) == ()
    assert EntryKind.NOT_TOLD in {line.kind for line in queries.entries(session, council.advisor, row.reference)}


def test_an_acknowledgement_is_not_a_first_response(session: Session, council: Council, clock: FixedClock) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    assert row.last_customer_contact_at is None
    assert all(clock.met_at is None for clock in sla.clocks(session, row.reference))


def test_everything_that_is_wrong_is_said_at_once(session: Session, council: Council, clock: FixedClock) -> None:
    answers = MISSED_BIN | {"property": "999", "collection_day": "yesterday", "bin": []}
    with pytest.raises(Invalid) as refused:
        missed_bin(session, council.resident, now=clock.now(), answers=answers, raiser=Raiser(" ", "jo", "ring me"))
    assert refused.value.errors.keys() == {
        "property", "collection_day", "bin", "raiser_name", "raiser_email", "raiser_phone",
    }  # fmt: skip


def test_online_an_address_is_needed_to_answer_to(session: Session, council: Council, clock: FixedClock) -> None:
    with pytest.raises(Invalid) as refused:
        missed_bin(session, PUBLIC, now=clock.now(), raiser=Raiser("Jo"), channel=Channel.WEB)
    assert refused.value.errors.keys() == {"raiser_email"}


def test_the_same_form_sent_twice_is_one_enquiry_and_one_message(
    session: Session, council: Council, clock: FixedClock
) -> None:
    first = missed_bin(session, council.resident, now=clock.now(), client_token="form-1")
    again = missed_bin(session, council.resident, now=clock.now(), client_token="form-1")
    assert again.reference == first.reference
    assert len(notifications.messages_about(session, "enquiry", first.id)) == 1
    other = missed_bin(session, council.neighbour, now=clock.now(), client_token="form-1")
    assert other.reference != first.reference


def test_an_advisor_is_warned_of_one_that_is_open_for_the_property(
    session: Session, council: Council, clock: FixedClock
) -> None:
    first = missed_bin(session, council.resident, now=clock.now())
    with pytest.raises(PossibleDuplicate) as warned:
        missed_bin(session, council.advisor, now=clock.now(), accept_duplicate=False)
    assert warned.value.references == (first.reference,)
    assert missed_bin(session, council.advisor, now=clock.now(), accept_duplicate=True).reference != first.reference
    elsewhere = MISSED_BIN | {"property": OTHER_UPRN}
    assert missed_bin(session, council.advisor, now=clock.now(), accept_duplicate=False, answers=elsewhere)


def test_a_resident_files_under_their_own_account_and_nothing_else(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.resident, now=clock.now(), account_id=council.neighbour.account_id)
    assert (row.account_id, row.source_record_id) == (council.resident.account_id, None)


def test_an_advisor_files_under_a_record_only_when_the_caller_was_verified_for_it(
    session: Session, council: Council, clock: FixedClock
) -> None:
    call = services.open_contact(session, council.advisor, channel=Channel.PHONE, now=clock.now())
    for contact_id in (None, call.id):
        with pytest.raises(NotAllowed, match="not been verified"):
            missed_bin(session, council.advisor, now=clock.now(), source_record_id=uuid4(), contact_id=contact_id)
    with pytest.raises(NotAllowed, match="holder of an account"):
        missed_bin(session, council.advisor, now=clock.now(), account_id=council.resident.account_id)


def test_unverified_it_is_filed_under_nothing_but_its_contact_details(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.advisor, now=clock.now())
    assert (row.account_id, row.source_record_id, row.raiser) == (None, None, RAISER)
    assert row.received_by == "Ada Visor"


def test_answers_read_as_they_were_asked(session: Session, council: Council, clock: FixedClock) -> None:
    row = missed_bin(session, council.advisor, now=clock.now())
    texts = {answer.question_id: answer.text for answer in row.answers}
    assert texts["bin"] == "General waste"
    assert texts["property"].startswith("1 High Street")
    assert row.answers[0].question_id == "property"
