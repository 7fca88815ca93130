"""Where a unit's system is told: endpoints, their secrets, pings and replays."""

import base64
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.config import Settings
from app.handoffs.enums import DeliveryStatus, EndpointStatus, FeedKind
from app.handoffs.models import FeedEvent, WebhookDelivery, WebhookEndpoint
from app.handoffs.services import feed
from app.kernel.actors import Actor
from app.kernel.crypto import Sealer
from app.kernel.errors import Conflict, Invalid, NotFound, Stale
from app.kernel.events import provided
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.kernel.outbound import OutboundError, check_url
from app.organisation import queries as organisation

TOLD = frozenset(FeedKind) - {FeedKind.TEST}
OLD_SECRET_SIGNS = timedelta(hours=24)
LONGEST_NAME = 80
LONGEST_URL = 1000


def add_endpoint(
    session: Session,
    actor: Actor,
    *,
    unit: str,
    name: str,
    url: str,
    kinds: Collection[FeedKind] = TOLD,
    settings: Settings,
    now: datetime,
) -> tuple[UUID, str]:
    """Tell a unit's system from now on. The second value is the secret that signs, which cannot be shown again."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    unit_id = organisation.unit_by_slug(session, unit).id
    errors = _wrong(name, url, kinds, settings)
    if errors:
        raise Invalid(errors)
    secret = _new_secret()
    endpoint = WebhookEndpoint(
        unit_id=unit_id, name=name.strip(), url=url.strip(), kinds=sorted(kind.value for kind in kinds),
        secret=provided(session, Sealer).seal(secret), created_at=now, status=EndpointStatus.ACTIVE,
    )  # fmt: skip
    session.add(endpoint)
    session.flush()
    audit.record(session, actor, "endpoint.added", "endpoint", endpoint.id, now=now)
    return endpoint.id, secret


def rotate_secret(
    session: Session, actor: Actor, endpoint_id: UUID, *, version: int | None = None, now: datetime
) -> str:
    """A new secret, shown once. For a day the one before it signs beside it, so that the other side can change over."""
    endpoint = _held(session, actor, endpoint_id, version)
    secret = _new_secret()
    endpoint.previous_secret, endpoint.previous_until = endpoint.secret, now + OLD_SECRET_SIGNS
    endpoint.secret = provided(session, Sealer).seal(secret)
    audit.record(session, actor, "endpoint.secret_rotated", "endpoint", endpoint.id, now=now)
    return secret


def disable(
    session: Session, actor: Actor, endpoint_id: UUID, *, reason: str, version: int | None = None, now: datetime
) -> None:
    """Send nothing there for the time being; what happens meanwhile waits."""
    endpoint = _held(session, actor, endpoint_id, version)
    if endpoint.status is EndpointStatus.DISABLED:
        raise Conflict(N_("This endpoint is disabled already"))
    if not reason.strip():
        raise Invalid({"reason": N_("Say why nothing is to be sent there")})
    endpoint.status, endpoint.disabled_at = EndpointStatus.DISABLED, now
    endpoint.disabled_reason = reason.strip()
    audit.record(session, actor, "endpoint.disabled", "endpoint", endpoint.id, now=now, reason=reason.strip())


def enable(session: Session, actor: Actor, endpoint_id: UUID, *, version: int | None = None, now: datetime) -> None:
    """Send there again, beginning with what has waited."""
    endpoint = _held(session, actor, endpoint_id, version)
    if endpoint.status is EndpointStatus.ACTIVE:
        raise Conflict(N_("This endpoint is active already"))
    endpoint.status, endpoint.disabled_at, endpoint.disabled_reason = EndpointStatus.ACTIVE, None, ""
    endpoint.rest_until = None
    audit.record(session, actor, "endpoint.enabled", "endpoint", endpoint.id, now=now)


def ping(session: Session, actor: Actor, endpoint_id: UUID, *, now: datetime) -> UUID:
    """Send a test, which tells of nothing."""
    endpoint = _held(session, actor, endpoint_id, None, counts=False)
    key = new_id()
    delivery = WebhookDelivery(
        id=key, endpoint_id=endpoint.id, message_id=f"msg_{key.hex}", kind=FeedKind.TEST, status=DeliveryStatus.WAITING,
        created_at=now, next_attempt_at=now,
    )  # fmt: skip
    session.add(delivery)
    session.flush()
    audit.record(session, actor, "endpoint.pinged", "endpoint", endpoint.id, now=now)
    return key


def replay(session: Session, actor: Actor, delivery_id: UUID, *, now: datetime) -> UUID:
    """Send an event once more. It carries the message id that it had."""
    first = session.get(WebhookDelivery, delivery_id)
    if first is None or first.event_id is None:
        raise NotFound
    endpoint = _held(session, actor, first.endpoint_id, None, counts=False)
    again = feed.queue(session, endpoint.id, session.get_one(FeedEvent, first.event_id), replay=True)
    again.created_at = again.next_attempt_at = now
    session.flush()
    audit.record(session, actor, "endpoint.replayed", "endpoint", endpoint.id, now=now, message=first.message_id)
    return again.id


def replay_failed(session: Session, actor: Actor, endpoint_id: UUID, *, now: datetime) -> int:
    """Send everything that was given up for this endpoint once more; says how much that is."""
    endpoint = _held(session, actor, endpoint_id, None, counts=False)
    given_up = (
        select(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id == endpoint.id, WebhookDelivery.status == DeliveryStatus.GIVEN_UP)
        .order_by(WebhookDelivery.id)
    )
    failed = session.scalars(given_up.with_for_update()).all()
    for delivery in failed:
        delivery.status, delivery.attempts, delivery.next_attempt_at = DeliveryStatus.WAITING, 0, now
        delivery.replay = True
    audit.record(session, actor, "endpoint.replayed_failed", "endpoint", endpoint.id, now=now, count=len(failed))
    return len(failed)


def _held(
    session: Session, actor: Actor, endpoint_id: UUID, version: int | None, *, counts: bool = True
) -> WebhookEndpoint:
    authorize(actor, Permission.ORGANISATION_MANAGE)
    endpoint = session.get(WebhookEndpoint, endpoint_id, with_for_update={"key_share": True}, populate_existing=True)
    if endpoint is None:
        raise NotFound
    if version is not None and version != endpoint.version:
        raise Stale
    endpoint.version += 1 if counts else 0
    return endpoint


def _wrong(name: str, url: str, kinds: Collection[FeedKind], settings: Settings) -> dict[str, str]:
    errors = {}
    if not name.strip() or len(name) > LONGEST_NAME:
        errors["name"] = N_("Give it a name that colleagues will know it by")
    if not kinds or not set(kinds) <= TOLD:
        errors["kinds"] = N_("Choose what it is to be told")
    try:
        check_url(url.strip(), settings.outbound_allowed)
    except OutboundError:
        errors["url"] = N_("Enter a full address that we may reach, like https://service.example/hooks/firstpoint")
    if len(url) > LONGEST_URL:
        errors["url"] = N_("Enter a shorter address")
    return errors


def _new_secret() -> str:
    """As Standard Webhooks writes them: 32 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
