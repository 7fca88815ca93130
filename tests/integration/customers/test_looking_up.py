"""Whether somebody who is described is a customer already, and adding whom nobody knows."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.customers import queries, services
from app.customers.enums import MatchGrade
from app.customers.errors import LikelyAlready
from app.customers.models import GoldenRecord, SourceRecord
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import Invalid, NotAllowed
from app.kernel.ids import new_id
from tests.support.customers import LoadedCity

SYSTEM = Actor(ActorKind.SERVICE, new_id(), "Waste system", frozenset(), "192.0.2.9")
DESCRIBED = (
    "title", "given_name", "family_name", "date_of_birth", "email", "phone", "house_number", "street", "postcode",
)  # fmt: skip


def somebody(session: Session, *, skip: int = 0) -> GoldenRecord:
    statement = text(
        "SELECT id FROM golden_record WHERE live AND kind = 'person' AND size > 1 AND date_of_birth IS NOT NULL AND phone <> '' "
        "AND email <> '' AND postcode <> '' AND NOT restricted ORDER BY id LIMIT 1 OFFSET :skip"
    )
    return session.get_one(GoldenRecord, session.scalar(statement, {"skip": skip}))


def description(session: Session, golden: GoldenRecord) -> dict[str, str]:
    """What the richest of their records says."""
    records = [session.get_one(SourceRecord, one) for one in queries.source_records_of_golden(session, golden.id)]
    best = max((record.attributes for record in records), key=lambda said: sum(name in said for name in DESCRIBED))
    return {name: best[name] for name in DESCRIBED if name in best}


def test_a_customer_who_is_described_in_full_is_certain_and_comes_first(city: LoadedCity, advisor: Actor) -> None:
    with city.database.transaction() as session:
        certain = 0
        for number in range(12):
            golden = somebody(session, skip=number * 7)
            found = services.match_person(session, advisor, description(session, golden), now=city.clock.now())
            assert found[0].customer.golden_id == golden.id
            assert found[0].probability > 0.9
            assert found[0].customer.reasons
            certain += found[0].grade is MatchGrade.CERTAIN
        assert certain >= 10
        session.rollback()


def test_a_slip_and_a_new_telephone_leave_them_probable_at_least(city: LoadedCity, advisor: Actor) -> None:
    with city.database.transaction() as session:
        golden = somebody(session, skip=4)
        said = description(session, golden) | {"phone": "01632 960999"}
        said["family_name"] = said["family_name"][:-1] + "x"
        found = services.match_person(session, advisor, said, now=city.clock.now())
        assert found[0].customer.golden_id == golden.id
        assert found[0].grade in {MatchGrade.CERTAIN, MatchGrade.PROBABLE}
        session.rollback()


def test_nobody_is_like_a_stranger_and_only_certain_leaves_out_the_rest(city: LoadedCity, advisor: Actor) -> None:
    stranger = {
        "given_name": "Zebedee",
        "family_name": "Quxworth",
        "date_of_birth": "1931-02-03",
        "postcode": "AB1 2CD",
    }
    with city.database.transaction() as session:
        assert services.match_person(session, advisor, stranger, now=city.clock.now()) == []
        golden = somebody(session, skip=9)
        thin = {
            "family_name": golden.display_name.split()[-1],
            "date_of_birth": str(golden.date_of_birth.year) + "-01-02",
        }
        assert services.match_person(session, advisor, thin, only_certain=True, now=city.clock.now()) == []
        whole = services.match_person(
            session, advisor, description(session, golden), only_certain=True, count=1, now=city.clock.now()
        )
        assert [one.grade for one in whole] == [MatchGrade.CERTAIN]
        session.rollback()


def test_an_identifier_leads_to_its_customer_and_one_that_contradicts_the_name_is_only_possible(
    city: LoadedCity, advisor: Actor
) -> None:
    with city.database.transaction() as session:
        golden = somebody(session, skip=2)
        [key, slug] = session.execute(
            text(
                "SELECT r.key, s.slug FROM source_record r JOIN source_system s ON s.id = r.source_id "
                "JOIN link l ON l.source_record_id = r.id WHERE l.golden_id = :id ORDER BY 1 LIMIT 1"
            ), {"id": golden.id},
        ).one()  # fmt: skip
        for one in ((slug, key.lower()), ("firstpoint", str(golden.id))):
            [found] = services.match_person(session, advisor, {}, identifiers=[one], now=city.clock.now())
            assert (found.customer.golden_id, found.grade) == (golden.id, MatchGrade.CERTAIN)
        another = {"given_name": "Zebedee", "family_name": "Quxworth", "date_of_birth": "1931-02-03"}
        [found] = services.match_person(session, advisor, another, identifiers=[(slug, key)], now=city.clock.now())
        assert found.grade is MatchGrade.POSSIBLE
        session.rollback()


def test_a_look_up_is_written_down_without_what_was_said(city: LoadedCity, advisor: Actor) -> None:
    with city.database.transaction() as session:
        golden = somebody(session)
        services.match_person(session, advisor, description(session, golden), now=city.clock.now())
        [detail] = session.scalars(
            text("SELECT detail FROM audit_entry WHERE action = 'customers.looked_up' AND actor_id = :me"),
            {"me": advisor.account_id},
        ).all()
        assert str(golden.id) in detail["found"]
        assert golden.email not in str(detail)
        session.rollback()


def test_nobody_restricted_is_told_to_a_system_nor_to_staff_by_where_they_live(
    city: LoadedCity, advisor: Actor, steward: Actor
) -> None:
    with city.database.transaction() as session:
        golden = somebody(session, skip=5)
        said = description(session, golden)
        services.restrict(
            session,
            steward,
            queries.source_records_of_golden(session, golden.id)[0],
            reason="Court order",
            now=city.clock.now(),
        )
        assert golden.id not in [
            one.customer.golden_id for one in services.match_person(session, SYSTEM, said, now=city.clock.now())
        ]
        elsewhere = {"given_name": "Zebedee", "family_name": "Quxworth"} | {
            name: said[name] for name in said if name not in {"given_name", "family_name", "date_of_birth", "title"}
        }
        told = services.match_person(session, advisor, elsewhere, now=city.clock.now())
        assert golden.id not in [one.customer.golden_id for one in told]
        by_name = services.match_person(session, advisor, said, now=city.clock.now())
        [hidden] = [one for one in by_name if one.customer.golden_id == golden.id]
        assert hidden.grade is MatchGrade.POSSIBLE
        assert hidden.customer.restricted
        assert hidden.customer.name == hidden.customer.address == ""
        session.rollback()


@pytest.mark.parametrize("said", [{}, {"family_name": "Smith"}, {"postcode": "ZF1 1AA"}])
def test_too_little_is_refused(city: LoadedCity, advisor: Actor, said: dict[str, str]) -> None:
    with city.database.transaction() as session, pytest.raises(Invalid):
        services.match_person(session, advisor, said, now=city.clock.now())


def test_residents_look_nobody_up_and_add_nobody(city: LoadedCity) -> None:
    resident = Actor(ActorKind.RESIDENT)
    with city.database.transaction() as session:
        with pytest.raises(NotAllowed):
            services.match_person(session, resident, {"email": "a@b.example"}, now=city.clock.now())
        with pytest.raises(NotAllowed):
            services.add_customer(session, resident, {"family_name": "Smith"}, now=city.clock.now())


def test_whom_nobody_is_like_is_added_matched_at_once_and_found(city: LoadedCity, advisor: Actor) -> None:
    said = {"given_name": "Zebedee", "family_name": "Quxworth", "date_of_birth": "1931-02-03", "phone": "01632 960777"}
    with city.database.transaction() as session:
        made = services.add_customer(session, advisor, said, now=city.clock.now())
        assert made.golden_id is not None
        [row, *_] = queries.search(session, advisor, "quxwrth zebede 1931")
        assert row.golden_id == made.golden_id
        assert row.sources == ("Added by staff",)
        assert session.scalar(text("SELECT count(*) FROM match_due")) == 0
        session.rollback()


def test_somebody_like_a_customer_is_added_only_after_saying_that_they_are_none_of_them_and_stays_apart(
    city: LoadedCity, advisor: Actor
) -> None:
    with city.database.transaction() as session:
        golden = somebody(session, skip=3)
        said = description(session, golden)
        with pytest.raises(LikelyAlready):
            services.add_customer(session, advisor, said, now=city.clock.now())
        seen = [one.customer.golden_id for one in services.match_person(session, advisor, said, now=city.clock.now())]
        made = services.add_customer(session, advisor, said, shown=seen, now=city.clock.now())
        assert made.golden_id not in {None, *seen}
        reasons = set(
            session.scalars(
                text("SELECT reason FROM steward_decision WHERE decided_by = :me"), {"me": advisor.account_id}
            )
        )
        assert reasons == {"None of these, said when the customer was added"}
        [detail] = session.scalars(
            text("SELECT detail FROM audit_entry WHERE action = 'customer.added' AND actor_id = :me"),
            {"me": advisor.account_id},
        ).all()
        assert detail["choice"] == "none of these"
        assert set(detail["shown"]) == {str(one) for one in seen}
        session.rollback()


def test_a_customer_needs_a_name_and_something_else(city: LoadedCity, advisor: Actor) -> None:
    with city.database.transaction() as session:
        for said, field in (({}, "family_name"), ({"family_name": "Smith"}, "family_name"),
                            ({"family_name": "Smith", "date_of_birth": "soon", "phone": "01632 960777"}, "date_of_birth")):  # fmt: skip
            with pytest.raises(Invalid) as refused:
                services.add_customer(session, advisor, said, now=city.clock.now())
            assert field in refused.value.errors
