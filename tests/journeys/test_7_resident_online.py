"""Journey 7: a resident registers, asks online, follows it, and sees nothing that is not theirs."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import text

from app.customers import queries as customers
from app.customers.rows import PersonRow
from app.kernel.clock import london_date
from tests.journeys.steps import BORN, EMAIL, finds_caller, raises_missed_bin, takes_call, verifies_caller
from tests.support.browser import Person
from tests.support.live import Live
from tests.support.mail import links_in

pytestmark = pytest.mark.browser
PASSWORD = "three random words here"


def register(person: Person, town: Live, name: str, email: str) -> None:
    """From nothing to signed in, by the link in a real e-mail."""
    person.goes_to("/register")
    person.fills(full_name=name, e_mail=email, choose_a_password=PASSWORD)
    person.clicks("Create the account")
    person.sees("Check your e-mail")
    link = next(link for link in links_in(town.mail.inbox.wait_for(email, "/confirm/")) if "/confirm/" in link)
    person.goes_to(link)
    person.clicks("Confirm")
    sign_in(person, email)


def sign_in(person: Person, email: str) -> None:
    person.goes_to("/sign-in")
    person.fills(e_mail=email, password=PASSWORD)
    person.clicks("Sign in")


def report_a_pothole(person: Person, town: Live) -> str:
    """Ask online, check the answers, send. Returns the reference."""
    person.goes_to("/services/pothole")
    person.clicks("Start")
    person.answers_property(any_property(town))
    person.answers_everything_else()
    person.clicks("Continue")
    person.sees("Check your answers")
    person.clicks("Send")
    person.sees("FP-")
    found = re.search(r"FP-[0-9A-Z]{4}-[0-9A-Z]{4}", person.page.locator("main").inner_text())
    assert found
    return found.group()


def any_property(town: Live) -> str:
    with town.database.reading() as session:
        return customers.search_properties(session, "ZF1")[0].postcode


def test_a_resident_registers_asks_and_follows_it(visitor: Person, width: int, town: Live) -> None:
    email = f"wilhelmina{width}@resident.example"
    register(visitor, town, "Wilhelmina Newcomer", email)
    reference = report_a_pothole(visitor, town)
    message = town.mail.inbox.wait_for(email, reference)
    assert any(reference in link for link in links_in(message)), "the message leads to the enquiry"

    visitor.goes_to("/account")
    visitor.sees(reference)
    visitor.sees("Received")
    visitor.follows("pothole")
    visitor.sees("Received")
    visitor.sees("Highways")
    with town.database.reading() as session:
        promised = session.scalar(text("SELECT promised_at FROM enquiry WHERE reference = :r"), {"r": reference})
    visitor.sees(str(london_date(promised).year))


def test_anothers_enquiry_does_not_exist(visitor: Person, width: int, town: Live) -> None:
    register(visitor, town, "Olga Nosy", f"olga{width}@resident.example")
    own = report_a_pothole(visitor, town)
    with town.database.reading() as session:
        other = session.scalar(
            text("SELECT reference FROM enquiry WHERE reference <> :own ORDER BY id LIMIT 1"), {"own": own}
        )
    response = visitor.goes_to(f"/account/enquiries/{other}")
    assert response is not None
    assert response.status == 404
    invented = visitor.goes_to("/account/enquiries/FP-7K3Q-92M2")
    assert invented is not None
    assert invented.status == 404


def test_a_wrong_reference_and_a_wrong_address_get_one_answer(visitor: Person, town: Live) -> None:
    with town.database.reading() as session:
        real = session.scalar(text("SELECT reference FROM enquiry WHERE raiser_email <> '' ORDER BY id LIMIT 1"))
    answers = []
    for reference in (real, "FP-7K3Q-92M2"):
        visitor.goes_to("/track")
        visitor.fills(reference=reference, e_mail="somebody.else@resident.example")
        visitor.clicks("Show my enquiry")
        answers.append(visitor.page.locator("main").inner_text().replace(reference, "…"))
    assert answers[0] == answers[1]


def test_a_typing_mistake_in_a_reference_is_explained(visitor: Person) -> None:
    visitor.goes_to("/track")
    visitor.fills(reference="fp 7k3q 92m3", e_mail="somebody@resident.example")
    visitor.clicks("Show my enquiry")
    visitor.sees("typing mistake")


def test_proving_who_they_are_brings_in_what_was_asked_by_phone(
    visitor: Person, colleague: Callable[[str], Person], width: int, town: Live
) -> None:
    advisor = colleague("leader")
    takes_call(advisor)
    finds_caller(advisor)
    verifies_caller(advisor)
    reference = raises_missed_bin(advisor, town, 14 + (width > 1000))

    register(visitor, town, "Josie Merriweather", f"josie{width}@resident.example")
    visitor.goes_to("/account")
    visitor.does_not_see(reference)
    tenancy = housing_record_of_caller(town)
    visitor.goes_to("/account/prove/housing")
    visitor.fills(tenancy_reference=tenancy.source_key, postcode="ZZ9 9ZZ")
    answer_birthday(visitor)
    visitor.clicks("Continue")
    visitor.goes_to("/account")
    visitor.does_not_see(reference)

    visitor.goes_to("/account/prove/housing")
    visitor.fills(tenancy_reference=tenancy.source_key, postcode=tenancy.postcode)
    answer_birthday(visitor)
    visitor.clicks("Continue")
    visitor.goes_to("/account")
    visitor.sees(reference)


def test_a_phone_enquiry_is_tracked_with_its_reference_and_address(
    visitor: Person, colleague: Callable[[str], Person], width: int, town: Live
) -> None:
    advisor = colleague("leader")
    takes_call(advisor)
    reference = raises_missed_bin(advisor, town, 16 + (width > 1000))
    visitor.goes_to("/track")
    visitor.fills(reference=reference.lower().replace("-", " ").replace("0", "o"), e_mail=EMAIL)
    visitor.clicks("Show my enquiry")
    visitor.sees(reference)
    visitor.sees("Received")
    visitor.sees("Waste Services")


def housing_record_of_caller(town: Live) -> PersonRow:
    """The tenancy that names the caller."""
    with town.database.reading() as session:
        found = session.scalars(
            text("SELECT r.id FROM source_record r JOIN source_system s ON s.id = r.source_id WHERE s.slug = 'housing'")
        )
        rows = customers.people(session, list(found)).values()
    return next(row for row in rows if "Josephine" in row.name and "Merriweather" in row.name)


def answer_birthday(person: Person) -> None:
    for label, value in (("Day", "9"), ("Month", "4"), ("Year", str(BORN.year))):
        box = person.page.get_by_label(label, exact=True)
        if box.count():
            box.fill(value)
    family = person.page.get_by_label("family name")
    if family.count():
        family.fill("Merriweather")
