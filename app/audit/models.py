"""One table that only grows: the database itself refuses to change, delete or empty it."""

from uuid import UUID

from sqlalchemy import DDL, Index, event
from sqlalchemy.orm import Mapped

from app.kernel.actors import ActorKind
from app.kernel.db import Base, Id, Json, Utc, enum_column, one_of


class AuditEntry(Base):
    """One thing that somebody did, as it was known then; the actor's name is kept because accounts come and go."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        one_of(ActorKind, "actor_kind"),
        Index(None, "object_type", "object_id", "at"),
        Index(None, "actor_id", "at"),
        Index(None, "action", "at"),
        Index(None, "at"),
    )

    id: Mapped[Id]
    at: Mapped[Utc]
    actor_kind: Mapped[ActorKind] = enum_column(ActorKind)
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    actor_address: Mapped[str | None]
    action: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[UUID | None]
    purpose: Mapped[str | None]
    detail: Mapped[Json]


REFUSE = DDL(  # type: ignore[no-untyped-call]  # - SQLAlchemy leaves it untyped
    """
    CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'TRUNCATE' AND current_setting('firstpoint.erasing', true) = 'on' THEN
            RETURN NULL;
        END IF;
        RAISE EXCEPTION 'audit_entry only grows: %% is refused', TG_OP USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
        FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse();
    """
)
FORGET = DDL("DROP FUNCTION IF EXISTS audit_entry_refuse()")  # type: ignore[no-untyped-call]  # - as above

event.listen(AuditEntry.__table__, "after_create", REFUSE)
event.listen(AuditEntry.__table__, "after_drop", FORGET)
