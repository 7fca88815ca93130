"""Another system's words: its codes move the handoff as agreed, unknown ones are kept, and silence has its consequence."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.enquiries import queries as enquiries
from app.enquiries.enums import State
from app.handoffs import queries, services
from app.handoffs.enums import Becomes, HandoffState
from app.handoffs.rows import HandoffRow
from app.kernel.clock import FixedClock
from app.kernel.errors import Invalid, NotFound
from tests.support.council import Council, missed_bin

Says = Callable[..., HandoffRow]


@pytest.fixture
def offered(session: Session, council: Council, clock: FixedClock) -> HandoffRow:
    row = missed_bin(session, council.advisor, now=clock.now())
    return services.offer(session, council.advisor, row.reference, now=clock.now())


def agree(session: Session, council: Council, clock: FixedClock, code: str, becomes: Becomes, **more: object) -> None:
    services.save_rule(
        session, council.administrator, unit="waste", code=code, becomes=becomes, now=clock.now(), **more
    )  # type: ignore[arg-type]  # - passed through


@pytest.fixture
def says(session: Session, council: Council, clock: FixedClock, offered: HandoffRow) -> Says:
    """What the unit's system says."""

    def say(code: str, text: str = "") -> HandoffRow:
        return services.said_by_system(
            session, council.officer, offered.id, code=code, text=text, external_id="W-1", now=clock.now()
        )

    return say


def test_codes_move_the_handoff(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow, says: Says
) -> None:
    agree(session, council, clock, "CRW-ALLOC", Becomes.IN_WORK)
    agree(session, council, clock, "CLSD", Becomes.COMPLETED, words="The bin is empty.")
    working = says(" crw-alloc ")
    assert (working.state, working.external_code, working.external_id) == (HandoffState.IN_WORK, "crw-alloc", "W-1")
    done = says("CLSD")
    assert (done.state, done.outcome) == (HandoffState.COMPLETED, "The bin is empty.")
    assert enquiries.enquiry(session, council.monitor, offered.reference).state is State.RESOLVED


def test_a_system_that_only_says_done_has_accepted_too_and_its_own_words_count(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow, says: Says
) -> None:
    agree(session, council, clock, "done", Becomes.COMPLETED, words="Done.")
    done = says("done", "Emptied at noon.")
    assert (done.state, done.outcome, done.officer_name) == (
        HandoffState.COMPLETED,
        "Emptied at noon.",
        "Wes Teofficer",
    )


def test_an_unknown_code_is_kept_and_moves_nothing(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow, says: Says
) -> None:
    row = says("XYZ")
    assert (row.state, row.external_code) == (HandoffState.OFFERED, "xyz")
    with pytest.raises(NotFound):
        services.said_by_system(session, council.roads, offered.id, code="XYZ", now=clock.now())


def test_declined_by_code_goes_to_whom_the_rule_names(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow, says: Says
) -> None:
    agree(session, council, clock, "rej", Becomes.DECLINED, words="Not ours", suggested_unit="highways")
    row = says("rej")
    assert (row.state, row.suggested_unit_name) == (HandoffState.DECLINED, "Highways")


def test_after_days_without_a_word_the_rule_of_the_last_word_is_followed(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow, says: Says
) -> None:
    agree(
        session,
        council,
        clock,
        "wip",
        Becomes.IN_WORK,
        silent_days=5,
        silent_becomes=Becomes.RETURNED,
        words="No word for days",
    )
    says("wip")
    assert services.silence_due(session, now=clock.advance(timedelta(days=4))) == 0
    says("wip")
    assert services.silence_due(session, now=clock.advance(timedelta(days=4))) == 0, "a word was heard meanwhile"
    assert services.silence_due(session, now=clock.advance(timedelta(days=1))) == 1
    row = queries.handoff(session, council.advisor, offered.id)
    assert (row.state, row.reason) == (HandoffState.RETURNED, "No word for days")
    assert services.silence_due(session, now=clock.now()) == 0


def test_silence_can_call_the_monitoring_desk(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow, says: Says
) -> None:
    agree(session, council, clock, "wip", Becomes.IN_WORK, silent_days=3, silent_becomes=Becomes.ESCALATED)
    says("wip")
    assert services.silence_due(session, now=clock.advance(timedelta(days=3))) == 1
    enquiry = enquiries.enquiry(session, council.monitor, offered.reference)
    assert (enquiry.state, enquiry.queue_name) == (State.TRIAGE, "Monitoring desk")


def test_a_rule_is_whole_or_refused(session: Session, council: Council, clock: FixedClock) -> None:
    wrong: tuple[dict[str, object], ...] = (
        {"code": " ", "becomes": Becomes.NOTHING}, {"code": "a", "becomes": Becomes.COMPLETED},
        {"code": "a", "becomes": Becomes.DECLINED, "words": "x"}, {"code": "a", "becomes": Becomes.NOTHING, "silent_days": 3},
        {"code": "a", "becomes": Becomes.NOTHING, "silent_days": 0, "silent_becomes": Becomes.ESCALATED},
    )  # fmt: skip
    for given in wrong:
        with pytest.raises(Invalid):
            services.save_rule(session, council.administrator, unit="waste", now=clock.now(), **given)  # type: ignore[arg-type]  # - wrong on purpose
