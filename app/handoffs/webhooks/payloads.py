"""What a webhook says and how it is signed. It is put together at the moment of sending, from what is true then."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from app.enquiries.models import Enquiry
from app.handoffs.models import FeedEvent, Handoff, WebhookDelivery, WebhookEndpoint
from app.handoffs.privacy import is_restricted
from app.kernel.crypto import Sealer
from app.organisation.models import Service, Unit


def payload_of(session: Session, delivery: WebhookDelivery) -> dict[str, Any]:
    """Type, time and data. References and the sender's brief: never who asked, and no word about the restricted."""
    if delivery.event_id is None:
        return {"type": delivery.kind.value, "timestamp": delivery.created_at.isoformat(), "data": {}}
    event = session.get_one(FeedEvent, delivery.event_id)
    query = (
        select(Handoff, Enquiry, Service.slug, Unit.slug)
        .join(Enquiry, Enquiry.id == Handoff.enquiry_id)
        .join(Service, Service.id == Enquiry.service_id)
        .join(Unit, Unit.id == Handoff.unit_id)
        .where(Handoff.id == event.handoff_id)
    )
    handoff, enquiry, service, unit = session.execute(query).one()
    restricted = is_restricted(session, enquiry)
    data = {
        "handoff": str(handoff.id), "reference": enquiry.reference, "service": service, "unit": unit,
        "state": event.state.value, "version": event.version, "accept_by": _written(handoff.accept_by),
        "promised_at": _written(enquiry.promised_at), "brief": "" if restricted else handoff.brief, "restricted": restricted,
    }  # fmt: skip
    return {"type": event.kind.value, "timestamp": event.at.isoformat(), "data": data}


def body_of(payload: dict[str, Any]) -> str:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def headers_of(
    endpoint: WebhookEndpoint, message_id: str, body: str, sealer: Sealer, *, now: datetime
) -> dict[str, str]:
    """The three headers of Standard Webhooks; two signatures while the secret is being changed."""
    sealed = [endpoint.secret]
    if endpoint.previous_secret is not None and endpoint.previous_until is not None and endpoint.previous_until > now:
        sealed.append(endpoint.previous_secret)
    signatures = " ".join(Webhook(sealer.open(secret)).sign(message_id, now, body) for secret in sealed)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Firstpoint-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signatures,
    }


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
