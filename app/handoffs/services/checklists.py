"""What an offer has to hold: a checklist for each service and unit, ticked by the sender, kept with the offer."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.handoffs.enums import Enforcement
from app.handoffs.models import Checklist
from app.handoffs.queries.connections import checklist_for
from app.kernel.actors import Actor
from app.kernel.errors import Invalid, NotFound, Stale
from app.kernel.i18n import N_
from app.organisation import queries as organisation

MOST = 20
LONGEST = 200


def save_checklist(
    session: Session,
    actor: Actor,
    *,
    service: str,
    unit: str | None,
    required: Iterable[str],
    optional: Iterable[str] = (),
    enforcement: Enforcement,
    version: int | None = None,
    now: datetime,
) -> UUID:
    """Say what offers of a service (to a unit, or to any) have to hold. In place of the checklist before."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    entry = organisation.service_by_slug(session, service)
    unit_id = organisation.unit_by_slug(session, unit).id if unit else None
    items = _items(required, optional)
    same = (Checklist.service_id == entry.id, Checklist.unit_id.is_not_distinct_from(unit_id))
    found = session.scalar(select(Checklist).where(*same).with_for_update())
    if found is not None and version is not None and found.version != version:
        raise Stale
    kept = found or Checklist(service_id=entry.id, unit_id=unit_id, version=0)
    kept.items, kept.enforcement = items, enforcement
    kept.version += 1
    session.add(kept)
    session.flush()
    audit.record(session, actor, "handoff.checklist_saved", "service", entry.id, now=now, items=len(items))
    return kept.id


def drop_checklist(session: Session, actor: Actor, checklist_id: UUID, *, now: datetime) -> None:
    """Offers need no checklist any more."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    found = session.get(Checklist, checklist_id, with_for_update=True)
    if found is None:
        raise NotFound
    session.delete(found)
    audit.record(session, actor, "handoff.checklist_dropped", "service", found.service_id, now=now)


def filled(session: Session, service_id: UUID, unit_id: UUID, given: Collection[str]) -> list[dict[str, Any]]:
    """The checklist as it is kept with the offer: each item, and whether it is there."""
    found = checklist_for(session, service_id, unit_id)
    if found is None:
        return []
    return [
        {"id": item.id, "label": item.label, "required": item.required, "given": item.id in given}
        for item in found.items
    ]


def checked(
    session: Session, service_id: UUID, unit_id: UUID, given: Collection[str], *, anyway: bool
) -> list[dict[str, Any]]:
    """The filled checklist; Invalid, naming what is missing, unless the sender may go on without it and says so."""
    items = filled(session, service_id, unit_id, given)
    missing = ", ".join(item["label"] for item in items if item["required"] and not item["given"])
    if not missing:
        return items
    found = checklist_for(session, service_id, unit_id)
    if found is not None and found.enforcement is Enforcement.REFUSE:
        raise Invalid({"checklist": N_("The service cannot take it without: %(missing)s")}, missing=missing)
    if not anyway:
        raise Invalid(
            {"checklist": N_("Not there yet: %(missing)s. Find it out, or say that you offer it without")},
            missing=missing,
        )
    return items


def _items(required: Iterable[str], optional: Iterable[str]) -> list[dict[str, Any]]:
    """Each line is an item; its id is made from its words, so that changing the order changes nothing."""
    lines = [(text.strip(), True) for text in required] + [(text.strip(), False) for text in optional]
    wanted = [(text, needed) for text, needed in lines if text]
    if not wanted:
        raise Invalid({"required": N_("Write at least one thing that an offer has to hold")})
    if len(wanted) > MOST or any(len(text) > LONGEST for text, _ in wanted):
        raise Invalid(
            {"required": N_("At most %(most)s items of %(longest)s letters each")}, most=MOST, longest=LONGEST
        )
    items = {_slug(text): {"id": _slug(text), "label": text, "required": needed} for text, needed in reversed(wanted)}
    return list(reversed(items.values()))


def _slug(text: str) -> str:
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-")[:80] or "item"
