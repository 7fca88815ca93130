"""Sending webhooks: one endpoint at a time to each, many endpoints beside each other, so that nobody waits for another's system.

An endpoint that hangs holds its own thread until the deadline and then rests; the others' messages pass it by. No
transaction is open while an endpoint is talked to.
"""

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from time import monotonic
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.config import Settings
from app.handoffs.enums import DeliveryState, DeliveryStatus, EndpointStatus, FeedKind, HandoffState
from app.handoffs.models import DeliveryAttempt, FeedEvent, Handoff, WebhookDelivery, WebhookEndpoint
from app.handoffs.policy import REST, next_try
from app.handoffs.webhooks.payloads import body_of, headers_of, payload_of
from app.kernel import leases
from app.kernel.clock import Clock
from app.kernel.crypto import Sealer
from app.kernel.db import Database
from app.kernel.errors import Unavailable
from app.kernel.logging import get_logger
from app.kernel.outbound import Answer, OutboundError, fetch

log = get_logger(__name__)

TIMEOUT = 10.0
LARGEST_ANSWER = 64 * 1024
THREADS = 24
IN_A_ROW = 50
BEAT = 0.05
GONE = "The endpoint said that it is gone (410)"
WAITING = (DeliveryStatus.WAITING, DeliveryStatus.SENDING)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of what was tried."""

    delivered: int = 0
    failed: int = 0

    def __add__(self, other: "Sent") -> "Sent":
        return Sent(self.delivered + other.delivered, self.failed + other.failed)

    def __str__(self) -> str:
        return f"{self.delivered} delivered, {self.failed} failed" if self != Sent() else ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A webhook that this worker may send, put together and signed."""

    id: UUID
    token: int
    attempts: int
    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try went."""

    answer: int | None
    error: str | None
    wait: timedelta | None
    milliseconds: int

    @property
    def ok(self) -> bool:
        return self.error is None


class Carrier:
    """Delivers webhooks with a pool of threads; `run` returns when nothing is due, or at the end of its time."""

    def __init__(self, database: Database, clock: Clock, settings: Settings, *, timeout: float = TIMEOUT) -> None:
        self._database, self._clock, self._settings, self._timeout = database, clock, settings, timeout
        self._sealer = Sealer(settings.secret_key)

    def run(self, seconds: float = 45.0) -> Sent:
        """Serve every endpoint with something due, each in a thread of its own, for so long at most."""
        end, done = monotonic() + seconds, Sent()
        busy: dict[Future[Sent], UUID] = {}
        with ThreadPoolExecutor(THREADS, thread_name_prefix="webhooks") as pool:
            while monotonic() < end:
                for endpoint_id in self._due(set(busy.values()), THREADS - len(busy)):
                    busy[pool.submit(self._serve, endpoint_id, end)] = endpoint_id
                if not busy:
                    break
                for future in wait(busy, BEAT, FIRST_COMPLETED).done:
                    del busy[future]
                    done += future.result()
            for future in busy:
                done += future.result()
        return done

    def _due(self, busy: set[UUID], most: int) -> list[UUID]:
        """Endpoints with something due that nobody serves, the longest waiting first."""
        now = self._clock.now()
        held = aliased(WebhookDelivery)
        served = exists().where(held.endpoint_id == WebhookEndpoint.id, held.lease_until > func.clock_timestamp())
        query = (
            select(WebhookEndpoint.id)
            .join(WebhookDelivery, WebhookDelivery.endpoint_id == WebhookEndpoint.id)
            .where(
                WebhookEndpoint.status == EndpointStatus.ACTIVE, WebhookEndpoint.id.not_in(busy), ~served,
                or_(WebhookEndpoint.rest_until.is_(None), WebhookEndpoint.rest_until <= now),
                WebhookDelivery.status.in_(WAITING), WebhookDelivery.next_attempt_at <= now,
            )
            .group_by(WebhookEndpoint.id)
            .order_by(func.min(WebhookDelivery.next_attempt_at), WebhookEndpoint.id)
            .limit(most)
        )  # fmt: skip
        with self._database.reading() as session:
            return list(session.scalars(query))

    def _serve(self, endpoint_id: UUID, end: float) -> Sent:
        """What is due for one endpoint, one after the other, until a try fails."""
        done = Sent()
        try:
            for _ in range(IN_A_ROW):
                letter = self._claimed(endpoint_id) if monotonic() < end else None
                if letter is None:
                    break
                outcome = self._post(letter)
                self._settle(endpoint_id, letter, outcome)
                done += Sent(delivered=int(outcome.ok), failed=int(not outcome.ok))
                if not outcome.ok:
                    break
        except Unavailable:
            log.warning("webhooks wait for the database")
        return done

    def _claimed(self, endpoint_id: UUID) -> Letter | None:
        now = self._clock.now()
        mine = (WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.status.in_(WAITING))
        with self._database.transaction() as session:
            rows = leases.claim(session, WebhookDelivery, *mine, now=now, batch=1, status=DeliveryStatus.SENDING)
            if not rows:
                return None
            (row,) = rows
            endpoint = session.get_one(WebhookEndpoint, endpoint_id)
            body = body_of(payload_of(session, row))
            headers = headers_of(endpoint, row.message_id, body, self._sealer, now=now)
            return Letter(row.id, row.fencing_token, row.attempts, endpoint.url, headers, body.encode())

    def _post(self, letter: Letter) -> Outcome:
        began = monotonic()
        answer: Answer | None = None
        try:
            answer = fetch(
                "POST", letter.url, headers=letter.headers, body=letter.body, timeout=self._timeout,
                max_bytes=LARGEST_ANSWER, allowed=self._settings.outbound_allowed,
            )  # fmt: skip
            error = None if answer.ok else f"Answered {answer.status}"
        except OutboundError as refused:
            error = str(refused)
        took = round((monotonic() - began) * 1000)
        if answer is None:
            return Outcome(None, error, None, took)
        return Outcome(answer.status, error, _asked_to_wait(answer, self._clock.now()), took)

    def _settle(self, endpoint_id: UUID, letter: Letter, outcome: Outcome) -> None:
        """Keep how it went, if the webhook is still ours: another worker may have taken it over from one that slept."""
        now, tried = self._clock.now(), letter.attempts + 1
        again = None if outcome.ok else next_try(tried, now=now, asked_to_wait=outcome.wait)
        gone = outcome.answer == HTTPStatus.GONE
        kept: dict[str, object] = {
            "attempts": tried,
            "lease_until": None,
            "last_answer": outcome.answer,
            "last_error": outcome.error,
        }
        if outcome.ok:
            kept |= {"status": DeliveryStatus.DELIVERED, "delivered_at": now}
        elif again is None:
            kept |= {"status": DeliveryStatus.GIVEN_UP}
        else:
            kept |= {"status": DeliveryStatus.WAITING, "next_attempt_at": now if gone else again}
        with self._database.transaction() as session:
            if not leases.settle(session, WebhookDelivery, letter.id, letter.token, **kept):
                return
            attempt = DeliveryAttempt(
                delivery_id=letter.id,
                at=now,
                milliseconds=outcome.milliseconds,
                answer=outcome.answer,
                error=outcome.error,
            )
            session.add(attempt)
            _endpoint_learns(session, endpoint_id, ok=outcome.ok, gone=gone, now=now)
            _handoff_learns(session, letter.id, outcome, given_up=again is None and not outcome.ok, now=now)


def _endpoint_learns(session: Session, endpoint_id: UUID, *, ok: bool, gone: bool, now: datetime) -> None:
    endpoint = session.get_one(WebhookEndpoint, endpoint_id, with_for_update={"key_share": True})
    endpoint.rest_until = None if ok else now + REST
    if gone and endpoint.status is EndpointStatus.ACTIVE:
        endpoint.status, endpoint.disabled_at, endpoint.disabled_reason = EndpointStatus.DISABLED, now, GONE
        endpoint.version += 1


def _handoff_learns(session: Session, delivery_id: UUID, outcome: Outcome, *, given_up: bool, now: datetime) -> None:
    """The offer shows how far it came, while nobody has answered it."""
    delivery = session.get_one(WebhookDelivery, delivery_id)
    if delivery.kind is not FeedKind.OFFERED or delivery.event_id is None:
        return
    event = session.get_one(FeedEvent, delivery.event_id)
    handoff = session.get_one(Handoff, event.handoff_id, with_for_update={"key_share": True})
    if handoff.state is not HandoffState.OFFERED:
        return
    handoff.delivery_attempts += 1
    handoff.delivery_error, handoff.tried_at = outcome.error or "", now
    if outcome.ok:
        handoff.delivery = DeliveryState.SENT
    elif given_up and handoff.delivery is not DeliveryState.SENT:
        handoff.delivery = DeliveryState.FAILED


def _asked_to_wait(answer: Answer, now: datetime) -> timedelta | None:
    """Retry-After, in seconds or as a date; nothing for what cannot be read."""
    said = answer.headers.get("Retry-After", "").strip()
    if said.isdigit():
        return timedelta(seconds=min(int(said), 10**7))
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(timedelta(0), until.replace(tzinfo=until.tzinfo or UTC) - now)
