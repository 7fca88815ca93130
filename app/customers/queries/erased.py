"""What erasures keep out, and what was let in again. Nobody can list whose keys these are: only a key that is given can be asked about."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.customers.models import ErasedKey, SourceSystem
from app.customers.rows.erased import KeptOut, Readmitted
from app.kernel.crypto import KeyedHash
from app.kernel.events import provided
from app.kernel.paging import Page, PageRequest, fetch_page


def kept_out(session: Session, source_slug: str, key: str) -> KeptOut | None:
    """Whether this key of this source is turned away, and since when; None if nothing keeps it out."""
    hashed = provided(session, KeyedHash).of(source_slug, key.strip())
    found = session.execute(
        select(SourceSystem.slug, SourceSystem.name, ErasedKey.erased_at)
        .join(SourceSystem, SourceSystem.id == ErasedKey.source_id)
        .where(SourceSystem.slug == source_slug, ErasedKey.key_hash == hashed, ErasedKey.readmitted_at.is_(None))
    ).one_or_none()
    return KeptOut(*found) if found else None


def kept_out_counts(session: Session) -> tuple[tuple[str, int], ...]:
    """By name of the source: how many keys are turned away."""
    query = select(SourceSystem.name, func.count()).join(ErasedKey, ErasedKey.source_id == SourceSystem.id)
    counted = query.where(ErasedKey.readmitted_at.is_(None)).group_by(SourceSystem.name).order_by(SourceSystem.name)
    return tuple((name, count) for name, count in session.execute(counted))


def readmitted(session: Session, page: PageRequest | None = None) -> Page[Readmitted]:
    """What was let in again, the latest first."""
    query = select(ErasedKey, SourceSystem.name).join(SourceSystem, SourceSystem.id == ErasedKey.source_id)
    latest = query.where(ErasedKey.readmitted_at.is_not(None)).order_by(
        ErasedKey.readmitted_at.desc(), ErasedKey.source_id, ErasedKey.key_hash
    )
    found = fetch_page(session, latest, page or PageRequest())
    rows = tuple(
        Readmitted(name, one.erased_at, one.readmitted_at, one.readmitted_by_name or "", one.readmitted_reason or "")
        for one, name in found.items
        if one.readmitted_at is not None
    )
    return Page(rows, found.total, found.number, found.size)
