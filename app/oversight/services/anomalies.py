"""Keeping what the searches find, and dealing with it: each ends explained or fixed; what comes back stands higher."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.kernel.actors import SYSTEM, Actor
from app.kernel.errors import Conflict, Invalid, NotFound, Stale
from app.kernel.i18n import N_
from app.notifications import services as notifications
from app.notifications.enums import Template
from app.oversight.enums import AnomalyStatus
from app.oversight.models import Anomaly
from app.oversight.policy import ALARMING, next_level
from app.oversight.queries.anomalies import OPEN, anomaly
from app.oversight.queries.people import Recipient, heads_of, monitors, recipients
from app.oversight.rows import AnomalyRow, Finding


def keep_findings(session: Session, findings: Iterable[Finding], *, now: datetime) -> tuple[int, int]:
    """Write down what is new, and bring what is open up to date. Says how many are new, and how many of these came back."""
    last = _last_of_each(session)
    new = again = 0
    for finding in findings:
        before = last.get((finding.kind, finding.subject))
        if before is not None and before.status in OPEN:
            before.last_seen_at, before.mark, before.detail = now, max(before.mark, finding.mark), dict(finding.detail)
        elif before is None or finding.mark > before.mark:
            found = _found(session, finding, before, now)
            last[finding.kind, finding.subject] = found
            _tell(session, found, now)
            new, again = new + 1, again + (before is not None)
    session.flush()
    return new, again


def assign_anomaly(
    session: Session, actor: Actor, anomaly_id: UUID, *, to_account: UUID, version: int | None, now: datetime
) -> AnomalyRow:
    """Somebody looks into it, and is told by e-mail that they do."""
    found = _held(session, actor, anomaly_id, version)
    person = accounts.account(session, to_account)
    if not recipients(session, [to_account]):
        raise Invalid({"to_account": N_("Choose somebody who works here")})
    found.status, found.assignee_id = AnomalyStatus.ASSIGNED, to_account
    found.version += 1
    session.flush()
    audit.record(session, actor, "anomaly.assigned", "anomaly", found.id, now=now, to=to_account)
    row = anomaly(session, found.id)
    _send(
        session, row, [Recipient(person.id, person.name, person.email or "", person.locale)], f"v{found.version}", now
    )
    return row


def explain_anomaly(
    session: Session, actor: Actor, anomaly_id: UUID, *, text: str, version: int | None, now: datetime
) -> AnomalyRow:
    """It is as it should be after all, for this reason."""
    return _close(session, actor, _held(session, actor, anomaly_id, version), AnomalyStatus.EXPLAINED, text, now=now)


def fix_anomaly(
    session: Session, actor: Actor, anomaly_id: UUID, *, text: str, version: int | None, now: datetime
) -> AnomalyRow:
    """What was wrong is put right, in this way."""
    return _close(session, actor, _held(session, actor, anomaly_id, version), AnomalyStatus.FIXED, text, now=now)


def _close(
    session: Session, actor: Actor, found: Anomaly, status: AnomalyStatus, text: str, *, now: datetime
) -> AnomalyRow:
    if not text.strip():
        raise Invalid({"text": N_("Say why it is so, or what was done")})
    found.status, found.explanation, found.closed_at, found.closed_by_id = status, text.strip(), now, actor.account_id
    found.version += 1
    session.flush()
    audit.record(session, actor, f"anomaly.{status.value}", "anomaly", found.id, now=now)
    return anomaly(session, found.id)


def _held(session: Session, actor: Actor, anomaly_id: UUID, version: int | None) -> Anomaly:
    """The anomaly, locked, for the desk or for whom it was given to."""
    found = session.get(Anomaly, anomaly_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.assignee_id is None or found.assignee_id != actor.account_id:
        authorize(actor, Permission.OVERSIGHT_ACT)
    if version is not None and version != found.version:
        raise Stale
    if found.status not in OPEN:
        raise Conflict(N_("This has been dealt with already"))
    return found


def _last_of_each(session: Session) -> dict[tuple[str, str], Anomaly]:
    """The newest anomaly of each subject, held until the transaction ends."""
    newest = (
        select(Anomaly.id)
        .ext(distinct_on(Anomaly.kind, Anomaly.subject))
        .order_by(Anomaly.kind, Anomaly.subject, Anomaly.found_at.desc(), Anomaly.id.desc())
    )
    query = select(Anomaly).where(Anomaly.id.in_(newest)).order_by(Anomaly.id).with_for_update()
    return {(found.kind, found.subject): found for found in session.scalars(query)}


def _found(session: Session, finding: Finding, before: Anomaly | None, now: datetime) -> Anomaly:
    level = next_level(before.level) if before else 1
    found = Anomaly(
        kind=finding.kind, subject=finding.subject, mark=finding.mark, level=level,
        repeat_of_id=before.id if before else None, unit_id=finding.unit_id, enquiry_id=finding.enquiry_id,
        queue_id=finding.queue_id, service_id=finding.service_id, channel=finding.channel, detail=dict(finding.detail),
        status=AnomalyStatus.FOUND, found_at=now, last_seen_at=now,
    )  # fmt: skip
    session.add(found)
    session.flush()
    audit.record(session, SYSTEM, "anomaly.found", "anomaly", found.id, now=now, anomaly=finding.kind, level=level)
    return found


def _tell(session: Session, found: Anomaly, now: datetime) -> None:
    """Of what is alarming the monitor hears at once; of what came back the head of the unit too."""
    people: dict[UUID, Recipient] = {}
    if found.kind in ALARMING or found.level > 1:
        people |= {person.id: person for person in monitors(session, found.queue_id)}
    if found.level > 1:
        people |= {person.id: person for person in heads_of(session, found.unit_id)}
    if people:
        _send(session, anomaly(session, found.id), list(people.values()), "found", now)


def _send(session: Session, row: AnomalyRow, people: Iterable[Recipient], why: str, now: datetime) -> None:
    for person in people:
        notifications.queue_message(
            session, Template.OVERSIGHT_ALARM, to=person.email, locale=person.locale, account_id=person.id,
            context={
                "name": person.name, "kind": row.kind.label, "about": row.about, "said": row.text % row.detail,
                "again": row.level > 1, "path": f"/console/oversight/anomalies/{row.id}",
            },
            about=("anomaly", row.id), dedupe_key=f"anomaly:{row.id}:{person.id}:{why}", now=now,
        )  # fmt: skip
