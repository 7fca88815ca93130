"""Requests, in lists and one by one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.customers import queries as customers
from app.kernel.errors import NotFound
from app.kernel.paging import Page, PageRequest, fetch_page
from app.rights.enums import OPEN, CorrectionState, RightKind
from app.rights.models import RightsAddress, RightsEvent, RightsRecord, RightsRequest, SourceCorrection
from app.rights.queries.packages import packages_of
from app.rights.rows import AddressLine, CorrectionRow, EventLine, RecordLine, RequestLine, RequestRow


def requests(
    session: Session,
    page: PageRequest | None = None,
    *,
    open_only: bool = True,
    kind: RightKind | None = None,
    now: datetime,
) -> Page[RequestLine]:
    """The desk's list, what is due first at the top. With `open_only` whatever is answered is left out, unless a source is late with it."""
    silent = _silent(now)
    query = select(RightsRequest, silent)
    if open_only:
        query = query.where(or_(RightsRequest.state.in_(OPEN), silent))
    if kind is not None:
        query = query.where(RightsRequest.kind == kind)
    found = fetch_page(session, query.order_by(RightsRequest.due_at, RightsRequest.id), page or PageRequest())
    return Page(tuple(_line(one, late, now) for one, late in found.items), found.total, found.number, found.size)


def request_id_of(session: Session, reference: str) -> UUID:
    """The request of a reference, which is a whole one. NotFound."""
    found = session.scalar(select(RightsRequest.id).where(RightsRequest.reference == reference))
    if found is None:
        raise NotFound
    return found


def overdue_count(session: Session, now: datetime) -> int:
    """How many are not answered in time, and sources that have not answered: a figure that should be nought."""
    late = (
        select(func.count()).select_from(RightsRequest).where(RightsRequest.state.in_(OPEN), RightsRequest.due_at < now)
    )
    silent = (
        select(func.count())
        .select_from(SourceCorrection)
        .where(SourceCorrection.state == CorrectionState.TOLD, SourceCorrection.due_at < now)
    )
    return (session.scalar(late) or 0) + (session.scalar(silent) or 0)


def request(session: Session, request_id: UUID, *, now: datetime) -> RequestRow:
    """One request with all that hangs on it, for whoever handles it. NotFound if there is none."""
    found = session.get(RightsRequest, request_id)
    if found is None:
        raise NotFound
    return _row(session, found, now)


def mine(session: Session, account_id: UUID, *, now: datetime) -> list[RequestRow]:
    """A resident's own, the latest first."""
    query = select(RightsRequest).where(RightsRequest.account_id == account_id)
    latest = query.order_by(RightsRequest.received_at.desc(), RightsRequest.id.desc()).limit(50)
    return [_row(session, one, now) for one in session.scalars(latest)]


def my_request(session: Session, account_id: UUID, request_id: UUID, *, now: datetime) -> RequestRow:
    """One of a resident's own; NotFound for another's."""
    found = session.get(RightsRequest, request_id)
    if found is None or found.account_id != account_id:
        raise NotFound
    return _row(session, found, now)


def correction(session: Session, correction_id: UUID, *, now: datetime) -> CorrectionRow:
    """One correction that a source was told of. Raises NotFound."""
    found = session.get(SourceCorrection, correction_id)
    if found is None:
        raise NotFound
    return _correction(found, now)


def records_of(session: Session, request_id: UUID) -> tuple[RecordLine, ...]:
    """The source records that count as the person's."""
    query = select(RightsRecord).where(RightsRecord.request_id == request_id).order_by(RightsRecord.source_record_id)
    kept = session.scalars(query).all()
    there = {
        one.source_record_id: one for one in customers.held_by_ids(session, [one.source_record_id for one in kept])
    }
    lines = []
    for one in kept:
        held = there.get(one.source_record_id)
        lines.append(
            RecordLine(
                one.source_record_id, held.source_name if held else "", held.source_key if held else "", one.shown_by, one.reason,
                held.restricted if held else False, held is not None, held.values if held else {},
            )
        )  # fmt: skip
    return tuple(sorted(lines, key=lambda line: (line.source_name, line.source_key, line.source_record_id)))


def _silent(now: datetime) -> ColumnElement[bool]:
    """A source was told of a correction in the request of the line, and the day by which it was to answer is over."""
    told = select(SourceCorrection.id).where(
        SourceCorrection.request_id == RightsRequest.id, SourceCorrection.state == CorrectionState.TOLD,
        SourceCorrection.due_at < now,
    )  # fmt: skip
    return told.correlate(RightsRequest).exists()


def _line(one: RightsRequest, source_late: bool, now: datetime) -> RequestLine:
    late = one.state in OPEN and one.due_at < now
    return RequestLine(
        one.id, one.reference, one.kind, one.state, one.name, one.received_at, one.due_at, one.owner_name, late, source_late
    )  # fmt: skip


def _row(session: Session, one: RightsRequest, now: datetime) -> RequestRow:
    events = session.scalars(
        select(RightsEvent)
        .where(RightsEvent.request_id == one.id)
        .order_by(RightsEvent.at.desc(), RightsEvent.id.desc())
    )
    corrections = session.scalars(
        select(SourceCorrection)
        .where(SourceCorrection.request_id == one.id)
        .order_by(SourceCorrection.told_at, SourceCorrection.id)
    )
    return RequestRow(
        one.id, one.reference, one.kind, one.state, one.version, one.asked_by, one.account_id, one.name, one.email, one.said,
        one.received_at, one.due_at, one.state in OPEN and one.due_at < now, one.extended_reason or "", one.identity_how or "",
        one.identity_at, one.owner_id, one.owner_name, one.answer or "", one.answered_at, records_of(session, one.id),
        tuple(EventLine(event.at, event.what, event.by_name, event.words) for event in events), packages_of(session, one.id),
        tuple(_correction(made, now) for made in corrections), _addresses(session, one.id),
    )  # fmt: skip


def _addresses(session: Session, request_id: UUID) -> tuple[AddressLine, ...]:
    query = select(RightsAddress).where(RightsAddress.request_id == request_id).order_by(RightsAddress.address)
    return tuple(AddressLine(one.address, one.reason) for one in session.scalars(query))


def _correction(made: SourceCorrection, now: datetime) -> CorrectionRow:
    late = made.state is CorrectionState.TOLD and made.due_at < now
    return CorrectionRow(
        made.id, made.request_id, made.source, made.source_record_id, made.attribute, made.says, made.should_say, made.pinned, made.state,
        made.told_at, made.told_to, made.due_at, made.reminders, late, made.answer or "", made.answered_at, made.answered_by_name or "",
        made.right_at, made.sent_old, made.sent_old_at,
    )  # fmt: skip
