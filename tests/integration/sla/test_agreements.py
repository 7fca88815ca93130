"""Agreements have two parties: both sign, what is signed stays, and each month is closed, packed and signed off by both."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.enquiries import services as enquiries
from app.enquiries.enums import Disposition
from app.kernel.actors import SYSTEM, Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Conflict, Invalid, NotAllowed
from app.organisation import services as organisation
from app.sla import agreements, packs, queries, signing_off
from app.sla.agreements import AgreementRow, Target
from app.sla.enums import AgreementStatus, Measure, Party
from tests.support.council import Council, missed_bin

TARGETS = {Measure.FIRST_RESPONSE: Target(2, 90), Measure.NEXT_UPDATE: Target(3, 95), Measure.RESOLUTION: Target(2, 80)}
APRIL = datetime(2026, 4, 1, 8, tzinfo=UTC)


def leads(session: Session, actor: Actor, unit: str, clock: FixedClock) -> None:
    assert actor.account_id is not None
    organisation.add_member(session, SYSTEM, actor.account_id, unit, can_lead=True, now=clock.now())


def drafted(session: Session, council: Council, clock: FixedClock, **changes: object) -> AgreementRow:
    leads(session, council.leader, "contact-centre", clock)
    leads(session, council.officer, "waste", clock)
    given: dict[str, object] = {
        "service": "missed-bin", "front_unit": "contact-centre", "service_unit": "waste", "starts_on": date(2026, 3, 1),
        "review_on": date(2027, 3, 1), "targets": TARGETS,
    }  # fmt: skip
    return agreements.draft(session, council.leader, **(given | changes), now=clock.now())  # type: ignore[arg-type]  # - as above


def agreed(session: Session, council: Council, clock: FixedClock, **changes: object) -> AgreementRow:
    row = drafted(session, council, clock, **changes)
    agreements.sign(session, council.leader, row.id, party=Party.FRONT, now=clock.now())
    return agreements.sign(session, council.officer, row.id, party=Party.SERVICE, now=clock.now())


def test_it_is_in_force_with_the_second_signature_and_not_before(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = drafted(session, council, clock)
    once = agreements.sign(session, council.leader, row.id, party=Party.FRONT, now=clock.now())
    assert once.status is AgreementStatus.DRAFT
    both = agreements.sign(session, council.officer, row.id, party=Party.SERVICE, now=clock.now())
    assert (both.status, both.signatures[Party.SERVICE].by) == (AgreementStatus.IN_FORCE, "Wes Teofficer")


def test_only_who_leads_a_unit_signs_for_it_and_nobody_for_both(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = drafted(session, council, clock)
    for actor, party in (
        (council.officer, Party.FRONT),
        (council.officer_too, Party.SERVICE),
        (council.advisor, Party.FRONT),
    ):
        with pytest.raises(NotAllowed):
            agreements.sign(session, actor, row.id, party=party, now=clock.now())
    leads(session, council.leader, "waste", clock)
    agreements.sign(session, council.leader, row.id, party=Party.FRONT, now=clock.now())
    with pytest.raises(NotAllowed, match="Two people"):
        agreements.sign(session, council.leader, row.id, party=Party.SERVICE, now=clock.now())


def test_the_next_version_ends_the_one_before(session: Session, council: Council, clock: FixedClock) -> None:
    first, second = agreed(session, council, clock), agreed(session, council, clock)
    assert (first.version, second.version) == (1, 2)
    states = {row.version: (row.status, row.ended_on) for row in agreements.agreements(session)}
    assert states == {1: (AgreementStatus.ENDED, date(2026, 3, 11)), 2: (AgreementStatus.IN_FORCE, None)}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sla_agreement SET review_on = '2030-01-01'", "UPDATE sla_target SET percent = 1", "DELETE FROM sla_target",
        "UPDATE sla_agreement SET front_signed_by = 'Somebody else'",
    ],
)  # fmt: skip
def test_what_both_have_signed_does_not_change(
    session: Session, council: Council, clock: FixedClock, statement: str
) -> None:
    agreed(session, council, clock)
    with pytest.raises(DBAPIError, match="new version"), session.begin_nested():
        session.execute(text(statement))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"service_unit": "contact-centre"}, "service_unit"), ({"review_on": date(2026, 2, 1)}, "review_on"),
        ({"targets": {}}, "first_response_days"), ({"targets": TARGETS | {Measure.RESOLUTION: Target(2, 101)}}, "resolution_percent"),
    ],
)  # fmt: skip
def test_a_draft_says_what_is_wrong_with_it(
    session: Session, council: Council, clock: FixedClock, wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        drafted(session, council, clock, **wrong)
    assert field in refused.value.errors


def test_the_clocks_of_new_enquiries_run_as_agreed_and_never_past_the_promise(
    session: Session, council: Council, clock: FixedClock
) -> None:
    agreed(session, council, clock)
    row = missed_bin(session, council.resident, now=clock.now())
    due = {clock.measure: clock.due_at for clock in queries.clocks(session, row.reference)}
    assert due[Measure.FIRST_RESPONSE] == datetime(2026, 3, 13, 17, tzinfo=UTC)
    assert due[Measure.RESOLUTION] == row.promised_at


@pytest.fixture
def month(session: Session, council: Council, clock: FixedClock) -> signing_off.SignOffRow:
    """March: one enquiry answered and settled in time, one neither."""
    agreed(session, council, clock)
    good = missed_bin(session, council.resident, now=clock.now())
    missed_bin(session, council.neighbour, now=clock.now())
    clock.advance(timedelta(hours=2))
    enquiries.resolve(
        session,
        council.leader,
        good.reference,
        disposition=Disposition.DONE,
        text="Done",
        version=None,
        now=clock.now(),
    )
    assert signing_off.close_last_month(session, now=APRIL) == 1
    assert signing_off.close_last_month(session, now=APRIL) == 0, "closed once"
    ids = session.scalars(text("SELECT id FROM sla_sign_off")).all()
    return signing_off.sign_off(session, council.leader, ids[0])


def test_the_figures_are_counted_from_the_tables(month: signing_off.SignOffRow) -> None:
    lines = {line[0]: line[1:] for line in packs.measures(month)}
    assert lines["First response"] == ("2 working days, 90 %", 2, 1, "50.0%", "no")
    assert lines["Resolution"][1:3] == (2, 1)
    assert dict(packs.facts(month))["Enquiries received"] == 2


def test_a_month_that_is_not_over_is_not_closed(session: Session, council: Council, clock: FixedClock) -> None:
    row = agreed(session, council, clock)
    with pytest.raises(Invalid, match="not over"):
        signing_off.close_month(session, row.id, date(2026, 3, 1), now=clock.now())


def test_both_sign_the_month_and_it_stays_as_it_was(
    session: Session, council: Council, month: signing_off.SignOffRow
) -> None:
    signing_off.sign_month(session, council.leader, month.id, party=Party.FRONT, comment="Late lorry", now=APRIL)
    with pytest.raises(Conflict):
        signing_off.sign_month(session, council.leader, month.id, party=Party.FRONT, now=APRIL)
    with pytest.raises(NotAllowed):
        signing_off.sign_month(session, council.advisor, month.id, party=Party.SERVICE, now=APRIL)
    signed = signing_off.sign_month(session, council.officer, month.id, party=Party.SERVICE, now=APRIL)
    assert [signed.signatures[party].by for party in Party] == ["Lee Der", "Wes Teofficer"]
    for change in ("figures = '{}'", "front_comment = 'x'", "service_signed_at = NULL, service_signed_by_id = NULL"):
        with pytest.raises(DBAPIError, match="kept as they are"), session.begin_nested():
            session.execute(text(f"UPDATE sla_sign_off SET {change}"))


def test_the_pack_says_the_same_on_paper_and_in_figures(
    session: Session, council: Council, month: signing_off.SignOffRow
) -> None:
    signed = signing_off.sign_month(
        session, council.leader, month.id, party=Party.FRONT, comment="Late lorry", now=APRIL
    )
    paper = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(packs.pack_pdf(signed))).pages)
    missed = signed.figures["measures"]["resolution"]["missed"][0]
    for words in (
        "March 2026",
        "Contact Centre and Waste Services",
        "50.0%",
        missed,
        "Lee Der",
        "Late lorry",
        "Not signed yet",
    ):
        assert words in paper, words
    book = load_workbook(io.BytesIO(packs.pack_xlsx(signed)))
    assert book.sheetnames == ["Summary", "Measures", "Missed", "Signed off"]
    assert [cell.value for cell in book["Measures"][2]][:5] == ["First response", "2 working days, 90 %", 2, 1, "50.0%"]
    assert missed in [row[1].value for row in book["Missed"].iter_rows()]
