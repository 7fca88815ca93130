"""What was done with several enquiries at once."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account
from app.kernel.errors import NotFound
from app.oversight.models import DeskBatch
from app.oversight.rows import BatchLine, BatchRow

_undoer = aliased(Account)


def batch(session: Session, batch_id: UUID) -> BatchRow:
    """One of them, line by line in the order of the references. NotFound."""
    query = (
        select(DeskBatch, Account.name, func.coalesce(_undoer.name, ""))
        .join(Account, Account.id == DeskBatch.account_id)
        .outerjoin(_undoer, _undoer.id == DeskBatch.undone_by_id)
        .where(DeskBatch.id == batch_id)
    )
    row = session.execute(query).first()
    if row is None:
        raise NotFound
    found, by, undone_by = row
    lines = tuple(
        BatchLine(line["reference"], line["done"], line["why"], line["params"], line.get("back"))
        for line in found.lines
    )
    return BatchRow(found.id, found.at, by, found.act, found.list, found.reason, lines, found.undone_at, undone_by)
