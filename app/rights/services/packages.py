"""Copies of people's data: asked for, put together by a worker, handed out for a while, and then thrown away."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, may
from app.audit import services as audit
from app.kernel.actors import Actor, ActorKind
from app.kernel.clock import Clock, london_date
from app.kernel.db import Database
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from app.kernel.events import provided
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.kernel.logging import get_logger
from app.kernel.personal import PersonalData, Subject
from app.notifications.enums import Template
from app.notifications.letterhead import Letterhead
from app.rights import policy
from app.rights.enums import PackageState, RightKind
from app.rights.models import AccessPackage, AccessPackagePart, RightsRequest
from app.rights.queries.packages import package_row
from app.rights.queries.requests import records_of
from app.rights.queries.searched import NOT_SEARCHED, searched
from app.rights.rows import PackageRow
from app.rights.services.core import note, tell, to_handle
from app.rights.subject import subject_of
from app.rights.writing import Parts, write_package

log = get_logger(__name__)
EXPLANATION = (
    "This is everything that is linked to your account and to the records that you have shown to be yours: where it comes from, "
    "who had it, and who looked at it. Where a text names somebody else, that is left out. Colleagues are not named."
)
RIGHTS = (
    "You can ask us to put something right, to erase it, or to stop using it. If you are not content with our answer, you can complain "
    "to the Information Commissioner’s Office (ico.org.uk)."
)


def ask_package(
    session: Session,
    actor: Actor,
    request_id: UUID,
    *,
    by_hand_reason: str = "",
    with_address: bool = False,
    now: datetime,
) -> UUID:
    """Have a copy put together. About a restricted person only by whoever may open their record, who says how it is handed over;
    it is then never in My Account, and says where they live only if `with_address`."""
    request = to_handle(session, actor, request_id)
    if request.kind is not RightKind.ACCESS:
        raise Conflict(N_("This request is not about a copy of the data"))
    if request.identity_at is None:
        raise Conflict(N_("First write down how they showed who they are"))
    restricted = any(line.restricted for line in records_of(session, request.id))
    if restricted and not may(actor, Permission.CUSTOMERS_RESTRICTED):
        raise NotAllowed
    if restricted and not by_hand_reason.strip():
        raise Invalid({"by_hand_reason": N_("The record is restricted. Say how the copy reaches the person safely")})
    made = AccessPackage(
        id=new_id(), request_id=request.id, state=PackageState.QUEUED, by_hand=restricted or request.account_id is None,
        with_address=with_address or not restricted, asked_at=now, asked_by_name=actor.name, progress={}, counts={},
    )  # fmt: skip
    session.add(made)
    session.flush()
    note(session, request, actor, "package_asked", now, words=by_hand_reason.strip())
    return made.id


def make_waiting(database: Database, *, clock: Clock) -> int:
    """Put together what waits, one after the other; what a worker left half done is begun anew."""
    done = 0
    while (package_id := _take(database, clock.now())) is not None:
        try:
            _make(database, package_id, clock)
        except Exception as error:  # noqa: BLE001 - whatever it was, the request shows that it failed, and the others go on
            log.warning("package failed", package=str(package_id), why=type(error).__name__)
            with database.transaction() as session:
                failed = session.get_one(AccessPackage, package_id)
                failed.state, failed.error = PackageState.FAILED, type(error).__name__
        done += 1
    return done


def download(session: Session, actor: Actor, package_id: UUID, *, now: datetime) -> PackageRow:
    """Whether this person may have the copy now: the resident whose request it is, or whoever handles requests. Each time is noted.

    NotFound for everybody else, for one that is over, and in My Account for one that is handed over by hand.
    """
    found = session.get(AccessPackage, package_id, with_for_update=True, populate_existing=True)
    if found is None or found.state is not PackageState.READY or found.expires_at is None or found.expires_at <= now:
        raise NotFound
    request = session.get_one(RightsRequest, found.request_id)
    own = actor.kind is ActorKind.RESIDENT and actor.account_id == request.account_id is not None and not found.by_hand
    staff = actor.kind is ActorKind.STAFF and may(actor, Permission.RIGHTS_HANDLE)
    if not own and not staff:
        raise NotFound
    found.downloads += 1
    note(session, request, actor, "package_downloaded", now)
    if staff:
        audit.looked(
            session, actor, "rights_request", request.id, purpose="access request " + request.reference, now=now
        )
    return package_row(found)


def expire_packages(session: Session, *, now: datetime) -> int:
    """Throw away the files whose time is over; that there was one stays."""
    over = select(AccessPackage.id).where(AccessPackage.state == PackageState.READY, AccessPackage.expires_at <= now)
    ids = list(session.scalars(over))
    session.execute(delete(AccessPackagePart).where(AccessPackagePart.package_id.in_(ids)))
    session.execute(update(AccessPackage).where(AccessPackage.id.in_(ids)).values(state=PackageState.EXPIRED))
    return len(ids)


def _take(database: Database, now: datetime) -> UUID | None:
    """One that waits, or that whoever began it has left for ten minutes."""
    with database.transaction() as session:
        stale = (AccessPackage.state == PackageState.MAKING) & (AccessPackage.started_at < now - policy.GIVEN_UP)
        query = select(AccessPackage).where((AccessPackage.state == PackageState.QUEUED) | stale)
        found = session.scalar(
            query.order_by(AccessPackage.asked_at, AccessPackage.id).limit(1).with_for_update(skip_locked=True)
        )
        if found is None:
            return None
        found.state, found.started_at, found.progress = PackageState.MAKING, now, {}
        session.execute(delete(AccessPackagePart).where(AccessPackagePart.package_id == found.id))
        return found.id


def _make(database: Database, package_id: UUID, clock: Clock) -> None:
    def keep(number: int, content: bytes) -> None:
        with database.transaction() as writing:
            writing.add(AccessPackagePart(package_id=package_id, number=number, content=content))

    def report(done: int, of: int, holding: str, rows: int) -> None:
        with database.transaction() as writing:
            kept = writing.get_one(AccessPackage, package_id)
            kept.progress, kept.counts = {"done": done, "of": of}, {**kept.counts, holding: rows}

    parts = Parts(keep)
    with database.reading() as session:
        asked = session.get_one(AccessPackage, package_id)
        request = session.get_one(RightsRequest, asked.request_id)
        subject, personal = subject_of(session, request), provided(session, PersonalData)
        about = _about(session, request, subject, clock.now())
        counts = write_package(
            session, personal, subject, about, parts=parts, report=report, hide_where=not asked.with_address
        )
    parts.close()
    with database.transaction() as session:
        _ready(session, package_id, parts, counts, clock.now())


def _about(session: Session, request: RightsRequest, subject: Subject, now: datetime) -> dict[str, Any]:
    return {
        "reference": request.reference, "body": provided(session, Letterhead).body_name, "made_at": now.isoformat(timespec="minutes"),
        "asked_at": request.received_at.isoformat(timespec="minutes"), "explanation": EXPLANATION, "rights": RIGHTS,
        "records": [
            {"source": line.source_name, "key": line.source_key, "shown_by": line.shown_by.value} for line in records_of(session, request.id)
        ],
        "searched": searched(session, request, subject), "not_searched": NOT_SEARCHED,
    }  # fmt: skip


def _ready(session: Session, package_id: UUID, parts: Parts, counts: dict[str, int], now: datetime) -> None:
    made = session.get_one(AccessPackage, package_id, with_for_update=True)
    made.state, made.ready_at, made.expires_at = PackageState.READY, now, now + policy.PACKAGE_LASTS
    made.size, made.sha256, made.counts = parts.size, parts.hash.hexdigest(), counts
    made.progress = {"done": made.progress.get("of", 0), "of": made.progress.get("of", 0)}
    request = session.get_one(RightsRequest, made.request_id, with_for_update=True)
    note(session, request, _OURSELVES, "package_ready", now)
    if not made.by_hand:
        until = london_date(made.expires_at)
        tell(session, request, Template.RIGHTS_READY, now, key=f"ready:{package_id}", until=until)


_OURSELVES = Actor(ActorKind.SYSTEM, name="Firstpoint")
