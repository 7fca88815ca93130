"""What hangs on an enquiry, without a mouse: urgent, tasks, files, joining and splitting, and notes that no customer ever reads."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import text

from app.accounts import queries as accounts
from app.customers import queries as customers
from app.enquiries import services as enquiries
from app.enquiries.enums import Channel
from app.enquiries.rows import Raiser
from app.kernel.actors import Actor, ActorKind
from app.kernel.clock import SystemClock, london_date
from app.seeds import staff
from tests.journeys.keyboard import Keyboard
from tests.support.browser import Person
from tests.support.live import Live

pytestmark = pytest.mark.browser
NOTE = "Neighbours say the crew cannot turn round there."
MESSAGE = "The crew comes back on Thursday morning."


@pytest.fixture
def raised(town: Live, width: int) -> str:
    """A missed bin that the advisor took down and has."""
    return raise_one(town, width)


def raise_one(town: Live, width: int) -> str:
    now = SystemClock().now()
    with town.database.transaction() as session:
        row = accounts.by_email(session, f"advisor@{staff.DOMAIN}")
        assert row is not None
        advisor = Actor(ActorKind.STAFF, row.id, row.name, frozenset(row.roles))
        home = customers.search_properties(session, "ZF1")[0]
        answers = {
            "property": home.uprn, "bin": ["refuse"], "collection_day": f"{now:%Y-%m-%d}", "out_in_time": "yes", "whole_street": "no",
        }  # fmt: skip
        made = enquiries.receive(
            session, advisor, service="missed-bin", answers=answers, raiser=Raiser("Josephine Merriweather", mail_of(width)),
            channel=Channel.PHONE, client_token=str(uuid4()), accept_duplicate=True, now=now,
        )  # fmt: skip
        enquiries.assign(session, advisor, made.reference, to_account=row.id, version=None, now=now)
    return made.reference


def mail_of(width: int) -> str:
    return f"josephine.tools{width}@resident.example"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    found = tmp_path / "gate.jpeg"
    found.write_bytes(out.getvalue())
    return found


def unfolds(hands: Keyboard, title: str) -> None:
    """Open a part of the page that is folded away."""
    hands.finds(title, "summary")
    hands.page.keyboard.press("Enter")


def dates(hands: Keyboard, legend: str, days: int) -> None:
    """Write a day, so many days from now, into its three boxes."""
    day = london_date(SystemClock().now()) + timedelta(days=days)
    for part, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        hands.types(f"{legend}: {part}", str(number))


def chooses_file(hands: Keyboard, name: str, path: Path) -> None:
    """The keyboard reaches the field; the dialogue behind it is the browser's own, and gets its answer at once."""
    hands.finds(name, "[type=file]")
    hands.page.locator("[type=file]:focus").set_input_files(path)


def opens(person: Person, reference: str) -> Keyboard:
    person.goes_to(f"/console/enquiries/{reference}")
    return Keyboard(person)


def test_urgent_is_asked_for_authorised_and_seen_in_the_list(
    colleague: Callable[[str], Person], raised: str, width: int
) -> None:
    advisor, leader = colleague("advisor"), colleague("leader")
    hands = opens(advisor, raised)
    unfolds(hands, "Mark it urgent")
    hands.types("Why is it urgent?", "Clinical waste lies in the road")
    dates(hands, "By when must it be dealt with?", 2)
    hands.follows("Mark it urgent")
    advisor.sees("asks to treat it as urgent")
    advisor.sees("It waits for somebody with the authority")
    decides = opens(leader, raised)
    decides.follows("It is urgent")
    leader.sees("authorised by")
    advisor.goes_to("/console/enquiries/urgent")
    advisor.sees(raised)
    ends = opens(advisor, raised)
    unfolds(ends, "It is not urgent any more")
    ends.types("Why?", "It is cleared")
    ends.follows("It is not urgent any more")
    advisor.sees("It is an ordinary enquiry again")


def test_open_tasks_stand_in_the_way_of_finishing_until_somebody_says_that_they_need_not_be_done(
    colleague: Callable[[str], Person], raised: str
) -> None:
    advisor = colleague("advisor")
    hands = opens(advisor, raised)
    unfolds(hands, "Add a task")
    hands.types("What has to be done?", "Ring the crew")
    hands.follows("Add the task")
    advisor.sees("The task is added")
    unfolds(hands, "Resolve it")
    hands.ticks("Done")
    hands.types("What will the customer read?", "We emptied it.")
    hands.follows("Resolve it", "button")
    advisor.sees("Ring the crew")
    advisor.does_not_see("It is resolved and the customer is told")
    hands = opens(advisor, raised)
    hands.follows("Ring the crew", "button")
    unfolds(hands, "Resolve it")
    hands.ticks("Done")
    hands.types("What will the customer read?", "We emptied it.")
    hands.ticks("Resolve it although tasks are still open")
    hands.follows("Resolve it", "button")
    advisor.sees("It is resolved and the customer is told")


def test_a_file_is_added_for_colleagues_opened_and_taken_out_of_sight(
    colleague: Callable[[str], Person], raised: str, picture: Path
) -> None:
    advisor = colleague("advisor")
    hands = opens(advisor, raised)
    unfolds(hands, "Add files")
    chooses_file(hands, "Files", picture)
    hands.ticks("Who sees them?")
    hands.page.keyboard.press("ArrowDown")
    hands.follows("Add the files")
    advisor.sees("The files are added")
    advisor.sees("gate.jpg")
    expect(advisor.page.locator("li", has_text="gate.jpg").first).to_contain_text("Colleagues only")
    unfolds(hands, "Take out of sight")
    hands.types("Why?", "It shows a face")
    hands.follows("Take out of sight")
    advisor.sees("out of sight. It shows a face")


def test_a_note_is_for_colleagues_and_a_message_for_the_customer(
    colleague: Callable[[str], Person], visitor: Person, raised: str, width: int
) -> None:
    advisor = colleague("advisor")
    hands = opens(advisor, raised)
    unfolds(hands, "Add a note for colleagues")
    hands.types("Note for colleagues", NOTE)
    hands.follows("Add a note for colleagues")
    advisor.sees("The note is added")
    unfolds(hands, "Write to the customer")
    hands.types("Message to the customer", MESSAGE)
    hands.ticks(f"Josephine Merriweather reads this, at {mail_of(width)}")
    hands.follows("Write to the customer")
    advisor.sees("The message is on its way")
    advisor.sees(NOTE)
    visitor.goes_to("/track")
    outside = Keyboard(visitor)
    outside.types("Reference", raised)
    outside.types("E-mail address", mail_of(width))
    outside.follows("Show my enquiry")
    visitor.sees(MESSAGE)
    visitor.does_not_see(NOTE)


def test_two_are_joined_and_both_references_live_and_come_apart(
    colleague: Callable[[str], Person], town: Live, raised: str, width: int
) -> None:
    second = raise_one(town, width)
    advisor = colleague("advisor")
    hands = opens(advisor, second)
    unfolds(hands, "Join it to another")
    hands.types("Reference of the enquiry that stays", raised)
    hands.types("Reason", "You told us of this bin twice")
    hands.follows("Join it to another")
    advisor.sees(f"{second} was joined to this enquiry")
    assert raised in advisor.page.url
    hands.follows(second)
    unfolds(hands, "Take it apart from the other")
    hands.types("Reason", "They are two bins after all")
    hands.follows("Take it apart from the other")
    advisor.sees("It is an enquiry of its own again")
    assert second in advisor.page.url


def test_two_wants_in_one_are_split_and_know_of_each_other(colleague: Callable[[str], Person], raised: str) -> None:
    advisor = colleague("advisor")
    hands = opens(advisor, raised)
    hands.follows("Split it")
    hands.picks("What is the second enquiry about?", "Make a complaint")
    hands.follows("Continue")
    hands.ticks("What is it about?: Something was not done")
    hands.types("What happened?", "The crew was rude.")
    hands.types("What is this part about?", "How the crew spoke to you")
    hands.follows("Make the second enquiry")
    advisor.sees("is an enquiry of its own")
    advisor.sees(f"Split from {raised}")
    hands.follows(raised)
    advisor.sees("A part of it became FP-")


def test_a_resident_sends_a_picture_with_the_report_from_the_page_on_which_the_answers_are_checked(
    visitor: Person, town: Live, picture: Path, tmp_path: Path, width: int
) -> None:
    hands = Keyboard(visitor)
    visitor.goes_to("/services/complaint/report")
    hands.ticks("Something was not done")
    hands.types("What happened?", "Nobody came.")
    hands.types("name", "Paula Picture")
    hands.types("E-mail address", f"paula{width}@resident.example")
    hands.follows("Continue")
    visitor.sees("Check your answers")
    program = tmp_path / "holiday.jpg"
    program.write_bytes(b"MZ\x90\x00 this program cannot be run in DOS mode")
    chooses_file(hands, "Pictures or papers", program)
    hands.follows("Send", "button.govuk-button")
    visitor.sees("There is a problem")
    visitor.sees("holiday.jpg")
    chooses_file(hands, "Pictures or papers", picture)
    hands.follows("Send", "button.govuk-button")
    found = re.search(r"FP-[0-9A-Z]{4}-[0-9A-Z]{4}", visitor.page.locator("main").inner_text())
    assert found
    with town.database.reading() as session:
        kept = session.execute(
            text(
                "SELECT a.name, a.type FROM attachment a JOIN enquiry e ON e.id = a.enquiry_id WHERE e.reference = :r"
            ),
            {"r": found.group()},
        ).all()
    assert [tuple(row) for row in kept] == [("gate.jpg", "jpeg")]
