"""A golden record in one exact text: two that are the same say the same, byte for byte."""

import json
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.models import GoldenRecord, Link, SourceRecord, SourceSystem
from app.kernel.errors import NotFound


def canonical(session: Session, golden_id: UUID) -> str:
    """What it says, where each value comes from, and the links it is made of. When it was last written is no part of it."""
    golden = session.get(GoldenRecord, golden_id, populate_existing=True)
    if golden is None:
        raise NotFound
    query = (
        select(SourceSystem.slug, SourceRecord.key, Link)
        .join(SourceRecord, SourceRecord.source_id == SourceSystem.id)
        .join(Link, Link.source_record_id == SourceRecord.id)
        .where(Link.golden_id == golden_id)
        .order_by(SourceSystem.slug, SourceRecord.key)
        .execution_options(populate_existing=True)
    )
    links = [
        [
            slug,
            key,
            link.version,
            link.method.value,
            link.weight,
            link.probability,
            link.evidence,
            link.since.isoformat(),
        ]
        for slug, key, link in session.execute(query)
    ]
    told = {
        "id": str(golden.id),
        "kind": golden.kind.value,
        "attributes": golden.attributes,
        "name": golden.display_name,
        "date_of_birth": golden.date_of_birth.isoformat() if golden.date_of_birth else None,
        "address": golden.address,
        "postcode": golden.postcode,
        "phone": golden.phone,
        "email": golden.email,
        "property": str(golden.property_id) if golden.property_id else None,
        "restricted": golden.restricted,
        "size": golden.size,
        "created": golden.created_at.isoformat(),
        "retired": golden.retired_at.isoformat() if golden.retired_at else None,
        "links": links,
    }
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
