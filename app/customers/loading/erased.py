"""Rows of people who were erased, turned away when their source sends them again."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.models import ErasedKey
from app.kernel.crypto import KeyedHash
from app.kernel.events import provided


@dataclass(frozen=True, slots=True)
class Erased:
    """The erased keys of one source: hashes, some ten megabytes for a hundred thousand."""

    slug: str = ""
    hashes: frozenset[str] = frozenset()
    hashing: KeyedHash | None = None

    def holds(self, key: str) -> bool:
        """Nothing is worked out where nothing was erased."""
        return bool(self.hashes) and self.hashing is not None and self.hashing.of(self.slug, key) in self.hashes


def erased_keys(session: Session, source_id: UUID, slug: str) -> Erased:
    """What must not come again from this source."""
    query = select(ErasedKey.key_hash).where(ErasedKey.source_id == source_id, ErasedKey.readmitted_at.is_(None))
    hashes = frozenset(session.scalars(query))
    return Erased(slug, hashes, provided(session, KeyedHash)) if hashes else Erased()
