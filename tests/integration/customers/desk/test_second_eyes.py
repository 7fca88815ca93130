"""What one steward may not decide alone: what is risky, and who is restricted."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.customers import queries, services
from app.customers.enums import Judged, Risk, Verdict
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Conflict, NotAllowed
from tests.support.desk import CROWD, ONE, OTHER, leave_open
from tests.support.flowing import record_id
from tests.support.judging import decisions, enquiries_wait, judge, later, listed


@pytest.mark.parametrize(
    ("reason", "risk"), [("identifier", Risk.IDENTIFIER), ("birth", Risk.BIRTH), ("size", Risk.SIZE)]
)
def test_joining_what_contradicts_itself_waits_for_a_second_steward(  # noqa: PLR0917 - fixtures, and what they are tried with
    town: Database, felix: Actor, greta: Actor, clock: FixedClock, reason: str, risk: Risk
) -> None:
    match = leave_open(town, ONE, OTHER, reason=reason)
    assert judge(town, felix, match, Verdict.SAME, clock) is Judged.WAITS
    assert decisions(town) == []
    assert listed(town, felix, clock) == [], "it is no longer this steward's to decide"
    assert [row.first_by for row in listed(town, greta, clock, show="second")] == ["Felix Ward"]
    with pytest.raises(Conflict, match="Another steward"):
        judge(town, felix, match, Verdict.SAME, clock)
    with town.reading() as session:
        assert risk in queries.desk_pair(session, greta.account_id, match, now=clock.now()).risks
    assert judge(town, greta, match, Verdict.SAME, clock) is Judged.DECIDED
    assert decisions(town) == [("same", "Greta Lund")]


def test_many_open_enquiries_are_a_risk_and_telling_apart_is_none(
    town: Database, felix: Actor, clock: FixedClock
) -> None:
    match, apart = leave_open(town, ONE, OTHER), leave_open(town, CROWD[0], CROWD[1], reason="birth")
    with town.transaction() as session:
        services.weigh_stakes(session, now=clock.now())
        enquiries_wait(session, match, 3)
    assert judge(town, felix, match, Verdict.SAME, clock) is Judged.WAITS
    assert judge(town, felix, apart, Verdict.DIFFERENT, clock) is Judged.DECIDED


def test_two_who_disagree_leave_the_pair_open(town: Database, felix: Actor, greta: Actor, clock: FixedClock) -> None:
    match = leave_open(town, ONE, OTHER, reason="identifier")
    judge(town, felix, match, Verdict.SAME, clock)
    assert judge(town, greta, match, Verdict.DIFFERENT, clock) is Judged.DISAGREED
    assert decisions(town) == []
    with town.reading() as session:
        assert queries.desk_pair(session, None, match, now=clock.now()).disagreed == "Felix Ward, Greta Lund"
    assert [row.id for row in listed(town, felix, clock)] == [match]


def test_the_database_itself_refuses_that_one_confirms_their_own_word(
    town: Database, felix: Actor, clock: FixedClock
) -> None:
    judge(town, felix, leave_open(town, ONE, OTHER, reason="birth"), Verdict.SAME, clock)
    with pytest.raises(IntegrityError, match="by_another"), town.transaction() as session:
        session.execute(
            text("UPDATE desk_opinion SET status = 'confirmed', settled_by = given_by, settled_at = given_at")
        )


def test_a_first_word_is_withdrawn_but_not_once_another_has_answered(
    town: Database, felix: Actor, greta: Actor, clock: FixedClock
) -> None:
    match = leave_open(town, ONE, OTHER, reason="birth")
    judge(town, felix, match, Verdict.SAME, clock)
    with town.transaction() as session:
        services.undo(session, felix, now=clock.now())
    assert [row.id for row in listed(town, felix, clock)] == [match]
    judge(town, felix, match, Verdict.SAME, clock)
    judge(town, greta, match, Verdict.SAME, clock)
    with pytest.raises(Conflict, match="Greta Lund has answered"), town.transaction() as session:
        services.undo(session, felix, now=clock.now())
    with town.transaction() as session:
        services.undo(session, greta, now=clock.now())
    assert decisions(town) == []
    assert [row.first_by for row in listed(town, greta, clock, show="second")] == ["Felix Ward"]


def test_a_restricted_pair_shows_nothing_until_it_is_opened_for_a_reason_and_then_needs_two(
    town: Database, felix: Actor, greta: Actor, clock: FixedClock
) -> None:
    match = leave_open(town, ONE, OTHER, reason="restricted")
    with town.transaction() as session:
        services.restrict(session, felix, record_id(town, ONE.name), reason="Hostel", now=clock.now())
    row = listed(town, greta, clock)[0]
    assert row.restricted
    assert "Josephine" not in repr(row)
    with town.reading() as session:
        pair = queries.desk_pair(session, greta.account_id, match, now=clock.now())
    assert pair.hidden
    assert "Marine" not in repr(pair)
    with pytest.raises(NotAllowed, match="Open the restricted"):
        judge(town, felix, match, Verdict.SAME, clock)
    for who in (felix, greta):
        with town.transaction() as session:
            services.open_restricted_pair(session, who, match, reason="A case conference", now=clock.now())
            assert services.opened_reason(session, who, match, now=clock.now()) == "A case conference"
            shown = queries.desk_pair(session, who.account_id, match, opened=True, now=clock.now())
        assert "Marine Parade" in repr(shown)
        outcome = judge(town, who, match, Verdict.SAME, clock)
        assert outcome is (Judged.WAITS if who is felix else Judged.DECIDED)
    with town.reading() as session:
        told = session.scalar(text("SELECT count(*) FROM audit_entry WHERE action = 'record.opened_restricted'"))
    assert told == 4, "each steward, each side"


def test_a_reason_for_opening_ends_with_the_claim(town: Database, felix: Actor, clock: FixedClock) -> None:
    match = leave_open(town, ONE, OTHER, reason="restricted")
    with town.transaction() as session:
        services.restrict(session, felix, record_id(town, ONE.name), reason="Hostel", now=clock.now())
        services.open_restricted_pair(session, felix, match, reason="A case conference", now=clock.now())
    soon = later(clock, minutes=20)
    with town.transaction() as session:
        services.claim(session, felix, match, now=soon.now())
        assert services.opened_reason(session, felix, match, now=soon.now()) == ""
