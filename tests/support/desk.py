"""A small town whose records leave something for stewards to decide."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.customers import queries, services
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.ids import new_id
from tests.conftest import TEST_DAY
from tests.support.council import found
from tests.support.flowing import Sent, record_id, send

JO = {
    "title": "Mrs", "given_name": "Josephine", "family_name": "Tallis", "date_of_birth": "1980-03-12",
    "phone": "07700 900123", "email": "josie@resident.example", "house_number": "14", "street": "Marine Parade",
    "postcode": "ZF1 2AB", "city": "Hallowmere",
}  # fmt: skip
ONE = Sent("council-tax", "T-1", {**JO, "updated": "2020-01-01"})
OTHER = Sent(
    "legacy-crm", "C-2",
    {"given_name": "Jo", "family_name": "Okafor", "phone": "07700 900888", "postcode": "ZF9 9ZZ", "updated": "2025-02-02"},
)  # fmt: skip
TWIN = Sent("housing", "H-77", {name: value for name, value in JO.items() if name in {"given_name", "family_name"}})
CROWD = [
    Sent("housing", f"H-{number}", {
        "given_name": f"{chr(65 + number)}ndrew", "family_name": f"Q{chr(97 + number)}rst", "postcode": f"ZF{number % 9 + 1} 3ZZ",
        "date_of_birth": f"19{number + 40}-0{number % 9 + 1}-1{number % 9}", "phone": f"07700 9{number:05d}",
    })
    for number in range(24)
]  # fmt: skip


def match_town(db: Database, clock: FixedClock) -> None:
    """Load and match the town, and leave nothing open but what a test leaves open."""
    with db.transaction() as session:
        send(session, [ONE, OTHER, TWIN, *CROWD], clock.now())
    services.match_all(db, clock=clock)
    with db.transaction() as session:
        session.execute(text("DELETE FROM possible_match"))


def council_and_town(db: Database) -> None:
    """The small council, and the town."""
    with db.transaction() as session:
        found(session, TEST_DAY)
    match_town(db, FixedClock(TEST_DAY))


def golden_of(db: Database, sent: Sent) -> UUID:
    """The customer that a record is part of."""
    with db.reading() as session:
        golden = queries.golden_of_source_record(session, record_id(db, sent.name))
    assert golden is not None
    return golden


def leave_open(db: Database, one: Sent, other: Sent, *, probability: float = 0.62, reason: str = "unsure") -> UUID:
    """Put a pair of the town on the worklist."""
    with db.transaction() as session:
        return put_on_desk(
            session, record_id(db, one.name), record_id(db, other.name), probability=probability, reason=reason
        )


def put_on_desk(session: Session, one: UUID, other: UUID, *, probability: float = 0.62, reason: str = "unsure") -> UUID:
    """A pair of source records that matching could neither join nor part. It is sure of so few, so it is done by hand."""
    left, right = sorted((one, other))
    match = new_id()
    session.execute(
        text(
            "INSERT INTO possible_match (id, left_id, right_id, weight, probability, evidence, reason, run_id, noticed_at) "
            "SELECT :id, :left, :right, ln(cast(:p AS float8) / (1 - :p)), :p, '{}', :reason, id, started_at "
            "FROM match_run ORDER BY started_at, id LIMIT 1"
        ),
        {"id": match, "left": left, "right": right, "p": probability, "reason": reason},
    )
    return match


def put_together(db: Database, groups: Iterable[Iterable[Sent]]) -> None:
    """Make customers of these records, whatever the engine would say."""
    with db.transaction() as session:
        for group in groups:
            ids = [record_id(db, sent.name) for sent in group]
            _join(session, ids)


def weighed(db: Database, pairs: Iterable[tuple[Sent, Sent, float]]) -> None:
    """Near pairs with their weights in nats, in place of what matching has found for them."""
    with db.transaction() as session:
        for one, other, weight in pairs:
            left, right = sorted((record_id(db, one.name), record_id(db, other.name)))
            session.execute(
                text(
                    "INSERT INTO match_edge (left_id, right_id, weight) VALUES (:left, :right, :weight) "
                    "ON CONFLICT (left_id, right_id) DO UPDATE SET weight = :weight"
                ),
                {"left": left, "right": right, "weight": weight},
            )


def verify(session: Session, account_id: UUID, record: UUID, now: datetime) -> None:
    """The account's holder has shown to be the person of this record."""
    session.execute(
        text(
            "INSERT INTO verification (id, at, passed, source_id, source_record_id, asked, account_id, actor_kind, actor_name) "
            "SELECT :id, :now, true, source_id, id, '{}', :account, 'resident', 'Riley' FROM source_record WHERE id = :record"
        ),
        {"id": new_id(), "now": now, "account": account_id, "record": record},
    )


def _join(session: Session, ids: list[UUID]) -> None:
    golden = session.scalar(text("SELECT golden_id FROM link WHERE source_record_id = :id"), {"id": ids[0]})
    session.execute(
        text(
            "UPDATE link SET golden_id = :golden, method = 'matched', changed_at = clock_timestamp() WHERE source_record_id = ANY(:ids)"
        ),
        {"golden": golden, "ids": ids},
    )
    session.execute(
        text("UPDATE golden_record SET size = :size, changed_at = clock_timestamp() WHERE id = :golden"),
        {"size": len(ids), "golden": golden},
    )
    session.execute(
        text(
            "UPDATE golden_record g SET retired_at = clock_timestamp(), retired_into = :golden WHERE g.retired_at IS NULL AND NOT EXISTS "
            "(SELECT 1 FROM link WHERE golden_id = g.id)"
        ),
        {"golden": golden},
    )
