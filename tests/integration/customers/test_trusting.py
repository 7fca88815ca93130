"""Who is believed: trust that is alike decides nothing, trust that changes is put into effect, and an address is one thing."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest

from app.customers import queries, services
from app.customers.enums import LawfulBasis
from app.customers.matching.work import match_what_waits, take_up_runs
from app.customers.rows import Entry, GoldenValue
from app.customers.source_jobs import load_waiting
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Conflict
from app.runtime import Runtime
from tests.integration.accounts.people import a_resident
from tests.integration.customers.test_golden import later
from tests.support.council import Council
from tests.support.desk import CROWD, JO, golden_of, verify
from tests.support.flowing import Sent, record_id, send

OLD = Sent("council-tax", "T-1", {**JO, "updated": "2020-01-01"})
NEW = Sent(
    "legacy-crm", "C-1", {**JO, "email": "jo@work.example", "house_number": "3", "street": "Ferry Lane", "unit": "Flat 9",
    "postcode": "ZF4 4EE", "updated": "2024-01-01"},
)  # fmt: skip
MEMBER = {"No": "M1", "Forename": "Josephine", "Surname": "Tallis", "Born": "12/03/1980", "Mobile": "07700 900123",
          "Mail": "member@club.example", "Code": "ZF1 2AB"}  # fmt: skip
KINDS = {"No": "key", "Forename": "given_name", "Surname": "family_name", "Born": "date_of_birth", "Mobile": "phone",
         "Mail": "email", "Code": "postcode"}  # fmt: skip


def fill(db: Database, _folder: Path, clock: FixedClock, _council: Council) -> None:
    with db.transaction() as session:
        send(session, [OLD, NEW, *CROWD], clock.now())
    services.match_all(db, clock=clock)


def shown(db: Database, golden: UUID) -> dict[str, GoldenValue]:
    with db.reading() as session:
        then = queries.golden_as_at(session, golden, datetime(2099, 1, 1, tzinfo=UTC))
    return {said.attribute: said for said in then.attributes}


def trusts(runtime: Runtime, steward: Actor, council_tax: int, crm: int) -> None:
    with runtime.database.transaction() as session:
        number, _ = queries.rule_table(session)
        services.save_rules(
            session, steward, {"email": ["trusted_source", "most_recent"]}, {"email": {"council-tax": council_tax, "legacy-crm": crm}},
            number=number, reason="To see", now=runtime.clock.now(),
        )  # fmt: skip
    take_up_runs(runtime)


def test_sources_that_are_trusted_alike_are_told_apart_by_the_next_rule(
    runtime: Runtime, matched: Database, steward: Actor
) -> None:
    golden = golden_of(matched, OLD)
    trusts(runtime, steward, 60, 60)
    email = shown(matched, golden)["email"]
    assert (email.value, email.why) == ("jo@work.example", "Recorded last"), "not the first by the alphabet"
    trusts(runtime, steward, 61, 60)
    email = shown(matched, golden)["email"]
    assert (email.value, email.why) == ("josie@resident.example", "From the most trusted source")


def test_trust_in_a_source_is_tried_and_then_put_into_effect(
    runtime: Runtime, matched: Database, steward: Actor, clock: FixedClock
) -> None:
    lines = "\r\n".join([",".join(MEMBER), ",".join(MEMBER.values()), "M2,Bo,Quenby,02/02/1966,,,ZF2 2AA", ""])
    with matched.transaction() as session:
        draft = services.draft(session, steward, "club.csv", BytesIO(lines.encode()), now=clock.now())
        services.choose(session, steward, draft, KINDS)
        entry = Entry("Club", "Leisure", "To play", LawfulBasis.CONTRACT, "club@example.com")
        slug = services.register_draft(session, steward, draft, entry, now=clock.now())
        services.queue_sample(session, steward, slug, rehearsal=False, now=clock.now())
    load_waiting(runtime)
    match_what_waits(runtime)
    golden = golden_of(matched, OLD)
    member = record_id(matched, f"{slug}:M1")
    with matched.reading() as session:
        assert queries.golden_of_source_record(session, member) == golden
    trusts(runtime, steward, 60, 50)
    assert shown(matched, golden)["email"].value == "josie@resident.example"
    with matched.transaction() as session:
        seen = services.preview_trust(session, slug, {"email": 99, "other": 10}, now=clock.now())
        assert (seen.altered, seen.by_attribute) == (1, {"email": 1})
        services.set_trust(session, steward, slug, {"email": 99, "other": 10}, now=clock.now())
    assert shown(matched, golden)["email"].value == "josie@resident.example"
    assert "matched" in take_up_runs(runtime), "a run was asked for"
    assert shown(matched, golden)["email"].value == "member@club.example"


def test_the_trust_of_a_committed_source_stands_in_its_file(
    matched: Database, steward: Actor, clock: FixedClock
) -> None:
    with pytest.raises(Conflict, match="committed file"), matched.transaction() as session:
        services.set_trust(session, steward, "council-tax", {"other": 10}, now=clock.now())
    with pytest.raises(Conflict, match="committed file"), matched.reading() as session:
        services.preview_trust(session, "council-tax", {"other": 10}, now=clock.now())


def test_who_pins_a_street_to_a_record_pins_its_whole_address(
    matched: Database, steward: Actor, clock: FixedClock
) -> None:
    golden = golden_of(matched, OLD)
    before = {name: shown(matched, golden)[name].value for name in ("house_number", "street", "postcode")}
    other = NEW if before["street"] == "Marine Parade" else OLD
    with matched.transaction() as session:
        pin = services.pin(
            session, steward, golden, "street", source_record_id=record_id(matched, other.name), reason="She moved",
            now=later(clock).now(),
        )  # fmt: skip
    home = shown(matched, golden)
    for name in ("house_number", "street", "postcode"):
        assert home[name].value == other.attributes[name], name
        assert home[name].source_key == other.key
    assert ("unit" in home) == ("unit" in other.attributes), "no part of the other address stands beside it"
    with matched.transaction() as session:
        services.lift_pin(session, steward, pin, reason="Not so", now=later(clock, 2).now())
    home = shown(matched, golden)
    assert {name: home[name].value for name in before} == before


def test_an_address_is_settled_as_one_in_a_merge(matched: Database, steward: Actor, clock: FixedClock) -> None:
    one, other = golden_of(matched, OLD), golden_of(matched, CROWD[0])
    with matched.reading() as session:
        seen = queries.blast_radius(session, one, other)
    labels = {conflict.attribute: conflict for conflict in seen.conflicts}
    assert labels["street"].label == "Address"
    assert "postcode" not in labels
    assert "house_number" not in labels
    assert labels["street"].gone == CROWD[0].attributes["postcode"]
    with matched.transaction() as session:
        services.merge(
            session, steward, one, other, reason="She moved", revisions=seen.revisions, settled={"street": "gone"},
            now=later(clock).now(),
        )  # fmt: skip
    home = shown(matched, one)
    assert home["postcode"].value == CROWD[0].attributes["postcode"]
    assert "street" not in home, "and not half of the other address"


def test_a_merge_names_the_accounts_that_change_hands(matched: Database, steward: Actor, clock: FixedClock) -> None:
    with matched.transaction() as session:
        riley = a_resident(session, clock.now())
        verify(session, riley.id, record_id(matched, CROWD[0].name), clock.now())
    with matched.reading() as session:
        seen = queries.blast_radius(session, golden_of(matched, OLD), golden_of(matched, CROWD[0]))
    named = {stake.told: stake.lines for stake in seen.stakes[1]}
    assert named["Accounts in My Account"] == ((riley.name, ""),)
    with matched.transaction() as session:
        services.restrict(session, steward, record_id(matched, CROWD[0].name), reason="A refuge", now=clock.now())
    services.match_all(matched, clock=later(clock), learns=False)
    with matched.reading() as session:
        seen = queries.blast_radius(session, golden_of(matched, OLD), golden_of(matched, CROWD[0]))
    restricted = {stake.told: stake.lines for side in seen.stakes for stake in side}
    assert riley.name not in repr(restricted), "of a restricted customer nobody is named"
    assert (seen.kept_name, seen.gone_name).count("") == 1
