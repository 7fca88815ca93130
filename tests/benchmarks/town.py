"""As many customers as are wanted, written straight into the tables that search and the single view read.

They are the people of the demo city grown: its names are as common and as rare, and its streets as full, as in a real one. The
database makes the keys and words of the search by itself, as it always does.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.customers.copying import copy_rows
from app.customers.loading.register import register_sources
from app.customers.matching.search_rows import words
from app.customers.parsing.addresses import fold
from app.enquiries import services as enquiries
from app.enquiries.enums import Channel, Disposition, State
from app.enquiries.rows import PastEnquiry, Raiser
from app.kernel.actors import SYSTEM
from app.kernel.db import Database
from app.seeds.city import generate

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RUN = UUID(int=1)
GOLDEN = (
    "id", "kind", "attributes", "display_name", "date_of_birth", "address", "postcode", "phone", "email", "restricted", "size",
    "created_at", "changed_at", "run_id",
)  # fmt: skip
SEARCH = ("golden_id", "names", "addresses", "postcodes", "births", "phones", "emails")


BESIDE = {
    "1": "2q", "2": "13qw", "3": "24we", "4": "35er", "5": "46rt", "6": "57ty", "7": "68yu", "8": "79ui", "9": "80io", "0": "9op",
    "z": "asx", "f": "ertdgcv", "m": "njk", "w": "23qeasd", "e": "34wrsdf", "s": "qweadzx", "n": "bmhj", "b": "vngh", "l": "iopk",
}  # fmt: skip
"""The signs that lie beside one on a keyboard."""
ALIKE = {"o": "0", "0": "o", "i": "1l", "1": "il", "l": "1i", "s": "5", "5": "s", "b": "8", "8": "b", "z": "2", "2": "z", "6": "g"}  # fmt: skip
"""The signs that look like one."""


@dataclass(frozen=True, slots=True)
class Resident:
    """What a benchmark knows of one customer."""

    golden_id: UUID
    given: str
    family: str
    born: date
    postcode: str
    phone: str
    email: str
    address: str
    names: tuple[str, ...]


def residents(count: int, seed: int) -> list[Resident]:
    """People of a city of about this size, exactly so many."""
    city = generate(max(1_000, count), seed, today=NOW.date())
    homes = city.properties.select("property", "postcode", "unit", "house_number", "building", "street_name")
    people = city.people.join(homes, on="property", how="inner", maintain_order="left").head(count)
    return [_resident(row) for row in people.iter_rows(named=True)]


def build(session: Session, people: Sequence[Resident]) -> None:
    """Write them down, by COPY."""
    session.execute(text(
        "INSERT INTO match_run (id, kind, status, learns, started_at, finished_at, actor_name) "
        "VALUES (:id, 'full', 'done', true, :now, :now, 'benchmark')"
    ), {"id": RUN, "now": NOW})  # fmt: skip
    copy_rows(session, "golden_record", GOLDEN, (_golden(one) for one in people))
    session.execute(text("DROP INDEX ix_golden_search_keys"))
    copy_rows(session, "golden_search", SEARCH, (_search(one) for one in people))
    session.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
    session.execute(
        text("CREATE INDEX ix_golden_search_keys ON golden_search USING gin (keys) WITH (fastupdate = off)")
    )


def mistyped(chance: random.Random, word: str) -> str:
    """One slip of the pen, anywhere in the word: a letter too few, too many, another one, or two that changed places."""
    place, letter = chance.randrange(len(word)), chance.choice("abcdefghijklmnopqrstuvwxyz")
    made = chance.choice((
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place:],
        word[:place] + letter + word[place + 1 :],
        word[:place] + word[place + 1 : place + 2] + word[place : place + 1] + word[place + 2 :],
    ))  # fmt: skip
    return made if made != word and made else mistyped(chance, word)


def miskeyed(chance: random.Random, code: str) -> str:
    """One slip in a part of a postcode or a year: a sign too few, too many, another one, or two that changed places.

    The wrong sign is any of its kind, one beside it on the keyboard, or one that looks like it.
    """
    place = chance.randrange(len(code))
    old = code[place].lower()
    kind = "0123456789" if old.isdigit() else "abcdefghijklmnopqrstuvwxyz"
    sign = chance.choice(
        (chance.choice(kind), chance.choice(BESIDE.get(old, kind)), chance.choice(ALIKE.get(old, kind)))
    )
    changed = chance.choice((
        code[:place] + code[place + 1 :],
        code[:place] + sign + code[place:],
        code[:place] + sign + code[place + 1 :],
        code[:place] + code[place + 1 : place + 2] + code[place] + code[place + 2 :],
    ))  # fmt: skip
    made = " ".join(changed.lower().split())
    return made if made not in {code.lower(), ""} else miskeyed(chance, code)


def _resident(row: dict[str, Any]) -> Resident:
    number = " ".join(part for part in (row["unit"], row["house_number"]) if part)
    names = [row["given"], row["middle"], row["family"], row["previous_family"]]
    return Resident(
        UUID(int=int(row["person"][1:]) + 1_000_000), row["given"], row["family"], row["born"], row["postcode"],
        (row["mobile"] or row["landline"] or "").replace(" ", ""), (row["email"] or "").lower(),
        " ".join(part for part in (number, row["street_name"]) if part),
        tuple(sorted({word for name in names if name for word in words(name).split()})),
    )  # fmt: skip


def _golden(one: Resident) -> tuple[Any, ...]:
    name = f"{one.given} {one.family}"
    return (one.golden_id, "person", json.dumps([]), name, one.born, one.address, one.postcode, one.phone, one.email,
            False, 1, NOW, NOW, RUN)  # fmt: skip


def _search(one: Resident) -> tuple[Any, ...]:
    phones = [one.phone] if one.phone else []
    return (one.golden_id, " ".join(one.names), words(one.address), [fold(one.postcode)], [one.born], phones, one.email)


def sample(people: Sequence[Resident], count: int, seed: int) -> Iterator[tuple[random.Random, Resident]]:
    """Some of them, in a random order, with the dice to go on with."""
    chance = random.Random(seed)
    for number in chance.sample(range(len(people)), count):
        yield chance, people[number]


def timeline(house: Database, entries: int) -> int:
    """A source record for every customer, and so many contacts and enquiries (four to one) filed against them. Gives how many."""
    with house.transaction() as session:
        register_sources(session, now=NOW)
        enquiries.import_history(session, SYSTEM, [_closed()], now=NOW)
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in _STORY:
            session.execute(text(statement), {"run": RUN, "now": NOW})
        columns = session.scalars(text(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'enquiry' AND is_generated = 'NEVER' ORDER BY 1"
        )).all()  # fmt: skip
        chosen = ", ".join(_AS_IT_IS.get(column, f"e.{column}") for column in columns)
        numbers = {"contacts": entries * 4 // 5, "enquiries": entries // 5, "now": NOW}
        session.execute(text(_CONTACTS), numbers)
        session.execute(text(
            f"INSERT INTO enquiry ({', '.join(columns)}) SELECT {chosen} FROM enquiry e CROSS JOIN "
            "(SELECT row_number() OVER () AS n, r.id AS record FROM (SELECT id FROM source_record) AS r, "
            "generate_series(1, 1 + CAST(:enquiries AS int) / (SELECT count(*) FROM source_record)) AS again) AS f "
            "WHERE f.n <= :enquiries"
        ), numbers)  # fmt: skip
        return int(session.scalar(text("SELECT (SELECT count(*) FROM contact) + (SELECT count(*) FROM enquiry)")) or 0)


def _closed() -> PastEnquiry:
    then = NOW - timedelta(days=30)
    return PastEnquiry(
        service="missed-bin", channel=Channel.WEB, received_at=then, raiser=Raiser("Josephine Bloggs", "jo@resident.example"),
        state=State.CLOSED, queue=None, disposition=Disposition.DONE, outcome="It is done.", resolved_at=then, closed_at=then,
        last_human_action_at=then, last_customer_contact_at=then,
    )  # fmt: skip


_AS_IT_IS = {
    "id": "gen_random_uuid()", "reference": "'FP-' || lpad(f.n::text, 9, '0')", "source_record_id": "f.record",
    "contact_id": "NULL", "client_token": "NULL",
    "received_at": "CAST(:now AS timestamptz) - make_interval(mins => (f.n * 7919 % 1000000)::int)",
}  # fmt: skip
_STORY = (
    """
    INSERT INTO source_record (id, source_id, key, version, sha256, attributes, address_key, restricted, first_seen_at, last_seen_at,
        last_load_id)
    SELECT md5(g.id::text)::uuid, s.id, 'B-' || row_number() OVER (ORDER BY g.id), 1, '', jsonb_build_object('given_name',
        split_part(g.display_name, ' ', 1), 'family_name', split_part(g.display_name, ' ', 2), 'phone', g.phone, 'postcode', g.postcode),
        '', false, :now, :now, s.id
    FROM golden_record g CROSS JOIN (SELECT id FROM source_system WHERE slug = 'legacy-crm') AS s
    """,
    """
    INSERT INTO link (source_record_id, golden_id, version, method, evidence, run_id, since, changed_at)
    SELECT md5(id::text)::uuid, id, 1, 'alone', '{}', :run, :now, :now FROM golden_record
    """,
)
_CONTACTS = """
INSERT INTO contact (id, channel, started_at, ended_at, advisor_name, caller_name, caller_email, caller_phone, source_record_id, wait_seconds,
    talk_seconds, wrap_up, resolved_here, avoidable, note, imported)
SELECT gen_random_uuid(), 'phone', CAST(:now AS timestamptz) - make_interval(mins => (f.n * 104729 % 1000000)::int),
    CAST(:now AS timestamptz) - make_interval(mins => (f.n * 104729 % 1000000)::int), 'Ada Visor', '', '', '', f.record, 10, 120,
    'answered', true, false, 'Asked about the collection day.', true
FROM (SELECT row_number() OVER () AS n, r.id AS record FROM (SELECT id FROM source_record) AS r,
    generate_series(1, 1 + CAST(:contacts AS int) / (SELECT count(*) FROM source_record)) AS again) AS f WHERE f.n <= :contacts
"""
