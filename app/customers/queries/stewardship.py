"""What waits for a steward, what stewards have decided, and the match runs."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

import mdm
from app.customers.layout import ATTRIBUTES
from app.customers.matching.engine import explain_pair
from app.customers.matching.parameters import model_of
from app.customers.matching.records import Current
from app.customers.models import Link, MatchModel, MatchRun, PossibleMatch, SourceRecord, SourceSystem, StewardDecision
from app.customers.rows import DecisionRow, PossibleMatchRow, RunRow, Side, Weight
from app.kernel.errors import NotFound
from app.kernel.paging import Page, PageRequest, fetch_page

_LEFT, _RIGHT = aliased(SourceRecord), aliased(SourceRecord)
_LEFT_SOURCE, _RIGHT_SOURCE = aliased(SourceSystem), aliased(SourceSystem)
_LEFT_LINK, _RIGHT_LINK = aliased(Link), aliased(Link)


def possible_matches(session: Session, wanted: PageRequest) -> Page[PossibleMatchRow]:
    """Pairs that only a person can tell the same or different, the likeliest first. Restricted ones are left out."""
    query = _pairs().order_by(PossibleMatch.weight.desc(), PossibleMatch.id)
    found = fetch_page(session, query, wanted)
    rows = tuple(_row(pair, _side(*left), _side(*right)) for pair, left, right in map(_two_sides, found.items))
    return Page(rows, found.total, found.number, found.size)


def possible_match(session: Session, match_id: UUID) -> PossibleMatchRow:
    """One pair, with the weight of every field in words. NotFound once it is decided."""
    found = session.execute(_pairs().where(PossibleMatch.id == match_id)).first()
    if found is None:
        raise NotFound
    pair, left, right = _two_sides(found)
    model = session.scalar(
        select(MatchModel.parameters)
        .join(MatchRun, MatchRun.model_id == MatchModel.id)
        .where(MatchRun.id == pair.run_id)
    )
    told = explain_pair(model_of(model) if model else None, _current(*left), _current(*right))
    return _row(pair, _side(*left), _side(*right), told)


def decisions_about(session: Session, source_record_ids: list[UUID]) -> list[DecisionRow]:
    """Decisions that stand about any of these source records, by their keys: an erased record that came again has another id."""
    keys = (
        select(SourceSystem.slug, SourceRecord.key)
        .join(SourceRecord, SourceRecord.source_id == SourceSystem.id)
        .where(SourceRecord.id.in_(source_record_ids))
    )
    query = (
        select(StewardDecision)
        .where(
            or_(
                tuple_(StewardDecision.left_source, StewardDecision.left_key).in_(keys),
                tuple_(StewardDecision.right_source, StewardDecision.right_key).in_(keys),
            ),
            StewardDecision.lifted_at.is_(None),
        )
        .order_by(StewardDecision.decided_at.desc(), StewardDecision.id)
    )
    return [
        DecisionRow(one.id, one.left_id, one.right_id, one.verdict, one.reason, one.decided_by_name, one.decided_at)
        for one in session.scalars(query)
    ]


def runs(session: Session, wanted: PageRequest) -> Page[RunRow]:
    """Match runs, the latest first."""
    found = fetch_page(session, select(MatchRun).order_by(MatchRun.started_at.desc(), MatchRun.id.desc()), wanted)
    rows = tuple(
        RunRow(one.id, one.status, one.started_at, one.finished_at, one.actor_name, one.counts, one.timings, one.error)
        for one in found.items
    )
    return Page(rows, found.total, found.number, found.size)


def _pairs() -> Select[PossibleMatch, SourceRecord, SourceSystem, UUID, SourceRecord, SourceSystem, UUID]:
    return (
        select(PossibleMatch, _LEFT, _LEFT_SOURCE, _LEFT_LINK.golden_id, _RIGHT, _RIGHT_SOURCE, _RIGHT_LINK.golden_id)
        .join(_LEFT, _LEFT.id == PossibleMatch.left_id)
        .join(_LEFT_SOURCE, _LEFT_SOURCE.id == _LEFT.source_id)
        .outerjoin(_LEFT_LINK, _LEFT_LINK.source_record_id == _LEFT.id)
        .join(_RIGHT, _RIGHT.id == PossibleMatch.right_id)
        .join(_RIGHT_SOURCE, _RIGHT_SOURCE.id == _RIGHT.source_id)
        .outerjoin(_RIGHT_LINK, _RIGHT_LINK.source_record_id == _RIGHT.id)
        .where(_LEFT.restricted.is_(False), _RIGHT.restricted.is_(False))
    )


_Held = tuple[SourceRecord, SourceSystem, UUID | None]


def _two_sides(found: Sequence[Any]) -> tuple[PossibleMatch, _Held, _Held]:
    return found[0], (found[1], found[2], found[3]), (found[4], found[5], found[6])


def _row(pair: PossibleMatch, left: Side, right: Side, told: mdm.Explanation | None = None) -> PossibleMatchRow:
    bars = told.fields if told else ()
    weights = tuple(Weight(bar.field, bar.left, bar.right, bar.weight, bar.words) for bar in bars)
    words = told.words if told else ""
    return PossibleMatchRow(
        pair.id, left, right, pair.weight, pair.probability, pair.noticed_at, words, weights, pair.reason
    )


def _side(record: SourceRecord, source: SourceSystem, golden_id: UUID | None) -> Side:
    values = {name: record.attributes[name] for name in ATTRIBUTES if record.attributes.get(name)}
    return Side(record.id, source.name, record.key, golden_id, values)


def _current(record: SourceRecord, source: SourceSystem, _: UUID | None) -> Current:
    return Current(
        id=record.id,
        source=source.slug,
        source_name=source.name,
        key=record.key,
        version=record.version,
        attributes=record.attributes,
        property_id=record.property_id,
        restricted=record.restricted,
    )
