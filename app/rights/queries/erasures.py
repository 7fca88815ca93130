"""What an erasure would do, what one has done, and what stands in the way."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.errors import NotFound
from app.kernel.events import provided
from app.kernel.paging import Page, PageRequest, fetch_page
from app.kernel.personal import PersonalData, Why
from app.rights.models import Erasure, LegalHold, RightsDecision, RightsRequest
from app.rights.rows import ClassLine, ErasureRow, HoldRow, KeptLine
from app.rights.subject import holds_on, standing, subject_of


def plan(session: Session, request_id: UUID, *, now: datetime) -> tuple[ClassLine, ...]:
    """The dry run: class by class how many rows would go, how many would stay and why. Changes nothing."""
    request = session.get(RightsRequest, request_id)
    if request is None:
        raise NotFound
    subject = subject_of(session, request)
    holds = holds_on(session, subject, now)
    decided = {
        one.holding: one.reason
        for one in session.scalars(select(RightsDecision).where(RightsDecision.request_id == request_id))
    }
    lines = []
    for holding in provided(session, PersonalData).holdings:
        if holding.assess is None:
            continue
        assessed = holding.assess(session, subject)
        erase, kept = assessed.erase, tuple(KeptLine(line.reason, line.count) for line in assessed.kept)
        if holds and erase:
            kept, erase = (*kept, KeptLine(Why.LEGAL_HOLD, erase, "; ".join(hold.reason for hold in holds))), 0
        elif holding.slug in decided and erase:
            kept, erase = (*kept, KeptLine(Why.DECIDED, erase, decided[holding.slug])), 0
        lines.append(ClassLine(holding.slug, holding.title, erase, kept, decided.get(holding.slug, "")))
    return tuple(lines)


def erasure_of(session: Session, request_id: UUID) -> ErasureRow | None:
    """The erasure of a request, as far as it is carried out."""
    query = select(Erasure, RightsRequest.reference).join(RightsRequest, RightsRequest.id == Erasure.request_id)
    found = session.execute(query.where(Erasure.request_id == request_id)).first()
    if found is None:
        return None
    one, reference = found
    classes = tuple(
        ClassLine(
            said["class"], said["title"], said["erased"],
            tuple(KeptLine(Why(reason), count) for reason, count in sorted(said["kept"].items())),
        )
        for said in one.figures
    )  # fmt: skip
    return ErasureRow(one.id, one.number, one.request_id, reference, one.begun_at, one.finished_at, one.sha256, classes)


def certificate_of(session: Session, request_id: UUID) -> tuple[int, bytes]:
    """Number and PDF. NotFound until the erasure is finished."""
    found = session.scalar(select(Erasure).where(Erasure.request_id == request_id))
    if found is None or found.certificate is None:
        raise NotFound
    return found.number, found.certificate


def holds(
    session: Session, page: PageRequest | None = None, *, standing_only: bool = True, now: datetime
) -> Page[HoldRow]:
    """Legal holds, the latest first."""
    query = standing(now) if standing_only else select(LegalHold)
    found = fetch_page(session, query.order_by(LegalHold.placed_at.desc(), LegalHold.id.desc()), page or PageRequest())
    return Page(tuple(_hold(one, now) for one in found.items), found.total, found.number, found.size)


def _hold(one: LegalHold, now: datetime) -> HoldRow:
    stands = one.lifted_at is None and (one.until_at is None or one.until_at > now)
    return HoldRow(
        one.id, one.object_type, one.object_id, one.reason, one.placed_at, one.placed_by_name, one.until_at, one.lifted_at,
        one.lifted_by_name or "", one.lifted_reason or "", stands,
    )  # fmt: skip
