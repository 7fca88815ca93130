"""The rules of survivorship, set by stewards: looked at before they are saved, put into effect by a run."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.layout import ATTRIBUTES
from app.customers.matching.forms import Forms
from app.customers.matching.records import Current, Pinned, read_current, read_pins
from app.customers.matching.rules import ORDERS, Ruling, read_ruling, read_trusting, rules_of
from app.customers.matching.survival import values_of
from app.customers.matching.waiting import queue_run
from app.customers.models import Link, RuleSet
from app.customers.rows import RulePreview
from app.kernel.actors import Actor
from app.kernel.clock import london_date
from app.kernel.errors import Invalid, Stale
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.kernel.sets import among
from mdm import Rule

LOOKED_AT = 1000
"""So many of the golden records in which values compete are looked at for a preview, which must not keep anybody waiting."""
EXAMPLES = 10
RULES_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('firstpoint.customers.rules', 0))")
"""Whoever makes a new version of the rules does it alone."""
Orders = Mapping[str, Sequence[str]]
Trust = Mapping[str, Mapping[str, int]]

_CONTESTED = text(
    """
    WITH contested AS MATERIALIZED (
        SELECT id FROM golden_record WHERE live AND NOT restricted AND size > 1
        AND jsonb_path_exists(attributes, '$[*] ? (@.beat.size() > 0 || @.by != "only_value")')
    ), chosen AS (SELECT id FROM contested ORDER BY md5(id::text) LIMIT :most)
    SELECT id, display_name, attributes, (SELECT count(*) FROM contested) AS contested
    FROM chosen JOIN golden_record USING (id) ORDER BY md5(id::text)
    """
)
"""Those in which values compete, or addresses of which one says more than another, as many as are looked at, each with how many there
are in all. One walk through the golden records."""


def preview_rules(session: Session, orders: Orders, trust: Trust, *, now: datetime) -> RulePreview:
    """What these rules would show otherwise than the golden records do now. Restricted ones are left out. Invalid for no rules.

    Looks at LOOKED_AT of the golden records in which values compete, chosen by chance but always the same; at all, if there are no more.
    """
    ruling = _checked(session, orders, trust)
    found = session.execute(_CONTESTED, {"most": LOOKED_AT}).all()
    links = _links(session, [row.id for row in found])
    records = read_current(session, links)
    pins = defaultdict[str, list[Pinned]](list)
    for pin in read_pins(session, {record.name for record in records}):
        pins[pin.name].append(pin)
    groups = defaultdict[UUID, list[Current]](list)
    for record in records:
        groups[links[record.id]].append(record)
    by, forms, today = rules_of(ruling, read_trusting(session)), Forms(records), london_date(now)
    altered, counts, examples = 0, Counter[str](), list[tuple[UUID, str, str, str]]()
    for golden_id, _, attributes, _ in found:
        members = groups[golden_id]
        theirs = [pin for member in members for pin in pins.get(member.name, ())]
        then = values_of(members, by, today, forms, theirs)
        was = {said["attribute"]: said["value"] for said in attributes}
        differ = [name for name in ATTRIBUTES if then.get(name) != was.get(name)]
        altered += bool(differ)
        counts.update(differ)
        if differ and len(examples) < EXAMPLES:
            examples.append((golden_id, differ[0], was.get(differ[0], ""), then.get(differ[0], "")))
    called, told = {row.id: row.display_name for row in found}, tuple(examples)
    names = {example[0]: called[example[0]] for example in told}
    return RulePreview(
        found[0].contested if found else 0, len(found), altered, dict(sorted(counts.items())), told, names
    )


def save_rules(
    session: Session, actor: Actor, orders: Orders, trust: Trust, *, number: int, reason: str, now: datetime
) -> int:
    """Make these the rules, and ask for the run that puts them into effect. Gives their version.

    `number` is the version that was changed: Stale if somebody else has saved another since.
    """
    if not reason.strip():
        raise Invalid({"reason": N_("Say why the rules change")})
    ruling = _checked(session, orders, trust)
    session.execute(RULES_LOCK)
    if (session.scalar(select(func.max(RuleSet.number))) or 0) != number:
        raise Stale
    made = RuleSet(
        id=new_id(), number=number + 1, orders={name: list(order) for name, order in ruling.orders.items()},
        trust={name: dict(by) for name, by in ruling.trust.items()}, reason=reason.strip(), made_at=now, made_by=actor.name,
    )  # fmt: skip
    session.add(made)
    session.flush()
    queue_run(session, actor, learns=False, now=now)
    audit.record(session, actor, "survivorship.changed", "survivorship_rules", made.id, now=now, number=made.number)
    return made.number


def _checked(session: Session, orders: Orders, trust: Trust) -> Ruling:
    """The rules that hold, with these changes."""
    errors: dict[str, str] = {}
    known = {source.slug for source in read_trusting(session)}
    for name, order in orders.items():
        if name not in ORDERS or not order or len(set(order)) < len(order) or not set(order) <= set(Rule):
            errors[name] = N_("Put each rule once, and at least one")
    for name, by in trust.items():
        if not by.keys() <= known or not all(0 <= told <= 100 for told in by.values()):
            errors[f"trust_{name}"] = N_("Enter a number from 0 to 100 for each source")
    if errors:
        raise Invalid(errors)
    held = read_ruling(session)
    return Ruling(
        held.number,
        {**held.orders, **{name: tuple(order) for name, order in orders.items()}},
        {**held.trust, **{name: dict(by) for name, by in trust.items()}},
    )


def _links(session: Session, golden: Sequence[UUID]) -> dict[UUID, UUID]:
    query = select(Link.source_record_id, Link.golden_id).where(among(Link.golden_id, golden))
    return {row[0]: row[1] for row in session.execute(query)}
