"""The models of matching by version: the one that holds, a new one learned from all records, an old one again."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

import mdm
from app.customers.matching.engine import KINDS, as_table
from app.customers.matching.organisation_model import VERSION
from app.customers.matching.records import Current
from app.customers.models import MatchModel
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from mdm import CLASSES, Model, from_dict
from mdm.steady import Recipe


@dataclass(frozen=True, eq=False)
class Parameters:
    """A model that holds, or one that nobody has stored yet (`id` is None)."""

    id: UUID | None
    number: int
    model: Model
    recipe: Recipe
    fingerprint: int

    @property
    def is_usable(self) -> bool:
        """False when this machine would mark records in another way than the one that stored the marks."""
        return self.fingerprint == fingerprint_of(self.recipe)


def fingerprint_of(recipe: Recipe) -> int:
    """Of how people and organisations are marked: stored marks of another fingerprint are worth nothing."""
    return recipe.fingerprint ^ VERSION


_versions: dict[UUID, Parameters] = {}
_KEPT = 8
"""A version never changes, so a process reads each once."""


def current_parameters(session: Session) -> Parameters | None:
    """The model by which records are matched as they come; None before the first run."""
    model_id = session.scalar(select(MatchModel.id).where(MatchModel.current))
    return None if model_id is None else parameters(session, model_id)


def parameters(session: Session, model_id: UUID) -> Parameters:
    """A version of the model. NotFound if there is none."""
    known = _versions.get(model_id)
    if known is None:
        row = session.get(MatchModel, model_id)
        if row is None:
            raise NotFound
        known = Parameters(row.id, row.number, model_of(row.parameters), Recipe.from_dict(row.recipe), row.fingerprint)
        while len(_versions) >= _KEPT:
            _versions.pop(next(iter(_versions)), None)
        _versions[model_id] = known
    return known


def model_of(written: Mapping[str, Any]) -> Model:
    """A model as it was stored. PostgreSQL keeps the keys of JSON in an order of its own; the engine's classes have theirs."""
    classes = {name: written["classes"][name] for name in CLASSES if name in written["classes"]}
    return from_dict({**written, "classes": classes})


def learn(people: Sequence[Current]) -> Parameters:
    """A model from the records alone."""
    model = mdm.train(as_table(people), KINDS)
    recipe = Recipe()
    return Parameters(None, 0, model, recipe, fingerprint_of(recipe))


def keep(session: Session, learned: Parameters, *, by: str, now: datetime) -> Parameters:
    """Store a model and make it the one that holds. One that says the same as a stored version is that version."""
    if learned.id is None:
        written = learned.model.as_dict()
        text = json.dumps([written, learned.recipe.as_dict(), learned.fingerprint], sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()
        known = session.scalar(select(MatchModel).where(MatchModel.sha256 == digest))
        if known is None:
            number = (session.scalar(select(func.max(MatchModel.number))) or 0) + 1
            known = MatchModel(
                id=new_id(), number=number, parameters=written, recipe=learned.recipe.as_dict(), sha256=digest,
                fingerprint=learned.fingerprint, records=learned.model.n, made_at=now, made_by=by, current=False,
            )  # fmt: skip
            session.add(known)
            session.flush()
        learned = Parameters(known.id, known.number, learned.model, learned.recipe, learned.fingerprint)
    make_current(session, learned.id)
    return learned


def make_current(session: Session, model_id: UUID | None) -> None:
    """From now on this version holds; None: none does, as before the first run."""
    session.execute(update(MatchModel).where(MatchModel.current, MatchModel.id != model_id).values(current=False))
    session.execute(update(MatchModel).where(MatchModel.id == model_id, ~MatchModel.current).values(current=True))
