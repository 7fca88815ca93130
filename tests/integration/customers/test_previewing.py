"""The preview of a change of rules says what the run then does, and does not walk through the customers twice to say it."""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from app.customers import services
from app.customers.layout import ATTRIBUTES
from app.customers.matching.forms import Forms
from app.customers.matching.records import read_current, read_links, read_pins
from app.customers.matching.rules import read_rules
from app.customers.matching.survival import portray, values_of
from app.customers.matching.work import take_up_runs
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock, london_date
from app.kernel.db import Database
from app.runtime import Runtime, build_bus
from tests.conftest import TEST_DAY
from tests.support.customers import LoadedCity
from tests.support.database import TestServer
from tests.support.desk import CROWD, JO, golden_of
from tests.support.flowing import SETTINGS, Sent, send
from tests.support.statements import counted

RESIDENTS = 1000
ORDERS = {"email": ["trusted_source", "most_recent"], "street": ["most_recent", "most_complete"]}
TRUST = {"email": {"council-tax": 95, "legacy-crm": 5}}


@pytest.fixture(scope="module")
def house(city: LoadedCity, server: TestServer) -> Iterator[Runtime]:
    """The small city once more, to be changed, for all of these."""
    city.database.close()
    with server.copy_of(city.database.engine.url.render_as_string(hide_password=False)) as url:
        runtime = Runtime(SETTINGS, Database(url, build_bus(SETTINGS), connect_wait=60), FixedClock(TEST_DAY))
        yield runtime
        runtime.database.close()


@pytest.fixture
def town(house: Runtime) -> Database:
    return house.database


def shown(db: Database) -> dict[UUID, dict[str, str]]:
    """Golden record → attribute → value, of those that are not restricted."""
    with db.reading() as session:
        rows = session.execute(text("SELECT id, attributes FROM golden_record WHERE live AND NOT restricted")).all()
    return {row.id: {said["attribute"]: said["value"] for said in row.attributes} for row in rows}


def test_values_alone_are_those_of_the_whole_golden_record(house: Runtime, town: Database) -> None:
    """What is foreseen leaves nothing out but where each value comes from."""
    with town.reading() as session:
        links, records, rules = read_links(session), read_current(session), read_rules(session)
    forms, today, groups = Forms(records), london_date(house.clock.now()), dict[UUID, list[object]]()
    for record in records:
        groups.setdefault(links[record.id], []).append(record)
    assert len(groups) > RESIDENTS / 2
    for members in groups.values():
        whole = portray(members, rules, today, forms)
        assert values_of(members, rules, today, forms) == {
            said["attribute"]: said["value"] for said in whole.attributes
        }


def test_customers_are_walked_through_once_and_no_parameter_is_sent_for_each(house: Runtime, town: Database) -> None:
    with town.reading() as session, counted(Engine) as statements:
        services.preview_rules(session, ORDERS, TRUST, now=house.clock.now())
    walks = [statement for statement in statements if "jsonb_path_exists" in statement]
    assert len(walks) == 1
    assert max(statement.count("%(") for statement in statements) < 10


def test_pins_are_found_of_more_records_than_a_statement_takes_parameters(
    db: Database, steward: Actor, clock: FixedClock
) -> None:
    with db.transaction() as session:
        send(session, [Sent("council-tax", "T-1", JO), *CROWD], clock.now())
    services.match_all(db, clock=clock)
    golden = golden_of(db, CROWD[0])
    with db.transaction() as session:
        services.pin(session, steward, golden, "email", value="pinned@example.com", reason="Said so", now=clock.now())
        others = {f"council-tax:none-{number}" for number in range(40_000)}
        assert [pin.value for pin in read_pins(session, {CROWD[0].name, *others})] == ["pinned@example.com"]
        assert read_pins(session, others) == read_pins(session, set()) == []


def test_what_is_foreseen_is_what_the_run_alters(house: Runtime, town: Database, steward: Actor) -> None:
    clock, before = house.clock, shown(town)
    with town.transaction() as session:
        foreseen = services.preview_rules(session, ORDERS, TRUST, now=clock.now())
        services.save_rules(session, steward, ORDERS, TRUST, number=0, reason="To see", now=clock.now())
    assert foreseen.looked_at == foreseen.contested > 20
    assert foreseen.altered > 5
    take_up_runs(house)
    after = shown(town)
    assert after.keys() == before.keys()
    differ = {one: [name for name in ATTRIBUTES if before[one].get(name) != after[one].get(name)] for one in before}
    assert foreseen.altered == sum(map(bool, differ.values()))
    assert foreseen.by_attribute == Counter(name for names in differ.values() for name in names)
    for golden, name, was, then in foreseen.examples:
        assert (was, then) == (before[golden].get(name, ""), after[golden].get(name, ""))
    with town.reading() as session:
        again = services.preview_rules(session, ORDERS, TRUST, now=clock.now())
    assert (again.altered, again.examples) == (0, ()), "once it is so, nothing is left to alter"
