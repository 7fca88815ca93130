"""Who has an enquiry on the screen now: a heartbeat that counts for a minute."""

from datetime import datetime, timedelta

from sqlalchemy import case, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, may
from app.enquiries.models import EnquiryPresence
from app.enquiries.policy import SEEN_FOR
from app.enquiries.queries.reading import Opened, enquiry_id_of
from app.kernel.actors import Actor


def beat(session: Session, actor: Actor, enquiry: Opened, *, now: datetime) -> None:
    """This person is looking at it. After a pause they have come anew."""
    if actor.account_id is None or not may(actor, Permission.ENQUIRIES_VIEW):
        return
    row = {
        "enquiry_id": enquiry_id_of(session, actor, enquiry), "account_id": actor.account_id, "since": now, "seen_at": now,
    }  # fmt: skip
    fresh = EnquiryPresence.seen_at > now - SEEN_FOR
    again = insert(EnquiryPresence).values(row)
    session.execute(again.on_conflict_do_update(
        index_elements=["enquiry_id", "account_id"],
        set_={"seen_at": now, "since": case((fresh, EnquiryPresence.since), else_=now)},
    ))  # fmt: skip


def sweep_presence(session: Session, *, now: datetime) -> int:
    """Forget who has gone."""
    gone = session.execute(
        delete(EnquiryPresence).where(EnquiryPresence.seen_at <= now - SEEN_FOR - timedelta(minutes=5))
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]  # - a DELETE's result has a row count
