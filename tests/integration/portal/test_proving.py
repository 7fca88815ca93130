"""Proving to be the person of a record brings what was asked by phone into My Account; anything less brings nothing."""

from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from app.accounts.queries import AccountRow
from app.customers import queries as customers
from app.customers import services
from app.enquiries import services as enquiries
from app.enquiries.enums import Channel
from app.enquiries.rows import Raiser
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.support.council import MISSED_BIN, Council
from tests.support.customers import party, write_tax
from tests.support.pages import read

ADDRESS = "/account/prove/council-tax"


@pytest.fixture
def record(db: Database, council: Council, clock: FixedClock, tmp_path: Path) -> UUID:
    """The council tax record that is Riley's."""
    assert services.ingest_file(db, "council-tax", write_tax(tmp_path / "tax.csv", [party()]), clock=clock).new == 1
    with db.reading() as session:
        found = customers.record_by_key(session, "council-tax", "700000001-1")
        assert found is not None
        return found


@pytest.fixture
def right(db: Database, record: UUID) -> dict[str, object]:
    """The answers that are on Riley's bill."""
    with db.reading() as session:
        known = customers.person(session, record)
    assert known.date_of_birth is not None
    born = known.date_of_birth
    return {
        "proof_council_tax_account": known.source_key,
        "proof_postcode": known.postcode.lower(),
        "proof_date_of_birth": [str(born.day), str(born.month), str(born.year)],
        "proof_family_name": "Tallis",
    }


@pytest.fixture
def by_phone(db: Database, council: Council, record: UUID, clock: FixedClock) -> str:
    """Reference of what an advisor took down after verifying the caller against the record."""
    with db.transaction() as session:
        known = customers.person(session, record)
        call = enquiries.open_contact(session, council.advisor, channel=Channel.PHONE, now=clock.now())
        assert known.date_of_birth is not None
        answers = {"postcode": known.postcode, "date_of_birth": known.date_of_birth.isoformat()}
        services.verify(session, council.advisor, record, answers, contact_ref=str(call.id), now=clock.now())
        return enquiries.receive(
            session, council.advisor, service="missed-bin", answers=MISSED_BIN, raiser=Raiser("The caller"),
            channel=Channel.PHONE, source_record_id=record, contact_id=call.id, now=clock.now(),
        ).reference  # fmt: skip


def test_before_it_is_proved_the_phone_enquiry_is_not_there(signed_in: FlaskClient, by_phone: str) -> None:
    assert by_phone not in read(signed_in.get("/account")).text
    assert signed_in.get(f"/account/enquiries/{by_phone}").status_code == 404


def test_the_right_answers_bring_it_into_my_account(
    signed_in: FlaskClient, by_phone: str, right: dict[str, object]
) -> None:
    assert signed_in.post(ADDRESS, data=right).location == "/account"
    page = read(signed_in.get("/account"))
    assert "My Account now also shows" in page.text
    assert by_phone in page.text
    assert signed_in.get(f"/account/enquiries/{by_phone}").status_code == 200
    assert "You have already done this with: Council tax." in read(signed_in.get("/account/prove")).text


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("proof_council_tax_account", "700099999-1"),
        ("proof_postcode", "ZZ1 1ZZ"),
        ("proof_date_of_birth", ["1", "1", "1901"]),
        ("proof_family_name", "Impostor"),
    ],
)
def test_one_wrong_answer_proves_nothing_and_is_not_named(
    signed_in: FlaskClient, by_phone: str, right: dict[str, object], question: str, answer: object
) -> None:
    response = signed_in.post(ADDRESS, data=right | {question: answer})
    page = read(response)
    assert response.status_code == 422
    assert "These answers do not fit together" in page.text
    assert by_phone not in read(signed_in.get("/account")).text


def test_guessing_is_stopped_even_with_the_right_answers_at_last(
    signed_in: FlaskClient, right: dict[str, object]
) -> None:
    for year in range(1950, 1955):
        signed_in.post(ADDRESS, data=right | {"proof_date_of_birth": ["1", "1", str(year)]})
    assert signed_in.post(ADDRESS, data=right).status_code == 429


def test_an_empty_form_says_what_each_answer_is(signed_in: FlaskClient, record: UUID) -> None:
    page = read(signed_in.post(ADDRESS, data={}))
    assert "Enter your council tax account number" in page.text
    assert "Enter your date of birth" in page.text


@pytest.mark.parametrize("slug", ["legacy-crm", "nothing"])
def test_a_source_that_proves_nothing_is_not_found(signed_in: FlaskClient, record: UUID, slug: str) -> None:
    assert signed_in.get(f"/account/prove/{slug}").status_code == 404


def test_only_somebody_signed_in_can_prove_anything(visitor: FlaskClient, riley: AccountRow) -> None:
    assert visitor.get(ADDRESS).location.startswith("/sign-in")
