"""A request comes in: from a resident in My Account, or by whatever way, written down by staff."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.policy import Permission, authorize
from app.customers import queries as customers
from app.kernel import references
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import Conflict, Invalid, NotAllowed
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.notifications.enums import Template
from app.rights import policy
from app.rights.enums import OPEN, AskedBy, RequestState, RightKind, ShownBy
from app.rights.models import RightsRecord, RightsRequest
from app.rights.services.core import note, tell

PREFIX = "DR"
LONGEST = 4000
SIGNED_IN = "Signed in to their account"


def ask(session: Session, actor: Actor, kind: RightKind, *, said: str = "", now: datetime) -> UUID:
    """A resident asks for themselves. Their account, and the records that they have shown to be theirs, are what it is about.

    Conflict while another request of this kind is open; Invalid for a correction that does not say what is wrong.
    """
    if actor.kind is not ActorKind.RESIDENT or actor.account_id is None:
        raise NotAllowed
    _check(kind, said)
    account = accounts.account(session, actor.account_id)
    open_one = select(RightsRequest.id).where(
        RightsRequest.account_id == account.id, RightsRequest.kind == kind, RightsRequest.state.in_(OPEN)
    )
    if session.scalar(open_one.limit(1)) is not None:
        raise Conflict(N_("You have asked for this already. We will answer that first"))
    request = _new(kind, AskedBy.ACCOUNT, name=account.name, email=account.email or "", said=said, now=now)
    request.account_id, request.locale = account.id, account.locale
    request.identity_how, request.identity_at, request.identity_by_name = SIGNED_IN, now, account.name
    session.add(request)
    session.flush()
    _take_over_verified(session, request, actor, now)
    return _received(session, request, actor, now)


def write_down(
    session: Session,
    actor: Actor,
    kind: RightKind,
    asked_by: AskedBy,
    *,
    name: str,
    email: str = "",
    said: str = "",
    now: datetime,
) -> UUID:
    """Staff write down a request that came by letter, telephone, e-mail or in person. Who it is has yet to be shown."""
    authorize(actor, Permission.RIGHTS_HANDLE)
    errors = {} if name.strip() else {"name": N_("Enter the name of the person whose data it is")}
    if asked_by is AskedBy.ACCOUNT:
        errors["asked_by"] = N_("Choose how the request came")
    if errors:
        raise Invalid(errors)
    _check(kind, said)
    request = _new(kind, asked_by, name=name.strip()[:200], email=email.strip()[:254], said=said, now=now)
    request.state = RequestState.IDENTITY
    session.add(request)
    session.flush()
    return _received(session, request, actor, now)


def _take_over_verified(session: Session, request: RightsRequest, actor: Actor, now: datetime) -> None:
    for record in customers.granted_source_records(session, request.account_id) if request.account_id else ():
        session.add(RightsRecord(
            request_id=request.id, source_record_id=record, shown_by=ShownBy.VERIFIED, added_at=now, added_by_name=actor.name,
        ))  # fmt: skip


def _received(session: Session, request: RightsRequest, actor: Actor, now: datetime) -> UUID:
    note(session, request, actor, "received", now)
    tell(session, request, Template.RIGHTS_RECEIVED, now, key="received")
    return request.id


def _new(kind: RightKind, asked_by: AskedBy, *, name: str, email: str, said: str, now: datetime) -> RightsRequest:
    return RightsRequest(
        id=new_id(), reference=references.new(PREFIX), kind=kind, state=RequestState.RECEIVED, version=1, asked_by=asked_by, name=name,
        email=email, said=said.strip(), received_at=now, due_at=policy.months_after(now, policy.MONTHS),
    )  # fmt: skip


def _check(kind: RightKind, said: str) -> None:
    if kind is RightKind.RECTIFICATION and not said.strip():
        raise Invalid({"said": N_("Say what is wrong, and what would be right")})
    if len(said) > LONGEST:
        raise Invalid({"said": N_("Write 4,000 characters or fewer")})
