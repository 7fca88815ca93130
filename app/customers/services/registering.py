"""The register of sources as people keep it: the entry, how the records arrive, how often, and what was promised."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.connecting.http import check_http
from app.customers.connecting.reach import Reach
from app.customers.connecting.sql import check_sql
from app.customers.enums import ConnectorKind
from app.customers.models import SourceSystem
from app.customers.refresh_policy import DAY, next_refresh
from app.customers.rows import Entry
from app.kernel.actors import Actor
from app.kernel.crypto import Sealer
from app.kernel.errors import Invalid, NotFound
from app.kernel.events import provided
from app.kernel.i18n import N_

FETCHED = frozenset({ConnectorKind.FILE, ConnectorKind.FOLDER, ConnectorKind.SQL, ConnectorKind.HTTP})
"""Connectors by which we go and get the records."""


def edit_entry(session: Session, actor: Actor, slug: str, entry: Entry, *, now: datetime) -> None:
    """Change what the register says. Name and unit of a committed source stand in its file and stay."""
    source = locked_source(session, slug)
    if not source.committed:
        if not entry.name.strip():
            raise Invalid({"name": N_("Enter the name of the source")})
        source.name, source.unit_name = entry.name.strip(), entry.unit_name
        source.layout = {**source.layout, "name": source.name, "unit": source.unit_name}
    source.purpose, source.lawful_basis, source.contact = entry.purpose, entry.lawful_basis, entry.contact
    source.freshness_hours, source.gone_percent = entry.freshness_hours, entry.gone_percent
    audit.record(session, actor, "source.entry_changed", "source_system", source.id, now=now, source=slug)


def connect(
    session: Session,
    actor: Actor,
    slug: str,
    kind: ConnectorKind,
    settings: Mapping[str, Any],
    *,
    secret: str | None,
    reach: Reach,
    now: datetime,
) -> None:
    """How the records arrive from now on. The secret is sealed and never shown again; None keeps the one that is there."""
    source = locked_source(session, slug)
    sealer = provided(session, Sealer)
    plain = secret
    if plain is None and source.connector is kind and source.connector_secret:
        plain = sealer.open(source.connector_secret)
    _check(kind, settings, plain or "", reach)
    source.connector, source.connector_settings = kind, dict(settings)
    source.connector_secret = sealer.seal(plain) if plain else None
    source.watermark, source.refresh_problem = {}, None
    if kind not in FETCHED:
        source.refresh_minutes = source.refresh_at = source.next_refresh_at = None
    audit.record(
        session,
        actor,
        "source.connected",
        "source_system",
        source.id,
        now=now,
        source=slug,
        kind=kind,
        new_secret=bool(secret),
    )


def schedule(
    session: Session, actor: Actor, slug: str, minutes: int | None, at: str | None, *, now: datetime
) -> datetime | None:
    """How often the source is fetched; returns when that is next. None for only when somebody asks."""
    source = locked_source(session, slug)
    if minutes is not None and source.connector not in FETCHED:
        raise Invalid({"every": N_("Say first from where the records are fetched")})
    if minutes is not None and minutes < 5:
        raise Invalid({"every": N_("Every five minutes is the most often that a source is fetched")})
    if at and minutes is not None and minutes % DAY:
        raise Invalid({"at": N_("A time of day goes with days, not with hours or minutes")})
    source.refresh_minutes, source.refresh_at = minutes, (at or None) if minutes else None
    source.next_refresh_at = next_refresh(now, minutes, source.refresh_at)
    audit.record(
        session, actor, "source.scheduled", "source_system", source.id, now=now, source=slug, minutes=minutes, at=at
    )
    return source.next_refresh_at


def forget_watermark(session: Session, actor: Actor, slug: str, *, now: datetime) -> None:
    """The next refresh reads everything, not only what has changed since the last one."""
    source = locked_source(session, slug)
    source.watermark = {}
    audit.record(session, actor, "source.from_the_beginning", "source_system", source.id, now=now, source=slug)


def _check(kind: ConnectorKind, settings: Mapping[str, Any], secret: str, reach: Reach) -> None:
    if kind in {ConnectorKind.FILE, ConnectorKind.FOLDER}:
        if not str(settings.get("path") or "").strip():
            raise Invalid({"path": N_("Name a file or a folder below %(folder)s")}, folder=str(reach.folder))
        reach.path(str(settings["path"]))
    elif kind is ConnectorKind.SQL:
        check_sql(settings, secret, reach)
    elif kind is ConnectorKind.HTTP:
        check_http(settings, reach)
        if settings.get("sign_in", "none") != "none" and not secret:
            raise Invalid({"secret": N_("Enter the key with which we sign in there")})


def locked_source(session: Session, slug: str) -> SourceSystem:
    """A source of the register, held until the end of the transaction."""
    source = session.scalar(select(SourceSystem).where(SourceSystem.slug == slug).with_for_update())
    if source is None:
        raise NotFound
    return source
