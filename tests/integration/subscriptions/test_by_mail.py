"""To a real mail server: with a way to stop in the letter and in its headers; and nothing leaves that is not wanted any more."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from app.config import Settings
from app.customers import services as customer_services
from app.kernel.actors import SYSTEM
from app.notifications.channels.email import EmailChannel
from app.notifications.delivery import Delivered, deliver_due
from app.subscriptions import queries, services
from app.subscriptions.enums import Ending
from app.subscriptions.rows import BulletinRow, Progress
from tests.integration.subscriptions.conftest import Place
from tests.support.mail import MailServer, links_in, text_of

JO, NED, JOSIE = "jo.bloggs@example.com", "ned.neighbour@example.com", "josie@resident.example"


@pytest.fixture
def mail() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def channel(mail: MailServer, settings: Settings) -> EmailChannel:
    return EmailChannel(settings.model_copy(update={"smtp_port": mail.port}))


def progress(place: Place, bulletin: BulletinRow) -> Progress:
    with place.db.reading() as session:
        return queries.progress(session, bulletin.id)


def test_it_arrives_with_a_link_that_ends_it_without_signing_in(
    place: Place, mail: MailServer, channel: EmailChannel, client: FlaskClient
) -> None:
    jo = place.council.resident
    place.follows(jo)
    made = place.sends()
    for _ in range(2):
        deliver_due(place.db, channel, place.clock)
    (letter,) = mail.inbox.to(JO)
    assert letter["Subject"] == "Late on Friday"
    assert text_of(letter).startswith("Hello Jo Bloggs,")
    assert "because you follow: Bin collections" in text_of(letter)
    (link,) = links_in(letter)
    assert letter["List-Unsubscribe"] == f"<{link}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert progress(place, made) == Progress(1, 0, 1, 0, 0)
    path = "/" + link.split("/", 3)[3]
    assert "Bin collections" in client.get(path).get_data(as_text=True)
    assert len(place.of(jo)) == 1, "a mail scanner that looks at the link ends nothing"
    assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code in {200, 303}
    assert place.of(jo) == ()
    assert jo.account_id
    with place.db.reading() as session:
        assert queries.ended_for(session, [], [jo.account_id])[0].ended_how is Ending.LINK


def test_what_waits_in_the_outbox_does_not_leave_once_they_have_stopped(
    place: Place, mail: MailServer, channel: EmailChannel
) -> None:
    jo, ned = place.council.resident, place.council.neighbour
    place.follows(jo, ned)
    made = place.sends()
    with place.db.transaction() as session:
        services.stop(session, ned, [place.of(ned)[0].id], now=place.clock.now())
    assert deliver_due(place.db, channel, place.clock) == Delivered(sent=1)
    assert [str(one["To"]) for one in mail.inbox.messages] == [JO]
    assert progress(place, made) == Progress(2, 0, 1, 0, 1)


def test_what_waits_in_the_outbox_does_not_leave_once_it_is_stopped(
    place: Place, mail: MailServer, channel: EmailChannel
) -> None:
    place.follows(place.council.resident, place.council.neighbour)
    made = place.begins()
    place.batch(made, most=1)
    deliver_due(place.db, channel, place.clock)
    place.batch(made, most=1)
    with place.db.transaction() as session:
        services.stop_sending(session, place.council.officer, made.id, now=place.clock.now())
    deliver_due(place.db, channel, place.clock)
    assert len(mail.inbox.messages) == 1
    assert progress(place, made) == Progress(2, 0, 1, 0, 1)


def test_what_waits_in_the_outbox_does_not_leave_for_who_has_been_restricted(
    place: Place, mail: MailServer, channel: EmailChannel
) -> None:
    place.by_letter(place.one)
    place.by_letter(place.other)
    place.sends()
    with place.db.transaction() as session:
        customer_services.restrict(session, SYSTEM, place.one, reason="A refuge", now=place.clock.now())
    deliver_due(place.db, channel, place.clock)
    assert mail.inbox.to(JOSIE) == []
    assert len(mail.inbox.messages) == 1


def test_a_refused_address_is_counted_and_written_to_no_more(
    place: Place, mail: MailServer, channel: EmailChannel
) -> None:
    place.follows(place.council.resident, place.council.neighbour)
    mail.inbox.refusing[NED] = "550 No such mailbox"
    made = place.sends()
    deliver_due(place.db, channel, place.clock)
    assert progress(place, made) == Progress(2, 0, 1, 1, 0)
    assert place.sends().expected == 1
