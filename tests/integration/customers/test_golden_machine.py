"""Whatever happens, in whatever order: load, change, match, merge, unmerge, pin, split, restrict, erase, load again.

`GOLDEN_SEQUENCES=2000 pytest tests/integration/customers/test_golden_machine.py` runs all that were promised; without it as many
as a test run has time for.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import text

from app.customers import models, queries, services
from app.customers.enums import Verdict
from app.customers.loading.erased import erased_keys
from app.kernel.actors import Actor, ActorKind, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Conflict, Invalid, NotFound
from tests.conftest import TEST_DAY
from tests.support.flowing import Sent, Town, copy_model, erase, partition, send, send_and_match

SEQUENCES = int(os.environ.get("GOLDEN_SEQUENCES", "12"))
STEPS = 9
STEWARD = Actor(ActorKind.STAFF, None, "Stu Ward", frozenset({Role.STEWARD}))
EMPTIED = (
    "match_due", "match_record", "match_edge", "match_shared", "possible_match", "golden_pin", "golden_merge", "steward_decision",
    "link_version", "golden_version", "link", "golden_search", "search_word", "golden_record", "match_run", "verification",
    "source_record_version", "source_record", "source_load", "audit_entry", "erased_key",
)  # fmt: skip
TELLING = (
    "golden_record", "golden_search", "golden_version", "link", "link_version", "possible_match", "match_record", "match_edge", "match_due",
    "source_record", "source_record_version", "steward_decision", "verification",
)  # fmt: skip
"""Nothing of an erased record may be left in these."""

_OURS = ", ".join(f"'{getattr(models, name).__tablename__}'" for name in models.__all__)
BROKEN = {
    "4: a record that does not wait has not exactly one golden record": (
        "SELECT count(*) FROM source_record r LEFT JOIN link l ON l.source_record_id = r.id WHERE l.golden_id IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM match_due d WHERE d.record_id = r.id)"
    ),
    "4: a live golden record has no records, or miscounts them": (
        "SELECT count(*) FROM golden_record g WHERE live AND size <> (SELECT count(*) FROM link l WHERE l.golden_id = g.id)"
    ),
    "4: a retired id leads nowhere although its records are there": (
        "WITH RECURSIVE path AS (SELECT id AS start, id, retired_into, live FROM golden_record UNION "
        "SELECT p.start, g.id, g.retired_into, g.live FROM path p JOIN golden_record g ON g.id = p.retired_into) "
        "SELECT count(*) FROM (SELECT start FROM path GROUP BY start HAVING NOT bool_or(live)) AS lost "
        "JOIN link_version v ON v.golden_id = lost.start JOIN link l ON l.source_record_id = v.source_record_id"
    ),
    "4: a version of a record is missing": (
        "SELECT count(*) FROM source_record r WHERE r.version <> (SELECT count(*) FROM source_record_version v WHERE v.record_id = r.id)"
    ),
    "5: a decision does not hold": (
        "SELECT count(*) FROM steward_decision d JOIN source_system ls ON ls.slug = d.left_source "
        "JOIN source_record lr ON lr.source_id = ls.id AND lr.key = d.left_key JOIN link l ON l.source_record_id = lr.id "
        "JOIN source_system rs ON rs.slug = d.right_source "
        "JOIN source_record rr ON rr.source_id = rs.id AND rr.key = d.right_key JOIN link r ON r.source_record_id = rr.id "
        "WHERE d.lifted_at IS NULL AND (d.verdict = 'same') <> (l.golden_id = r.golden_id)"
    ),
    "6: something outside this room hangs on a golden record": (
        "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND confrelid = 'golden_record'::regclass "
        f"AND conrelid::regclass::text NOT IN ({_OURS})"
    ),
    "9: a restricted record can be found by where it lives": (
        "SELECT count(*) FROM golden_search s JOIN golden_record g ON g.id = s.golden_id WHERE g.restricted "
        "AND (s.addresses <> '' OR s.postcodes <> '{}' OR s.phones <> '{}' OR s.emails <> '')"
    ),
    "9: a golden record is open although one of its records is restricted": (
        "SELECT count(*) FROM golden_record g WHERE live AND restricted <> "
        "(SELECT bool_or(r.restricted) FROM link l JOIN source_record r ON r.id = l.source_record_id WHERE l.golden_id = g.id)"
    ),
}
"""Invariant of the design → what breaks it, counted by the database."""


class Machine(RuleBasedStateMachine):
    """A handful of people in three systems, and a steward who does as she likes."""

    database: Database
    known: tuple[Sent, ...]

    def __init__(self) -> None:
        super().__init__()
        self.clock = FixedClock(TEST_DAY)
        self.days = 0
        self.merges: list[UUID] = []

    @property
    def now(self) -> FixedClock:
        self.days += 1
        return FixedClock(self.clock.now() + timedelta(days=self.days))

    @initialize()
    def empty(self) -> None:
        with self.database.transaction() as session:
            session.execute(text("SET LOCAL session_replication_role = replica"))
            for table in EMPTIED:
                session.execute(text(f"DELETE FROM {table}"))
        send_and_match(self.database, self.known[:6], self.clock)

    @rule(number=st.integers(0, 13), other=st.integers(0, 13), mistaken=st.booleans())
    def load(self, number: int, other: int, mistaken: bool) -> None:
        record, stranger = self.known[number % len(self.known)], self.known[other % len(self.known)]
        said = {
            name: stranger.attributes[name]
            for name in ("family_name", "phone", "date_of_birth")
            if name in stranger.attributes
        }
        with self.database.transaction() as session:
            send(session, [record.saying(**said) if mistaken else record], self.now.now())

    @rule()
    def match(self) -> None:
        services.match_all(self.database, clock=self.now, learns=False)

    @rule(one=st.integers(0, 13), other=st.integers(0, 13), verdict=st.sampled_from(Verdict))
    def decide(self, one: int, other: int, verdict: Verdict) -> None:
        self._try(lambda ids: lambda s: services.decide(s, STEWARD, *ids, verdict, now=self.now.now()), one, other)

    @rule(one=st.integers(0, 13), other=st.integers(0, 13), settled=st.sampled_from([{}, {"family_name": "gone"}]))
    def merge(self, one: int, other: int, settled: dict[str, str]) -> None:
        golden = self._golden(one), self._golden(other)
        if None in golden or golden[0] == golden[1]:
            return
        before = self._canonical(*golden)
        try:
            with self.database.transaction() as session:
                seen = queries.blast_radius(session, *golden)
                made = services.merge(
                    session,
                    STEWARD,
                    *golden,
                    reason="As she likes",
                    revisions=seen.revisions,
                    settled=settled,
                    now=self.now.now(),
                )
        except (Conflict, Invalid):
            assert self._canonical(*golden) == before, "what is refused changes nothing"
            return
        self.merges.append(made.id)
        if len(self.merges) % 2:
            self.unmerge()
            assert self._canonical(*golden) == before, "an unmerge restores exactly what was there"

    @rule()
    def unmerge(self) -> None:
        if self.merges:
            made = self.merges.pop()
            with self.database.transaction() as session:
                told = {doubt.account_id: "both" for doubt in queries.unmerge_plan(session, made).doubts}
            self._refusable(
                lambda s: services.unmerge(s, STEWARD, made, reason="Not so", accounts=told, now=self.now.now())
            )

    @rule(one=st.integers(0, 13), value=st.sampled_from(["Pinned", ""]))
    def pin(self, one: int, value: str) -> None:
        golden = self._golden(one)
        if golden is not None:
            self._refusable(
                lambda s: services.pin(
                    s, STEWARD, golden, "family_name", value=value, reason="So it is", now=self.now.now()
                )
            )

    @rule(one=st.integers(0, 13))
    def split(self, one: int) -> None:
        self._try(lambda ids: lambda s: services.unlink(s, STEWARD, ids[0], reason="Apart", now=self.now.now()), one)

    @rule(one=st.integers(0, 13))
    def restrict(self, one: int) -> None:
        self._try(
            lambda ids: lambda s: services.restrict(s, STEWARD, ids[0], reason="Protected", now=self.now.now()), one
        )

    @rule(one=st.integers(0, 13), again=st.sampled_from(["not sent", "sent again", "let in again"]))
    def erase(self, one: int, again: str) -> None:
        """An erased record stays erased when its source sends it again, until somebody says that it may come."""
        record = self.known[one % len(self.known)]
        found = self._id(record)
        if found is not None:
            erase(self.database, record.name, self.now)
            assert not self._mentions(found), "something still tells of an erased record"
        if again != "not sent":
            barred = self._is_barred(record)
            send_and_match(self.database, [record], self.now)
            assert (self._id(record) is None) == barred
        if again == "let in again" and self._is_barred(record):
            with self.database.transaction() as session:
                services.readmit(session, STEWARD, record.source, record.key, reason="Is back", now=self.now.now())
            send_and_match(self.database, [record], self.now)
            assert self._id(record) is not None

    def teardown(self) -> None:
        """Let everything that waits be matched; then nothing may be broken, and matching everything again changes nothing."""
        send_and_match(self.database, [], self.now)
        self._check()
        before = partition(self.database)
        services.match_all(self.database, clock=self.now, learns=False)
        assert partition(self.database) == before, "one by one and all at once are the same"
        self._check()

    def _check(self) -> None:
        with self.database.reading() as session:
            broken = {told: session.scalar(text(query)) for told, query in BROKEN.items()}
        assert not any(broken.values()), {told: count for told, count in broken.items() if count}

    def _id(self, record: Sent) -> UUID | None:
        with self.database.reading() as session:
            return queries.record_by_key(session, record.source, record.key)

    def _is_barred(self, record: Sent) -> bool:
        with self.database.reading() as session:
            source = session.scalar(text("SELECT id FROM source_system WHERE slug = :s"), {"s": record.source})
            return erased_keys(session, source, record.source).holds(record.key)

    def _mentions(self, record: UUID) -> list[str]:
        """Where the id of an erased record still stands, but for the trail and what names it as erased."""
        with self.database.reading() as session:
            return [
                table
                for table in TELLING
                if session.scalar(
                    text(f"SELECT count(*) FROM {table} t WHERE to_jsonb(t)::text LIKE :id"), {"id": f"%{record}%"}
                )
            ]

    def _golden(self, number: int) -> UUID | None:
        found = self._id(self.known[number % len(self.known)])
        with self.database.reading() as session:
            return queries.golden_of_source_record(session, found) if found else None

    def _canonical(self, *golden: UUID | None) -> list[str]:
        with self.database.reading() as session:
            return [queries.canonical(session, one) for one in golden if one is not None]

    def _try(self, work: Callable[[list[UUID]], Callable[..., object]], *numbers: int) -> None:
        ids = [found for number in numbers if (found := self._id(self.known[number % len(self.known)])) is not None]
        if len(ids) == len(numbers):
            self._refusable(work(ids))

    def _refusable(self, work: Callable[..., object]) -> None:
        with suppress(Conflict, Invalid, NotFound), self.database.transaction() as session:
            work(session)


@pytest.mark.slow
def test_nothing_that_people_and_sources_do_breaks_what_must_always_be_true(town: Town, db: Database) -> None:
    copy_model(town.database, db)
    largest = sorted(town.partition, key=lambda group: (-len(group), sorted(group)))[1:5]
    names = [name for group in largest for name in sorted(group)[:4]][:14]
    by_name = {record.name: record for record in town.records}
    made = type("Sequences", (Machine,), {"database": db, "known": tuple(by_name[name] for name in names)})
    run_state_machine_as_test(
        made,
        settings=settings(
            max_examples=SEQUENCES, stateful_step_count=STEPS, deadline=None, derandomize=True, print_blob=False,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
