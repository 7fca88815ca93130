"""Who can do it, may decide it, and is there: what assignment asks of the organisation."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import services as accounts
from app.kernel.actors import SYSTEM, Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Invalid, NotAllowed, NotFound
from app.kernel.events import Bus
from app.organisation import queries, services
from app.organisation.enums import Authority, Language, RotaKind
from app.organisation.events import MemberLeft, ShiftChanged
from app.organisation.rows import ShiftRow
from tests.support.council import Council
from tests.support.statements import counted

MONDAYS = [ShiftRow(0, 9 * 60, 17 * 60)]


def key(actor: Actor) -> UUID:
    assert actor.account_id is not None
    return actor.account_id


@pytest.fixture
def now(clock: FixedClock) -> datetime:
    return clock.now()


@pytest.fixture
def waste(session: Session, council: Council) -> UUID:
    return queries.unit_by_slug(session, "waste").id


def test_without_a_rota_people_are_there_while_their_unit_is_open(
    session: Session, council: Council, now: datetime
) -> None:
    ids = [key(council.officer), key(council.roads)]
    assert queries.on_shift(session, ids, at=now) == set(ids)
    evening = now.replace(hour=20)
    assert queries.on_shift(session, ids, at=evening) == frozenset()
    assert queries.next_shift(session, ids, at=evening) == dict.fromkeys(ids, now.replace(hour=9) + timedelta(days=1))


def test_who_is_ill_suspended_or_off_is_not_there(session: Session, council: Council, now: datetime) -> None:
    ids = [key(council.officer), key(council.officer_too), key(council.roads)]
    services.add_exception(session, SYSTEM, ids[0], RotaKind.SICKNESS, starts_at=now, ends_at=None, now=now)
    services.set_pattern(session, SYSTEM, ids[1], MONDAYS, now=now)
    assert queries.on_shift(session, ids, at=now) == {ids[2]}
    accounts.suspend(session, SYSTEM, ids[2], now=now)
    assert queries.on_shift(session, ids, at=now) == frozenset()
    assert set(queries.next_shift(session, ids, at=now)) == {ids[1]}


def test_somebody_who_is_back_is_there_again(session: Session, council: Council, now: datetime) -> None:
    officer = key(council.officer)
    illness = services.add_exception(session, SYSTEM, officer, RotaKind.SICKNESS, starts_at=now, ends_at=None, now=now)
    services.end_exception(session, SYSTEM, illness, now=now + timedelta(hours=1))
    assert queries.on_shift(session, [officer], at=now) == frozenset()
    assert queries.on_shift(session, [officer], at=now + timedelta(hours=2)) == {officer}


def test_the_right_people_are_found_by_skill_language_and_authority(
    session: Session, council: Council, now: datetime, waste: UUID
) -> None:
    services.add_skill(session, SYSTEM, "Asbestos", now=now)
    officer = key(council.officer)
    services.set_skills(session, SYSTEM, officer, ["asbestos"], now=now)
    services.set_languages(session, SYSTEM, officer, [Language.FRENCH], now=now)
    services.set_authorities(
        session, SYSTEM, officer, {Authority.SPEND: 25_000, Authority.APPROVE_URGENT: None}, now=now
    )

    def found(**wanted: object) -> list[str]:
        return [row.name for row in queries.members_who_can(session, waste, at=now, **wanted)]  # type: ignore[arg-type]  # - passed on by name

    assert found() == ["Wanda Teofficer", "Wes Teofficer"]
    assert found(skills=["asbestos"], language="fr", authority=Authority.APPROVE_URGENT) == ["Wes Teofficer"]
    assert found(skills=["asbestos", "gas"]) == []
    assert found(language="en") == ["Wanda Teofficer", "Wes Teofficer"]
    assert found(authority=Authority.SPEND, amount_pence=25_000) == ["Wes Teofficer"]
    assert found(authority=Authority.SPEND, amount_pence=25_001) == []
    assert queries.skills_of(session, [key(council.roads)]) == {key(council.roads): frozenset()}


def test_a_specialist_who_sits_with_a_team_is_one_of_its_people_then_and_reads_its_queues(
    session: Session, council: Council, now: datetime, waste: UUID
) -> None:
    services.create_team(session, SYSTEM, unit="waste", slug="street", name="Street", now=now)
    roads = key(council.roads)
    services.sit_with_team(
        session, SYSTEM, roads, unit="waste", team="street", starts_at=now, ends_at=now + timedelta(hours=2), now=now
    )
    during, after = now + timedelta(hours=1), now + timedelta(hours=2)
    assert roads in {row.account_id for row in queries.members_who_can(session, waste, at=during)}
    assert roads not in {row.account_id for row in queries.members_who_can(session, waste, at=after)}
    assert "waste-intake" in {row.slug for row in queries.queues_readable_by(session, roads, at=during)}
    assert "waste-intake" not in {row.slug for row in queries.queues_readable_by(session, roads, at=after)}
    assert "waste-intake" not in {row.slug for row in queries.queues_readable_by(session, roads)}


def test_a_session_is_on_shift_even_outside_the_own_unit_s_hours(
    session: Session, council: Council, now: datetime
) -> None:
    services.create_team(session, SYSTEM, unit="waste", slug="street", name="Street", now=now)
    evening, roads = now.replace(hour=19), key(council.roads)
    end = evening + timedelta(hours=1)
    visit = services.sit_with_team(
        session, SYSTEM, roads, unit="waste", team="street", starts_at=evening, ends_at=end, now=now
    )
    assert queries.on_shift(session, [roads], at=evening) == {roads}
    services.end_session(session, SYSTEM, visit, now=now)
    assert queries.on_shift(session, [roads], at=evening) == frozenset()


def test_others_hear_when_a_rota_changes_and_when_somebody_leaves(
    session: Session, council: Council, now: datetime
) -> None:
    heard: list[object] = []
    bus: Bus = session.info["firstpoint.bus"]
    bus.on(ShiftChanged, lambda _, event: heard.append(event))
    bus.on(MemberLeft, lambda _, event: heard.append(event))
    officer = key(council.officer)
    services.set_pattern(session, SYSTEM, officer, MONDAYS, now=now)
    services.add_exception(
        session, SYSTEM, officer, RotaKind.LEAVE, starts_at=now, ends_at=now + timedelta(days=1), now=now
    )
    services.remove_member(session, SYSTEM, officer, "waste", now=now)
    unit = queries.unit_by_slug(session, "waste").id
    assert heard == [ShiftChanged(officer, now), ShiftChanged(officer, now), MemberLeft(officer, unit, now)]


def test_a_day_on_which_the_unit_is_closed_counts_for_promises_and_people(
    session: Session, council: Council, now: datetime
) -> None:
    before = queries.promise_for(session, "missed-bin", now=now)
    tomorrow = (now + timedelta(days=1)).date()
    services.close_on(session, SYSTEM, "contact-centre", tomorrow, "Training", now=now)
    assert queries.promise_for(session, "missed-bin", now=now) > before
    assert queries.on_shift(session, [key(council.advisor)], at=now + timedelta(days=1)) == frozenset()


def test_any_number_of_people_takes_the_same_number_of_queries(
    session: Session, council: Council, now: datetime
) -> None:
    def asked(ids: list[UUID]) -> int:
        with counted(session.connection()) as statements:
            queries.on_shift(session, ids, at=now)
            queries.members_who_can(session, queries.unit_by_slug(session, "waste").id, at=now)
        return len(statements)

    few = [key(council.officer)]
    many = [
        key(actor) for actor in (council.officer, council.officer_too, council.roads, council.advisor, council.leader)
    ]
    assert asked(few) == asked(many)


def test_who_works_nowhere_has_no_rota(session: Session, council: Council, now: datetime) -> None:
    with pytest.raises(NotFound):
        services.set_pattern(session, SYSTEM, key(council.resident), MONDAYS, now=now)
    with pytest.raises(NotAllowed):
        services.set_pattern(session, council.advisor, key(council.officer), MONDAYS, now=now)


def test_money_needs_a_limit(session: Session, council: Council, now: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        services.set_authorities(session, SYSTEM, key(council.officer), {Authority.SPEND: None}, now=now)
    assert refused.value.errors.keys() == {"limit_spend"}


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO member_authority (account_id, authority) SELECT id, 'spend' FROM account LIMIT 1",
        "INSERT INTO member_authority (account_id, authority, limit_pence) SELECT id, 'approve_urgent', 5 FROM account LIMIT 1",
        "INSERT INTO rota_shift (id, account_id, weekday, starts, ends) SELECT gen_random_uuid(), id, 7, 0, 60 FROM account LIMIT 1",
        "INSERT INTO rota_shift (id, account_id, weekday, starts, ends) SELECT gen_random_uuid(), id, 1, 60, 60 FROM account LIMIT 1",
        """INSERT INTO rota_exception (id, account_id, kind, starts_at, note, recorded_by, recorded_at)
        SELECT gen_random_uuid(), id, 'leave', now(), '', '', now() FROM account LIMIT 1""",
    ],
)
def test_the_database_refuses_what_makes_no_sense(session: Session, council: Council, statement: str) -> None:
    with pytest.raises(IntegrityError):
        session.execute(text(statement))
