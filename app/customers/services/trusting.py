"""How far a source is believed when it says something else than another: looked at before it is saved, put into effect by a run."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.layout import ATTRIBUTES, MERGED
from app.customers.matching.rules import MIDDLING, read_ruling
from app.customers.matching.waiting import queue_run
from app.customers.models import RuleSet, SourceSystem
from app.customers.rows import RulePreview
from app.customers.services.registering import locked_source
from app.customers.services.ruling import RULES_LOCK, preview_rules
from app.kernel.actors import Actor
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.i18n import N_
from app.kernel.ids import new_id

TRUSTED = (*ATTRIBUTES, *MERGED, "other")


def set_trust(session: Session, actor: Actor, slug: str, trust: Mapping[str, int], *, now: datetime) -> None:
    """How far the source is trusted, 0 to 100, for each attribute that is named; the rest goes by `other`.

    What the rules said of this source gives way to it. A run puts it into effect.
    """
    source = locked_source(session, slug)
    _refuse(source, trust)
    before = source.layout.get("trust", {})
    source.layout = {**source.layout, "trust": {"other": MIDDLING} | dict(trust)}
    _forget_in_rules(session, actor, source, now)
    session.flush()
    queue_run(session, actor, learns=False, now=now)
    audit.record(
        session,
        actor,
        "source.trust_changed",
        "source_system",
        source.id,
        now=now,
        source=slug,
        before=before,
        after=trust,
    )


def preview_trust(session: Session, slug: str, trust: Mapping[str, int], *, now: datetime) -> RulePreview:
    """What this trust would show otherwise than the golden records do now."""
    source = session.scalar(select(SourceSystem).where(SourceSystem.slug == slug))
    if source is None:
        raise NotFound
    _refuse(source, trust)
    held, other = read_ruling(session).trust, trust.get("other", MIDDLING)
    told = {name: trust.get(name, other) for name in (*ATTRIBUTES, "address")}
    return preview_rules(
        session, {}, {name: {**held.get(name, {}), slug: value} for name, value in told.items()}, now=now
    )


def _refuse(source: SourceSystem, trust: Mapping[str, int]) -> None:
    if source.committed:
        raise Conflict(N_("The layout of this source is a committed file: change it there"))
    wrong = {
        name: N_("Enter a number from 0 to 100")
        for name, value in trust.items()
        if name not in TRUSTED or not 0 <= value <= 100
    }
    if wrong:
        raise Invalid(wrong)


def _forget_in_rules(session: Session, actor: Actor, source: SourceSystem, now: datetime) -> None:
    """A new version of the rules that says nothing of this source, if the one that holds does."""
    session.execute(RULES_LOCK)
    held = read_ruling(session)
    if not any(source.slug in by for by in held.trust.values()):
        return
    rest = {name: {one: told for one, told in by.items() if one != source.slug} for name, by in held.trust.items()}
    number = (session.scalar(select(func.max(RuleSet.number))) or 0) + 1
    made = RuleSet(
        id=new_id(), number=number, orders={name: list(order) for name, order in held.orders.items()}, trust=rest,
        reason=f"{source.name}: trust", made_at=now, made_by=actor.name,
    )  # fmt: skip
    session.add(made)
