"""The database holds the state machine by itself: what the policy does not allow cannot be written, whoever writes it."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from app.enquiries import services
from app.enquiries.enums import Channel, Disposition, State
from app.enquiries.models import Enquiry
from app.enquiries.policy import TRANSITIONS
from app.enquiries.rows import PastEnquiry, Raiser
from app.handoffs import queries as handoff_queries
from app.handoffs import services as handoffs
from app.kernel import references
from app.kernel.actors import SYSTEM, Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import DomainError
from app.organisation import queries as organisation
from app.oversight import queries as oversight
from tests.conftest import TEST_DAY
from tests.support.council import Council, missed_bin

LOST = """
SELECT count(*) FROM enquiry e LEFT JOIN queue q ON q.id = e.queue_id
WHERE e.state NOT IN ('resolved', 'closed', 'duplicate', 'withdrawn', 'spam', 'redirected')
  AND (e.next_action_at IS NULL OR (e.owner_id IS NULL AND (
        q.id IS NULL OR q.status <> 'active' OR q.owner_id IS NULL OR q.deputy_id IS NULL
        OR NOT EXISTS (SELECT 1 FROM queue_reader r WHERE r.queue_id = q.id))))
"""


def complete(session: Session, council: Council, clock: FixedClock, state: State) -> Enquiry:
    """An enquiry that has every column that any state could ask for."""
    service = organisation.service_by_slug(session, "missed-bin")
    desk = organisation.queue_by_slug(session, "monitoring-desk")
    now = clock.now()
    row = Enquiry(
        reference=references.new("FP"), service_id=service.id, channel=Channel.PHONE, state=state, imported=True, received_at=now,
        raiser_name="Jo", answers={}, queue_id=desk.id, unit_id=desk.unit_id, owner_id=council.advisor.account_id, held_since=now,
        next_action_at=now, first_promised_at=now, promised_at=now, due_at=now, disposition=Disposition.DONE, outcome="x",
        resolved_at=now, closed_at=now, hear_by=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def accepts(session: Session, statement: str, **values: object) -> bool:
    """Whether the database takes a statement; nothing of it stays."""
    attempt = session.begin_nested()
    try:
        session.execute(text(statement), values)
    except IntegrityError:
        return False
    finally:
        attempt.rollback()
    return True


@pytest.mark.parametrize("old", sorted(State))
def test_the_database_allows_exactly_the_moves_of_the_policy(
    session: Session, council: Council, clock: FixedClock, old: State
) -> None:
    original = complete(session, council, clock, State.TRIAGE)
    row = (
        complete(session, council, clock, old)
        if old is not State.DUPLICATE
        else _duplicate(session, council, clock, original.id)
    )
    session.execute(text("UPDATE enquiry SET duplicate_of_id = :o WHERE id = :i"), {"o": original.id, "i": row.id})
    allowed = {
        new for new in State
        if accepts(session, "UPDATE enquiry SET state = :new WHERE id = :id", new=new.value, id=row.id)
    }  # fmt: skip
    assert allowed == TRANSITIONS[old] | {old}


@pytest.mark.parametrize(
    ("state", "column"),
    [
        ("triage", "next_action_at"), ("in_progress", "next_action_at"), ("new", "queue_id"), ("triage", "queue_id"),
        ("assigned", "owner_id"), ("in_progress", "owner_id"), ("with_service", "owner_id"), ("returned", "owner_id"),
        ("awaiting_customer", "due_at"), ("resolved", "disposition"), ("resolved", "resolved_at"), ("closed", "closed_at"),
        ("withdrawn", "disposition"),
    ],
)  # fmt: skip
def test_what_a_state_needs_cannot_be_taken_away(
    session: Session, council: Council, clock: FixedClock, state: str, column: str
) -> None:
    row = complete(session, council, clock, State(state))
    assert not accepts(session, f"UPDATE enquiry SET {column} = NULL WHERE id = :id", id=row.id)
    assert not accepts(session, "UPDATE enquiry SET outcome = ' ' WHERE id = :id", id=row.id) or state not in {
        "resolved",
        "closed",
    }


def test_an_enquiry_begins_new_unless_it_was_brought_over(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = complete(session, council, clock, State.IN_PROGRESS)
    copied = "INSERT INTO enquiry SELECT (json_populate_record(e, json_build_object('id', gen_random_uuid(), 'reference', 'X', 'imported', :imported))).* FROM enquiry e WHERE id = :id"
    assert accepts(session, copied, id=row.id, imported=True)
    assert not accepts(session, copied, id=row.id, imported=False)


def test_nothing_waits_in_a_queue_that_is_closed(session: Session, council: Council, clock: FixedClock) -> None:
    row = complete(session, council, clock, State.TRIAGE)
    session.execute(text("UPDATE queue SET status = 'draft' WHERE slug = 'waste-intake'"))
    assert not accepts(
        session,
        "UPDATE enquiry SET queue_id = (SELECT id FROM queue WHERE slug = 'waste-intake') WHERE id = :id",
        id=row.id,
    )


@pytest.mark.parametrize(
    "statement", ["DELETE FROM enquiry", "DELETE FROM enquiry_entry", "UPDATE enquiry_entry SET body = 'x'"]
)
def test_enquiries_and_their_timeline_are_never_lost_or_rewritten(
    session: Session, council: Council, clock: FixedClock, statement: str
) -> None:
    missed_bin(session, council.resident, now=clock.now())
    with pytest.raises(DBAPIError, match="are kept"), session.begin_nested():
        session.execute(text(statement))


def _verbs(
    session: Session, council: Council, clock: FixedClock, reference: str
) -> dict[str, Callable[[Actor], object]]:
    """Everything that can be done to the enquiry, with good arguments."""
    at = {"version": None, "now": clock.now()}
    later = clock.now() + timedelta(days=5)
    s, r = session, reference
    people = [council.advisor, council.colleague, council.officer]

    def handoff(verb: Callable[..., object], **given: object) -> Callable[[Actor], object]:
        def run(actor: Actor) -> object:
            found = handoff_queries.handoffs_of(s, SYSTEM, r)
            return verb(s, actor, found[0].id, now=clock.now(), **given) if found else None

        return run

    return {
        "triage": lambda a: services.triage(s, a, r, queue="monitoring-desk", **at),
        "assign": lambda a: services.assign(s, a, r, to_account=people[clock.now().minute % 3].account_id, **at),
        "start": lambda a: services.start(s, a, r, **at),
        "ask": lambda a: services.await_customer(s, a, r, message="?", due_at=later, **at),
        "third party": lambda a: services.await_third_party(s, a, r, reason="x", next_action_at=later, **at),
        "schedule": lambda a: services.schedule(s, a, r, at=later, **at),
        "reply": lambda _: services.customer_replied(s, council.resident, r, body="!", now=clock.now()),
        "resolve": lambda a: services.resolve(s, a, r, disposition=Disposition.DONE, text="x", **at),
        "close": lambda a: services.close(s, a, r, **at),
        "reopen": lambda a: services.reopen(s, a, r, reason="x", **at),
        "withdraw": lambda a: services.withdraw(s, a, r, reason="x", **at),
        "spam": lambda a: services.mark_spam(s, a, r, reason="x", **at),
        "redirect": lambda a: services.redirect(s, a, r, to="x", reason="x", **at),
        "promise": lambda a: services.change_promise(s, a, r, promised_at=later, reason="x", **at),
        "offer": lambda a: handoffs.offer(s, a, r, now=clock.now()),
        "accept": handoff(handoffs.accept),
        "decline": handoff(handoffs.decline, reason="x", suggested_unit="highways"),
        "begin": handoff(handoffs.start),
        "complete": handoff(handoffs.complete, text="x"),
        "return": handoff(handoffs.return_to_sender, missing="x"),
        "recall": handoff(handoffs.recall, reason="x"),
        "expire": lambda _: handoffs.expire_due(s, now=clock.now()),
    }


VERBS = (
    "triage", "assign", "start", "ask", "third party", "schedule", "reply", "resolve", "close", "reopen", "withdraw", "spam",
    "redirect", "promise", "offer", "accept", "decline", "begin", "complete", "return", "recall", "expire",
)  # fmt: skip
steps = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 3), st.integers(1, 3000)), min_size=1, max_size=12)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=steps)
def test_whatever_is_done_in_whatever_order_no_enquiry_is_lost(
    session: Session, council: Council, steps: list[tuple[str, int, int]]
) -> None:
    everything = session.begin_nested()
    clock = FixedClock(TEST_DAY)
    reference = missed_bin(session, council.resident, now=clock.now()).reference
    actors = (council.advisor, council.leader, council.officer, council.monitor)
    for verb, who, minutes in steps:
        clock.advance(timedelta(minutes=minutes))
        step = session.begin_nested()
        try:
            _verbs(session, council, clock, reference)[verb](actors[who])
            session.flush()
        except DomainError:
            step.rollback()
            session.expire_all()
        else:
            step.commit()
        assert session.scalar(text(LOST)) == 0
        assert oversight.custody_breaches(session, now=clock.now()) == 0
    everything.rollback()
    session.expire_all()


def _duplicate(session: Session, council: Council, clock: FixedClock, of: UUID) -> Enquiry:
    past = PastEnquiry(
        "missed-bin", Channel.PHONE, clock.now(), Raiser("Jo"), State.DUPLICATE, outcome="x", resolved_at=clock.now(),
        owner_id=council.advisor.account_id, queue="monitoring-desk", closed_at=clock.now(), due_at=clock.now(),
        next_action_at=clock.now(), reference="FP-TEST-DUPL",
        duplicate_of=session.get_one(Enquiry, of).reference,
    )  # fmt: skip
    services.import_history(session, SYSTEM, [past], now=clock.now())
    session.execute(text("UPDATE enquiry SET next_action_at = received_at WHERE reference = 'FP-TEST-DUPL'"))
    return session.scalars(select(Enquiry).where(Enquiry.reference == "FP-TEST-DUPL")).one()
