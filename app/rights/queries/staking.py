"""What of people's requests about their data hangs on a customer."""

from collections.abc import Collection, Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from app.customers.rows import Stake
from app.kernel.i18n import N_
from app.rights.enums import OPEN, CorrectionState
from app.rights.models import LegalHold, RightsRecord, RightsRequest, SourceCorrection

_LISTED = 5


def at_stake(session: Session, records: Collection[UUID], accounts: Collection[UUID]) -> Iterator[Stake]:
    """Requests that are open, corrections that no source has answered, and legal holds that stand."""
    hers = select(RightsRecord.request_id).where(RightsRecord.source_record_id.in_(records))
    asked = session.execute(
        select(RightsRequest.reference, RightsRequest.kind)
        .where(or_(RightsRequest.account_id.in_(accounts), RightsRequest.id.in_(hers)), RightsRequest.state.in_(OPEN))
        .order_by(RightsRequest.received_at.desc(), RightsRequest.id)
    ).all()
    lines = tuple((str(reference), kind.label) for reference, kind in asked[:_LISTED])
    yield Stake(N_("Open requests about their data"), len(asked), lines)
    waiting = (SourceCorrection.source_record_id.in_(records), SourceCorrection.state == CorrectionState.TOLD)
    yield Stake(N_("Corrections that a source has not answered"), _count(session, SourceCorrection, *waiting))
    held = or_(
        and_(LegalHold.object_type == "source_record", LegalHold.object_id.in_(records)),
        and_(LegalHold.object_type == "account", LegalHold.object_id.in_(accounts)),
    )
    stands = and_(LegalHold.lifted_at.is_(None), func.coalesce(LegalHold.until_at > func.now(), True))
    yield Stake(N_("Legal holds"), _count(session, LegalHold, held, stands))


def _count(session: Session, table: type[SourceCorrection | LegalHold], *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0
