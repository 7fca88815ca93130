"""Somebody acts for another: recorded by a steward, used in a call, and by the resident in My Account."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from app.customers import queries
from app.customers import services as customers
from app.customers.models import Verification
from app.enquiries import services
from app.enquiries.enums import Channel, State
from app.enquiries.rows import PastEnquiry, Raiser
from app.kernel import references
from app.kernel.actors import SYSTEM, Actor, ActorKind, Role
from app.kernel.clock import SystemClock, london_date
from app.seeds import demo, staff
from tests.journeys.keyboard import Keyboard
from tests.support.acting import terms
from tests.support.browser import Person
from tests.support.live import Live

pytestmark = pytest.mark.browser
PEOPLE = text(
    "SELECT r.id, r.key, l.golden_id, g.display_name FROM source_record r JOIN source_system s ON s.id = r.source_id "
    "JOIN link l ON l.source_record_id = r.id JOIN golden_record g ON g.id = l.golden_id "
    "WHERE s.slug = 'council-tax' AND g.kind = 'person' AND g.size = 1 AND NOT g.restricted AND g.live "
    "AND NOT EXISTS (SELECT 1 FROM relationship x WHERE r.id IN (x.acting_record_id, x.for_record_id)) "
    "ORDER BY md5(r.key || :width) LIMIT 2"
)


def two(town: Live, width: int) -> tuple[tuple[UUID, str, UUID, str], tuple[UUID, str, UUID, str]]:
    with town.database.reading() as session:
        one, other = (tuple(row) for row in session.execute(PEOPLE, {"width": str(width)}))
    return one, other


def records_right(steward: Person, one: tuple[UUID, str, UUID, str], other: tuple[UUID, str, UUID, str]) -> None:
    today = london_date(SystemClock().now())
    steward.goes_to(f"/console/customers/{one[2]}?purpose=call")
    steward.follows("Relationships")
    steward.clicks("Record it")
    expect(steward.page.get_by_role("alert")).to_contain_text("Choose which side")
    page = steward.page
    page.get_by_label("They act for somebody").check()
    page.get_by_label("By what right").select_option("attorney")
    page.get_by_label("The other’s record").fill(other[1])
    for may in ("See what has been asked and what came of it", "Ask and reply", "Get our messages"):
        page.get_by_label(may).check()
    page.get_by_label("What shows it?").select_option("power_of_attorney")
    page.get_by_label("Its number, or where it can be found again").fill("OPG 7")
    for group, day in (
        ("When did you see it?", today),
        ("From", today),
        ("Until, that day included", today + timedelta(days=300)),
    ):
        box = page.get_by_role("group", name=group)
        for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            box.get_by_label(part).fill(str(value))
    steward.clicks("Record it")
    expect(page.get_by_text("Recorded. Both have been written to")).to_be_visible()


def test_an_advisor_helps_somebody_who_acts_for_another(
    town: Live, colleague: Callable[[str], Person], width: int
) -> None:
    one, other = two(town, width)
    advisor = colleague("advisor3")
    records_right(advisor, one, other)
    call = calls(town, "advisor3", one[0])
    advisor.goes_to(f"/console/calls/{call}")
    advisor.page.get_by_label(f"Attorney of {other[3]}").check()
    advisor.clicks("Go on")
    expect(advisor.page.get_by_role("heading", name=f"Acting for {other[3]}")).to_be_visible()
    expect(advisor.page.get_by_text("Tell the caller nothing beyond this")).to_be_visible()
    advisor.goes_to("/console/enquiries/new/missed-bin")
    expect(advisor.page.get_by_text("Our messages go to the caller")).to_be_visible()
    advisor.goes_to("/console/relationships?show=not_accepted")
    expect(advisor.page.get_by_role("heading", level=1)).to_have_text("Who acts for whom")
    with town.database.transaction() as session:
        session.execute(
            text("UPDATE contact SET ended_at = now(), wrap_up = 'answered', resolved_here = true WHERE id = :c"),
            {"c": call},
        )


def calls(town: Live, login: str, record: UUID) -> UUID:
    """The caller is on the line and has answered the questions of their record."""
    now = SystemClock().now()
    with town.database.transaction() as session:
        email = f"{login}@{staff.DOMAIN}"
        account = session.execute(text("SELECT id, name FROM account WHERE email = :e"), {"e": email}).one()
        me = Actor(ActorKind.STAFF, account.id, account.name, frozenset({Role.ADVISOR}))
        call = services.open_contact(session, me, channel=Channel.PHONE, now=now)
        source = session.scalar(text("SELECT source_id FROM source_record WHERE id = :r"), {"r": record})
        session.add(Verification(
            at=now, passed=True, source_id=source, source_record_id=record, asked=["postcode", "name"], contact_ref=str(call.id),
            actor_kind="staff", actor_id=me.account_id, actor_name=me.name,
        ))  # fmt: skip
        session.flush()
        services.identify_caller(session, me, call.id, source_record_id=record, now=now)
    return call.id


def her_right(town: Live, width: int) -> tuple[str, str]:
    """The demo resident may act for a neighbour as soon as she agrees: the neighbour's name, and the reference of what he has asked."""
    now, (_, him) = SystemClock().now(), two(town, 7 * width)
    with town.database.transaction() as session:
        record, source = session.execute(HER_RECORD).one()
        account = session.execute(
            text("SELECT id, name FROM account WHERE email = :e"), {"e": demo.RESIDENT.email}
        ).one()
        session.add(Verification(
            at=now, passed=True, source_id=source, source_record_id=record, asked=["postcode", "name"],
            account_id=account.id, actor_kind="resident", actor_id=account.id, actor_name=account.name,
        ))  # fmt: skip
        steward = session.execute(
            text("SELECT id, name FROM account WHERE email = :e"), {"e": f"steward@{staff.DOMAIN}"}
        ).one()
        felix = Actor(ActorKind.STAFF, steward.id, steward.name, frozenset({Role.STEWARD}))
        today = london_date(now)
        days = {"evidence_seen_on": today, "starts_on": today, "expires_on": today + timedelta(days=300)}
        customers.record_relationship(session, felix, terms(record, him[0], **days), now=now)
        past = PastEnquiry(
            "missed-bin", Channel.WEB, now - timedelta(days=2), Raiser(him[3]), State.TRIAGE, queue="waste-intake",
            source_record_id=him[0], reference=references.new("FP"),
        )  # fmt: skip
        services.import_history(session, SYSTEM, [past], now=now)
        shown = queries.relationships_of(session, {him[0]}, now=now)[0].concerned
    assert shown
    return shown.name, str(past.reference)


def test_a_resident_agrees_asks_writes_and_ends_it_by_keyboard_alone(town: Live, visitor: Person, width: int) -> None:
    """The demo resident, whose record is shown to be hers, acts for a neighbour from the first step to the last."""
    name, reference = her_right(town, width)
    hers = Keyboard(visitor)
    hers.signs_in(demo.RESIDENT.email, demo.RESIDENT.password)
    visitor.goes_to("/account")
    hers.follows("Acting for somebody else", "a")
    visitor.sees("Waiting for you to agree")
    hers.follows(f"I agree: {name}", "button")
    visitor.sees("You can now act for them here")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(f"Acting for {name}")
    expect(visitor.page.locator("[data-acting]")).to_contain_text(f"You act for {name}")
    expect(visitor.page.locator(".fp-card")).to_contain_text(reference[-4:])
    hers.follows("Missed bin", "main a")
    expect(visitor.page.locator("[data-acting]")).to_be_visible()
    hers.follows("Send message", "button")
    visitor.sees("There is a problem")
    hers.types("Your message", "He has put it out again")
    hers.follows("Send message", "button")
    visitor.sees("Your message was sent")
    hers.follows("Their enquiries that you may see", "a")
    expect(visitor.page.get_by_role("heading", name="Ask for them")).to_be_visible()
    asked = asks_for_them(hers, town, name)
    with town.database.reading() as session:
        kept = session.execute(
            text("SELECT acting_kind, concerns_record_id, relationship_id FROM enquiry WHERE reference = :r"),
            {"r": asked},
        ).one()
        mine = session.execute(
            text("SELECT kind, for_record_id, id FROM relationship WHERE id = :r"), {"r": kept[2]}
        ).one()
    assert tuple(kept) == tuple(mine), "it is filed as asked by her, for him, by this right"
    visitor.goes_to("/account/acting")
    hers.follows(name, "main a")
    expect(visitor.page.locator(".fp-cards")).to_contain_text(asked[-4:])
    hers.follows("Acting for somebody else", "a")
    hers.unfolds(f"I no longer act for them: {name}")
    hers.follows(f"End it: {name}", "button")
    visitor.sees("It has ended. Nobody acts by it any more")
    expect(visitor.page.get_by_role("link", name=name)).to_have_count(0)


def asks_for_them(hers: Keyboard, town: Live, name: str) -> str:
    """A pothole, from “Ask for them” to the reference, by keyboard."""
    person, page = hers.person, hers.page
    with town.database.reading() as session:
        postcode = queries.search_properties(session, "ZF1")[0].postcode
    hers.follows("Report a pothole", "aside a, .govuk-grid-column-one-third a")
    hers.follows("Continue", "main button")
    person.sees("There is a problem")
    expect(page.locator("[data-acting]")).to_contain_text(f"You act for {name}")
    hers.types("Postcode or street", postcode)
    hers.finds("Find address", "button")
    page.keyboard.press("Enter")
    choice = page.locator("main select").first
    expect(choice).to_be_visible()
    hers.finds("", "select")
    page.keyboard.press("ArrowDown")
    assert choice.input_value(), "an address is chosen"
    hers.types("Where exactly is it?", "In front of the gate")
    hers.ticks("Road")
    hers.ticks("Less than a golf ball")
    hers.follows("Continue", "main button")
    person.sees("Check your answers")
    expect(page.locator("[data-acting]")).to_contain_text(f"You act for {name}")
    hers.follows("Send", "main button")
    person.sees("We have received it")
    found = re.search(r"FP-[0-9A-Z]{4}-[0-9A-Z]{4}", page.locator("main").inner_text())
    assert found
    hers.follows("See it in My Account")
    person.sees(found.group())
    expect(page.locator("[data-acting]")).to_contain_text(name)
    return found.group()


HER_RECORD = text(
    "SELECT x.acting_record_id, r.source_id FROM relationship x JOIN source_record r ON r.id = x.acting_record_id "
    "WHERE x.kind = 'carer' AND x.ended_at IS NULL ORDER BY x.id LIMIT 1"
)


def test_a_right_to_act_is_recorded_agreed_to_and_ended_by_keyboard_alone(
    town: Live, colleague: Callable[[str], Person], width: int
) -> None:
    one, other = two(town, width)
    advisor = colleague("advisor4")
    keys = Keyboard(advisor)
    advisor.goes_to(f"/console/customers/{one[2]}?purpose=call")
    keys.follows("Relationships", "a")
    keys.follows("Record it", "button")
    advisor.sees("Choose which side")
    keys.ticks("They act for somebody")
    keys.picks("By what right", "Attorney")
    keys.types("The other’s record", other[1])
    keys.ticks("Ask and reply")
    keys.picks("What shows it?", "Registered power")
    keys.types("Its number", "OPG 8")
    today = london_date(SystemClock().now())
    for group, day in (("When did you see it?", today), ("From", today), ("Until", today + timedelta(days=90))):
        for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            keys.types(f"{group}", str(value)) if part == "Day" else keys.types(part, str(value))
    keys.follows("Record it", "button")
    advisor.sees("Recorded. Both have been written to")
    keys.follows("End it", "a")
    keys.follows("End it", "button")
    keys.types("Why", "Not needed any more")
    keys.follows("End it", "button")
    with town.database.reading() as session:
        ended = session.scalar(
            text("SELECT ended_reason FROM relationship WHERE acting_record_id = :a AND for_record_id = :f"),
            {"a": one[0], "f": other[0]},
        )
    assert ended == "Not needed any more"


def test_property_household_and_organisation_lead_to_each_other(town: Live, colleague: Callable[[str], Person]) -> None:
    advisor = colleague("advisor2")
    with town.database.reading() as session:
        body = session.scalar(
            text(
                "SELECT id FROM golden_record WHERE live AND kind = 'organisation' AND size > 1 ORDER BY size DESC, display_name, id LIMIT 1"
            )
        )
        home = session.scalar(
            text(
                "SELECT p.uprn FROM property p JOIN golden_record g ON g.property_id = p.id WHERE g.kind = 'person' AND g.live ORDER BY p.uprn LIMIT 1"
            )
        )
    advisor.goes_to(f"/console/properties/{home}?purpose=call")
    advisor.follows("Every enquiry about it") if advisor.page.get_by_role(
        "link", name="Every enquiry about it"
    ).count() else None
    advisor.goes_to(f"/console/properties/{home}?purpose=call")
    advisor.follows("Household")
    expect(advisor.page.get_by_role("heading", level=1)).to_have_text("Household")
    advisor.clicks_on(advisor.page.get_by_role("table").get_by_role("link").first)
    advisor.goes_to(f"/console/customers/{body}?purpose=call")
    advisor.follows("The organisation: names, properties, people")
    expect(advisor.page.get_by_role("heading", name="Properties")).to_be_visible()
    advisor.goes_to("/console/properties")
    advisor.fills(address_or_postcode="road")
    advisor.clicks("Find")
