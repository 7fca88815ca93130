"""What the room tells the others."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.kernel.events import Event


@dataclass(frozen=True)
class CustomersMatched(Event):
    """A match run has replaced links and golden records."""

    name: ClassVar[str] = "customer.linked"
    run_id: UUID


@dataclass(frozen=True)
class CustomerVerified(Event):
    """Somebody has shown that they are the person of one source record. `account_id` is set if they have an account."""

    name: ClassVar[str] = "customer.verified"
    verification_id: UUID
    source_record_id: UUID
    account_id: UUID | None


@dataclass(frozen=True)
class RecordsArrived(Event):
    """Source records that are new, or say something else than before. Published in the transaction that writes them.

    `in_bulk`: one of many batches of a large load, after which a match run of everything is cheaper than one by one.
    """

    name: ClassVar[str] = "records.arrived"
    source: str
    record_ids: tuple[UUID, ...]
    in_bulk: bool = False


@dataclass(frozen=True)
class SourceLoaded(Event):
    """What a source sent has been taken in, changed or not. Published in the transaction that closes the load; not for a load that
    takes another one back, for the source has sent nothing then."""

    name: ClassVar[str] = "source.loaded"
    source: str
    load_id: UUID
    at: datetime


@dataclass(frozen=True)
class RecordsGone(Event):
    """Source records that their source no longer has. They are kept, and stay with their golden records."""

    name: ClassVar[str] = "records.gone"
    source: str
    record_ids: tuple[UUID, ...]


@dataclass(frozen=True)
class CustomersMerged(Event):
    """A person has made one golden record of two. What is filed against source records and accounts follows by itself."""

    name: ClassVar[str] = "customer.merged"
    kept_id: UUID
    gone_id: UUID
    at: datetime


@dataclass(frozen=True)
class RelationshipEnded(Event):
    """Nobody acts for another by this relationship any more."""

    name: ClassVar[str] = "relationship.ended"
    relationship_id: UUID
    at: datetime


@dataclass(frozen=True)
class CustomersUnmerged(Event):
    """A merge was taken back: `gone_id` is a golden record again."""

    name: ClassVar[str] = "customer.unmerged"
    kept_id: UUID
    gone_id: UUID
    at: datetime


@dataclass(frozen=True)
class RecordsErased(Event):
    """Source records are about to be erased: whoever points at them lets go, in the same transaction."""

    name: ClassVar[str] = "records.erased"
    record_ids: tuple[UUID, ...]
