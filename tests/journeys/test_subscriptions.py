"""A resident follows and stops, an officer writes to everybody who follows, an advisor starts it for somebody: by keyboard alone."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from app.accounts import queries as accounts
from app.kernel.actors import Actor, ActorKind, Role
from app.kernel.clock import SystemClock
from app.seeds import demo
from app.subscriptions import jobs, services
from tests.journeys.keyboard import Keyboard
from tests.support.browser import Person
from tests.support.live import Live
from tests.support.mail import links_in

pytestmark = pytest.mark.browser
SOMEBODY = text(
    "SELECT l.golden_id FROM link l JOIN golden_record g ON g.id = l.golden_id JOIN source_record r ON r.id = l.source_record_id "
    "WHERE g.kind = 'person' AND NOT g.restricted AND g.size = 1 "
    "AND NOT EXISTS (SELECT FROM subscription s JOIN link k ON k.source_record_id = s.source_record_id WHERE k.golden_id = g.id) "
    "ORDER BY md5(r.key) LIMIT 1"
)


def test_a_resident_follows_and_stops(town: Live, visitor: Person) -> None:
    hers = Keyboard(visitor)
    hers.signs_in(demo.RESIDENT.email, demo.RESIDENT.password)
    visitor.goes_to("/account")
    hers.follows("Updates you follow", "a")
    visitor.sees("Road works")
    hers.follows("Follow what I have ticked", "button")
    visitor.sees("There is a problem")
    hers.ticks("Library news")
    hers.ticks("Planning near you")
    hers.types("Only for one postcode area", "ZF1")
    hers.follows("Follow what I have ticked", "button")
    visitor.sees("You now follow: Library news, Planning near you")
    visitor.sees("for ZF1 only")
    for topic in ("Library news", "Planning near you"):
        hers.ticks(topic)
    hers.follows("Stop what I have ticked", "button")
    visitor.sees("You have stopped 2 updates.")


def test_an_officer_sends_a_bulletin_and_its_reader_stops_by_the_link(
    town: Live, visitor: Person, colleague: Callable[[str], Person], width: int
) -> None:
    follows_bins(town)
    officer = colleague("officer")
    keys = Keyboard(officer)
    officer.goes_to("/console")
    keys.follows("Topics and bulletins", "a")
    keys.follows("Bin collections", "a")
    keys.follows("Write a bulletin", "a")
    keys.types("Subject", "No collection on Monday")
    keys.follows("Save and look at it", "button")
    officer.sees("There is a problem")
    keys.types("Bulletin", f"It is a holiday. We come on Tuesday by {width // 40}.")
    keys.follows("Save and look at it", "button")
    officer.sees("What it looks like")
    officer.sees("because you follow: Bin collections")
    officer.sees("We have no e-mail address")
    keys.follows("Send it to", "button")
    officer.sees("It is being sent")
    jobs.send_bulletins(town.runtime)
    jobs.send_bulletins(town.runtime)
    officer.goes_to(officer.page.url)
    officer.sees("Could not be reached")
    letter = town.mail.inbox.wait_for(demo.RESIDENT.email, f"Tuesday by {width // 40}.", seconds=60)
    (link,) = links_in(letter)
    hers = Keyboard(visitor)
    visitor.goes_to("/" + link.split("/", 3)[3])
    visitor.sees("You follow: Bin collections")
    hers.follows("Stop these updates", "button")
    visitor.sees("You do not get these updates any more")


def test_an_advisor_starts_it_for_somebody_who_wrote_in_and_stops_it(
    town: Live, colleague: Callable[[str], Person]
) -> None:
    with town.database.reading() as session:
        somebody = session.scalar(SOMEBODY)
    advisor = colleague("advisor3")
    keys = Keyboard(advisor)
    advisor.goes_to(f"/console/customers/{somebody}?purpose=call")
    keys.follows("Updates they follow", "a")
    advisor.sees("They follow nothing")
    keys.picks("Topic", "Road works")
    keys.finds("How did they agree?", "[type=radio]")
    for _ in range(2):
        advisor.page.keyboard.press("ArrowDown")
    keys.follows("Start it", "button")
    advisor.sees("Say where the letter can be found")
    keys.types("Where can it be shown?", "Post book 31")
    keys.follows("Start it", "button")
    advisor.sees("Written down. They follow it from now on.")
    advisor.sees("(Post book 31)")
    keys.follows("Stop it", "a")
    keys.ticks("On the phone")
    keys.follows("Stop it", "button")
    advisor.sees("Nothing more is sent to them about it")


def follows_bins(town: Live) -> None:
    with town.database.transaction() as session:
        account = accounts.by_email(session, demo.RESIDENT.email)
        assert account is not None
        hers = Actor(ActorKind.RESIDENT, account.id, account.name, frozenset({Role.RESIDENT}))
        services.follow(session, hers, ["bin-collections"], now=SystemClock().now())
