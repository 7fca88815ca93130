"""What an offer has to hold, and what declines teach."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.enquiries.rows import EnquiryRow
from app.handoffs import queries, services
from app.handoffs.enums import Enforcement, HandoffState
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Invalid, NotAllowed, NotFound
from app.kernel.paging import PageRequest
from tests.support.council import OTHER_UPRN, Council, missed_bin


@pytest.fixture
def raised(session: Session, council: Council, clock: FixedClock) -> EnquiryRow:
    return missed_bin(session, council.advisor, now=clock.now())


def need(session: Session, council: Council, clock: FixedClock, how: Enforcement, unit: str | None = None) -> None:
    services.save_checklist(
        session, council.administrator, service="missed-bin", unit=unit, required=["Which gate", "Colour of the lid"],
        optional=["Photo"], enforcement=how, now=clock.now(),
    )  # fmt: skip


def test_what_has_to_be_there_is_refused_without_it(
    session: Session, council: Council, clock: FixedClock, raised: EnquiryRow
) -> None:
    need(session, council, clock, Enforcement.REFUSE)
    with pytest.raises(Invalid) as refused:
        services.offer(session, council.advisor, raised.reference, given=["which-gate"], anyway=True, now=clock.now())
    assert (refused.value.errors.keys(), refused.value.params["missing"]) == ({"checklist"}, "Colour of the lid")
    session.rollback()


def test_a_whole_offer_keeps_its_checklist_for_the_service_to_see(
    session: Session, council: Council, clock: FixedClock, raised: EnquiryRow
) -> None:
    need(session, council, clock, Enforcement.REFUSE)
    made = services.offer(
        session, council.advisor, raised.reference, given=["which-gate", "colour-of-the-lid"], now=clock.now()
    )
    seen = queries.handoff(session, council.officer, made.id).checklist
    assert [(item.label, item.required, item.given) for item in seen] == [
        ("Which gate", True, True), ("Colour of the lid", True, True), ("Photo", False, False)
    ]  # fmt: skip


def test_a_warning_can_be_passed_over_knowingly(
    session: Session, council: Council, clock: FixedClock, raised: EnquiryRow
) -> None:
    need(session, council, clock, Enforcement.WARN)
    with pytest.raises(Invalid):
        services.offer(session, council.advisor, raised.reference, now=clock.now())
    made = services.offer(session, council.advisor, raised.reference, anyway=True, now=clock.now())
    assert [item.given for item in made.checklist] == [False, False, False]


def test_a_units_own_checklist_goes_before_the_services(
    session: Session, council: Council, clock: FixedClock, raised: EnquiryRow
) -> None:
    need(session, council, clock, Enforcement.REFUSE)
    services.save_checklist(
        session, council.administrator, service="missed-bin", unit="waste", required=["Street"],
        enforcement=Enforcement.WARN, now=clock.now(),
    )  # fmt: skip
    found = queries.items_for(session, "missed-bin", "waste")
    assert found is not None
    assert [item.label for item in found.items] == ["Street"]
    other = queries.items_for(session, "missed-bin", "highways")
    assert other is not None
    assert len(other.items) == 3
    assert queries.items_for(session, "pothole", "waste") is None


def test_an_offer_can_be_prepared_and_made_later(
    session: Session, council: Council, clock: FixedClock, raised: EnquiryRow
) -> None:
    draft = services.prepare(session, council.advisor, raised.reference, unit="highways", brief="Soon", now=clock.now())
    assert draft.state is HandoffState.DRAFT
    assert queries.inbox(session, council.roads, page=PageRequest()).total == 0
    with pytest.raises(NotFound):
        queries.handoff(session, council.roads, draft.id)
    made = services.offer(session, council.advisor, raised.reference, brief="Now", now=clock.now())
    assert (made.id, made.state, made.brief) == (draft.id, HandoffState.OFFERED, "Now")


def test_declining_needs_a_unit_and_another_one_than_ones_own(
    session: Session, council: Council, clock: FixedClock, raised: EnquiryRow
) -> None:
    made = services.offer(session, council.advisor, raised.reference, now=clock.now())
    for unit in (None, "", "waste"):
        with pytest.raises(Invalid) as refused:
            services.decline(session, council.officer, made.id, reason="x", suggested_unit=unit, now=clock.now())
        assert refused.value.errors.keys() == {"suggested_unit"}


def test_the_report_says_what_is_declined_in_favour_of_whom(
    session: Session, council: Council, clock: FixedClock
) -> None:
    def declined(favour: str) -> None:
        row = missed_bin(session, council.advisor, now=clock.now())
        made = services.offer(session, council.advisor, row.reference, now=clock.now())
        services.decline(
            session, council.officer, made.id, reason=f"For {favour}", suggested_unit=favour, now=clock.now()
        )

    for favour in ("highways", "highways", "highways", "housing"):
        declined(favour)
    kept = missed_bin(session, council.advisor, now=clock.now())
    services.offer(session, council.advisor, kept.reference, now=clock.now())
    first, second = queries.declines(session, council.monitor, page=PageRequest(), now=clock.now()).items
    assert (first.declined, first.offered, first.unit_slug, first.suggested_slug) == (3, 5, "waste", "highways")
    assert (first.clear, second.clear) == (True, False)
    assert first.reasons == ("For highways",)
    later = clock.advance(timedelta(days=91))
    assert queries.declines(session, council.monitor, page=PageRequest(), now=later).total == 0
    with pytest.raises(NotAllowed):
        queries.declines(session, council.officer, page=PageRequest(), now=later)


def test_an_officer_says_that_they_look_at_it_and_lets_go(
    session: Session, council: Council, clock: FixedClock, raised: EnquiryRow
) -> None:
    made = services.offer(session, council.advisor, raised.reference, now=clock.now())

    def mine(actor: Actor) -> int:
        return queries.inbox(session, actor, mine=True, page=PageRequest()).total

    claimed = services.claim(session, council.officer, made.id, now=clock.now())
    assert (claimed.claimed_by, mine(council.officer), mine(council.officer_too)) == ("Wes Teofficer", 1, 0)
    assert claimed.state is HandoffState.OFFERED
    assert services.claim(session, council.officer, made.id, now=clock.now()).claimed_by == ""
    services.accept(session, council.officer_too, made.id, now=clock.now())


def test_the_inbox_can_be_narrowed(session: Session, council: Council, clock: FixedClock, raised: EnquiryRow) -> None:
    made = services.offer(session, council.advisor, raised.reference, now=clock.now())
    missed_bin(session, council.advisor, now=clock.now(), answers={"property": OTHER_UPRN, "bin": ["refuse"],
        "collection_day": "2026-03-10", "out_in_time": "yes", "whole_street": "no"})  # fmt: skip

    def found(**narrow: object) -> int:
        return queries.inbox(session, council.officer, page=PageRequest(), **narrow).total  # type: ignore[arg-type]  # - as given

    assert (found(service="missed-bin"), found(service="pothole"), found(late=clock.now())) == (1, 0, 0)
    assert made.accept_by is not None
    assert found(late=made.accept_by) == 1
    assert queries.services_in(session, council.officer) == (("missed-bin", "Report a missed bin"),)
