"""A few who act for others in the demo, one of them no longer, and what a steward has pinned and merged."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.customers import queries, services
from app.customers.relationship_enums import Evidence, RelationshipKind, Use
from app.customers.rows import Criteria, MemberRow, RelationshipTerms
from app.kernel.actors import Actor, ActorKind
from app.kernel.clock import london_date
from app.kernel.errors import DomainError
from app.kernel.paging import PageRequest
from app.runtime import Runtime
from app.seeds import staff

K, E = RelationshipKind, Evidence
EVERYTHING = frozenset(Use)
YEAR = timedelta(days=365)
AREA = "ZF1"
"""The postcode area in which everybody of this is looked for."""
NAME = "Josephine Merriweather"
"""The demo resident: she acts for an older neighbour, once she has agreed to it in My Account."""


def show(runtime: Runtime, ids: Mapping[str, UUID], *, now: datetime) -> None:
    """Write it all by the services that staff use."""
    people = {
        each.login: Actor(ActorKind.STAFF, ids[each.login], each.name, each.roles)
        for each in staff.COLLEAGUES
        if each.login in ids
    }
    with runtime.database.transaction() as session:
        _relate(session, people["advisor"], now)
    with runtime.database.transaction() as session:
        _tidy(session, people["steward"], now)


def _relate(session: Session, advisor: Actor, now: datetime) -> None:
    today = london_date(now)
    members = list(_members(session))
    children = [one for one in members if one.date_of_birth and _age(one.date_of_birth, today) < 15]
    grown = [one for one in members if one.date_of_birth and 30 < _age(one.date_of_birth, today) < 60]
    old = [one for one in members if one.date_of_birth and _age(one.date_of_birth, today) > 72]
    body = _a_business(session)
    if len(grown) > 4 and len(old) > 2:
        josephine = _record_of(session, advisor)
        if josephine:
            _record(
                session,
                advisor,
                (josephine, old[0]),
                (K.CARER, E.CONSENT),
                now,
                until=today + YEAR,
                services=("missed-bin", "bulky-waste"),
            )
        _record(session, advisor, (grown[0], old[1]), (K.ATTORNEY, E.POWER_OF_ATTORNEY), now, until=today + 4 * YEAR)
        then = now - YEAR
        _record(
            session,
            advisor,
            (grown[1], old[2]),
            (K.ATTORNEY, E.POWER_OF_ATTORNEY),
            then,
            until=today - timedelta(days=40),
        )
        if children:
            _record(
                session, advisor, (grown[2], children[0]), (K.PARENT, E.BIRTH_CERTIFICATE), now, until=today + 2 * YEAR
            )
        if body:
            _record(
                session,
                advisor,
                (body, grown[3]),
                (K.LANDLORD, E.TENANCY),
                now,
                until=today + timedelta(days=20),
                uses=frozenset({Use.ASK}),
            )
            _record(session, advisor, (grown[4], body), (K.DIRECTOR, E.COMPANY_REGISTER), now, until=today + 2 * YEAR)
        _councillor(session, advisor, grown[3], now)
    services.expire_relationships(session, now=now)


def _a_business(session: Session) -> UUID | None:
    """A record of the first business that pays council tax."""
    keys = (f"79{number:07}-1" for number in range(1, 200))
    return next((found for key in keys if (found := queries.record_by_key(session, "council-tax", key))), None)


def _members(session: Session) -> Iterator[MemberRow]:
    """Whoever lives in the first streets of the town."""
    for place in queries.search_properties(session, AREA, limit=100):
        yield from queries.household_page(session, place.id, PageRequest(1, 10)).items


def _record(
    session: Session,
    advisor: Actor,
    sides: tuple[MemberRow | UUID, MemberRow | UUID],
    right: tuple[RelationshipKind, Evidence],
    now: datetime,
    *,
    until: date,
    uses: frozenset[Use] = EVERYTHING,
    services: tuple[str, ...] = (),
) -> None:
    """Between the first records of both; what does not fit in this city is left out."""
    (acting, concerned), (kind, evidence) = sides, right
    mine, theirs = (
        side if isinstance(side, UUID) else queries.source_records_of_golden(session, side.golden_id)[0]
        for side in (acting, concerned)
    )
    _keep(session, advisor, RelationshipTerms(
        kind, mine, theirs, evidence, "Seen at the counter, file 12/2026", london_date(now), london_date(now), until, uses, services
    ), now)  # fmt: skip


def _councillor(session: Session, advisor: Actor, who: MemberRow, now: datetime) -> None:
    places = queries.search_properties(session, AREA, limit=100)
    ward = next((place.ward for place in places if place.ward), "")
    mine = queries.source_records_of_golden(session, who.golden_id)[0]
    today = london_date(now)
    uses = frozenset({Use.ASK, Use.RECEIVE})
    terms = RelationshipTerms(
        K.COUNCILLOR, mine, None, E.ELECTION, "Declaration of 7 May", today, today, today + 3 * YEAR, uses, (), ward
    )
    _keep(session, advisor, terms, now)


def _keep(session: Session, advisor: Actor, terms: RelationshipTerms, now: datetime) -> None:
    try:
        with session.begin_nested():
            services.record_relationship(session, advisor, terms, now=now)
    except DomainError:
        return


def _record_of(session: Session, advisor: Actor) -> UUID | None:
    """The demo resident's record in council tax, or her first."""
    found = queries.find(session, advisor, Criteria(name=NAME))
    if not found:
        return None
    ids = queries.source_records_of_golden(session, found[0].golden_id)
    known = queries.people(session, ids)
    taxed = [record for record in ids if known[record].source_slug == "council-tax"]
    return (taxed or ids)[0]


def _tidy(session: Session, steward: Actor, now: datetime) -> None:
    """A pin, and a merge of the two that are most alike among those left open."""
    for match in queries.possible_matches(session, PageRequest(1, 5)).items:
        if not (match.left.golden_id and match.right.golden_id) or match.left.golden_id == match.right.golden_id:
            continue
        if "organisation_name" in match.left.values:
            continue
        try:
            with session.begin_nested():
                seen = queries.blast_radius(session, match.left.golden_id, match.right.golden_id)
                made = services.merge(
                    session,
                    steward,
                    seen.kept_id,
                    seen.gone_id,
                    reason="She rang: both are hers",
                    revisions=seen.revisions,
                    now=now,
                )
                services.pin(
                    session,
                    steward,
                    made.kept_id,
                    "phone",
                    value="01632 960123",
                    reason="She gave it when she rang",
                    now=now,
                )
        except DomainError:
            continue
        return


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
