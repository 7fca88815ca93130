"""Who may act for whom: what is recorded, what is refused, how it ends, and what a merge does to it."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.audit import queries as audit
from app.customers import queries, services
from app.customers.relationship_enums import Evidence, RelationshipKind, Standing, Use
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from app.kernel.paging import PageRequest
from tests.support.acting import Family, attorney, prove, settle, terms
from tests.support.council import Council

K, E = RelationshipKind, Evidence


@pytest.fixture
def family(db: Database, clock: FixedClock, tmp_path: Path) -> Family:
    return settle(db, tmp_path / "family", clock)


def test_a_relationship_is_recorded_with_scope_evidence_and_expiry(
    db: Database, clock: FixedClock, council: Council, family: Family
) -> None:
    with db.transaction() as session:
        row = attorney(session, council.advisor, family, now=clock.now(), services=["missed-bin"])
        assert (row.kind.label, row.kind.reverse) == ("Attorney of", "Has as attorney")
        assert (row.acting.name, row.concerned and row.concerned.name) == (
            "Mr Daniel Marlow",
            "Mrs Edith Marlow",
        )
        assert (row.evidence_seen_by, row.evidence_reference) == ("Ada Visor", "OPG 7000-1111-2222")
        assert (row.standing, row.usable, row.covers("missed-bin"), row.covers("pothole")) == (
            Standing.STANDS,
            True,
            True,
            False,
        )
        trail = audit.trail(session, "relationship", row.id)
        assert [line.action for line in trail.items] == ["relationship.recorded"]
        for record in (family.son, family.mother):
            assert [one.id for one in queries.relationships_of(session, [record], now=clock.now())] == [row.id]
        to = session.scalars(
            text("SELECT to_address FROM message WHERE template = 'relationship_changed' ORDER BY 1")
        ).all()
        assert to == ["daniel@resident.example", "edith@resident.example"]
        letters = session.execute(text("SELECT to_address, subject || text || html AS words FROM message")).all()
        for address, words in letters:
            assert ("Edith" if address.startswith("daniel") else "Daniel") not in words


REFUSED = {
    "self": ({"for_record_id": "son"}, "for_record", "Nobody acts for themselves"),
    "wrong evidence": ({"evidence": E.TENANCY}, "evidence", "does not show"),
    "no evidence": ({"evidence_reference": "  "}, "evidence_reference", "Enter the number"),
    "seen tomorrow": ({"evidence_seen_on": date(2026, 3, 12)}, "evidence_seen_on", "today or earlier"),
    "ends before": ({"expires_on": date(2026, 3, 1), "starts_on": date(2026, 3, 2)}, "expires_on", "end after it begins"),
    "over already": ({"starts_on": date(2025, 1, 1), "expires_on": date(2026, 3, 10)}, "expires_on", "has passed"),
    "too long": ({"expires_on": date(2040, 1, 1)}, "expires_on", "too long"),
    "nothing allowed": ({"uses": frozenset()}, "uses", "at least one thing"),
    "unknown service": ({"services": ["nothing"]}, "services", "no such service"),
    "grown up": (
        {"kind": K.PARENT, "evidence": E.BIRTH_CERTIFICATE, "for_record_id": "child", "expires_on": date(2030, 6, 6)},
        "expires_on", "until the child is 18",
    ),
    "director of a person": ({"kind": K.DIRECTOR, "evidence": E.COMPANY_REGISTER}, "for_record", "organisation"),
    "attorney of a business": ({"for_record_id": "bakery"}, "for_record", "person"),
    "councillor for one": ({"kind": K.COUNCILLOR, "evidence": E.ELECTION}, "for_record", "ward"),
    "councillor who sees": (
        {"kind": K.COUNCILLOR, "evidence": E.ELECTION, "for_record_id": None, "ward": "Harbour"}, "uses", "sees nobody",
    ),
    "unknown ward": (
        {"kind": K.COUNCILLOR, "evidence": E.ELECTION, "for_record_id": None, "ward": "Nowhere", "uses": frozenset({Use.ASK})},
        "ward", "name of a ward",
    ),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_what_does_not_fit_is_refused_at_its_field(
    db: Database, clock: FixedClock, council: Council, family: Family, why: str
) -> None:
    changes, field, said = REFUSED[why]
    given: dict[str, Any] = dict(changes)
    if isinstance(given.get("for_record_id"), str):
        given["for_record_id"] = family.records[given["for_record_id"]]
    with pytest.raises(Invalid) as refused, db.transaction() as session:
        attorney(session, council.advisor, family, now=clock.now(), **given)
    assert said in refused.value.errors[field]


def test_the_same_for_the_same_days_is_refused_and_the_database_refuses_it_too(
    db: Database, clock: FixedClock, council: Council, family: Family
) -> None:
    with db.transaction() as session:
        attorney(session, council.advisor, family, now=clock.now())
    with pytest.raises(Conflict, match="recorded already"), db.transaction() as session:
        attorney(
            session, council.advisor, family, now=clock.now(), starts_on=date(2027, 3, 10), expires_on=date(2027, 9, 1)
        )
    with db.transaction() as session:
        attorney(
            session, council.advisor, family, now=clock.now(), starts_on=date(2027, 3, 11), expires_on=date(2027, 9, 1)
        )
    with db.reading() as session:
        listed = text(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'relationship' AND column_name <> 'id'"
        )
        names = ", ".join(session.scalars(listed))
    again = text(f"INSERT INTO relationship (id, {names}) SELECT gen_random_uuid(), {names} FROM relationship")
    with pytest.raises(IntegrityError, match="one_at_a_time"), db.transaction() as session:
        session.execute(again)


def test_only_those_who_may_record_and_only_what_is_not_protected(
    db: Database, clock: FixedClock, council: Council, family: Family
) -> None:
    with pytest.raises(NotAllowed), db.transaction() as session:
        attorney(session, council.officer, family, now=clock.now())
    with db.transaction() as session:
        services.restrict(session, council.leader, family.mother, reason="A refuge", now=clock.now())
    with pytest.raises(Conflict, match="restricted"), db.transaction() as session:
        attorney(session, council.advisor, family, now=clock.now())


def test_it_counts_only_on_its_days_whatever_the_worker_has_done(
    db: Database, clock: FixedClock, council: Council, family: Family
) -> None:
    with db.transaction() as session:
        row = attorney(session, council.advisor, family, now=clock.now(), starts_on=date(2026, 3, 20))

    def use(at: datetime) -> str:
        try:
            with db.reading() as session:
                queries.usable_relationship(session, row.id, Use.SEE, service="missed-bin", now=at)
        except (Conflict, NotAllowed) as refused:
            return str(refused)
        return "used"

    day = clock.now().replace(month=3, day=19, hour=23, minute=59)
    assert "begins on 2026-03-20" in use(day)
    assert use(day + timedelta(minutes=2)) == "used"
    last = clock.now().replace(year=2027, month=3, day=10, hour=23, minute=59)
    assert use(last) == "used"
    assert "ended on 2027-03-10" in use(last + timedelta(minutes=2))


def test_ending_needs_a_reason_is_told_to_both_and_holds_at_once(
    db: Database, clock: FixedClock, council: Council, family: Family
) -> None:
    with db.transaction() as session:
        row = attorney(session, council.advisor, family, now=clock.now())
    with pytest.raises(Invalid), db.transaction() as session:
        services.end_relationship(session, council.advisor, row.id, reason=" ", now=clock.now())
    with db.transaction() as session:
        services.end_relationship(session, council.advisor, row.id, reason="Revoked", now=clock.now())
    with pytest.raises(Stale, match="Ada Visor"), db.transaction() as session:
        services.end_relationship(session, council.colleague, row.id, reason="Revoked", now=clock.now())
    with db.reading() as session:
        assert queries.relationship(session, row.id, now=clock.now()).standing is Standing.ENDED
        subjects = session.scalars(
            text("SELECT subject FROM message WHERE subject LIKE '%has ended%' OR subject LIKE '%no longer%'")
        )
        assert len(subjects.all()) == 2
    with pytest.raises(IntegrityError, match="never altered"), db.transaction() as session:
        session.execute(
            text("UPDATE relationship SET expires_on = expires_on + 1, ended_at = NULL, ended_reason = NULL")
        )


def test_a_reminder_goes_out_once_and_what_is_over_is_put_away(
    db: Database, clock: FixedClock, council: Council, family: Family
) -> None:
    with db.transaction() as session:
        row = attorney(session, council.advisor, family, now=clock.now(), expires_on=date(2026, 4, 20))
        assert services.remind_of_relationships(session, now=clock.now()) == 0
    soon = clock.now() + timedelta(days=15)
    for reminded in (1, 0):
        with db.transaction() as session:
            assert services.remind_of_relationships(session, now=soon) == reminded
    with db.transaction() as session:
        assert [one.id for one in queries.relationships(session, "ends_soon", PageRequest(), now=soon).items] == [
            row.id
        ]
        assert services.expire_relationships(session, now=soon) == 0
        assert services.expire_relationships(session, now=clock.now() + timedelta(days=45)) == 1
        told = session.scalars(text("SELECT subject FROM message ORDER BY created_at, subject")).all()
        assert sum("ends soon" in subject for subject in told) == 1
        over = queries.relationships(session, "over", PageRequest(), now=clock.now() + timedelta(days=45))
        assert [one.standing for one in over.items] == [Standing.ENDED]


def test_a_resident_accepts_what_is_theirs_and_ends_what_they_may(
    db: Database, clock: FixedClock, council: Council, family: Family
) -> None:
    son, mother, now = council.resident, council.neighbour, clock.now()
    with db.transaction() as session:
        by_law = attorney(session, council.advisor, family, now=now)
        agreed = attorney(session, council.advisor, family, now=now, kind=K.CARER, evidence=E.CONSENT)
        prove(session, mother, family.mother, now=now)
    with pytest.raises(NotFound), db.transaction() as session:
        services.accept_relationship(session, son, by_law.id, now=now)
    with db.transaction() as session:
        prove(session, son, family.son, now=now)
        assert services.accept_relationship(session, son, by_law.id, now=now).accepted_by == son.account_id
        assert queries.accepted_relationship(session, son.account_id, by_law.id, now=now).id == by_law.id
    for who, which in ((mother, by_law), (council.resident, agreed)):
        with pytest.raises(NotFound), db.transaction() as session:
            queries.accepted_relationship(session, who.account_id, which.id, now=now)
    with pytest.raises(NotFound), db.transaction() as session:
        services.end_relationship(session, mother, by_law.id, reason="", now=now)
    with db.transaction() as session:
        services.end_relationship(session, mother, agreed.id, reason="", now=now)
        services.end_relationship(session, son, by_law.id, reason="", now=now)
        assert queries.acting_by_account(session, son.account_id, now=now) == []


def test_a_merge_lists_them_lends_nobody_a_right_and_an_unmerge_gives_them_back(
    db: Database, clock: FixedClock, council: Council, family: Family
) -> None:
    """The son's record is wrongly merged with a stranger's: the stranger still acts for nobody."""
    now = clock.now()
    with db.transaction() as session:
        row = attorney(session, council.advisor, family, now=now)
        prove(session, council.resident, family.stranger, now=now)
    with db.transaction() as session:
        golden = queries.golden_of_source_records(session, family.records.values())
        seen = queries.blast_radius(session, golden[family.son], golden[family.stranger])
        stakes = [{stake.told: stake.count for stake in side}["Relationships with others"] for side in seen.stakes]
        assert sorted(stakes) == [0, 1]
        made = services.merge(
            session, council.leader, golden[family.son], golden[family.stranger], reason="Wrongly", revisions=seen.revisions,
            now=now,
        )  # fmt: skip
    with db.transaction() as session:
        records = queries.source_records_of_golden(session, made.kept_id)
        assert family.stranger in records
        assert [one.id for one in queries.relationships_of(session, records, now=now)] == [row.id]
        assert queries.acting_by_record(session, family.stranger, now=now) == []
        assert queries.acting_by_account(session, council.resident.account_id, now=now) == []
        assert [one.id for one in queries.acting_by_siblings(session, family.stranger, now=now)] == [row.id]
    with db.transaction() as session:
        services.unmerge(session, council.leader, made.id, reason="Two people", now=now)
    with db.transaction() as session:
        parted = queries.golden_of_source_records(session, family.records.values())
        assert parted == golden
        held = {
            who: [one.id for one in queries.relationships_of(session, [record], now=now)]
            for who, record in family.records.items()
        }
        assert (held["son"], held["mother"], held["stranger"]) == ([row.id], [row.id], [])


def test_a_merge_of_both_sides_warns_and_nobody_acts_for_themselves(
    db: Database, clock: FixedClock, council: Council, family: Family
) -> None:
    now = clock.now()
    with db.transaction() as session:
        row = attorney(session, council.advisor, family, now=now)
        golden = queries.golden_of_source_records(session, family.records.values())
        seen = queries.blast_radius(session, golden[family.son], golden[family.mother])
        assert any("acts for the other" in warning for warning in seen.warnings)
        services.merge(
            session, council.leader, golden[family.son], golden[family.mother], reason="Wrongly", revisions=seen.revisions,
            now=now,
        )  # fmt: skip
    with db.reading() as session:
        assert not queries.relationship(session, row.id, now=now).usable
        with pytest.raises(Conflict, match="at the moment"):
            queries.usable_relationship(session, row.id, Use.SEE, now=now)


def test_a_restriction_stops_every_use_and_hides_the_side(
    db: Database, clock: FixedClock, council: Council, family: Family
) -> None:
    now = clock.now()
    with db.transaction() as session:
        row = attorney(session, council.advisor, family, now=now)
        prove(session, council.resident, family.son, now=now)
        services.accept_relationship(session, council.resident, row.id, now=now)
        services.restrict(session, council.leader, family.mother, reason="A refuge", now=now)
    with db.reading() as session:
        hidden = queries.relationship(session, row.id, now=now).concerned
        assert hidden
        assert (hidden.name, hidden.source_key, hidden.restricted) == ("", "", True)
        assert queries.acting_by_account(session, council.resident.account_id, now=now) == []
        with pytest.raises(NotFound):
            queries.accepted_relationship(session, council.resident.account_id, row.id, now=now)


def test_people_of_an_organisation_and_a_councillor(
    db: Database, clock: FixedClock, council: Council, family: Family
) -> None:
    now = clock.now()
    with db.transaction() as session:
        director = services.record_relationship(
            session, council.advisor,
            terms(family.son, family.bakery, kind=K.DIRECTOR, evidence=E.COMPANY_REGISTER, evidence_reference="01234567"), now=now,
        )  # fmt: skip
        ward = services.record_relationship(
            session, council.advisor,
            terms(family.son, None, kind=K.COUNCILLOR, evidence=E.ELECTION, ward="Harbour", uses=frozenset({Use.ASK, Use.RECEIVE})),
            now=now,
        )  # fmt: skip
        assert [one.id for one in queries.relationships_of(session, [family.bakery], now=now)] == [director.id]
        assert (ward.ward, ward.concerned, ward.usable) == ("Harbour", None, True)


def test_an_erased_record_takes_its_relationships_with_it(
    db: Database, clock: FixedClock, council: Council, family: Family
) -> None:
    from tests.support.flowing import erase

    with db.transaction() as session:
        row = attorney(session, council.advisor, family, now=clock.now())
    erase(db, "council-tax:700000020-1", clock)
    with db.reading() as session, pytest.raises(NotFound):
        queries.relationship(session, row.id, now=clock.now())
