"""Source records without files: as the reading of any source leaves them, so that tests can send hundreds in any order."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from random import Random
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.config import Settings
from app.customers import queries, services
from app.customers.events import RecordsArrived
from app.customers.layout import committed_layouts
from app.customers.loading.erased import Erased, erased_keys
from app.customers.loading.register import registered
from app.customers.matching.waiting import match_waiting
from app.customers.parsing import parse_row
from app.customers.reading import Reject, read_rows
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.events import publish
from app.kernel.ids import new_id
from app.seeds.city import City, write_extracts
from tests.support.customers import SLUGS

SETTINGS = Settings(
    _env_file=None, SECRET_KEY="x" * 40, DATABASE_URL="postgresql://given-by-the-fixture/", log_level="ERROR"
)
Partition = frozenset[frozenset[str]]


@dataclass(frozen=True)
class Sent:
    """What a source says of one of its records."""

    source: str
    key: str
    attributes: dict[str, str]

    @property
    def name(self) -> str:
        return f"{self.source}:{self.key}"

    def saying(self, **changes: str) -> "Sent":
        return replace(self, attributes={**self.attributes, **changes})


def records_of(city: City, folder: Path) -> list[Sent]:
    """What the sources of a city say."""
    sent: dict[str, Sent] = {}
    for source, path in write_extracts(city, folder).items():
        layout = committed_layouts()[SLUGS[source]]
        for _, row in read_rows(path, layout.file):
            parsed = row if isinstance(row, Reject) else parse_row(row, layout)
            for one in () if isinstance(parsed, Reject) else parsed:
                said = {name: value for name, value in one.attributes.items() if value}
                sent.setdefault(f"{layout.slug}:{one.key}", Sent(layout.slug, one.key, said))
    return list(sent.values())


def quarter_of(records: Sequence[Sent], size: int) -> list[Sent]:
    """Some whole neighbourhoods, with at least so many records: families, namesakes and those who moved within them."""
    by_code: defaultdict[str, list[Sent]] = defaultdict(list)
    for record in records:
        by_code[record.attributes.get("postcode", "")].append(record)
    chosen: list[Sent] = []
    for code in sorted(by_code):
        if len(chosen) < size:
            chosen += by_code[code]
    return chosen


def send(session: Session, records: Iterable[Sent], now: datetime) -> list[UUID]:
    """New and changed records, written as a load writes them, and told to whoever wants to know."""
    services.register_sources(session, now=now)
    arrived: defaultdict[str, list[UUID]] = defaultdict(list)
    loads: dict[str, UUID] = {}
    for record in _let_in(session, records, now):
        loads.setdefault(record.source, _load(session, record.source, now))
        written = json.dumps(record.attributes, sort_keys=True)
        values = {
            "id": new_id(), "source": record.source, "key": record.key, "sha": hashlib.sha256(written.encode()).hexdigest(),
            "said": written, "now": now, "load": loads[record.source],
        }  # fmt: skip
        found = session.execute(_SEND, values).one()
        session.execute(_VERSION, values | {"id": found.id, "number": found.version})
        arrived[record.source].append(found.id)
    for source, ids in arrived.items():
        publish(session, RecordsArrived(source, tuple(ids)))
    return [one for ids in arrived.values() for one in ids]


def _let_in(session: Session, records: Iterable[Sent], now: datetime) -> Iterator[Sent]:
    """What a load turns away at the door never gets to be written."""
    doors: dict[str, Erased] = {}
    for record in records:
        if record.source not in doors:
            source = registered(session, record.source, now=now)
            doors[record.source] = erased_keys(session, source.id, record.source)
        if not doors[record.source].holds(record.key):
            yield record


_SEND = text(
    "INSERT INTO source_record (id, source_id, key, version, sha256, attributes, address_key, restricted, first_seen_at, "
    "last_seen_at, last_load_id) SELECT :id, s.id, :key, 1, :sha, CAST(:said AS jsonb), '', false, :now, :now, :load "
    "FROM source_system s WHERE s.slug = :source ON CONFLICT (source_id, key) DO UPDATE SET "
    "version = source_record.version + 1, sha256 = excluded.sha256, attributes = excluded.attributes, last_seen_at = :now "
    "RETURNING id, version"
)
_VERSION = text(
    "INSERT INTO source_record_version (record_id, number, load_id, line, content, sha256, received_at) "
    "VALUES (:id, :number, :load, 1, CAST(:said AS jsonb), :sha, :now)"
)
_LOAD = text(
    'INSERT INTO source_load (id, source_id, file_name, sha256, size, "full", status, started_at, finished_at, rows, new, changed, '
    "same, rejected, gone, actor_name) SELECT :id, s.id, 'test', '', 0, false, 'done', :now, :now, 0, 0, 0, 0, 0, 0, 'test' "
    "FROM source_system s WHERE s.slug = :source"
)


def _load(session: Session, source: str, now: datetime) -> UUID:
    made = new_id()
    session.execute(_LOAD, {"id": made, "source": source, "now": now})
    return made


def send_and_match(db: Database, records: Sequence[Sent], clock: FixedClock, *, at_once: int = 50) -> None:
    """Send records, and match what waits."""
    with db.transaction() as session:
        send(session, records, clock.now())
    worked = match_waiting(db, clock=clock, at_once=at_once)
    assert not worked.everything


def in_random_batches(
    records: Iterable[Sent], random: Random, sizes: Sequence[int] = (1, 1, 2, 3, 8, 21)
) -> list[list[Sent]]:
    """The records in any order, a few at a time."""
    left, batches = list(records), []
    random.shuffle(left)
    while left:
        size = random.choice(sizes)
        batches.append(left[:size])
        del left[:size]
    return batches


def copy_model(source: Database, target: Database, **recipe: int) -> None:
    """Make the model that one database matches by the one of another, with a recipe changed as told."""
    columns = "id, number, parameters, recipe, sha256, fingerprint, records, made_at, made_by, current"
    with source.reading() as session:
        rows = session.execute(text("SELECT to_jsonb(m) FROM match_model m WHERE current")).scalars().all()
    with target.transaction() as session:
        for known in rows:
            row = known
            if recipe:
                row = {
                    **known,
                    "id": str(new_id()),
                    "sha256": str(recipe)[:64],
                    "recipe": {**known["recipe"], **recipe},
                }
            session.execute(
                text(
                    f"INSERT INTO match_model SELECT {columns} FROM jsonb_populate_record(NULL::match_model, CAST(:row AS jsonb))"
                ),
                {"row": json.dumps(row)},
            )


def partition(db: Database) -> Partition:
    """Which records are together, by their names."""
    query = text(
        "SELECT l.golden_id, y.slug || ':' || r.key FROM link l JOIN source_record r ON r.id = l.source_record_id "
        "JOIN source_system y ON y.id = r.source_id"
    )
    groups: defaultdict[UUID, set[str]] = defaultdict(set)
    with db.reading() as session:
        for golden, name in session.execute(query):
            groups[golden].add(name)
    return frozenset(frozenset(group) for group in groups.values())


def left_open(db: Database) -> set[tuple[str, str, float, str]]:
    """The possible matches: names, weight and reason."""
    query = text(
        "SELECT a.slug || ':' || l.key, b.slug || ':' || r.key, p.weight, p.reason FROM possible_match p "
        "JOIN source_record l ON l.id = p.left_id JOIN source_system a ON a.id = l.source_id "
        "JOIN source_record r ON r.id = p.right_id JOIN source_system b ON b.id = r.source_id"
    )
    with db.reading() as session:
        return {
            (*sorted((one, other)), round(weight, 3), reason) for one, other, weight, reason in session.execute(query)
        }


def record_id(db: Database, name: str) -> UUID:
    with db.reading() as session:
        found = queries.record_by_key(session, *name.split(":", 1))
    assert found is not None
    return found


def erase(db: Database, name: str, clock: FixedClock, *, keep_out: bool = True) -> None:
    """Erase a source record, and keep it out unless it may come again."""
    found = record_id(db, name)
    with db.transaction() as session:
        services.erase_records(session, SYSTEM, [found], suppress=keep_out, now=clock.now())


class Town:
    """A small town, matched in one batch under one model, and what became of it."""

    def __init__(self, database: Database, records: list[Sent], clock: FixedClock) -> None:
        self.database, self.records, self.clock = database, records, clock
        with database.transaction() as session:
            send(session, records, clock.now())
        services.match_all(database, clock=clock)
        self.partition, self.open = partition(database), left_open(database)
