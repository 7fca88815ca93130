"""From the outbox to a real mail server: each message once, none lost, and what cannot arrive becomes work."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.config import Settings
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.ids import new_id
from app.notifications import jobs, queries, services
from app.notifications.channels.base import Line, Outgoing, TryLater
from app.notifications.channels.email import EmailChannel
from app.notifications.delivery import Delivered, claim, deliver_due
from app.notifications.enums import Channel, MessageStatus, SuppressionReason, Template
from app.notifications.events import NotificationFailed
from tests.integration.notifications.letters import a_letter
from tests.support.mail import MailServer, text_of


@pytest.fixture
def mail() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def channel(mail: MailServer, settings: Settings) -> EmailChannel:
    return EmailChannel(settings.model_copy(update={"smtp_port": mail.port}))


@pytest.fixture
def failures(db: Database) -> list[NotificationFailed]:
    told: list[NotificationFailed] = []
    db.bus.on(NotificationFailed, lambda _session, event: told.append(event))
    return told


def queue(db: Database, clock: FixedClock, *to: str) -> list[UUID]:
    with db.transaction() as session:
        return [a_letter(session, clock.now(), address, about=("enquiry", new_id())) for address in to]


def look(db: Database, key: UUID) -> queries.MessageRow:
    with db.reading() as session:
        found = queries.message(session, key)
        assert found
        return found


def test_a_message_arrives_with_text_html_and_a_stable_id(
    db: Database, clock: FixedClock, mail: MailServer, channel: EmailChannel
) -> None:
    (key,) = queue(db, clock, "riley@example.org")

    assert deliver_due(db, channel, clock) == Delivered(sent=1)

    (letter,) = mail.inbox.messages
    assert letter["To"] == "riley@example.org"
    assert letter["From"] == "Hallowmere City Council <no-reply@firstpoint.example>"
    assert letter["Subject"] == "We have your enquiry FP-7K3Q-92MX"
    assert letter["Message-ID"] == f"<{key}@firstpoint.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "en"
    assert "Friday 13 March 2026" in text_of(letter)
    html = letter.get_body(("html",))
    assert html is not None
    assert "Friday 13 March 2026" in html.get_content()
    assert (look(db, key).status, look(db, key).sent_at) == (MessageStatus.SENT, clock.now())


def test_what_was_sent_is_not_sent_again(
    db: Database, clock: FixedClock, mail: MailServer, channel: EmailChannel
) -> None:
    queue(db, clock, "riley@example.org")
    deliver_due(db, channel, clock)

    assert deliver_due(db, channel, clock) == Delivered()
    assert len(mail.inbox.messages) == 1


def test_a_message_for_later_waits(db: Database, clock: FixedClock, mail: MailServer, channel: EmailChannel) -> None:
    with db.transaction() as session:
        a_letter(session, clock.now(), due_at=clock.now() + timedelta(hours=1))

    assert deliver_due(db, channel, clock) == Delivered()
    clock.advance(timedelta(hours=1))
    assert deliver_due(db, channel, clock) == Delivered(sent=1)


def test_two_deliverers_at_once_send_each_message_once(
    db: Database, clock: FixedClock, mail: MailServer, channel: EmailChannel
) -> None:
    queue(db, clock, *(f"r{number}@example.org" for number in range(60)))
    start = threading.Barrier(2)
    done: list[Delivered] = []

    def work() -> None:
        start.wait()
        while (batch := deliver_due(db, channel, clock, batch=5)) != Delivered():
            done.append(batch)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert Counter(str(letter["To"]) for letter in mail.inbox.messages) == {
        f"r{number}@example.org": 1 for number in range(60)
    }
    assert sum(batch.sent for batch in done) == 60


def test_a_deliverer_does_not_wait_for_rows_that_another_is_claiming(
    db: Database, clock: FixedClock, channel: EmailChannel
) -> None:
    held, free = queue(db, clock, "held@example.org", "free@example.org")
    with db.transaction() as session:
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '120s'"))
        session.execute(text("SELECT 1 FROM message WHERE id = :id FOR UPDATE"), {"id": held})
        claimed: list[UUID] = []
        other = threading.Thread(target=lambda: claimed.extend(mine.id for mine in claim(db, channel, clock.now(), 10)))
        other.start()
        other.join(timeout=60)
        assert claimed == [free]
    other.join()


def test_no_more_are_claimed_than_asked_for_whatever_the_planner_believes(
    db: Database, clock: FixedClock, channel: EmailChannel
) -> None:
    """When it was last looked at the table was empty, so one row is expected of it."""
    queue(db, clock, "gone@example.org")
    with db.transaction() as session:
        session.execute(text("DELETE FROM message"))
        session.execute(text("ANALYZE message"))
    keys = queue(db, clock, *(f"r{number}@example.org" for number in range(5)))

    assert [mine.id for mine in claim(db, channel, clock.now(), batch=2)] == keys[:2]
    assert [mine.id for mine in claim(db, channel, clock.now(), batch=1)] == keys[2:3]


def test_while_the_mail_server_is_away_nothing_is_lost(
    db: Database, clock: FixedClock, mail: MailServer, channel: EmailChannel, failures: list[NotificationFailed]
) -> None:
    keys = queue(db, clock, "one@example.org", "two@example.org", "three@example.org")
    mail.stop()
    assert deliver_due(db, channel, clock) == Delivered(later=3)
    assert {look(db, key).status for key in keys} == {MessageStatus.PENDING}
    assert deliver_due(db, channel, clock.advance(timedelta(seconds=20)) and clock) == Delivered()
    assert deliver_due(db, channel, clock.advance(timedelta(seconds=20)) and clock) == Delivered(later=3)

    mail.start()
    clock.advance(timedelta(seconds=30))

    assert deliver_due(db, channel, clock) == Delivered(sent=3)
    assert sorted(str(letter["To"]) for letter in mail.inbox.messages) == [
        "one@example.org",
        "three@example.org",
        "two@example.org",
    ]
    assert failures == []


def test_a_mail_server_that_goes_away_in_the_middle_gets_the_rest_later(
    db: Database, clock: FixedClock, mail: MailServer, channel: EmailChannel
) -> None:
    queue(db, clock, "one@example.org", "two@example.org", "three@example.org")
    mail.inbox.refusing["two@example.org"] = "421 closing"

    assert deliver_due(db, channel, clock) == Delivered(sent=1, later=2)
    mail.inbox.refusing.clear()
    clock.advance(timedelta(seconds=30))
    assert deliver_due(db, channel, clock) == Delivered(sent=2)
    assert len(mail.inbox.messages) == 3


def test_a_mailbox_that_is_full_is_tried_again_with_growing_pauses(
    db: Database, clock: FixedClock, mail: MailServer, channel: EmailChannel
) -> None:
    full, _fine = queue(db, clock, "full@example.org", "fine@example.org")
    mail.inbox.refusing["full@example.org"] = "452 mailbox full"
    assert deliver_due(db, channel, clock) == Delivered(sent=1, later=1)
    pauses = []
    for _ in range(5):
        pauses.append(look(db, full).next_attempt_at - clock.now())
        clock.move_to(look(db, full).next_attempt_at)
        deliver_due(db, channel, clock)

    assert pauses == [
        timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=4),
    ]  # fmt: skip
    assert look(db, full).last_error == "452 mailbox full"
    mail.inbox.refusing.clear()
    clock.advance(timedelta(hours=4))
    assert deliver_due(db, channel, clock) == Delivered(sent=1)


def test_after_three_days_a_message_is_given_up_and_the_house_is_told(
    db: Database, clock: FixedClock, mail: MailServer, channel: EmailChannel, failures: list[NotificationFailed]
) -> None:
    (key,) = queue(db, clock, "full@example.org")
    mail.inbox.refusing["full@example.org"] = "452 mailbox full"
    clock.advance(timedelta(days=3))

    assert deliver_due(db, channel, clock) == Delivered(failed=1)

    assert look(db, key).status is MessageStatus.TEMPORARY_FAILURE
    assert [event.message_id for event in failures] == [key]


def test_a_mail_server_away_for_three_days_ends_in_a_failure_too(
    db: Database, clock: FixedClock, mail: MailServer, channel: EmailChannel, failures: list[NotificationFailed]
) -> None:
    (key,) = queue(db, clock, "riley@example.org")
    mail.stop()
    clock.advance(timedelta(days=3))

    deliver_due(db, channel, clock)

    assert look(db, key).status is MessageStatus.TEMPORARY_FAILURE
    assert len(failures) == 1


def test_an_address_that_does_not_exist_fails_for_good_and_becomes_work(
    db: Database, clock: FixedClock, mail: MailServer, channel: EmailChannel, failures: list[NotificationFailed]
) -> None:
    gone, _fine = queue(db, clock, "gone@example.org", "fine@example.org")
    mail.inbox.refusing["gone@example.org"] = "550 no such user"

    assert deliver_due(db, channel, clock) == Delivered(sent=1, failed=1)

    row = look(db, gone)
    assert (row.status, row.last_error) == (MessageStatus.PERMANENT_FAILURE, "550 no such user")
    (event,) = failures
    assert (event.message_id, event.about, event.status) == (
        gone,
        (row.about_type, row.about_id),
        MessageStatus.PERMANENT_FAILURE,
    )
    with db.reading() as session:
        assert queries.is_suppressed(session, "gone@example.org")
        assert [stuck.id for stuck in queries.stuck(session, now=clock.now())] == [gone]


def test_a_suppressed_address_is_not_even_tried(
    db: Database, clock: FixedClock, mail: MailServer, channel: EmailChannel, failures: list[NotificationFailed]
) -> None:
    (key,) = queue(db, clock, "Gone@example.org")
    with db.transaction() as session:
        services.suppress(session, "gone@example.org", SuppressionReason.HARD_BOUNCE, now=clock.now())

    assert deliver_due(db, channel, clock) == Delivered(failed=1)
    assert mail.inbox.messages == []
    assert look(db, key).status is MessageStatus.PERMANENT_FAILURE


def test_one_message_that_cannot_be_composed_does_not_stop_the_others(
    db: Database, clock: FixedClock, mail: MailServer, channel: EmailChannel, failures: list[NotificationFailed]
) -> None:
    bad, _fine = queue(db, clock, "no address at all", "fine@example.org")

    assert deliver_due(db, channel, clock) == Delivered(sent=1, failed=1)
    assert look(db, bad).status in {MessageStatus.PERMANENT_FAILURE, MessageStatus.TECHNICAL_FAILURE}
    assert [event.message_id for event in failures] == [bad]


def test_a_deliverer_that_slept_past_its_lease_sends_nothing(
    db: Database, clock: FixedClock, mail: MailServer, channel: EmailChannel
) -> None:
    """It claims, sleeps, and wakes up to find that another has claimed and sent: its own token is stale."""
    (key,) = queue(db, clock, "riley@example.org")

    def another_takes_over() -> None:
        lapse_leases(db)
        assert deliver_due(db, channel, clock) == Delivered(sent=1)

    assert deliver_due(db, Sleeper(channel, another_takes_over), clock) == Delivered()

    assert len(mail.inbox.messages) == 1
    assert look(db, key).status is MessageStatus.SENT


def test_a_message_whose_deliverer_died_is_sent_by_the_next(
    db: Database, clock: FixedClock, mail: MailServer, channel: EmailChannel
) -> None:
    queue(db, clock, "riley@example.org")
    (dead,) = claim(db, channel, clock.now(), batch=10)
    assert deliver_due(db, channel, clock) == Delivered()

    lapse_leases(db)

    (next_one,) = claim(db, channel, clock.now(), batch=10)
    assert next_one.token > dead.token
    lapse_leases(db)
    assert deliver_due(db, channel, clock) == Delivered(sent=1)


def test_no_transaction_is_open_while_a_message_is_being_sent(db: Database, clock: FixedClock) -> None:
    queue(db, clock, "riley@example.org")
    seen: list[int] = []

    class Watching:
        def send(self, message: Outgoing) -> None:
            with db.reading() as session:
                open_ones = (
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
                )
                seen.append(session.scalar(text(open_ones)) or 0)
            raise TryLater("not now")

    deliver_due(db, Given(Watching()), clock)

    assert seen == [0]


def test_links_that_open_an_account_are_wiped_once_sent(
    db: Database, clock: FixedClock, mail: MailServer, channel: EmailChannel
) -> None:
    with db.transaction() as session:
        key = services.queue_message(
            session, Template.RESET_PASSWORD, to="riley@example.org", locale="en",
            context={"name": "Riley", "path": "/new-password/secret-token", "hours": 2}, now=clock.now(),
        )  # fmt: skip

    deliver_due(db, channel, clock)

    assert "secret-token" in text_of(mail.inbox.messages[0])
    assert look(db, key).text == ""


def test_the_job_empties_the_outbox_batch_after_batch(
    db: Database, clock: FixedClock, mail: MailServer, settings: Settings
) -> None:
    queue(db, clock, *(f"r{number}@example.org" for number in range(120)))
    house = House(settings.model_copy(update={"smtp_port": mail.port}), db, clock)

    assert jobs.JOBS[0].run(house) == "120 sent, 0 failed, 0 to try later"
    assert jobs.JOBS[0].run(house) == ""


@dataclass(frozen=True)
class House:
    """As much of the Runtime as the job looks at."""

    settings: Settings
    database: Database
    clock: FixedClock


@dataclass
class Given:
    """A channel that is one line."""

    line: Line
    kind: Channel = Channel.EMAIL

    @contextmanager
    def open(self) -> Iterator[Line]:
        yield self.line


@dataclass
class Sleeper:
    """A real channel that something happens to between the claim and the first message."""

    channel: EmailChannel
    meanwhile: object = field(repr=False)
    kind: Channel = Channel.EMAIL

    def open(self) -> AbstractContextManager[Line]:
        assert callable(self.meanwhile)
        self.meanwhile()
        return self.channel.open()


def lapse_leases(db: Database) -> None:
    """As if a minute and a half had passed on the database's clock."""
    with db.transaction() as session:
        _lapse(session)


def _lapse(session: Session) -> None:
    session.execute(
        text("UPDATE message SET lease_until = clock_timestamp() - interval '1 second' WHERE lease_until IS NOT NULL")
    )
