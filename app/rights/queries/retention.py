"""The schedule as it stands here, and what its runs have found and done."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.events import provided
from app.kernel.paging import Page, PageRequest, fetch_page
from app.kernel.personal import PersonalData
from app.rights.models import RetentionRule, RetentionRun
from app.rights.rows import RetentionLine, RunRow


def schedule(session: Session) -> tuple[RetentionLine, ...]:
    """Each class of records: its time, from when, what happens then, on what ground; and what was over it at the last run."""
    rules = {rule.holding: rule for rule in session.scalars(select(RetentionRule))}
    last = session.scalar(select(RetentionRun).order_by(RetentionRun.at.desc(), RetentionRun.id.desc()).limit(1))
    due = {one["class"]: one["due"] - one["erased"] for one in last.figures} if last else {}
    lines = []
    for holding in provided(session, PersonalData).holdings:
        said, rule = holding.retention, rules.get(holding.slug)
        lines.append(
            RetentionLine(
                holding.slug, holding.title, rule.months if rule else said.months, said.months, said.after, said.action,
                rule.reason if rule else said.because, bool(rule and rule.enforced), rule.set_by_name if rule else "",
                said.expire is not None, due.get(holding.slug),
            )
        )  # fmt: skip
    return tuple(lines)


def runs(session: Session, page: PageRequest | None = None) -> Page[RunRow]:
    """Runs, the latest first."""
    query = select(RetentionRun).order_by(RetentionRun.at.desc(), RetentionRun.id.desc())
    found = fetch_page(session, query, page or PageRequest())
    rows = tuple(
        RunRow(
            one.id, one.at, one.rehearsal, one.by_name, one.holds, sum(said["due"] for said in one.figures),
            sum(said["erased"] for said in one.figures),
        )
        for one in found.items
    )  # fmt: skip
    return Page(rows, found.total, found.number, found.size)
