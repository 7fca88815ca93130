"""Every write can be asked for twice and happens once.

The key's row is inserted in the transaction of the write itself. A second request with the key waits for the first one's
commit on the primary key, then finds the answer and repeats it; if the first rolled back, the second does the work.
Follows the IETF draft "The Idempotency-Key HTTP Header Field".
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from flask import Response, json, request
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.api.models import IdempotencyKey
from app.api.problems import problem
from app.kernel.errors import Invalid
from app.kernel.i18n import N_
from app.kernel.jobs import Job
from app.runtime import Runtime
from app.web.context import actor, now, transaction

HEADER = "Idempotency-Key"
LONGEST = 200
KEPT = timedelta(days=7)
P = ParamSpec("P")


def writes(status: int) -> Callable[[Callable[Concatenate[Session, P], dict[str, Any]]], Callable[P, Response]]:
    """Wrap a view that takes a session and returns a JSON object: one transaction, one effect per key, `status` on success."""

    def decorate(view: Callable[Concatenate[Session, P], dict[str, Any]]) -> Callable[P, Response]:
        @wraps(view)
        def once(*args: P.args, **kwargs: P.kwargs) -> Response:
            key = _key()
            with transaction() as session:
                if key and not _claim(session, key):
                    return _repeat(session, key)
                body = json.dumps(view(session, *args, **kwargs))
                if key:
                    _remember(session, key, status, body)
            return _answer(body, status)

        return once

    return decorate


def _key() -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and not 1 <= len(key) <= LONGEST:
        raise Invalid({HEADER: N_("Idempotency-Key must have between 1 and %(most)s characters")}, most=LONGEST)
    return key


def _fingerprint() -> str:
    parts = (request.method, request.path, request.get_data(as_text=True))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _claim(session: Session, key: str) -> bool:
    row = {"account_id": actor().account_id, "key": key, "fingerprint": _fingerprint(), "created_at": now()}
    claimed = session.execute(insert(IdempotencyKey).values(row).on_conflict_do_nothing().returning(IdempotencyKey.key))
    return claimed.first() is not None


def _remember(session: Session, key: str, status: int, body: str) -> None:
    mine = (IdempotencyKey.account_id == actor().account_id, IdempotencyKey.key == key)
    session.execute(update(IdempotencyKey).where(*mine).values(status=status, body=body))


def _repeat(session: Session, key: str) -> Response:
    mine = (IdempotencyKey.account_id == actor().account_id, IdempotencyKey.key == key)
    earlier = session.execute(select(IdempotencyKey).where(*mine)).scalar_one()
    if earlier.fingerprint != _fingerprint():
        return problem(
            422, "idempotency-key-reused", "This Idempotency-Key was used for a different request: use a new one"
        )
    answer = _answer(earlier.body or "{}", earlier.status or 200)
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


def _answer(body: str, status: int) -> Response:
    """The written object; its version, if it has one, is its ETag, so that the next write can say what it stands on."""
    answer = Response(body, status, content_type="application/json")
    version = json.loads(body).get("version")
    if version is not None:
        answer.set_etag(str(version))
    return answer


def _forget(runtime: Runtime) -> str:
    with runtime.database.transaction() as session:
        old = session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < runtime.clock.now() - KEPT))
    return f"{old.rowcount} old keys forgotten"  # type: ignore[attr-defined]  # - a DELETE's result has a row count


FORGET_OLD_KEYS = Job(
    "forget-idempotency-keys", "Forgets answers to API writes after seven days", timedelta(hours=6), _forget
)
