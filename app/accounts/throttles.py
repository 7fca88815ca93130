"""How often something may be tried: sliding windows in the database, shared by every process.

A refusal writes nothing. Whatever blocks is written with the try that was still allowed, so a caller may raise TooMany and roll
back without forgetting anything; but the caller must keep (commit) the tries that fail, by returning an outcome.
"""

import hashlib
import math
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.limits import LONGEST_BLOCK, STRIKES_LAST, Limit
from app.accounts.models import Throttle
from app.kernel.errors import TooMany


def throttle(session: Session, key: str, limit: int, per: timedelta, *, now: datetime, growing: bool = False) -> None:
    """Count one try, or raise TooMany if there were `limit` within `per` already. Tries for one key wait for each other."""
    count(session, key, Limit(limit, per, growing), now=now)


def count(session: Session, key: str, limit: Limit, *, now: datetime) -> None:
    """As `throttle`, with the limit in one piece."""
    row = _locked(session, key, now)
    recent = _recent(row, limit, now)
    _refuse(row, recent, limit, now)
    recent.append(now)
    if limit.growing and len(recent) >= limit.times:
        row.strikes += 1
        row.blocked_until = now + min(limit.per * 2 ** (row.strikes - 1), LONGEST_BLOCK)
        recent = []
    row.hits = recent
    row.quiet_at = max(now + limit.per, (row.blocked_until or now) + STRIKES_LAST if row.strikes else now)
    session.flush()


def check(session: Session, key: str, limit: Limit, *, now: datetime) -> None:
    """Raise TooMany if the key is used up; counts nothing and makes nobody wait."""
    row = session.get(Throttle, _hash(key), populate_existing=True)
    if row is not None:
        _refuse(row, _recent(row, limit, now), limit, now)


def forget(session: Session, key: str) -> None:
    """Start anew with this key: whoever it was has shown that they may."""
    session.execute(delete(Throttle).where(Throttle.key_hash == _hash(key)))


def forget_quiet(session: Session, *, now: datetime) -> int:
    """Remove rows that no longer hold anybody back."""
    gone = delete(Throttle).where(Throttle.quiet_at < now).returning(Throttle.key_hash)
    return len(session.scalars(gone).all())


def _locked(session: Session, key: str, now: datetime) -> Throttle:
    """The key's row, made if need be and locked until the end of the transaction."""
    fresh = {"key_hash": _hash(key), "hits": [], "strikes": 0, "quiet_at": now}
    session.execute(insert(Throttle).values(fresh).on_conflict_do_nothing())
    query = select(Throttle).where(Throttle.key_hash == _hash(key)).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one()
    if row.strikes and row.quiet_at < now:
        row.strikes = 0
    return row


def _recent(row: Throttle, limit: Limit, now: datetime) -> list[datetime]:
    return [hit for hit in row.hits if hit > now - limit.per]


def _refuse(row: Throttle, recent: list[datetime], limit: Limit, now: datetime) -> None:
    until = row.blocked_until
    if len(recent) >= limit.times:
        until = max(until or now, min(recent) + limit.per)
    if until is not None and until > now:
        raise TooMany(math.ceil((until - now).total_seconds()))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
