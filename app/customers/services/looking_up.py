"""Whether somebody who is described is a customer already. Every look-up is written down, with what was asked and who came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.enums import CustomerKind, MatchGrade
from app.customers.finding.likely import likely
from app.customers.finding.terms import read_date
from app.customers.layout import ATTRIBUTES
from app.customers.matching.survival import as_date
from app.customers.models import Link, SourceRecord, SourceSystem
from app.customers.parsing.addresses import split_address
from app.customers.queries.golden import resolve
from app.customers.rows import Likely
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import Invalid, NotAllowed, NotFound
from app.kernel.i18n import N_

OURS = "firstpoint"
"""The name under which our own ids are identifiers; a source's keys go by its name."""
MOST = 50
_PURPOSE = "To see whether somebody is a customer already"
_BESIDE_AN_ORGANISATION = ("company_number", "email", "phone", "postcode", "street")
_ENOUGH_OF_AN_ORGANISATION = ("company_number", "email", "phone")
_BESIDE_A_NAME = ("date_of_birth", "national_id", "email", "phone", "postcode", "street")
_ENOUGH_ALONE = ("national_id", "email", "phone")


def match_person(
    session: Session,
    actor: Actor,
    said: Mapping[str, str],
    *,
    address: Sequence[str] = (),
    identifiers: Sequence[tuple[str, str]] = (),
    only_certain: bool = False,
    count: int = 10,
    now: datetime,
) -> list[Likely]:
    """Customers who may be this person, the likeliest first; for staff, and for systems that may match.

    Nobody restricted is told to a system; to staff they are told by name and date of birth alone. With `only_certain` there is one
    or nobody. `address`: lines of an address, if it is not said in parts. `identifiers`: pairs of a source's name (or OURS) and a key. Raises Invalid when too little is said for an answer to
    mean anything.
    """
    told = described(said, address)
    check_described(told, identified=bool(identifiers))
    asked = _Asked(CustomerKind.PERSON, told, identifiers, only_certain, count)
    return _match(session, actor, asked, now)


def match_organisation(
    session: Session,
    actor: Actor,
    said: Mapping[str, str],
    *,
    address: Sequence[str] = (),
    identifiers: Sequence[tuple[str, str]] = (),
    only_certain: bool = False,
    count: int = 10,
    now: datetime,
) -> list[Likely]:
    """Customers who may be this organisation, as `match_person` does it for people.

    `said`: organisation_name, company_number, phone, email. One that has another company number is possible at the most, however alike.
    Raises Invalid when too little is said.
    """
    told = described(said, address)
    check_organisation(told, identified=bool(identifiers))
    asked = _Asked(CustomerKind.ORGANISATION, told, identifiers, only_certain, count)
    return _match(session, actor, asked, now)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of whom."""

    kind: CustomerKind
    told: dict[str, str]
    identifiers: Sequence[tuple[str, str]]
    only_certain: bool
    count: int


def _match(session: Session, actor: Actor, asked: _Asked, now: datetime) -> list[Likely]:
    """Look, leave out whom the actor is not to know of, and write it down."""
    if actor.kind not in {ActorKind.STAFF, ActorKind.SERVICE}:
        raise NotAllowed
    pointed = [golden for one in asked.identifiers if (golden := _pointed(session, *one)) is not None]
    found = likely(session, asked.told, kind=asked.kind, pointed=pointed, count=min(max(1, asked.count), MOST))
    if actor.kind is not ActorKind.STAFF:
        found = [one for one in found if not one.customer.restricted]
    if asked.only_certain:
        certain = [one for one in found if one.grade is MatchGrade.CERTAIN]
        found = certain if len(certain) == 1 else []
    audit.record(
        session,
        actor,
        "customers.looked_up",
        "golden_record",
        None,
        now=now,
        kind=asked.kind,
        asked=sorted(asked.told),
        identifiers=len(asked.identifiers),
        found=[one.customer.golden_id for one in found],
        grades=[one.grade for one in found],
    )
    if actor.kind is not ActorKind.STAFF:
        for one in found:
            audit.looked(session, actor, "golden_record", one.customer.golden_id, purpose=_PURPOSE, now=now)
    return found


def described(said: Mapping[str, str], address: Sequence[str] = ()) -> dict[str, str]:
    """The attributes of a source record: an address in its parts, the day of birth as ISO text if it can be read."""
    whole = {**split_address(list(address)), **{name: value for name, value in said.items() if value.strip()}}
    told = {name: " ".join(value.split()) for name, value in whole.items() if name in ATTRIBUTES and value.strip()}
    born = read_date(told.get("date_of_birth", ""))
    return told | {"date_of_birth": born.isoformat()} if born else told


def check_described(said: Mapping[str, str], *, identified: bool = False) -> None:
    """Raises Invalid unless a name and one thing more is said, or something that people have for themselves."""
    born = said.get("date_of_birth", "")
    if born and as_date(born) is None:
        raise Invalid({"date_of_birth": N_("Enter the date of birth like 27 3 1978")})
    named = said.get("family_name") or said.get("given_name") or said.get("organisation_name")
    enough = named and any(said.get(name) for name in _BESIDE_A_NAME)
    if not (identified or enough or any(said.get(name) for name in _ENOUGH_ALONE)):
        raise Invalid({
            "family_name": N_("Enter a name, and a date of birth, an address, a phone number or an e-mail address")
        })  # fmt: skip


def check_organisation(said: Mapping[str, str], *, identified: bool = False) -> None:
    """Raises Invalid unless a name and one thing more is said, or something that organisations have for themselves."""
    named = said.get("organisation_name") and any(said.get(name) for name in _BESIDE_AN_ORGANISATION)
    if not (identified or named or any(said.get(name) for name in _ENOUGH_OF_AN_ORGANISATION)):
        raise Invalid({
            "organisation_name": N_("Enter the organisation's name, and an address, a phone number or an e-mail address; or its company number")
        })  # fmt: skip


def _pointed(session: Session, system: str, key: str) -> UUID | None:
    """The golden record that an identifier leads to, if there is one."""
    if system == OURS:
        try:
            return resolve(session, UUID(key))
        except (ValueError, NotFound):
            return None
    query = (
        select(Link.golden_id)
        .join(SourceRecord, SourceRecord.id == Link.source_record_id)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .where(SourceSystem.slug == system, func.upper(SourceRecord.key) == key.strip().upper())
    )
    return session.scalar(query.order_by(Link.golden_id).limit(1))
