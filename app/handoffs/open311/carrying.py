"""Taking offers to Open311 back offices and bringing back what became of them; each office in a thread of its own."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.config import Settings
from app.handoffs.enums import DeliveryState, HandoffState, Reach
from app.handoffs.models import Handoff, ServiceConnection
from app.handoffs.open311 import client
from app.handoffs.open311.client import BackOffice, BackOfficeError, Given, Request, Standing
from app.handoffs.policy import OPEN, TRIES
from app.handoffs.queries.handoffs import handoff_for
from app.handoffs.rows import HandoffRow
from app.handoffs.services.core import acting_for
from app.handoffs.services.statuses import plain_code, said_by_system
from app.kernel.clock import Clock
from app.kernel.crypto import Sealer
from app.kernel.db import Database
from app.kernel.errors import DomainError
from app.kernel.logging import get_logger

log = get_logger(__name__)

THREADS = 8
SETTLES = timedelta(minutes=5)
"""How long their system may take to finish what it did not answer, before it is asked whether it did."""
CLOCKS_DIFFER = timedelta(hours=1)
DOUBTFUL = "They may have it: a request went out and no answer came, and their system cannot be asked. Look there before you send it again"
RESTRICTED = "The record is restricted: nothing was sent. Tell the service in another way"


@dataclass(frozen=True, slots=True)
class Visited:
    """What a round brought."""

    sent: int = 0
    moved: int = 0
    failed: int = 0

    def __add__(self, other: "Visited") -> "Visited":
        return Visited(self.sent + other.sent, self.moved + other.moved, self.failed + other.failed)

    def __str__(self) -> str:
        return f"{self.sent} sent, {self.moved} moved, {self.failed} failed" if self != Visited() else ""


@dataclass(frozen=True, slots=True)
class Errand:
    """A back office with its codes, and the account that acts for it here."""

    unit_id: UUID
    account_id: UUID
    office: BackOffice
    codes: dict[str, str]


class Courier:
    """Visits every back office once. No transaction is open while one is talked to."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database, self._clock, self._settings = database, clock, settings

    def run(self) -> Visited:
        errands = self._errands()
        with ThreadPoolExecutor(THREADS, thread_name_prefix="open311") as pool:
            return sum(pool.map(self._visit, errands), Visited())

    def _errands(self) -> list[Errand]:
        sealer = Sealer(self._settings.secret_key)
        query = select(ServiceConnection).where(ServiceConnection.reach == Reach.OPEN311)
        with self._database.reading() as session:
            return [
                Errand(
                    each.unit_id, each.account_id,
                    BackOffice(
                        each.open311_url, sealer.open(each.open311_key) if each.open311_key else "", each.jurisdiction,
                        self._settings.outbound_allowed,
                    ),
                    dict(each.codes),
                )
                for each in session.scalars(query.order_by(ServiceConnection.unit_id))
                if each.account_id is not None
            ]  # fmt: skip

    def _visit(self, errand: Errand) -> Visited:
        """Send, turn tokens into ids, ask how it stands. The first failure ends the visit: the rest waits for the next."""
        done, error = Visited(), ""
        try:
            done += self._send(errand)
            self._redeem(errand)
            done += self._follow(errand)
        except BackOfficeError as refused:
            error = str(refused)
            done += Visited(failed=1)
        with self._database.transaction() as session:
            connection = session.get_one(ServiceConnection, errand.unit_id, with_for_update={"key_share": True})
            connection.polled_at, connection.poll_error = self._clock.now(), error
            connection.failing_since = (connection.failing_since or self._clock.now()) if error else None
        return done

    def _send(self, errand: Errand) -> Visited:
        sent = 0
        for handoff_id, doubt in self._unsent(errand.unit_id):
            with self._database.reading() as session:
                row = handoff_for(session, handoff_id)
            if row.restricted:
                self._note(handoff_id, error=RESTRICTED, final=True)
                continue
            request = _request_for(row, errand.codes)
            decided, given = self._there_already(errand, handoff_id, request, doubt) if doubt else (True, None)
            if decided:
                self._note(handoff_id, given=given or self._posted(errand, handoff_id, request))
                sent += 1
        return Visited(sent=sent)

    def _posted(self, errand: Errand, handoff_id: UUID, request: Request) -> Given:
        """Ask them to do it. That it goes out is written down first: whoever dies now leaves a doubt, not a second request."""
        self._doubts(handoff_id, since=self._clock.now())
        try:
            return client.send(errand.office, request)
        except BackOfficeError as error:
            if not error.doubtful:
                self._doubts(handoff_id, since=None)
            self._note(handoff_id, error=str(error))
            raise

    def _there_already(
        self, errand: Errand, handoff_id: UUID, request: Request, doubt: datetime
    ) -> tuple[bool, Given | None]:
        """Whether it is known by now if they have it, and what they have. Who cannot be asked is left to a person to look at."""
        since, until = doubt - CLOCKS_DIFFER, self._clock.now() + CLOCKS_DIFFER
        try:
            found = client.ours_among(errand.office, request.service_code, request.reference, since=since, until=until)
        except BackOfficeError as error:
            self._note(handoff_id, error=DOUBTFUL if error.refused else str(error), final=error.refused)
            if error.refused:
                return False, None
            raise
        with self._database.reading() as session:
            other = select(Handoff.external_id, Handoff.external_token).where(Handoff.unit_id == errand.unit_id)
            known = {mark for row in session.execute(other) for mark in row if mark}
        return True, next((each for each in found if not {each.request_id, each.token} & known), None)

    def _doubts(self, handoff_id: UUID, *, since: datetime | None) -> None:
        with self._database.transaction() as session:
            session.get_one(Handoff, handoff_id, with_for_update={"key_share": True}).in_doubt_since = since

    def _unsent(self, unit_id: UUID) -> list[tuple[UUID, datetime | None]]:
        """Offers that are not there yet and whose turn it is: ten tries, ever further apart; what is in doubt waits a while longer."""
        now = self._clock.now()
        query = (
            select(
                Handoff.id, Handoff.in_doubt_since, func.coalesce(Handoff.tried_at, Handoff.offered_at),
                Handoff.delivery_attempts,
            )
            .where(
                Handoff.unit_id == unit_id, Handoff.state == HandoffState.OFFERED,
                Handoff.delivery == DeliveryState.UNPROCESSED,
            )
            .order_by(Handoff.offered_at, Handoff.id)
            .limit(client.AT_ONCE)
        )  # fmt: skip
        with self._database.reading() as session:
            return [
                (found, doubt)
                for found, doubt, at, tried in session.execute(query)
                if at + TRIES[min(tried, len(TRIES) - 1)] <= now and (doubt is None or doubt + SETTLES <= now)
            ]

    def _note(self, handoff_id: UUID, *, given: Given | None = None, error: str = "", final: bool = False) -> None:
        with self._database.transaction() as session:
            handoff = session.get_one(Handoff, handoff_id, with_for_update={"key_share": True})
            handoff.delivery_attempts += 1
            handoff.delivery_error, handoff.tried_at = error, self._clock.now()
            if given is not None:
                handoff.in_doubt_since = None
                handoff.external_id, handoff.external_token = given.request_id, given.token
                handoff.delivery = DeliveryState.SENT
            elif final or handoff.delivery_attempts >= len(TRIES):
                handoff.delivery = DeliveryState.FAILED

    def _redeem(self, errand: Errand) -> None:
        """Tokens for which there is an id by now."""
        query = (
            select(Handoff.id, Handoff.external_token)
            .where(Handoff.unit_id == errand.unit_id, Handoff.state.in_(OPEN), Handoff.external_token != "", Handoff.external_id == "")
            .order_by(Handoff.id)
            .limit(client.AT_ONCE)
        )  # fmt: skip
        with self._database.reading() as session:
            waiting = session.execute(query).all()
        for handoff_id, token in waiting:
            request_id = client.id_of_token(errand.office, token)
            if request_id:
                with self._database.transaction() as session:
                    session.get_one(Handoff, handoff_id, with_for_update={"key_share": True}).external_id = request_id

    def _follow(self, errand: Errand) -> Visited:
        """Ask how everything stands that is open there, fifty at a time, and do what the status map says."""
        query = (
            select(Handoff.external_id, Handoff.id, Handoff.external_code)
            .where(Handoff.unit_id == errand.unit_id, Handoff.state.in_(OPEN), Handoff.external_id != "")
            .order_by(Handoff.id)
        )
        with self._database.reading() as session:
            known = {request_id: (handoff_id, code) for request_id, handoff_id, code in session.execute(query)}
        ids, moved = list(known), 0
        for start in range(0, len(ids), client.AT_ONCE):
            for standing in client.standings(errand.office, ids[start : start + client.AT_ONCE]):
                handoff_id, before = known.get(standing.request_id, (None, ""))
                if handoff_id is not None and plain_code(standing.status) != before:
                    moved += self._heard(errand, handoff_id, standing)
        return Visited(moved=moved)

    def _heard(self, errand: Errand, handoff_id: UUID, standing: Standing) -> int:
        now: datetime = self._clock.now()
        try:
            with self._database.transaction() as session:
                actor = acting_for(session, errand.account_id)
                said_by_system(session, actor, handoff_id, code=standing.status, text=standing.notes, now=now)
        except DomainError as error:
            log.warning("back office status not used", handoff=str(handoff_id), reason=error.code)
            return 0
        return 1


def _request_for(row: HandoffRow, codes: dict[str, str]) -> Request:
    """What the back office needs for the work: what and where, and our reference. Not who asked."""
    told = [f"{answer.label}: {answer.text}" for answer in row.answers]
    address = next((answer.text for answer in row.answers if answer.question_id == "property"), "")
    description = "\n".join(part for part in (f"{row.service_name} ({row.reference})", row.brief, *told) if part)
    code = codes.get(row.service_slug, row.service_slug)
    return Request(code, description[:4000], address, row.reference, {"attribute[external_reference]": row.reference})
