"""The case of 80 days, with the same mistakes: the product objects at the name, alarms the same day, and the customer hears in time."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.kernel.clock import london_date
from tests.journeys.eighty_days import CUSTOMER, DESK, QUEUE, replaying
from tests.support.database import TestServer
from tests.support.mail import text_of, wait_until

pytestmark = pytest.mark.browser


def test_what_took_eighty_days_is_noticed_on_the_first(
    server: TestServer, chromium: Browser, width: int, tmp_path: Path
) -> None:
    with server.copy() as url, replaying(url, tmp_path, chromium, width, lambda _page, _name: None) as replay:
        replay.opens_the_wrongly_named_queue()
        replay.asks()
        replay.moves_it_there()
        moved_on, hear_by = london_date(replay.clock.now()), replay.row().hear_by

        replay.until(replay.clock.now() + timedelta(hours=1))
        alarm = replay.mail_to(DESK, QUEUE)
        assert "none of whose people can open it" in text_of(alarm)
        assert london_date(replay.clock.now()) == moved_on, "the alarm comes on the same working day"
        replay.looks_at_the_alarm()

        inbox = replay.live.mail.inbox
        before = len(inbox.to(CUSTOMER))
        replay.until(hear_by)
        wait_until(lambda: len(inbox.to(CUSTOMER)) > before, 60, "the customer does not hear within the silence limit")
        promised = inbox.to(CUSTOMER)[before]
        assert replay.row().hear_by > hear_by, "and has a new promise"
        assert replay.reference in str(promised["Subject"]) + text_of(promised)
        assert replay.row().queue_name == "Monitoring desk", "though nobody did anything, it is where somebody looks"

        replay.finds_it()
        assert replay.row().owner_name == "Rev Enue"
        replay.mail_to(CUSTOMER, "someone new")
        assert replay.clock.now() - replay.row().received_at < timedelta(days=10)
