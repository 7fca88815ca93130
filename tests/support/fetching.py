"""Sources that are fetched in a test: connected, refreshed, and a web address that gives their records."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import text

from app.customers import services
from app.customers.enums import ConnectorKind
from app.customers.rows import LoadReport
from app.customers.services import Reach, fetcher_of
from app.kernel.actors import Actor
from app.kernel.db import Database
from app.runtime import Runtime
from tests.support.customers import card
from tests.support.peers import Asked, answers


def connect(
    runtime: Runtime, actor: Actor, slug: str, kind: ConnectorKind, *, secret: str | None = None, **given: Any
) -> None:
    with runtime.database.transaction() as session:
        services.register_sources(session, now=runtime.clock.now())
        services.connect(
            session, actor, slug, kind, given, secret=secret, reach=Reach.of(runtime.settings), now=runtime.clock.now()
        )


def refreshed(runtime: Runtime, slug: str) -> list[LoadReport]:
    runtime.clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined]  # - a fixed clock
    return fetcher_of(runtime).refresh(slug)


def keys(db: Database) -> list[str]:
    with db.reading() as session:
        return list(session.scalars(text("SELECT key FROM source_record WHERE gone_since IS NULL ORDER BY key")))


class Records:
    """A web address with pages of records, which can break off."""

    def __init__(self, count: int, size: int = 100) -> None:
        self.records = [card(number) for number in range(count)]
        self.size, self.breaks_at, self.asked = size, 0, []

    def __call__(self, line: Any, asked: Asked, stop: Any) -> None:
        query = parse_qs(urlsplit(asked.path).query)
        self.asked.append(query | {"authorization": [asked.headers.get("authorization", "")]})
        page = int(query.get("page", ["1"])[0])
        if page == self.breaks_at:
            answers("503 Service Unavailable")(line, asked, stop)
            return
        some = self.records[(page - 1) * self.size : page * self.size]
        following = f"/hook?page={page + 1}" if page * self.size < len(self.records) else None
        body = json.dumps({"data": {"records": some}, "links": {"next": following}}).encode()
        answers(body=body, Content_Type="application/json")(line, asked, stop)
