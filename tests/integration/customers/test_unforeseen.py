"""What nobody has foreseen ends one load, says so on its page, and holds up no other source."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

from sqlalchemy import text

from app.customers import queries, services
from app.customers.enums import ConnectorKind, LawfulBasis, LoadStatus
from app.customers.rows import Entry
from app.customers.services import Reach
from app.customers.source_jobs import load_waiting, refresh_due
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.runtime import Runtime
from tests.support.customers import party, write_tax

SAMPLE = b"id,name\nP1,Ada Tallis\nP2,Bo Okafor\n"


def members(runtime: Runtime, steward: Actor, name: str) -> str:
    """A source whose layout says what no reader knows: a mistake of ours, not of the file."""
    now = runtime.clock.now()
    with runtime.database.transaction() as session:
        draft = services.draft(session, steward, "members.csv", BytesIO(SAMPLE), now=now)
        services.choose(session, steward, draft, {"id": "key", "name": "full_name"})
        entry = Entry(name, "Libraries", "To lend books", LawfulBasis.CONTRACT, "lib@example.com")
        slug = services.register_draft(session, steward, draft, entry, now=now)
        session.execute(
            text("UPDATE source_system SET layout = jsonb_set(layout, '{file,format}', '\"papyrus\"') WHERE slug = :s"),
            {"s": slug},
        )
    return slug


def test_a_load_that_fails_by_our_mistake_says_so_and_the_next_one_is_loaded(
    runtime: Runtime, steward: Actor, tmp_path: Path, clock: FixedClock
) -> None:
    db = runtime.database
    with db.transaction() as session:
        services.register_sources(session, now=clock.now())
    slug = members(runtime, steward, "Members")
    with db.transaction() as session:
        bad = services.queue_file(
            session, steward, slug, "members.csv", BytesIO(SAMPLE), full=True, rehearsal=False, now=clock.now()
        )
        good = services.queue_file(
            session, steward, "council-tax", "tax.csv", BytesIO(write_tax(tmp_path / "t.csv", [party()]).read_bytes()),
            full=True, rehearsal=False, now=clock.advance(timedelta(minutes=1)),
        )  # fmt: skip
    assert load_waiting(runtime) == "1 loads"
    with db.reading() as session:
        failed, done = queries.load(session, bad), queries.load(session, good)
    assert (done.status, done.new) == (LoadStatus.DONE, 1)
    assert failed.status is LoadStatus.FAILED
    assert "nobody had foreseen (KeyError). Load it again" in (failed.error or "")
    assert load_waiting(runtime) == "", "it is not tried for ever"


def test_a_source_that_cannot_be_fetched_by_our_mistake_holds_up_no_other(
    runtime: Runtime, steward: Actor, clock: FixedClock
) -> None:
    folder = runtime.settings.sources_folder
    folder.mkdir(parents=True, exist_ok=True)
    slug = members(runtime, steward, "Members")
    (folder / "members.csv").write_bytes(SAMPLE)
    write_tax(folder / "tax.csv", [party()])
    with runtime.database.transaction() as session:
        services.register_sources(session, now=clock.now())
        for name, path in ((slug, "members.csv"), ("council-tax", "tax.csv")):
            reach = Reach.of(runtime.settings)
            services.connect(
                session, steward, name, ConnectorKind.FILE, {"path": path}, secret=None, reach=reach, now=clock.now()
            )
            services.schedule(session, steward, name, 60, None, now=clock.now())
    clock.advance(timedelta(minutes=61))
    assert refresh_due(runtime) == "2 sources fetched, 1 failed"
    with runtime.database.reading() as session:
        assert "nobody had foreseen (KeyError)" in (queries.source(session, slug).problem or "")
        assert queries.source(session, "council-tax").records == 1
