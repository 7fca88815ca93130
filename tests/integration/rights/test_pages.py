"""The pages: a resident asks, a steward answers, and nobody else comes near."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app.accounts.models import SignIn
from app.customers import services as customers
from app.kernel.actors import Actor, ActorKind
from app.kernel.clock import FixedClock
from app.kernel.crypto import new_token, token_hash
from app.kernel.db import Database
from app.kernel.errors import NotAllowed
from app.rights import services
from app.rights.enums import RightKind
from tests.conftest import TEST_DAY
from tests.integration.rights.conftest import Life
from tests.support.customers import party, write_tax
from tests.support.pages import read


@pytest.fixture
def enter(app: Flask, loaded: Database, clock: FixedClock):
    def browser(actor: Actor) -> FlaskClient:
        token, now = new_token(), clock.now()
        with loaded.transaction() as session:
            session.add(SignIn(
                account_id=actor.account_id, token_hash=token_hash(token), created_at=now, last_seen_at=now,
                expires_at=now + timedelta(days=90), needs_second_factor=False, second_factor_at=now,
            ))  # fmt: skip
        client = app.test_client()
        staff = actor.kind is ActorKind.STAFF
        client.set_cookie("fp_staff" if staff else "fp_resident", token, path="/console" if staff else "/")
        return client

    return browser


def asked(db: Database, kind: str) -> str:
    with db.reading() as session:
        return str(session.scalar(text("SELECT id FROM rights_request WHERE kind = :k"), {"k": kind}))


def test_a_copy_from_asking_to_downloading(enter, loaded: Database, life: Life, clock: FixedClock) -> None:
    jo, felix, ned = enter(life.jo), enter(life.steward), enter(life.council.neighbour)
    assert "We have your request" in read(jo.post("/account/rights/ask/access", follow_redirects=True)).text
    assert "You have asked for this already" in read(jo.post("/account/rights/ask/access", follow_redirects=True)).text
    one = f"/console/rights/{asked(loaded, 'access')}"
    assert "Jo Bloggs" in read(felix.get("/console/rights")).text
    assert "Council tax, 700000001-1" in read(felix.get(one)).text
    felix.post(f"{one}/take")
    assert "Waiting to be put together" in read(felix.post(f"{one}/copy", follow_redirects=True)).text
    services.make_waiting(loaded, clock=clock)
    assert "Ready" in read(felix.get(one)).text
    page = jo.get("/account/rights").get_data(as_text=True)
    address = page.partition('href="/account/rights/copies/')[2].partition('"')[0]
    copy = jo.get(f"/account/rights/copies/{address}")
    assert copy.status_code == 200
    assert copy.data[:2] == b"PK"
    assert copy.headers["Cache-Control"] == "private, no-store"
    assert ned.get(f"/account/rights/copies/{address}").status_code == 404
    assert felix.get(f"/console/rights/packages/{address}").data == copy.data
    answered = felix.post(f"{one}/answer", data={"reason": "You have it in My Account"}, follow_redirects=True)
    assert "Done, and the person was told" in read(answered).text
    assert "You have it in My Account" in read(jo.get("/account/rights")).text


def test_a_correction_through_the_pages(enter, loaded: Database, life: Life) -> None:
    jo, felix = enter(life.jo), enter(life.steward)
    assert "Say what is wrong" in read(jo.post("/account/rights/ask/rectification", data={"said": ""})).text
    jo.post("/account/rights/ask/rectification", data={"said": "I am Tallis-Quint now"})
    one = f"/console/rights/{asked(loaded, 'rectification')}"
    assert "I am Tallis-Quint now" in read(felix.get(one)).text
    assert "Which record?" in read(felix.get(f"{one}/correct")).text
    assert (
        "Choose what is wrong"
        in read(felix.post(f"{one}/correct", data={"record": str(life.tax), "attribute": ""})).text
    )
    sent = {
        "record": str(life.tax),
        "attribute": "family_name",
        "should_say": "Tallis-Quint",
        "reason": "Seen",
        "pin": "y",
    }
    assert "Told, no answer yet" in read(felix.post(f"{one}/correct", data=sent, follow_redirects=True)).text
    with loaded.reading() as session:
        made = session.scalar(text("SELECT id FROM source_correction"))
    address = f"/console/rights/corrections/{made}"
    assert "why the source refuses" in read(felix.post(address, data={"accepted": "no"})).text
    assert "Put right at the source" in read(felix.post(address, data={"accepted": "yes"}, follow_redirects=True)).text
    assert "Tallis-Quint" in read(jo.get("/account/rights")).text


def test_the_list_says_which_source_is_late_with_its_answer(
    enter, loaded: Database, life: Life, clock: FixedClock
) -> None:
    enter(life.jo).post("/account/rights/ask/rectification", data={"said": "I am Tallis-Quint now"})
    sent = {"record": str(life.tax), "attribute": "family_name", "should_say": "Tallis-Quint", "reason": "Seen"}
    felix = enter(life.steward)
    felix.post(f"/console/rights/{asked(loaded, 'rectification')}/correct", data=sent)
    assert "The source has not answered" not in read(felix.get("/console/rights")).text
    with loaded.reading() as session:
        due = session.scalar(text("SELECT due_at FROM source_correction"))
    assert due
    clock.advance(due - clock.now() + timedelta(hours=1))
    page = read(enter(life.steward).get("/console/rights"))
    assert "1 overdue" in page.text
    assert "The source has not answered" in page.words("strong")
    one = f"/console/rights/{asked(loaded, 'rectification')}"
    enter(life.steward).post(f"{one}/answer", data={"reason": "The source will follow"})
    page = read(enter(life.steward).get("/console/rights"))
    assert {"Done", "The source has not answered"} <= set(page.words("strong")), "what is counted as late is listed"


def test_staff_read_what_is_missing_in_words_of_their_own(enter, loaded: Database, life: Life) -> None:
    """The resident is asked to show who they are; whoever handles it is not."""
    felix = enter(life.steward)
    form = {
        "kind": "access",
        "asked_by": "letter",
        "name": "Jo Bloggs",
        "email": "jo@resident.example",
        "said": "All of it",
    }
    one = felix.post("/console/rights/new", data=form).headers["Location"]
    for address in (one, "/console/rights"):
        page = read(felix.get(address))
        assert "Waits for proof of who they are" in page.words("strong")
        assert "that it is you" not in page.text


def test_the_page_offers_to_lift_a_pin_once_the_source_says_it_itself(
    enter, loaded: Database, life: Life, clock: FixedClock, tmp_path: Path
) -> None:
    jo, felix = enter(life.jo), enter(life.steward)
    jo.post("/account/rights/ask/rectification", data={"said": "My name is Tallis-Quint"})
    one = f"/console/rights/{asked(loaded, 'rectification')}"
    sent = {
        "record": str(life.tax), "attribute": "family_name", "should_say": "Tallis-Quint", "reason": "Seen", "pin": "y",
    }  # fmt: skip
    felix.post(f"{one}/take")
    felix.post(f"{one}/correct", data=sent)
    for name, told in (
        ("TALLIS MRS JOSEPHINE A", "Old value sent again"),
        ("TALLIS-QUINT MRS JOSEPHINE A", "It has sent the right value since"),
    ):
        assert "Lift the pin" not in read(felix.get(one)).text
        clock.advance(timedelta(minutes=5))
        rows = write_tax(tmp_path / f"{name}.csv", [party(NAME=name)])
        customers.ingest_file(loaded, "council-tax", rows, clock=clock, full=False)
        assert told in read(felix.get(one)).text
    with loaded.reading() as session:
        made = session.scalar(text("SELECT id FROM source_correction"))
    assert "Lift the pin" in read(felix.get(one)).text
    page = read(felix.post(f"/console/rights/corrections/{made}/pin", follow_redirects=True)).text
    assert "The pin is lifted" in page
    assert "The pin was lifted: the source says it itself" in page
    assert "What the source says" in page
    assert felix.post(f"/console/rights/corrections/{made}/pin").status_code == 409


def test_what_a_restricted_record_says_is_not_on_the_page_of_its_correction(
    enter, loaded: Database, life: Life, clock: FixedClock
) -> None:
    jo, felix = enter(life.jo), enter(life.steward)
    jo.post("/account/rights/ask/rectification", data={"said": "The street is wrong"})
    one = f"/console/rights/{asked(loaded, 'rectification')}/correct"
    page = read(felix.get(one)).text
    assert "What it says now: Council tax, 700000001-1" in page
    assert "Marine Parade" in page
    with loaded.transaction() as session:
        for record in (life.tax, life.tenancy):
            customers.restrict(session, life.steward, record, reason="A refuge", now=clock.now())
    page = read(felix.get(one)).text
    assert "The record is restricted" in page
    assert "Marine Parade" not in page


def test_what_the_source_has_sent_since_is_shown_beside_what_it_should_say(
    enter, loaded: Database, life: Life, clock: FixedClock, tmp_path
) -> None:
    jo, felix = enter(life.jo), enter(life.steward)
    jo.post("/account/rights/ask/rectification", data={"said": "I am Quennell now"})
    one = f"/console/rights/{asked(loaded, 'rectification')}"
    sent = {"record": str(life.tax), "attribute": "family_name", "should_say": "Quennell", "reason": "Seen", "pin": "y"}
    assert "The source has sent since" not in read(felix.post(f"{one}/correct", data=sent, follow_redirects=True)).text
    clock.advance(timedelta(days=3))
    rows = [party(NAME="QUENNELL MRS JOSEPHINE", LAST_CHANGED="14/03/2026")]
    customers.ingest_file(loaded, "council-tax", write_tax(tmp_path / "put-right.csv", rows), clock=clock)
    page = read(enter(life.steward).get(one)).text
    assert "The source has sent since" in page
    assert "As it should be" in page


def test_an_erasure_through_the_pages(enter, loaded: Database, life: Life) -> None:
    jo, felix = enter(life.jo), enter(life.steward)
    jo.post("/account/rights/ask/erasure", data={"said": ""})
    one = f"/console/rights/{asked(loaded, 'erasure')}"
    page = read(felix.get(f"{one}/erasure")).text
    assert "Still needed for something that is open" in page
    kept = felix.post(
        f"{one}/erasure/keep",
        data={"holding": "sign-ins", "reason": "A break-in is looked into"},
        follow_redirects=True,
    )
    assert "A break-in is looked into" in read(kept).text
    assert "Tick that you have read" in read(felix.post(f"{one}/erasure")).text
    done = read(felix.post(f"{one}/erasure", data={"sure": "yes"}, follow_redirects=True)).text
    assert "Certificate of erasure" in done
    assert "Decided by a person" in done
    assert felix.get(f"{one}/certificate").data[:4] == b"%PDF"
    assert jo.get("/account/rights").status_code in {303, 302}, "the account opens no door any more"


def test_a_letter_is_written_down_and_refused(enter, loaded: Database, life: Life) -> None:
    felix = enter(life.steward)
    assert "Choose what they ask for" in read(felix.post("/console/rights/new")).text
    sent = {"kind": "access", "asked_by": "letter", "name": "Arthur Oakes", "said": "Everything, please"}
    assert (
        "Waits for proof of who they are"
        in read(felix.post("/console/rights/new", data=sent, follow_redirects=True)).text
    )
    one = f"/console/rights/{asked(loaded, 'access')}"
    assert felix.post(f"{one}/copy").status_code == 409
    felix.post(f"{one}/identity", data={"how": "Passport seen"})
    assert (
        "There is no record with this key"
        in read(felix.post(f"{one}/record", data={"source": "housing", "key": "x", "reason": "y"})).text
    )
    added = felix.post(
        f"{one}/record",
        data={"source": "housing", "key": "TEN-00771/1", "reason": "Tenancy shown"},
        follow_redirects=True,
    )
    assert "Tenancy shown" in read(added).text
    assert "no longer counts" in read(felix.post(f"{one}/records/{life.tenancy}/drop", follow_redirects=True)).text
    assert "Give the reason" in read(felix.post(f"{one}/refuse")).text
    assert (
        "Refused"
        in read(
            felix.post(f"{one}/refuse", data={"reason": "Asked a third time this week"}, follow_redirects=True)
        ).text
    )


def test_holds_and_the_schedule(enter, loaded: Database, life: Life) -> None:
    felix = enter(life.steward)
    assert "No hold stands" in read(felix.get("/console/rights/holds")).text
    wrong = {"object_type": "enquiry", "source": "", "key": "FP-0000-0000", "reason": "A claim"}
    assert "There is none like this" in read(felix.post("/console/rights/holds", data=wrong)).text
    right = wrong | {"key": life.done.reference}
    assert "The hold stands" in read(felix.post("/console/rights/holds", data=right, follow_redirects=True)).text
    with loaded.reading() as session:
        hold = session.scalar(text("SELECT id FROM legal_hold"))
    assert (
        "Say why it need not be kept"
        in read(felix.post(f"/console/rights/holds/{hold}/lift", follow_redirects=True)).text
    )
    lifted = felix.post(f"/console/rights/holds/{hold}/lift", data={"reason": "Settled"}, follow_redirects=True)
    assert "The hold is lifted" in read(lifted).text
    assert "Only counted" in read(felix.get("/console/rights/retention")).text
    assert (
        "Counted. Nothing was erased" in read(felix.post("/console/rights/retention/count", follow_redirects=True)).text
    )
    assert (
        "Enter a number of months"
        in read(felix.post("/console/rights/retention/messages", data={"months": "x", "reason": "y"})).text
    )
    saved = felix.post(
        "/console/rights/retention/messages",
        data={"months": "12", "reason": "Our policy", "enforced": "y"},
        follow_redirects=True,
    )
    assert "Every night" in read(saved).text


def test_nobody_else_comes_near(enter, loaded: Database, life: Life) -> None:
    for somebody in (life.council.advisor, life.council.administrator, life.council.officer):
        browser = enter(somebody)
        for address in ("", "/new", "/holds", "/retention"):
            assert browser.get(f"/console/rights{address}").status_code == 403


def test_who_was_erased_is_let_in_again_with_a_reason_and_after_a_second_look(
    enter, loaded: Database, life: Life, clock: FixedClock, tmp_path
) -> None:
    with loaded.transaction() as session:
        request = services.ask(session, life.jo, RightKind.ERASURE, now=clock.now())
    services.carry_out(loaded, life.steward, request, clock=clock)
    felix, page = enter(life.steward), "/console/rights/erased"
    assert "Let a record come in again" in read(felix.get(f"/console/rights/{request}")).text
    assert "Council tax" in read(felix.get(page)).text
    right = {"source": "council-tax", "key": "700000001-1", "reason": "Moved back and rang us"}
    for wrong, said in (
        ({"key": "700000009-1"}, "Nothing keeps a record with this number out"),
        ({"source": "housing"}, "Nothing keeps a record with this number out"),
        ({"reason": ""}, "Say why the record may come again"),
    ):
        answer = felix.post(page, data=right | wrong)
        assert answer.status_code == 422
        assert said in read(answer).text
    asked_again = felix.post(page, data=right)
    assert "Let this record come in again?" in read(asked_again).text
    assert sent_again(loaded, clock, tmp_path, 1) == (0, 1), "looking changes nothing"
    unsure = felix.post(f"{page}/let-in", data=right)
    assert unsure.status_code == 422
    assert "Tick that the person wants" in read(unsure).text
    assert sent_again(loaded, clock, tmp_path, 2) == (0, 1)
    done = read(felix.post(f"{page}/let-in", data=right | {"sure": "y"}, follow_redirects=True)).text
    assert "The record is taken in when it comes again" in done
    assert "Moved back and rang us" in done
    assert "700000001" not in done
    assert sent_again(loaded, clock, tmp_path, 3) == (1, 0)
    with loaded.reading() as session:
        told = session.execute(
            text("SELECT actor_name, detail FROM audit_entry WHERE action = 'record.readmitted'")
        ).one()
    assert (told.actor_name, told.detail["reason"]) == ("Felix Ward", "Moved back and rang us")
    assert felix.post(f"{page}/let-in", data=right | {"sure": "y"}).status_code == 422, "nothing keeps it out any more"


def sent_again(db: Database, clock: FixedClock, folder, times: int) -> tuple[int, int]:
    """Council tax sends its file once more: new records, and rows turned away."""
    rows = [party(LAST_CHANGED=f"0{times}/05/2026")]
    told = customers.ingest_file(db, "council-tax", write_tax(folder / f"again{times}.csv", rows), clock=clock)
    return told.new, told.rejected


def test_only_who_handles_requests_lets_anybody_in_again(enter, loaded: Database, life: Life) -> None:
    for somebody in (life.council.advisor, life.council.administrator, life.council.officer):
        browser = enter(somebody)
        for address in ("", "/let-in"):
            assert browser.post(f"/console/rights/erased{address}", data={"sure": "y"}).status_code == 403
        assert browser.get("/console/rights/erased").status_code == 403
    with pytest.raises(NotAllowed), loaded.transaction() as session:
        services.let_return(
            session,
            life.council.leader,
            "council-tax",
            "700000001-1",
            reason="x",
            sure=True,
            now=FixedClock(TEST_DAY).now(),
        )


def test_an_address_is_added_and_taken_out_on_the_page(enter, loaded: Database, life: Life, clock: FixedClock) -> None:
    jo, felix = enter(life.jo), enter(life.steward)
    jo.post("/account/rights/ask/access")
    one = f"/console/rights/{asked(loaded, 'access')}"
    assert "Say how it was shown" in read(felix.post(f"{one}/address", data={"address": "jo@example.com"})).text
    assert "like name@example.com" in read(felix.post(f"{one}/address", data={"address": "x", "reason": "y"})).text
    right = {"address": "01632 960001", "reason": "Rang back on it"}
    added = read(felix.post(f"{one}/address", data=right, follow_redirects=True)).text
    assert "01632960001" in added
    assert "Rang back on it" in added
    gone = read(felix.post(f"{one}/addresses/drop", data={"address": "01632960001"}, follow_redirects=True)).text
    assert "It no longer counts as theirs" in gone
    with loaded.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM rights_address")) == 0
