"""Adding files to an enquiry, and taking one out of sight."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.enquiries import files
from app.enquiries.enums import EntryKind, Visibility
from app.enquiries.models import Attachment, AttachmentContent, Enquiry
from app.enquiries.policy import MOST_AT_ONCE, MOST_FILES
from app.enquiries.queries.reading import enquiry_id_of
from app.enquiries.services.core import enter, locked, may_speak, required, touch
from app.enquiries.services.messages import may_reply, may_reply_for
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import Invalid, NotFound
from app.kernel.i18n import N_
from app.kernel.ids import new_id

Given = tuple[str, bytes]


def attach(
    session: Session,
    actor: Actor,
    reference: str,
    given: Sequence[Given],
    *,
    internal: bool = False,
    email: str | None = None,
    acting: UUID | None = None,
    now: datetime,
) -> tuple[UUID, ...]:
    """Keep these files (name and bytes) with the enquiry: all of them, or none and Invalid. Only staff can add what the customer does not see."""
    enquiry = locked(session, reference, version=None)
    if actor.kind is ActorKind.SERVICE:
        enquiry_id_of(session, actor, reference)
    elif acting is not None:
        may_reply_for(session, actor, enquiry, acting, now=now)
    else:
        may_reply(session, actor, enquiry, email, now=now)
    staff = actor.kind in {ActorKind.STAFF, ActorKind.SYSTEM}
    seen_by = Visibility.INTERNAL if internal and staff else Visibility.PUBLIC
    return keep(session, actor, enquiry, clean_all(given), visibility=seen_by, now=now)


def clean_all(given: Sequence[Given], *, field: str = "file") -> list[files.CleanFile]:
    """Every file in the form in which it is kept; needs no database, so it can be asked before anything is begun."""
    if len(given) > MOST_AT_ONCE:
        raise Invalid({field: N_("Add at most %(most)s files at once")}, most=MOST_AT_ONCE)
    return [files.clean(name, content, field=field) for name, content in given]


def keep(
    session: Session,
    actor: Actor,
    enquiry: Enquiry,
    cleaned: Sequence[files.CleanFile],
    *,
    visibility: Visibility,
    now: datetime,
) -> tuple[UUID, ...]:
    """Write them; for those who hold the enquiry and have asked who may."""
    if not cleaned:
        return ()
    count = session.scalar(select(func.count()).where(Attachment.enquiry_id == enquiry.id)) or 0
    if count + len(cleaned) > MOST_FILES:
        raise Invalid({"file": N_("An enquiry can have at most %(most)s files")}, most=MOST_FILES)
    ids = tuple(_write(session, actor, enquiry, each, visibility, now=now) for each in cleaned)
    touch(enquiry, actor, now=now)
    session.flush()
    return ids


def hide_file(session: Session, actor: Actor, reference: str, file_id: UUID, *, reason: str, now: datetime) -> None:
    """Take a file out of everybody's sight, with a reason: it was somebody else's, or was sent by mistake."""
    may_speak(actor)
    enquiry = locked(session, reference, version=None)
    file = session.get(Attachment, file_id, with_for_update=True)
    if file is None or file.enquiry_id != enquiry.id or file.hidden_at is not None:
        raise NotFound
    file.hidden_because = required("reason", reason, N_("Say why nobody is to see it"))
    file.hidden_at = now
    touch(enquiry, actor, now=now)
    enter(
        session, enquiry, actor, EntryKind.FILE_HIDDEN, now=now, public=False, body=file.hidden_because, file=file.name
    )
    session.flush()


def _write(
    session: Session, actor: Actor, enquiry: Enquiry, file: files.CleanFile, visibility: Visibility, *, now: datetime
) -> UUID:
    digest = sha256(file.content).hexdigest()
    session.execute(insert(AttachmentContent).values(digest=digest, content=file.content).on_conflict_do_nothing())
    key = new_id()
    session.add(Attachment(
        id=key, enquiry_id=enquiry.id, at=now, actor_kind=actor.kind, actor_id=actor.account_id,
        actor_name=actor.name if actor.kind in {ActorKind.STAFF, ActorKind.SERVICE} else enquiry.raiser_name,
        name=file.name, type=file.type, size=len(file.content), digest=digest, visibility=visibility,
    ))  # fmt: skip
    public = visibility is Visibility.PUBLIC
    enter(session, enquiry, actor, EntryKind.ATTACHED, now=now, public=public, file=file.name)
    return key
