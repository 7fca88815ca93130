"""Messages are written with the change and dropped with it; accounts' messages carry working links."""

import pytest
from sqlalchemy.orm import Session

from app.accounts import services as accounts
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from app.notifications import queries, services
from app.notifications.enums import MessageStatus, SuppressionReason, Template
from tests.integration.notifications.letters import a_letter


def test_a_message_is_written_whole(session: Session, clock: FixedClock) -> None:
    enquiry = new_id()
    key = a_letter(session, clock.now(), about=("enquiry", enquiry))

    (row,) = queries.messages_about(session, "enquiry", enquiry)

    assert (row.id, row.status, row.to_address, row.attempts) == (key, MessageStatus.CREATED, "riley@example.org", 0)
    assert row.subject == "We have your enquiry FP-7K3Q-92MX"
    assert "http://127.0.0.1:8000/enquiries/FP-7K3Q-92MX" in row.text


def test_a_change_that_is_rolled_back_sends_nothing(db: Database, clock: FixedClock) -> None:
    enquiry = new_id()

    def change_that_fails() -> None:
        with db.transaction() as session:
            a_letter(session, clock.now(), about=("enquiry", enquiry))
            raise NotFound

    with pytest.raises(NotFound):
        change_that_fails()

    with db.reading() as session:
        assert queries.messages_about(session, "enquiry", enquiry) == ()


def test_the_same_key_queues_one_message(session: Session, clock: FixedClock) -> None:
    enquiry = new_id()
    first = a_letter(session, clock.now(), about=("enquiry", enquiry), dedupe_key="received:1")
    second = a_letter(session, clock.now(), about=("enquiry", enquiry), dedupe_key="received:1")

    assert first == second
    assert len(queries.messages_about(session, "enquiry", enquiry)) == 1


def test_registering_writes_the_confirmation_in_the_residents_language(session: Session, clock: FixedClock) -> None:
    account = accounts.register_resident(
        session, "riley@example.org", "Riley Stone", "three blue otters", "fr", now=clock.now()
    )

    (row,) = queries.messages_about(session, "account", account.id)

    assert (row.template, row.locale, row.account_id) == (Template.CONFIRM_EMAIL, "fr", account.id)
    assert "http://127.0.0.1:8000/confirm/" in row.text
    assert "Riley" not in row.text


def test_an_address_can_be_suppressed_and_let_in_again(session: Session, clock: FixedClock) -> None:
    services.suppress(session, "Gone@Example.org", SuppressionReason.HARD_BOUNCE, now=clock.now())
    services.suppress(session, "gone@example.org", SuppressionReason.ASKED, now=clock.now())
    assert queries.is_suppressed(session, "GONE@example.org")

    assert services.lift_suppression(session, SYSTEM, "gone@example.org", now=clock.now())

    session.flush()
    assert not queries.is_suppressed(session, "gone@example.org")
    assert not services.lift_suppression(session, SYSTEM, "gone@example.org", now=clock.now())
