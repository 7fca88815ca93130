"""Whatever is done, in whatever order, by whomever, on whatever night: nobody's enquiry falls between us.

Random sequences of every action run against the real database. After each step three invariants are counted by SQL over the tables
themselves, with a calendar of their own; nothing of what is tested is asked whether it did well. More sequences: CUSTODY_EXAMPLES=200.
"""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import services as accounts
from app.enquiries import services
from app.enquiries.enums import Disposition, LinkKind
from app.enquiries.rows import Raiser
from app.handoffs import queries as handoff_queries
from app.handoffs import services as handoffs
from app.handoffs.enums import Becomes
from app.kernel.actors import SYSTEM, Actor, ActorKind, Role
from app.kernel.clock import LONDON, FixedClock
from app.kernel.errors import DomainError
from app.organisation import services as organisation
from app.organisation.enums import RotaKind
from app.oversight import services as oversight
from app.oversight.enums import DeskAct, DeskList
from app.routing import assigning, closing
from app.routing import services as routing
from app.sla import services as sla
from tests.support.council import MISSED_BIN, Council, missed_bin, person, queue

EXAMPLES = int(os.environ.get("CUSTODY_EXAMPLES", "18"))
STEPS = 30
MORNINGS = {
    "an ordinary Wednesday": datetime(2026, 3, 11, 10, tzinfo=UTC),
    "the Friday before the clocks go forward": datetime(2026, 3, 27, 16, tzinfo=UTC),
    "the Thursday before Easter": datetime(2026, 4, 2, 15, 30, tzinfo=UTC),
    "the Friday before the clocks go back": datetime(2026, 10, 23, 14, tzinfo=UTC),
    "the day before Christmas Eve": datetime(2026, 12, 23, 12, tzinfo=UTC),
}
OUT_OF_WORK = {  # bank holidays of England and Wales, from the official list
    date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4), date(2026, 5, 25), date(2026, 8, 31), date(2026, 12, 25),
    date(2026, 12, 28), date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29),
}  # fmt: skip
WATCH = (time(9, 0), time(15, 15), time(17, 15))
"""When the worker is sure to have come round, London time: the jobs themselves run every few minutes."""

OPEN = "e.state NOT IN ('resolved', 'closed', 'duplicate', 'withdrawn', 'spam', 'redirected')"

CUSTODY = f"""
SELECT e.reference FROM enquiry e LEFT JOIN queue q ON q.id = e.queue_id LEFT JOIN account o ON o.id = e.owner_id
WHERE {OPEN} AND (
  e.next_action_at IS NULL
  OR (e.owner_id IS NOT NULL AND o.status <> 'active')
  OR (e.owner_id IS NULL AND (
    q.id IS NULL OR q.status <> 'active' OR q.owner_id IS NULL OR q.deputy_id IS NULL
    OR NOT EXISTS (SELECT 1 FROM queue_reader r LEFT JOIN membership m ON m.unit_id = r.unit_id
      JOIN account a ON a.id = coalesce(r.account_id, m.account_id) WHERE r.queue_id = q.id AND a.status = 'active'))))
"""

QUEUES = """
SELECT q.slug FROM queue q
WHERE (q.status = 'active' AND (q.owner_id IS NULL OR q.deputy_id IS NULL OR q.monitor_id IS NULL OR q.unit_id IS NULL
    OR btrim(q.purpose) = '' OR (q.kind = 'project' AND q.ends_on IS NULL)
    OR NOT EXISTS (SELECT 1 FROM queue_reader r WHERE r.queue_id = q.id)))
  OR (q.status <> 'active' AND EXISTS (
    SELECT 1 FROM enquiry e WHERE e.queue_id = q.id AND e.state IN ('new', 'triage')))
  OR (q.status <> 'active' AND EXISTS (SELECT 1 FROM service s WHERE s.intake_queue_id = q.id AND s.active))
"""

SPOKE = """
  SELECT e.id AS enquiry_id, e.received_at AS at FROM enquiry e
  UNION ALL
  SELECT m.about_id, m.created_at FROM message m
    WHERE m.about_type = 'enquiry' AND m.template IN (
      'customer_message', 'enquiry_needs_you', 'promise_changed', 'enquiry_accepted', 'enquiry_finished', 'still_with_us')
  UNION ALL
  SELECT m.about_id, m.created_at FROM message m JOIN enquiry_entry n ON n.enquiry_id = m.about_id AND n.at = m.created_at
    WHERE m.about_type = 'enquiry' AND m.template = 'enquiry_reassigned' AND n.actor_kind = 'staff'
  UNION ALL
  SELECT w.enquiry_id, w.at FROM enquiry_message w WHERE w.direction = 'out' AND w.author_id IS NOT NULL
  UNION ALL
  SELECT n.enquiry_id, n.at FROM enquiry_entry n WHERE n.kind = 'reopened'
"""
"""Every moment at which somebody's silence began anew: a message on a human action or a new promise, or a matter opened again."""

SILENCE = f"""
WITH spoke AS ({SPOKE}), last AS (SELECT enquiry_id, max(at) AS at FROM spoke GROUP BY enquiry_id), limits AS (
  SELECT e.id, e.reference, e.raiser_email, (
    SELECT d.closes FROM worked d WHERE d.number = s.silence_working_days
      + (SELECT min(f.number) FROM worked f WHERE f.closes > l.at)) AS limit_at
  FROM enquiry e JOIN last l ON l.enquiry_id = e.id JOIN service s ON s.id = e.service_id WHERE {OPEN})
SELECT t.reference || ' ' || t.limit_at FROM limits t
WHERE t.limit_at < :now AND NOT EXISTS (
  SELECT 1 FROM silence_alarm a WHERE a.enquiry_id = t.id AND a.closed_at IS NULL
    AND ((t.raiser_email = '' AND a.raised_at <= t.limit_at) OR (a.missed_at IS NOT NULL AND :outage)))
"""


def _worked_days(session: Session) -> None:
    """A calendar of the test's own: the working days from March 2026 on, numbered, each with the instant of its close."""
    session.execute(text("CREATE TEMP TABLE worked (number integer, closes timestamptz) ON COMMIT DROP"))
    day, number = date(2026, 3, 1), 0
    while day < date(2027, 7, 1):
        if day.weekday() < 5 and day not in OUT_OF_WORK:
            number += 1
            closes = datetime.combine(day, time(17), LONDON)
            session.execute(text("INSERT INTO worked VALUES (:n, :c)"), {"n": number, "c": closes})
        day += timedelta(days=1)


class Custody(RuleBasedStateMachine):
    """Everything that anybody can do, on a small council that really exists in the database."""

    session: Session
    council: Council

    def __init__(self) -> None:
        super().__init__()
        self.everything = self.session.begin_nested()
        self.clock = FixedClock(MORNINGS["an ordinary Wednesday"])
        self.references: list[str] = []
        self.gone: set[UUID] = set()
        self.batches: list[UUID] = []
        self.outage = False

    def teardown(self) -> None:
        self.everything.rollback()
        self.session.expire_all()

    @initialize(morning=st.sampled_from(sorted(MORNINGS)))
    def begins(self, morning: str) -> None:
        self.clock.move_to(MORNINGS[morning])
        self._raise(email=True)

    def _try(self, action: Callable[[], object]) -> bool:
        """Do it or be refused: a refusal leaves nothing behind. Constraints that wait for the commit are asked at once."""
        step = self.session.begin_nested()
        try:
            action()
            self.session.flush()
            self.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        except (DomainError, IntegrityError):
            step.rollback()
            self.session.expire_all()
            return False
        step.commit()
        self.session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        return True

    def _raise(self, *, email: bool, locale: str = "en") -> None:
        raiser = Raiser("Jo Bloggs", "jo@example.com" if email else "", "01632 960001", locale)
        actor = self.council.resident if email else self.council.advisor
        if actor.account_id in self.gone:
            return
        row = missed_bin(self.session, actor, raiser=raiser, now=self.clock.now())
        self.references.append(row.reference)

    @property
    def staff(self) -> list[Actor]:
        c = self.council
        everybody = (c.advisor, c.colleague, c.leader, c.officer, c.officer_too, c.monitor)
        return [actor for actor in everybody if actor.account_id not in self.gone]

    # -- what people do to enquiries

    @rule(email=st.booleans(), locale=st.sampled_from(["en", "fr", "es"]))
    @precondition(lambda self: len(self.references) < 6)
    def somebody_asks(self, email: bool, locale: str) -> None:
        self.clock.advance(timedelta(minutes=1))
        self._try(lambda: self._raise(email=email, locale=locale))

    @rule(which=st.integers(0, 99), who=st.integers(0, 99), other=st.integers(0, 99), data=st.data())
    def somebody_does_something(self, which: int, who: int, other: int, data: Any) -> None:
        self.clock.advance(timedelta(minutes=7))
        actor = self.staff[who % len(self.staff)]
        reference = self.references[which % len(self.references)]
        verbs = self._verbs(actor, reference, self.references[other % len(self.references)])
        self._try(verbs[data.draw(st.sampled_from(sorted(verbs)), label="verb")])

    def _verbs(self, a: Actor, r: str, other: str) -> dict[str, Callable[[], object]]:
        s, now = self.session, self.clock.now()
        at: dict[str, Any] = {"version": None, "now": now}
        later = now + timedelta(days=5)
        taker = self.staff[now.minute % len(self.staff)].account_id
        assert taker is not None
        return {
            "triage": lambda: services.triage(s, a, r, queue="monitoring-desk", **at),
            "to the project": lambda: services.triage(s, a, r, queue="bins-project", **at),
            "assign": lambda: services.assign(s, a, r, to_account=taker, **at),
            "assign from the desk": lambda: oversight.assign_from_desk(s, a, r, to_account=taker, reason="x", **at),
            "give to the best": lambda: assigning.assign_best(s, a, r, **at),
            "pick next": lambda: routing.pick_next(s, a, now=now),
            "start": lambda: services.start(s, a, r, **at),
            "ask": lambda: services.await_customer(s, a, r, message="?", due_at=later, **at),
            "ask by voice": lambda: services.await_customer(s, a, r, message="?", due_at=later, spoken=True, **at),
            "third party": lambda: services.await_third_party(s, a, r, reason="x", next_action_at=later, **at),
            "schedule": lambda: services.schedule(s, a, r, at=later, **at),
            "note": lambda: services.add_note(s, a, r, body="x", now=now),
            "write": lambda: services.message_customer(s, a, r, body="x", now=now),
            "ring": lambda: services.told_by_voice(s, a, r, body="x", now=now),
            "promise": lambda: services.change_promise(s, a, r, promised_at=later, reason="x", **at),
            "reply": lambda: services.customer_replied(s, SYSTEM, r, body="!", now=now),
            "not reached": lambda: services.customer_not_reached(s, self._id(r), address="x@example.com", now=now),
            "resolve": lambda: services.resolve(
                s, a, r, disposition=Disposition.DONE, text="x", despite_tasks=True, **at
            ),
            "close": lambda: services.close(s, a, r, **at),
            "reopen": lambda: services.reopen(s, a, r, reason="x", **at),
            "withdraw": lambda: services.withdraw(s, a, r, reason="x", **at),
            "spam": lambda: services.mark_spam(s, a, r, reason="x", **at),
            "redirect": lambda: services.redirect(s, a, r, to="x", reason="x", **at),
            "join": lambda: services.mark_duplicate(s, a, r, of=other, reason="x", **at),
            "take apart": lambda: services.undo_merge(s, a, r, reason="x", **at),
            "split": lambda: self._split(a, r),
            "link": lambda: services.link(s, a, r, to=other, kind=LinkKind.RELATED, now=now),
            "task": lambda: services.add_task(s, a, r, title="x", due_at=later, assignee_id=taker, now=now),
            "attach": lambda: services.attach(s, a, r, [("x.txt", b"words")], now=now),
            "urgent": lambda: services.ask_urgent(s, a, r, reason="x", deadline=later, **at),
            "authorise": lambda: services.authorise_urgent(s, a, r, now=now),
            "refuse": lambda: services.refuse_urgent(s, a, r, reason="x", now=now),
            "not urgent": lambda: services.end_urgent(s, a, r, reason="x", now=now),
            "offer": lambda: handoffs.offer(s, a, r, unit="waste", now=now),
            "accept": self._handoff(a, r, handoffs.accept),
            "begin": self._handoff(a, r, handoffs.start),
            "decline": self._handoff(a, r, handoffs.decline, reason="x", suggested_unit="highways"),
            "return": self._handoff(a, r, handoffs.return_to_sender, missing="x"),
            "complete": self._handoff(a, r, handoffs.complete, text="x"),
            "recall": self._handoff(a, r, handoffs.recall, reason="x"),
            "confirm": self._handoff(a, r, handoffs.confirm),
            "prepare": lambda: handoffs.prepare(s, a, r, unit="highways", now=now),
            "refer": lambda: handoffs.refer(s, a, r, unit="highways", question="x", now=now),
            "their system works on it": self._handoff(a, r, handoffs.said_by_system, code="wip"),
            "their system is done": self._handoff(a, r, handoffs.said_by_system, code="done"),
            "claim at the desk": lambda: oversight.claim(s, a, r, **at),
            "re-route": lambda: oversight.reroute(s, a, r, queue="bins-project", reason="x", **at),
            "escalate": lambda: oversight.escalate(s, a, r, reason="x", **at),
            "send again": lambda: oversight.send_again(s, a, r, now=now),
            "explain what did not arrive": lambda: oversight.explain_delivery(s, a, r, text="x", **at),
            "many at once": lambda: self._many(a, taker),
            "undo what was done to many": lambda: (
                oversight.undo(s, a, self.batches[-1], now=now) if self.batches else None
            ),
        }

    def _many(self, actor: Actor, taker: UUID) -> None:
        """All of them: given to somebody, or into the project's queue."""
        chosen = [oversight.Wanted(reference) for reference in self.references]
        act = (DeskAct.CLAIM, DeskAct.ASSIGN, DeskAct.REROUTE)[len(self.batches) % 3]
        made = oversight.act_on_many(
            self.session, actor, act, chosen, which=DeskList.STUCK, reason="x", to_account=taker, queue="bins-project",
            now=self.clock.now(),
        )  # fmt: skip
        assert {line.reference for line in made.lines} == set(self.references), "none is left out"
        self.batches.append(made.id)

    def _split(self, actor: Actor, reference: str) -> None:
        row = services.split(
            self.session,
            actor,
            reference,
            service="missed-bin",
            answers=MISSED_BIN,
            reason="x",
            version=None,
            now=self.clock.now(),
        )
        self.references.append(row.reference)

    def _handoff(
        self, actor: Actor, reference: str, verb: Callable[..., object], **given: object
    ) -> Callable[[], object]:
        def run() -> object:
            found = handoff_queries.handoffs_of(self.session, SYSTEM, reference)
            return verb(self.session, actor, found[0].id, now=self.clock.now(), **given) if found else None

        return run

    def _id(self, reference: str) -> UUID:
        found: UUID = self.session.scalar(text("SELECT id FROM enquiry WHERE reference = :r"), {"r": reference})
        return found

    # -- what happens to the house

    @rule(who=st.integers(0, 5))
    def somebody_leaves(self, who: int) -> None:
        account_id = self.staff[who % len(self.staff)].account_id
        assert account_id is not None
        if len(self.staff) > 1 and self._try(
            lambda: accounts.suspend(self.session, SYSTEM, account_id, now=self.clock.now())
        ):
            self.gone.add(account_id)

    @rule(who=st.integers(0, 5), unit=st.sampled_from(["contact-centre", "waste"]))
    def somebody_is_taken_out_of_a_unit(self, who: int, unit: str) -> None:
        account_id = self.staff[who % len(self.staff)].account_id
        assert account_id is not None
        self._try(lambda: organisation.remove_member(self.session, SYSTEM, account_id, unit, now=self.clock.now()))

    @rule(who=st.integers(0, 5), days=st.integers(1, 20))
    def somebody_is_ill(self, who: int, days: int) -> None:
        account_id = self.staff[who % len(self.staff)].account_id
        assert account_id is not None
        now = self.clock.now()
        self._try(lambda: organisation.add_exception(
            self.session, SYSTEM, account_id, RotaKind.SICKNESS, starts_at=now, ends_at=now + timedelta(days=days), now=now,
        ))  # fmt: skip

    @rule(slug=st.sampled_from(["bins-project", "waste-intake"]), safely=st.booleans())
    def a_queue_closes(self, slug: str, safely: bool) -> None:
        now = self.clock.now()
        if safely:
            self._try(lambda: closing.close_safely(
                self.session, self.council.administrator, slug, reason="x", move_to="monitoring-desk", now=now
            ))  # fmt: skip
        else:
            self._try(
                lambda: self.session.execute(text("UPDATE queue SET status = 'closed' WHERE slug = :s"), {"s": slug})
            )

    @rule(broken=st.sampled_from(['"never"', '{"mon": ["25:00"]}', "[1]"]))
    def a_rule_fails(self, broken: str) -> None:
        now = self.clock.now()
        self._try(lambda: routing_rule(self.session, self.council, now))
        self._try(lambda: self.session.execute(text(
            "UPDATE routing_rule SET hours = CAST(:b AS jsonb), cover_queue_id = "
            "(SELECT id FROM queue WHERE slug = 'monitoring-desk') WHERE queue_id <> (SELECT id FROM queue WHERE slug = 'monitoring-desk')"
        ), {"b": broken}))  # fmt: skip

    # -- time

    @rule(days=st.integers(1, 4))
    def days_pass(self, days: int) -> None:
        """The worker comes round many times a day; three are enough here."""
        until = self.clock.now() + timedelta(days=days)
        day = self.clock.now().astimezone(LONDON).date()
        while day <= until.astimezone(LONDON).date():
            for at in WATCH:
                moment = datetime.combine(day, at, LONDON)
                if self.clock.now() < moment <= until:
                    self.clock.move_to(moment)
                    self._jobs()
            day += timedelta(days=1)
        self.clock.move_to(until)
        self._jobs()

    @rule(hours=st.integers(12, 24 * 12))
    @precondition(lambda self: not self.outage)
    def the_clock_jumps(self, hours: int) -> None:
        """Nothing ran for a long time, and then the worker is back."""
        self.clock.advance(timedelta(hours=hours))
        self.outage = True
        self._jobs()

    def _jobs(self) -> None:
        now = self.clock.now()
        for job in (
            lambda: services.guard_silence(self.session, now=now),
            lambda: sla.check_due(self.session, now=now),
            lambda: handoffs.expire_due(self.session, now=now),
            lambda: handoffs.silence_due(self.session, now=now),
            lambda: assigning.move_on_from_absent(self.session, now=now),
            lambda: services.lapse_requests(self.session, now=now),
            lambda: services.close_resolved(self.session, after=timedelta(days=14), now=now),
        ):
            job()  # a job that is refused is a fault: nobody stands there to read why
        self.session.flush()
        self.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        self.session.execute(text("SET CONSTRAINTS ALL DEFERRED"))

    # -- what must always be true, by SQL over the tables

    @invariant()
    def every_open_enquiry_is_in_somebodys_custody(self) -> None:
        assert list(self.session.scalars(text(CUSTODY))) == []

    @invariant()
    def every_queue_that_is_live_is_whole_and_every_other_is_empty(self) -> None:
        assert list(self.session.scalars(text(QUEUES))) == []

    @invariant()
    def nobody_is_left_waiting_for_a_word(self) -> None:
        left = self.session.scalars(text(SILENCE), {"now": self.clock.now(), "outage": self.outage})
        assert list(left) == []


def routing_rule(session: Session, council: Council, now: datetime) -> None:
    """A rule that leads somewhere else than the intake."""
    routing.set_rule(session, council.administrator, service="missed-bin", queue="bins-project", now=now)


@pytest.mark.slow
def test_nothing_that_anybody_does_loses_an_enquiry(session: Session, council: Council, clock: FixedClock) -> None:
    queue(session, council, "bins-project", "waste", now=clock.now())
    spare = person(session, "Spare Reader", Role.ADVISOR, now=clock.now())
    assert spare.kind is ActorKind.STAFF
    assert spare.account_id is not None
    organisation.add_member(session, SYSTEM, spare.account_id, "contact-centre", now=clock.now())
    for code, becomes, words in (("wip", Becomes.IN_WORK, ""), ("done", Becomes.COMPLETED, "Done.")):
        handoffs.save_rule(
            session, council.administrator, unit="waste", code=code, becomes=becomes, words=words, now=clock.now(),
            silent_days=None if words else 2, silent_becomes=None if words else Becomes.ESCALATED,
        )  # fmt: skip
    _worked_days(session)
    session.flush()
    machine = type("OfThisCouncil", (Custody,), {"session": session, "council": council})
    how = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    run_state_machine_as_test(machine, settings=how)
