"""A waste system with a key, and a missed bin that is offered to it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts import services as accounts
from app.accounts.enums import AccountKind, Scope
from app.handoffs import services as handoffs
from app.handoffs.rows import HandoffRow
from app.kernel.actors import SYSTEM, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.organisation import services as organisation
from tests.support import council
from tests.support.council import Council


@dataclass
class System:
    """A service's own system at our API."""

    client: FlaskClient
    key: str

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self._headers({}), **options)

    def post(self, path: str, body: object = None, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/api/v1{path}", json={} if body is None else body, headers=self._headers(named))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} | more


def words_of(answer: TestResponse) -> str:
    """What an answer says, without its ids: in those any four digits come up now and then."""
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", answer.text)


@pytest.fixture
def town(founded: tuple[str, Council]) -> Council:
    return founded[1]


@pytest.fixture
def system(app: Flask, db: Database, clock: FixedClock, town: Council) -> Callable[..., System]:
    """A system that works for a unit, with a key for these scopes."""

    def connect(unit: str, *scopes: Scope) -> System:
        with db.transaction() as session:
            account = council.person(session, f"{unit} system", Role.SERVICE, now=clock.now(), kind=AccountKind.SERVICE)
            assert account.account_id is not None
            organisation.add_member(session, SYSTEM, account.account_id, unit, now=clock.now())
            _, secret = accounts.create_api_key(
                session, town.administrator, account.account_id, scopes or tuple(Scope), now=clock.now()
            )
        return System(app.test_client(), secret)

    return connect


@pytest.fixture
def waste(system: Callable[..., System]) -> System:
    return system("waste")


@pytest.fixture
def offered(db: Database, clock: FixedClock, town: Council) -> HandoffRow:
    with db.transaction() as session:
        enquiry = council.missed_bin(session, town.advisor, now=clock.now())
        return handoffs.offer(
            session, town.advisor, enquiry.reference, unit="waste", brief="Whole street", now=clock.now()
        )
