"""Every route × every role × (own, another's, restricted, merged, deleted), from the URL map itself.

A new route is tried by itself. If it has a parameter that is not known here, the test fails and says so: give `World.examples` a value
for it, by the name of the parameter or, where one name means several things, by endpoint and name.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.accounts.enums import Scope
from app.accounts.policy import may
from app.config import Settings
from app.kernel.actors import Actor, ActorKind, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.runtime import Runtime, build_bus
from app.web.access import Access, Door, declared
from tests.conftest import SECRET, TEST_DAY
from tests.integration.route_world import HIDDEN, World, build
from tests.support.application import of_its_own
from tests.support.database import TestServer

pytestmark = pytest.mark.slow
QUIET = ("throttle", "api_key", "sign_in", "job_run")
"""Tables that a refusal may touch: wrong keys are counted, and a look renews a sign-in."""
ENDS_THE_VISIT = re.compile(r"sign-out|sign-ins|end-sign-ins|suspend|second-factor|/enrol|password|recovery|reset")
"""What would end the visit of whoever is let in; there only the refusals are tried."""
NOT_KEPT = {
    "account.confirm",
    "console_sign_in.new_password",
    "sign_in.new_password",
    "handoff_links.look",
    "open311.token",
    "unknown.nothing_here",
    "static",
    "health.ready",
    "track.file",
}
"""Links whose secret is nowhere kept, what asks for the raiser's e-mail address first, a worker that does not run here, and what is never there."""


@dataclass
class Visitor:
    """Somebody at the door: who they are, and the browser or key with which they come."""

    name: str
    client: FlaskClient
    actor: Actor | None = None
    scopes: frozenset[Scope] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    address: str = "127.0.0.1"

    def asks(self, method: str, path: str) -> TestResponse:
        given: dict[str, Any] = {"headers": self.headers, "environ_base": {"REMOTE_ADDR": self.address}}
        if method != "GET" and path.startswith("/api/"):
            given["json"] = {}
        return self.client.open(path, method=method, buffered=True, **given)


@dataclass(frozen=True)
class Case:
    """One request: a route, one of the things that it can be about, and who asks."""

    rule: Rule
    method: str
    variant: str
    path: str
    access: Access

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule} ({self.variant})"


@pytest.fixture(scope="module")
def world(server: TestServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One small council with one of everything; every test of this file shares it."""
    folder = tmp_path_factory.mktemp("matrix")
    with server.copy() as url:
        settings = Settings(
            _env_file=None, SECRET_KEY=SECRET, DATABASE_URL=url, data_dir=folder, log_level="ERROR", max_upload_mb=1
        )
        database = Database(url, build_bus(settings))
        runtime = Runtime(settings, database, FixedClock(TEST_DAY))
        application = of_its_own(runtime)
        application.config.update(WTF_CSRF_ENABLED=False)
        yield build(application, runtime, Path(folder))
        database.close()


@pytest.fixture(scope="module")
def visitors(world: World) -> list[Visitor]:
    app = world.app
    people = [Visitor(name, world.browser(actor), actor) for name, actor in world.people.items()]
    keys = [
        Visitor(f"key {scope.value}", app.test_client(), None, frozenset({scope}), {"Authorization": f"Bearer {key}"})
        for scope, key in world.keys.items()
    ]
    key = {
        "Authorization": "Bearer fp_not_a_key"
    }  # from elsewhere: too many of these close an address to keys that are right
    wrong = Visitor("wrong key", app.test_client(), None, frozenset(), key, "203.0.113.7")
    return [Visitor("anonymous", app.test_client()), wrong, *people, *keys]


def test_every_parameter_of_every_route_has_an_example(world: World) -> None:
    unknown = sorted(
        f"{rule.endpoint}: <{name}> of {rule.rule}"
        for rule in routes(world.app)
        for name in rule.arguments
        if world.example(rule, name) is None
    )
    assert unknown == [], (
        "These routes have parameters that are not known here. Add a value to `examples` in tests/integration/route_world.py, by the"
        " parameter's name or as 'endpoint:name': " + "; ".join(unknown)
    )


def test_what_the_examples_stand_for_is_there(world: World, visitors: list[Visitor]) -> None:
    """Each page is shown to somebody: a matrix of things that nobody finds would prove nothing."""
    empty = []
    for rule in routes(world.app):
        for case in cases(world, rule):
            if case.method != "GET" or case.variant != "own" or rule.endpoint in NOT_KEPT:
                continue
            answers = set[int]()
            for visitor in visitors:
                if lets_in(case.access, visitor) and not any(map(shows, answers)):
                    answers.add(visitor.asks("GET", with_purpose(case.path)).status_code)
            if not any(map(shows, answers)):
                empty.append(f"{case} {case.path}: {sorted(answers)}")
    assert empty == []


def shows(status: int) -> bool:
    """What was asked for, or the page with what is wrong with the question."""
    return status < 400 or status == 422


def test_what_is_anothers_is_as_if_it_were_not_there(world: World, visitors: list[Visitor]) -> None:
    """A resident cannot tell another's enquiry from one that does not exist; nor a service another unit's handoff."""
    wrong = []
    for visitor in visitors:
        outside = visitor.scopes is not None or (visitor.actor is not None and visitor.actor.kind is ActorKind.RESIDENT)
        for rule in routes(world.app):
            answers = {
                case.variant: visitor.asks("GET", case.path).status_code
                for case in cases(world, rule)
                if outside and case.method == "GET" and case.variant in {"other", "deleted"} and lets_in(case.access, visitor)
                and case.access.door in {Door.RESIDENT, Door.API}
            }  # fmt: skip
            if len(answers) == 2 and answers["other"] != answers["deleted"]:
                wrong.append(f"{visitor.name}: {rule.rule} {answers}")
    assert wrong == []


def test_nobody_reads_a_restricted_address_without_giving_a_reason(world: World, visitors: list[Visitor]) -> None:
    told = [
        f"{visitor.name}: {case}"
        for rule in routes(world.app)
        for case in cases(world, rule)
        if case.method == "GET"
        for visitor in visitors
        if lets_in(case.access, visitor) and HIDDEN.encode() in visitor.asks("GET", with_purpose(case.path)).get_data()
    ]
    assert told == []


def test_every_answer_is_as_declared_and_a_refusal_changes_nothing(world: World, visitors: list[Visitor]) -> None:
    wrong: list[str] = []
    before = digest(world.database)
    for rule in sorted(routes(world.app), key=lambda rule: (rule.rule, rule.endpoint)):
        every = list(cases(world, rule))
        for case in every:
            wrong += [
                found for visitor in visitors if not lets_in(case.access, visitor) for found in refused(case, visitor)
            ]
        after = digest(world.database)
        if after != before:
            wrong.append(f"{rule.rule}: refusals changed {changed(before, after)}")
        for case in every:
            if not (case.method != "GET" and ENDS_THE_VISIT.search(rule.rule)):
                wrong += [
                    found for visitor in visitors if lets_in(case.access, visitor) for found in allowed(case, visitor)
                ]
        before = digest(world.database)
    assert wrong == [], f"{len(wrong)} answers are not as declared:\n" + "\n".join(sorted(set(wrong)))


def routes(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


def cases(world: World, rule: Rule) -> Iterator[Case]:
    """Each method of a route about each of the things that its parameters can stand for."""
    examples: dict[str, Mapping[str, str]] = {
        name: world.example(rule, name) or {"own": "x"} for name in rule.arguments
    }
    variants = sorted({variant for example in examples.values() for variant in example} or {"own"})
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        access = declared(world.app, rule.endpoint, method)
        assert access is not None, f"{rule.endpoint} does not declare its access"
        for variant in variants:
            values = {name: example.get(variant, example["own"]) for name, example in examples.items()}
            adapter = world.app.url_map.bind("localhost")
            yield Case(rule, method, variant, adapter.build(rule.endpoint, values, method), access)


def lets_in(access: Access, visitor: Visitor) -> bool:
    """What the declaration says of this visitor."""
    match access.door:
        case Door.RESIDENT:
            return visitor.actor is not None and visitor.actor.kind is ActorKind.RESIDENT
        case Door.STAFF:
            staff = visitor.actor is not None and visitor.actor.kind is ActorKind.STAFF
            return (
                staff
                and visitor.actor is not None
                and (not access.permissions or may(visitor.actor, *access.permissions))
            )
        case Door.API:
            return visitor.scopes is not None and access.scope in visitor.scopes
        case _:
            return True


def refused(case: Case, visitor: Visitor) -> list[str]:
    """Nobody there: asked to sign in. Somebody there: told that it is not theirs to do."""
    answer = visitor.asks(case.method, case.path)
    match case.access.door:
        case Door.RESIDENT:
            known = False
        case Door.STAFF:
            known = visitor.actor is not None and visitor.actor.kind is ActorKind.STAFF
        case _:
            known = bool(visitor.scopes)
    if known:
        expected = {403}
    elif case.rule.endpoint.startswith("open311."):
        expected = {403, 429}  # GeoReport v2 answers a wrong or missing api_key with 403
    elif case.access.door is Door.API:
        expected = {401, 429}
    else:
        expected = {303} if case.method == "GET" else {401}
    if answer.status_code not in expected or (
        answer.status_code == 303 and "/sign-in?next=" not in answer.headers["Location"]
    ):
        return [f"{case} by {visitor.name}: {answer.status_code} instead of {sorted(expected)}"]
    return []


def allowed(case: Case, visitor: Visitor) -> list[str]:
    """Never an error of ours, never asked to sign in; and what is not there is not found."""
    answer = visitor.asks(case.method, case.path)
    status = answer.status_code
    ours = case.access.door not in {Door.PUBLIC, Door.FILE, Door.OPERATIONS}
    if status >= 500 and not (case.access.door is Door.OPERATIONS and status == 503):
        return [f"{case} by {visitor.name}: {status}"]
    if ours and status == 401:
        return [f"{case} by {visitor.name}: asked to sign in"]
    if case.access.door is Door.API and status == 429:
        return [f"{case} by {visitor.name}: held back, so nothing was tried"]
    if ours and case.method == "GET" and status == 403:
        return [f"{case} by {visitor.name}: 403, though it is declared to be theirs to look at"]
    if ours and case.variant == "deleted" and case.method == "GET" and status not in {404, *case_may(case)}:
        return [f"{case} by {visitor.name}: {status} for what is not there"]
    return []


def case_may(case: Case) -> set[int]:
    """What else may be said of a thing that is not there: a page that asks for a purpose first asks before it looks."""
    return {200} if case.rule.endpoint == "console_customer.page" else set()


def with_purpose(path: str) -> str:
    """Looks at customers give their purpose in the address, and a list of faulty records the attribute."""
    if "/quality/" in path and "/sources/" in path:
        return f"{path}?attribute=phone"
    return f"{path}?purpose=enquiry" if "/customers/" in path or "/properties/" in path else path


def digest(database: Database) -> dict[str, tuple[int, int]]:
    """Of each table how many rows there are and the newest transaction that wrote one: any insert, update or delete shows."""
    with database.engine.connect() as connection:
        tables = connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        ).all()
        counted = " UNION ALL ".join(
            f"SELECT '{table}', count(*), coalesce(max(xmin::text::bigint), 0) FROM \"{table}\""
            for table in tables
            if table not in QUIET
        )
        return {row[0]: (row[1], row[2]) for row in connection.execute(text(counted))}


def changed(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> list[str]:
    return sorted(table for table in after if before.get(table) != after[table])


def test_the_digest_sees_every_kind_of_change(world: World) -> None:
    seen = [digest(world.database)]
    for statement in (
        "INSERT INTO suppressed_address (address, reason, since) VALUES ('a@b.example', 'asked', now())",
        "UPDATE suppressed_address SET detail = 'x'",
        "DELETE FROM suppressed_address",
    ):
        with world.database.transaction() as session:
            session.execute(text(statement))
        seen.append(digest(world.database))
        assert changed(seen[-2], seen[-1]) == ["suppressed_address"], statement


def test_each_role_is_tried(visitors: list[Visitor]) -> None:
    tried = {role for visitor in visitors if visitor.actor for role in visitor.actor.roles}
    assert tried >= set(Role) - {Role.SERVICE}
    assert {scope for visitor in visitors for scope in visitor.scopes or ()} == set(Scope)
