"""Describing a new source, step by step: a sample, what its columns hold, what the register wants to know."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO
from uuid import UUID

from anyascii import anyascii
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.enums import OPEN_LOADS, ConnectorKind
from app.customers.errors import BadFile
from app.customers.guessing import (
    CHOICES,
    IGNORE,
    KEY,
    ONLY_ONCE,
    ColumnGuess,
    guess_columns,
    guess_dates,
    guess_shape,
    layout_of_columns,
    sample_of,
)
from app.customers.layout import FileShape, Layout
from app.customers.loading.files import keep_file, write_out
from app.customers.loading.register import layout_from
from app.customers.models import SourceDraft, SourceFile, SourceLoad, SourceSystem
from app.customers.parsing import parse_row
from app.customers.parsing.attributes import REASONS, value_at
from app.customers.reading import Reject, Row
from app.customers.rows import DraftRow, Entry, RawAndStandard
from app.kernel.actors import Actor
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.i18n import N_
from app.kernel.ids import new_id

SHOWN = 10


def draft(session: Session, actor: Actor, name: str, stream: BinaryIO, *, now: datetime) -> UUID:
    """Begin with a sample: keep it, and guess what its columns hold. Raises BadFile for what is no table."""
    file = keep_file(session, actor, name, stream, now=now)
    if not file.size:
        raise BadFile(N_("The file is empty"))
    with _written(session, file.id) as path:
        shape = guess_shape(path)
        guesses = guess_columns(sample_of(path, shape), shape.columns)
    made = SourceDraft(
        id=new_id(), file_id=file.id, actor_id=actor.account_id, shape=asdict(shape), created_at=now,
        kinds={"guessed": [asdict(guess) for guess in guesses], "chosen": {one.name: one.kind for one in guesses}},
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made.id


def look_at(session: Session, actor: Actor, draft_id: UUID) -> DraftRow:
    """The draft as it stands, with ten rows as they came and as they would be taken. Another's draft is NotFound."""
    found = _own(session, actor, draft_id)
    shape, kinds = _shape(found), _chosen(found)
    with _written(session, found.file_id) as path:
        name = path.name
        rows = sample_of(path, shape)
    layout = _layout(found, rows, "draft", "Draft", "")
    shown = tuple(_beside(row, layout, kinds) for row in rows[:SHOWN]) if _problems(kinds) == {} else ()
    guesses = tuple(ColumnGuess(**{**one, "examples": tuple(one["examples"])}) for one in found.kinds["guessed"])
    return DraftRow(found.id, name, shape.format, guesses, kinds, layout.dates, shown)


def choose(session: Session, actor: Actor, draft_id: UUID, kinds: Mapping[str, str]) -> None:
    """What a person says of the columns. Raises Invalid, by column, for what cannot be."""
    found = _own(session, actor, draft_id)
    known = _chosen(found)
    chosen = {name: kinds.get(name, known[name]) for name in known}
    if problems := _problems(chosen):
        raise Invalid(problems)
    found.kinds = {**found.kinds, "chosen": chosen}


def register_draft(session: Session, actor: Actor, draft_id: UUID, entry: Entry, *, now: datetime) -> str:
    """Save the source with its layout; returns its slug. The sample stays at hand for a rehearsal."""
    found = _own(session, actor, draft_id)
    if problems := _problems(_chosen(found)):
        raise Invalid(problems)
    slug = _slug(session, entry.name)
    with _written(session, found.file_id) as path:
        layout = _layout(found, sample_of(path, _shape(found)), slug, entry.name, entry.unit_name)
    source = SourceSystem(
        id=new_id(), slug=slug, name=entry.name, unit_name=entry.unit_name, layout=layout.as_json(), committed=False,
        registered_at=now, layout_changed_at=now, connector=ConnectorKind.UPLOAD, connector_settings={}, watermark={},
        purpose=entry.purpose, lawful_basis=entry.lawful_basis, contact=entry.contact,
        freshness_hours=entry.freshness_hours, gone_percent=entry.gone_percent, sample_id=found.file_id,
    )  # fmt: skip
    session.add(source)
    session.flush()
    audit.record(session, actor, "source.registered", "source_system", source.id, now=now, source=slug)
    session.delete(found)
    session.flush()
    return slug


def unused_columns(session: Session, slug: str) -> tuple[str, ...]:
    """Columns that the sample has and the layout leaves out. Known while the sample is kept."""
    source = session.scalar(select(SourceSystem).where(SourceSystem.slug == slug))
    if source is None or source.sample_id is None:
        return ()
    used = set(layout_from(source).file.columns)
    with _written(session, source.sample_id) as path:
        return tuple(name for name in guess_shape(path).columns if name not in used)


def relearn(session: Session, actor: Actor, slug: str, kinds: Mapping[str, str], *, now: datetime) -> None:
    """Change what the columns of a source made in the console hold. Its records follow with the next load."""
    source = session.scalar(select(SourceSystem).where(SourceSystem.slug == slug).with_for_update())
    if source is None:
        raise NotFound
    if source.committed:
        raise Conflict(N_("The layout of this source is a committed file: change it there"))
    if problems := _problems(kinds):
        raise Invalid(problems)
    before = layout_from(source)
    dates = _dates_seen(session, source, kinds) | {
        name: form for name, form in before.dates.items() if kinds.get(name) in _DATED
    }
    layout = layout_of_columns(
        slug, source.name, source.unit_name, before.file, kinds=kinds, dates=dates, trust=before.trust
    )
    layout = replace(layout, proof=before.proof, register=before.register)
    source.layout, source.layout_changed_at = layout.as_json(), now
    audit.record(session, actor, "source.layout_changed", "source_system", source.id, now=now, source=slug)


def forget_drafts(session: Session, *, before: datetime) -> int:
    """Drafts that nobody finished, and files that nothing is still to read: samples too, and those of loads that failed."""
    gone = session.scalars(delete(SourceDraft).where(SourceDraft.created_at < before).returning(SourceDraft.id)).all()
    drafted = select(SourceDraft.id).where(SourceDraft.file_id == SourceFile.id)
    to_read = select(SourceLoad.id).where(SourceLoad.file_id == SourceFile.id, SourceLoad.status.in_(OPEN_LOADS))
    session.execute(delete(SourceFile).where(SourceFile.received_at < before, ~drafted.exists(), ~to_read.exists()))
    return len(gone)


def _dates_seen(session: Session, source: SourceSystem, kinds: Mapping[str, str]) -> dict[str, str]:
    """How the columns that are now said to be dates are written: as the sample has them, while it is kept."""
    if source.sample_id is None:
        return {name: "%d/%m/%Y" for name, kind in kinds.items() if kind in _DATED}
    with _written(session, source.sample_id) as path:
        return guess_dates(sample_of(path, guess_shape(path)), kinds)


_DATED = frozenset({"date_of_birth", "since", "until", "updated"})


def _own(session: Session, actor: Actor, draft_id: UUID) -> SourceDraft:
    found = session.get(SourceDraft, draft_id)
    if found is None or found.actor_id != actor.account_id:
        raise NotFound
    return found


def _chosen(found: SourceDraft) -> dict[str, str]:
    """Column → kind in the order of the columns, which JSON in the database does not keep."""
    return {guess["name"]: found.kinds["chosen"][guess["name"]] for guess in found.kinds["guessed"]}


def _shape(found: SourceDraft) -> FileShape:
    return FileShape(**{**found.shape, "columns": tuple(found.shape["columns"])})


def _layout(found: SourceDraft, rows: list[Row], slug: str, name: str, unit: str) -> Layout:
    kinds = _chosen(found)
    return layout_of_columns(
        slug, name, unit, _shape(found), kinds=kinds, dates=guess_dates(rows, kinds), trust={"other": 50}
    )


def _problems(kinds: Mapping[str, str]) -> dict[str, str]:
    """Column → what is wrong with what was said of it."""
    first = next(iter(kinds), "")
    strange = {column: N_("Choose from the answers shown") for column, kind in kinds.items() if kind not in CHOICES}
    if strange:
        return strange
    held = list(kinds.values())
    if KEY not in held:
        return {first: N_("Say which column identifies a row: an account number, for example")}
    if not set(held) - {KEY, IGNORE, "since", "until", "updated"}:
        return {first: N_("Say of at least one column what it tells of a customer")}
    return {
        column: N_("Another column is said to hold this already")
        for place, (column, kind) in enumerate(kinds.items())
        if kind in ONLY_ONCE and kind in held[:place]
    }


def _beside(row: Row, layout: Layout, kinds: Mapping[str, str]) -> RawAndStandard:
    raw = {name: _said(value_at(row, name)) for name, kind in kinds.items() if kind != IGNORE}
    parsed = parse_row(row, layout)
    if isinstance(parsed, Reject):
        return RawAndStandard(raw, "", {}, REASONS[parsed.reason], parsed.field or "")
    return RawAndStandard(raw, parsed[0].key, {name: text for name, text in parsed[0].attributes.items() if text})


def _said(value: Any) -> str:
    return "" if value is None else str(value)[:120]


def _slug(session: Session, name: str) -> str:
    """A name for addresses: letters and digits of the source's name, and a number if it is taken."""
    if not name.strip():
        raise Invalid({"name": N_("Enter the name of the source")})
    plain = re.sub(r"[^a-z0-9]+", "-", anyascii(name).lower()).strip("-")[:50] or "source"
    taken = set(session.scalars(select(SourceSystem.slug).where(SourceSystem.slug.startswith(plain, autoescape=True))))
    reserved = {"new", "loads", "quality"}
    free = (
        slug for slug in (plain, *(f"{plain}-{number}" for number in range(2, 10_000))) if slug not in taken | reserved
    )
    return next(free)


@contextmanager
def _written(session: Session, file_id: UUID) -> Iterator[Path]:
    """The draft's file on disk for a while."""
    with TemporaryDirectory(prefix="firstpoint-") as folder:
        yield write_out(session, file_id, Path(folder))
