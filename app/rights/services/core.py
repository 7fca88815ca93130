"""Finding a request for change, writing its timeline, and telling the person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.kernel.actors import Actor
from app.kernel.clock import london_date
from app.kernel.errors import Conflict, NotFound, Stale
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.notifications import services as notifications
from app.notifications.enums import Template
from app.rights.enums import OPEN
from app.rights.models import RightsEvent, RightsRequest

PATH = "/account/rights"


def to_handle(session: Session, actor: Actor, request_id: UUID, *, version: int | None = None) -> RightsRequest:
    """An open request, locked, for somebody who may handle it. NotFound, NotAllowed, Conflict when it is answered, Stale when changed."""
    authorize(actor, Permission.RIGHTS_HANDLE)
    request = session.get(RightsRequest, request_id, with_for_update=True, populate_existing=True)
    if request is None:
        raise NotFound
    if request.state not in OPEN:
        raise Conflict(N_("This request has been answered already"))
    if version is not None and version != request.version:
        raise Stale
    return request


def note(session: Session, request: RightsRequest, actor: Actor, what: str, now: datetime, *, words: str = "") -> None:
    """A line of the timeline, and of the trail."""
    request.version += 1
    session.add(RightsEvent(id=new_id(), request_id=request.id, at=now, what=what, by_name=actor.name, words=words))
    session.flush()
    audit.record(session, actor, f"rights.{what}", "rights_request", request.id, now=now)


def tell(
    session: Session, request: RightsRequest, template: Template, now: datetime, *, key: str, **context: object
) -> UUID | None:
    """Write to the person in their language, where they gave an address. Says nothing that the request does not."""
    if not request.email:
        return None
    return notifications.queue_message(
        session, template, to=request.email, locale=request.locale,
        context={
            "name": request.name, "path": PATH, "reference": request.reference, "right": request.kind.value,
            "due_on": london_date(request.due_at), **context,
        },
        about=("rights_request", request.id), account_id=request.account_id, dedupe_key=f"rights.{key}:{request.id}", now=now,
    )  # fmt: skip
