"""Keys for the database: UUIDv7, so that rows made together lie together on disk and sort by age."""

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562 §5.7)."""
    return UUID(int=uuid_utils.uuid7().int)
