"""Working on a request: whose it is, who the person is, what counts as theirs, more time, and the answer."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.enums import AccountKind
from app.accounts.queries import by_email
from app.customers import queries as customers
from app.enquiries.answers import is_email, is_phone
from app.kernel.actors import Actor, ActorKind
from app.kernel.clock import london_date
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from app.kernel.i18n import N_
from app.kernel.personal import digits
from app.notifications.enums import Template
from app.rights import policy
from app.rights.enums import OPEN, RequestState, ShownBy
from app.rights.models import RightsAddress, RightsRecord, RightsRequest
from app.rights.services.core import note, tell, to_handle


def take(session: Session, actor: Actor, request_id: UUID, *, now: datetime) -> None:
    """It is this person's to answer from now on."""
    request = to_handle(session, actor, request_id)
    request.owner_id, request.owner_name = actor.account_id, actor.name
    if request.state is RequestState.RECEIVED:
        request.state = RequestState.IN_HAND
    note(session, request, actor, "taken", now)


def show_identity(
    session: Session,
    actor: Actor,
    request_id: UUID,
    *,
    how: str,
    records: Sequence[UUID] = (),
    account_email: str = "",
    now: datetime,
) -> None:
    """Write down how the person showed who they are. Records that a passed verification stands on come with it.

    `account_email`: the account that is theirs as well, if they say so and it was shown.
    """
    request = to_handle(session, actor, request_id)
    if not how.strip():
        raise Invalid({"how": N_("Say how they showed who they are")})
    if account_email.strip():
        request.account_id = _account_of(session, account_email)
    request.identity_how, request.identity_at, request.identity_by_name = how.strip(), now, actor.name
    if request.state is RequestState.IDENTITY:
        request.state = RequestState.IN_HAND
    for record in records:
        _keep(session, actor, request, record, shown_by=ShownBy.VERIFIED, reason="", now=now)
    note(session, request, actor, "identity", now, words=how.strip())


def add_record(
    session: Session, actor: Actor, request_id: UUID, source_slug: str, key: str, *, reason: str, now: datetime
) -> None:
    """A record that no verification stands on counts as theirs too, for a reason. NotFound if there is none with this key."""
    request = to_handle(session, actor, request_id)
    if request.identity_at is None:
        raise Conflict(N_("First write down how they showed who they are"))
    if not reason.strip():
        raise Invalid({"reason": N_("Say how you know that this record is theirs")})
    record = customers.record_by_key(session, source_slug, key)
    if record is None:
        raise Invalid({"key": N_("There is no record with this key in that source")})
    _keep(session, actor, request, record, shown_by=ShownBy.ADDED, reason=reason.strip(), now=now)
    note(session, request, actor, "record_added", now, words=reason.strip())


def drop_record(session: Session, actor: Actor, request_id: UUID, record: UUID, *, reason: str, now: datetime) -> None:
    """It turns out to be somebody else's."""
    request = to_handle(session, actor, request_id)
    if not reason.strip():
        raise Invalid({"reason": N_("Say why this record is not theirs")})
    session.execute(
        delete(RightsRecord).where(RightsRecord.request_id == request.id, RightsRecord.source_record_id == record)
    )
    note(session, request, actor, "record_dropped", now, words=reason.strip())


def add_address(session: Session, actor: Actor, request_id: UUID, address: str, *, reason: str, now: datetime) -> None:
    """An e-mail address or telephone number that was shown to be theirs: what came from it without an account is theirs too.

    Invalid without how it was shown; that they gave it, or that a record has it, shows nothing.
    """
    request = to_handle(session, actor, request_id)
    if request.identity_at is None:
        raise Conflict(N_("First write down how they showed who they are"))
    given = address.strip()
    errors = {}
    if not is_email(given) and not is_phone(given):
        errors["address"] = N_(
            "Enter an e-mail address, like name@example.com, or a telephone number, like 01632 960001"
        )
    if not reason.strip():
        errors["reason"] = N_("Say how it was shown that the address is theirs")
    if errors:
        raise Invalid(errors)
    kept = given.lower() if "@" in given else digits(given)
    if session.get(RightsAddress, (request.id, kept)) is None:
        session.add(RightsAddress(
            request_id=request.id, address=kept, reason=reason.strip(), added_at=now, added_by_name=actor.name,
        ))  # fmt: skip
        session.flush()
    note(session, request, actor, "address_added", now, words=reason.strip())


def drop_address(session: Session, actor: Actor, request_id: UUID, address: str, *, now: datetime) -> None:
    """It does not count as theirs after all."""
    request = to_handle(session, actor, request_id)
    session.execute(
        delete(RightsAddress).where(RightsAddress.request_id == request.id, RightsAddress.address == address)
    )
    note(session, request, actor, "address_dropped", now)


def extend(session: Session, actor: Actor, request_id: UUID, *, months: int, reason: str, now: datetime) -> datetime:
    """More time: one or two months on top, once, told to the person with the reason. Only before the first month is over."""
    request = to_handle(session, actor, request_id)
    errors = {}
    if months not in (1, 2):
        errors["months"] = N_("Choose one month or two")
    if not reason.strip():
        errors["reason"] = N_("Say why it takes longer. The person will read it")
    if errors:
        raise Invalid(errors)
    if request.extended_reason is not None:
        raise Conflict(N_("This request has been extended already"))
    if now > request.due_at:
        raise Conflict(N_("The month is over: the law allows more time only if the person is told within it"))
    request.due_at = policy.months_after(request.received_at, policy.MONTHS + months)
    request.extended_reason = reason.strip()
    note(session, request, actor, "extended", now, words=reason.strip())
    tell(session, request, Template.RIGHTS_EXTENDED, now, key="extended", text=reason.strip())
    return request.due_at


def refuse(session: Session, actor: Actor, request_id: UUID, *, reason: str, now: datetime) -> None:
    """Say no, with the reason and the right to complain; the person is told."""
    request = to_handle(session, actor, request_id)
    if not reason.strip():
        raise Invalid({"reason": N_("Give the reason. The person will read it")})
    _end(session, actor, request, RequestState.REFUSED, reason.strip(), now=now)


def meet(session: Session, actor: Actor, request_id: UUID, *, answer: str = "", now: datetime) -> None:
    """It is done. Conflict while nobody knows who the person is."""
    request = to_handle(session, actor, request_id)
    if request.identity_at is None:
        raise Conflict(N_("First write down how they showed who they are"))
    _end(session, actor, request, RequestState.MET, answer.strip(), now=now)


def withdraw(session: Session, actor: Actor, request_id: UUID, *, now: datetime) -> None:
    """The resident no longer wants it. NotFound for another's."""
    if actor.kind is not ActorKind.RESIDENT or actor.account_id is None:
        raise NotAllowed
    query = select(RightsRequest).where(RightsRequest.id == request_id, RightsRequest.account_id == actor.account_id)
    request = session.scalar(query.with_for_update())
    if request is None:
        raise NotFound
    if request.state not in OPEN:
        raise Conflict(N_("This request has been answered already"))
    request.state, request.answered_at = RequestState.WITHDRAWN, now
    note(session, request, actor, "withdrawn", now)


def _account_of(session: Session, email: str) -> UUID:
    """The resident's account of an address."""
    from_address = by_email(session, email)
    if from_address is None or from_address.kind is not AccountKind.RESIDENT:
        raise Invalid({"account_email": N_("No resident has an account with this address")})
    return from_address.id


def _keep(
    session: Session,
    actor: Actor,
    request: RightsRequest,
    record: UUID,
    *,
    shown_by: ShownBy,
    reason: str,
    now: datetime,
) -> None:
    if session.get(RightsRecord, (request.id, record)) is None:
        session.add(RightsRecord(
            request_id=request.id, source_record_id=record, shown_by=shown_by, reason=reason, added_at=now, added_by_name=actor.name,
        ))  # fmt: skip
        session.flush()


def _end(
    session: Session, actor: Actor, request: RightsRequest, state: RequestState, answer: str, *, now: datetime
) -> None:
    request.state, request.answer, request.answered_at = state, answer or None, now
    note(session, request, actor, state.value, now, words=answer)
    tell(
        session, request, Template.RIGHTS_ANSWERED, now, key="answered", met=state is RequestState.MET, text=answer,
        day=london_date(request.received_at),
    )  # fmt: skip
