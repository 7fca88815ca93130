"""The single view: everything with its source, every look written down, the restricted hidden."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.audit import queries as audit
from app.customers import queries, services
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import Invalid, NotAllowed, NotFound
from app.kernel.ids import new_id
from tests.support.customers import LoadedCity

PURPOSE = "Call about a missed bin"


def well_known(session: Session) -> UUID:
    """Somebody with records in all three sources, at a property where others live."""
    return session.scalars(
        text(
            "SELECT g.id FROM golden_record g JOIN link l ON l.golden_id = g.id JOIN source_record r ON r.id = l.source_record_id "
            "WHERE g.live AND g.kind = 'person' AND (SELECT count(*) FROM golden_record o WHERE o.property_id = g.property_id) > 1 "
            "GROUP BY g.id HAVING count(DISTINCT r.source_id) = 3 ORDER BY g.id LIMIT 1"
        )
    ).one()


def test_it_shows_who_where_and_from_which_records(city: LoadedCity, advisor: Actor) -> None:
    with city.database.transaction() as session:
        golden = well_known(session)
        view = services.single_view(session, advisor, golden, purpose=PURPOSE, now=city.clock.now())
    assert {row.source_name for row in view.records} == {"Council tax", "Housing", "Legacy CRM"}
    keys = {row.source_key for row in view.records}
    assert all(value.source_key in keys and value.why for value in view.attributes)
    assert view.home is not None
    assert view.household
    assert golden not in {member.golden_id for member in view.household}
    assert any(value.beaten for value in view.attributes)


def test_every_look_is_written_down_with_its_purpose_and_can_be_found_again(city: LoadedCity, advisor: Actor) -> None:
    with city.database.transaction() as session:
        golden = well_known(session)
        services.single_view(session, advisor, golden, purpose=PURPOSE, now=city.clock.now())
        look = audit.lookups_of(session, "golden_record", golden)[0]
        assert (look.actor_id, look.purpose) == (advisor.account_id, PURPOSE)
        assert [row.golden_id for row in queries.recently_seen(session, advisor)] == [golden]
        session.rollback()


def test_a_look_without_a_purpose_or_by_a_resident_is_refused(city: LoadedCity, advisor: Actor) -> None:
    with city.database.transaction() as session:
        golden = well_known(session)
        with pytest.raises(Invalid):
            services.single_view(session, advisor, golden, purpose=" ", now=city.clock.now())
        with pytest.raises(NotAllowed):
            services.single_view(
                session, Actor(ActorKind.RESIDENT, new_id()), golden, purpose=PURPOSE, now=city.clock.now()
            )
        with pytest.raises(NotFound):
            services.single_view(session, advisor, new_id(), purpose=PURPOSE, now=city.clock.now())
        session.rollback()


def test_a_restricted_record_hides_everything_until_a_reason_is_given(
    city: LoadedCity, advisor: Actor, steward: Actor
) -> None:
    with city.database.transaction() as session:
        golden, now = well_known(session), city.clock.now()
        neighbour = services.single_view(session, advisor, golden, purpose=PURPOSE, now=now).household[0].golden_id
        record = queries.source_records_of_golden(session, golden)[0]
        services.restrict(session, steward, record, reason="Protected address", now=now)
        session.expire_all()
        shut = services.single_view(session, advisor, golden, purpose=PURPOSE, now=now)
        assert (shut.hidden, shut.name, shut.attributes, shut.records, shut.home) == (True, "", (), (), None)
        with pytest.raises(NotAllowed):
            services.single_view(session, advisor, golden, purpose=PURPOSE, now=now, break_glass="I want to")
        opened = services.single_view(
            session, steward, golden, purpose=PURPOSE, now=now, break_glass="Police request 42"
        )
        assert (opened.restricted, opened.hidden) == (True, False)
        assert opened.attributes
        trail = audit.trail(session, "golden_record", golden).items
        assert [row.detail for row in trail if row.action == "record.opened_restricted"] == [
            {"reason": "Police request 42"}
        ]
        beside = services.single_view(session, advisor, neighbour, purpose=PURPOSE, now=now)
        assert golden not in {member.golden_id for member in beside.household}, "not even that somebody is there"
        session.rollback()


def test_properties_are_found_by_postcode_and_by_address_in_the_order_of_the_street(city: LoadedCity) -> None:
    with city.database.reading() as session:
        postcode = session.scalars(
            text("SELECT postcode FROM property WHERE postcode <> '' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1")
        ).one()
        found = queries.search_properties(session, postcode.replace(" ", "").lower(), limit=100)
        [one] = queries.search_properties(session, found[0].one_line)[:1]
        assert queries.property_by_id(session, found[0].id) == found[0]
        with pytest.raises(NotFound):
            queries.property_by_id(session, new_id())
        assert queries.search_properties(session, " ") == []
    assert len(found) > 1
    assert {row.postcode for row in found} == {postcode}
    assert one.id == found[0].id
