"""How long things are kept: counted until switched on, holds skipped, a report each time."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.customers import queries as customers
from app.customers import services as customer_services
from app.enquiries import services as enquiries
from app.handoffs import services as handoffs
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Invalid
from app.kernel.events import provided
from app.kernel.personal import ERASED, PersonalData
from app.rights import queries, services
from tests.integration.rights.conftest import Life
from tests.support.council import missed_bin

LATER = timedelta(days=366 * 7)


def due(db: Database) -> dict[str, int | None]:
    with db.reading() as session:
        return {line.holding: line.due for line in queries.schedule(session)}


def enforce(db: Database, life: Life, clock: FixedClock) -> None:
    with db.transaction() as session:
        for holding in provided(session, PersonalData).holdings:
            if holding.retention.expire:
                services.set_rule(
                    session, life.steward, holding.slug, months=holding.retention.months or 1, enforced=True,
                    reason="As the records manager proposed", now=clock.now(),
                )  # fmt: skip


@pytest.fixture
def gone(loaded: Database, life: Life, clock: FixedClock) -> Database:
    """The council tax no longer has Josephine; seven years go by."""
    with loaded.transaction() as session:
        session.execute(
            text("UPDATE source_record SET gone_since = :now WHERE id = :r"), {"now": clock.now(), "r": life.tax}
        )
        session.execute(text("UPDATE message SET status = 'sent', sent_at = created_at"))
    clock.advance(LATER)
    return loaded


def test_until_it_is_switched_on_it_is_only_counted(gone: Database, life: Life, clock: FixedClock) -> None:
    services.run_schedule(gone, SYSTEM, clock=clock, rehearsal=False)
    counted = due(gone)
    assert counted["source-records"] == 1
    assert counted["enquiries"] == 1, "the other is open"
    assert counted["messages"]
    assert counted["lookups"]
    with gone.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM source_record WHERE id = :r"), {"r": life.tax}) == 1
        assert queries.runs(session).items[0].erased == 0


def test_what_is_over_its_time_goes_and_the_rest_stays(gone: Database, life: Life, clock: FixedClock) -> None:
    enforce(gone, life, clock)
    services.run_schedule(gone, SYSTEM, clock=clock, rehearsal=True)
    with gone.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM source_record WHERE id = :r"), {"r": life.tax}) == 1
    services.run_schedule(gone, SYSTEM, clock=clock, rehearsal=False)
    with gone.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM source_record WHERE id = :r"), {"r": life.tax}) == 0
        assert session.scalar(text("SELECT count(*) FROM source_record WHERE id = :r"), {"r": life.tenancy}) == 1
        assert session.scalar(text("SELECT raiser_name FROM enquiry WHERE id = :e"), {"e": life.done.id}) == ERASED
        assert session.scalar(text("SELECT raiser_name FROM enquiry WHERE id = :e"), {"e": life.open.id}) != ERASED
        assert (
            session.scalar(text("SELECT count(*) FROM golden_version WHERE until_at < now() - interval '100 years'"))
            == 0
        )
        assert (
            session.scalar(
                text("SELECT count(*) FROM audit_entry WHERE at < :b"), {"b": clock.now() - timedelta(days=1)}
            )
            == 0
        )
        assert queries.runs(session).items[0].erased > 5
    assert not any(due(gone).values())


def test_a_hold_keeps_what_it_stands_on_whatever_its_age(gone: Database, life: Life, clock: FixedClock) -> None:
    enforce(gone, life, clock)
    with gone.transaction() as session:
        services.place_hold(session, life.steward, "source_record", life.tax, reason="A claim", now=clock.now())
        services.place_hold(session, life.steward, "enquiry", life.done.id, reason="A claim", now=clock.now())
    services.run_schedule(gone, SYSTEM, clock=clock, rehearsal=False)
    with gone.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM source_record WHERE id = :r"), {"r": life.tax}) == 1
        assert session.scalar(text("SELECT raiser_name FROM enquiry WHERE id = :e"), {"e": life.done.id}) != ERASED
        assert session.scalar(text("SELECT count(*) FROM audit_entry WHERE object_id = :e"), {"e": life.done.id}) > 0
        assert queries.runs(session).items[0].holds == 2


def past_versions(db: Database) -> tuple[int, int]:
    """Of golden records and of links: how many earlier versions are kept."""
    with db.reading() as session:
        golden, links = (session.scalar(text(f"SELECT count(*) FROM {name}_version")) for name in ("golden", "link"))
    return golden, links


@pytest.fixture
def long_ago(loaded: Database, life: Life, clock: FixedClock) -> Database:
    """Eight years ago she and Barnaby were given pins, which left earlier versions of both; a month ago again."""
    for days, name in ((0, "First"), (1, "Second"), (366 * 8 - 30, "Third")):
        clock.advance(timedelta(days=days))
        with loaded.transaction() as session:
            for record in (life.tax, life.barnaby):
                golden = customers.golden_of_source_record(session, record)
                assert golden
                customer_services.pin(
                    session, life.steward, golden, "given_name", value=name, reason="She said so", now=clock.now()
                )
    with loaded.transaction() as session:
        session.execute(text("ALTER TABLE link_version DISABLE TRIGGER USER"))
        session.execute(
            text(
                "INSERT INTO link_version (source_record_id, golden_id, version, method, probability, evidence, since, until_at, run_id, ended_by) "
                "SELECT source_record_id, golden_id, 1, method, probability, evidence, since, since + interval '1 hour', run_id, run_id FROM link"
            )
        )
        session.execute(text("ALTER TABLE link_version ENABLE TRIGGER USER"))
    clock.advance(timedelta(days=30))
    return loaded


def test_history_that_is_old_enough_goes_and_what_ended_lately_stays(
    long_ago: Database, life: Life, clock: FixedClock
) -> None:
    enforce(long_ago, life, clock)
    before = past_versions(long_ago)
    services.run_schedule(long_ago, SYSTEM, clock=clock, rehearsal=True)
    counted = due(long_ago)["golden-history"]
    services.run_schedule(long_ago, SYSTEM, clock=clock, rehearsal=False)
    after = past_versions(long_ago)
    assert before == (6, 4)
    assert after == (2, 0), "each has the version that ended last month, and no link of long ago"
    assert counted == erased(long_ago)["golden-history"] >= 8


def erased(db: Database) -> dict[str, int]:
    """What the last run has done."""
    with db.reading() as session:
        figures = session.scalar(text("SELECT figures FROM retention_run ORDER BY at DESC, id DESC LIMIT 1"))
    return {one["class"]: one["erased"] for one in figures}


def test_history_of_somebody_on_hold_stays_and_that_of_others_goes(
    long_ago: Database, life: Life, clock: FixedClock
) -> None:
    enforce(long_ago, life, clock)
    with long_ago.transaction() as session:
        services.place_hold(session, life.steward, "source_record", life.tax, reason="A claim", now=clock.now())
        hers = customers.golden_of_source_record(session, life.tax)
    services.run_schedule(long_ago, SYSTEM, clock=clock, rehearsal=False)
    with long_ago.reading() as session:
        kept = session.scalars(text("SELECT golden_id FROM golden_version ORDER BY id")).all()
        links = session.scalars(text("SELECT source_record_id FROM link_version")).all()
    assert (kept.count(hers), len(kept)) == (3, 4)
    assert links == [life.tax]
    assert not any(due(long_ago).values()), "what is held is not counted as due"


def test_what_is_done_is_what_was_counted_class_by_class(long_ago: Database, life: Life, clock: FixedClock) -> None:
    with long_ago.transaction() as session:
        session.execute(
            text("UPDATE source_record SET gone_since = :then WHERE id = :r"),
            {"then": clock.now() - LATER, "r": life.tax},
        )
        session.execute(text("UPDATE message SET status = 'sent', sent_at = created_at"))
    enforce(long_ago, life, clock)
    services.run_schedule(long_ago, SYSTEM, clock=clock, rehearsal=True)
    counted = {name: count for name, count in due(long_ago).items() if count is not None}
    services.run_schedule(long_ago, SYSTEM, clock=clock, rehearsal=False)
    assert erased(long_ago) == counted
    assert {name for name, count in counted.items() if count} >= {
        "source-records", "enquiries", "contacts", "messages", "lookups", "golden-history",
    }  # fmt: skip


def test_what_merged_customers_looked_like_goes_and_they_can_be_parted_all_the_same(
    loaded: Database, life: Life, clock: FixedClock
) -> None:
    with loaded.transaction() as session:
        sides = [customers.golden_of_source_record(session, record) for record in (life.tax, life.barnaby)]
        assert sides[0]
        assert sides[1]
        seen = customers.blast_radius(session, sides[0], sides[1])
        made = customer_services.merge(
            session,
            life.steward,
            sides[0],
            sides[1],
            reason="Barnaby told me",
            revisions=seen.revisions,
            now=clock.now(),
        )
    clock.advance(LATER)
    enforce(loaded, life, clock)
    services.run_schedule(loaded, SYSTEM, clock=clock, rehearsal=False)
    with loaded.transaction() as session:
        said = session.execute(text("SELECT kept_before, gone_before, reason FROM golden_merge")).one()
        assert tuple(said) == ("", "", "")
        customer_services.unmerge(session, life.steward, made.id, reason="Two people after all", now=clock.now())
        parted = {customers.golden_of_source_record(session, record) for record in (life.tax, life.barnaby)}
    assert len(parted) == 2
    assert parted & set(sides)


def test_a_hold_on_a_person_keeps_the_words_of_their_handoffs_and_messages_too(
    loaded: Database, life: Life, clock: FixedClock
) -> None:
    now, council = clock.now(), life.council
    with loaded.transaction() as session:
        mine, anothers = (missed_bin(session, who, now=now) for who in (life.jo, council.neighbour))
        for one in (mine, anothers):
            made = handoffs.offer(session, council.advisor, one.reference, unit="waste", brief="Kept words", now=now)
            handoffs.recall(session, council.advisor, made.id, reason="Not theirs", now=now)
            enquiries.withdraw(session, council.advisor, one.reference, reason="It came", version=None, now=now)
        session.execute(text("UPDATE message SET status = 'sent', sent_at = created_at"))
    clock.advance(LATER)
    enforce(loaded, life, clock)
    with loaded.transaction() as session:
        assert life.jo.account_id
        services.place_hold(session, life.steward, "account", life.jo.account_id, reason="A claim", now=clock.now())
    services.run_schedule(loaded, SYSTEM, clock=clock, rehearsal=False)
    with loaded.reading() as session:
        kept = dict(session.execute(text("SELECT enquiry_id, brief FROM handoff")).all())
        told = session.scalar(text("SELECT count(*) FROM message WHERE about_id = :e AND text <> ''"), {"e": mine.id})
    assert kept == {mine.id: "Kept words", anothers.id: ERASED}
    assert told


def test_a_hold_ends_with_its_last_day(gone: Database, life: Life, clock: FixedClock) -> None:
    enforce(gone, life, clock)
    with gone.transaction() as session:
        until = clock.now() + timedelta(days=10)
        services.place_hold(
            session, life.steward, "source_record", life.tax, reason="A claim", until=until, now=clock.now()
        )
    services.run_schedule(gone, SYSTEM, clock=clock, rehearsal=False)
    clock.advance(timedelta(days=11))
    services.run_schedule(gone, SYSTEM, clock=clock, rehearsal=False)
    with gone.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM source_record WHERE id = :r"), {"r": life.tax}) == 0


def test_a_time_needs_a_ground_and_a_class_that_has_one(loaded: Database, life: Life, clock: FixedClock) -> None:
    for holding, months, reason in (
        ("enquiries", 0, "x"),
        ("enquiries", 12, " "),
        ("timeline", 12, "x"),
        ("nothing", 12, "x"),
    ):
        with pytest.raises(Invalid), loaded.transaction() as session:
            services.set_rule(
                session, life.steward, holding, months=months, enforced=True, reason=reason, now=clock.now()
            )
