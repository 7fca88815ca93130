"""Routing: by the table, never nowhere, and taking from a queue only what one may read."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import services as accounts
from app.enquiries.enums import Channel, State
from app.kernel.actors import SYSTEM, Role
from app.kernel.clock import FixedClock
from app.kernel.errors import Invalid, NotAllowed, Unavailable
from app.kernel.paging import PageRequest
from app.organisation import services as organisation
from app.organisation.enums import Language
from app.routing import queries, services
from app.routing.enums import AreaKind, Outcome, Stale
from app.routing.services import RuleCard
from tests.support.council import UPRN, Council, missed_bin, person

POTHOLE = {"property": UPRN, "where": "Left lane", "surface": "road", "depth": "deep"}


def test_a_service_without_a_queue_goes_to_the_monitoring_desk(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.resident, now=clock.now(), service="pothole", answers=POTHOLE)
    assert (row.state, row.queue_name) == (State.TRIAGE, "Monitoring desk")


def test_a_rule_is_followed_counted_and_can_be_tried(session: Session, council: Council, clock: FixedClock) -> None:
    services.set_rule(
        session, council.administrator, service="pothole", queue="waste-intake", channel=Channel.WEB, now=clock.now()
    )
    row = missed_bin(session, council.resident, now=clock.now(), service="pothole", answers=POTHOLE)
    assert row.queue_name == "Waste intake"
    assert queries.where_would_it_go(session, "pothole", Channel.PHONE).queue_slug == "monitoring-desk"
    assert queries.where_would_it_go(session, "pothole", Channel.WEB).outcome is Outcome.RULE
    session.expire_all()
    assert [rule.hits for rule in queries.rules(session)] == [1]


def test_a_rule_leads_to_an_active_queue_and_is_set_by_who_may(
    session: Session, council: Council, clock: FixedClock
) -> None:
    with pytest.raises(Invalid):
        services.set_rule(session, council.administrator, service="pothole", queue="nowhere", now=clock.now())
    with pytest.raises(NotAllowed):
        services.set_rule(session, council.advisor, service="pothole", queue="waste-intake", now=clock.now())


def test_the_next_one_comes_only_from_queues_that_i_read(session: Session, council: Council, clock: FixedClock) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    with pytest.raises(NotAllowed):
        services.pick_next(session, council.roads, now=clock.now())
    taken = services.pick_next(session, council.officer, now=clock.now())
    assert taken is not None
    assert (taken.reference, taken.owner_name, taken.state) == (row.reference, "Wes Teofficer", State.ASSIGNED)
    assert services.pick_next(session, council.officer, now=clock.now()) is None


def test_taking_one_by_its_reference_needs_the_same_right(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    outsider = person(session, "Out Sider", Role.OFFICER, now=clock.now())
    with pytest.raises(NotAllowed):
        services.assign_to_me(session, outsider, row.reference, version=row.version, now=clock.now())
    assert (
        services.assign_to_me(session, council.advisor, row.reference, version=row.version, now=clock.now()).owner_name
        == "Ada Visor"
    )


def test_before_the_monitoring_desk_is_open_nothing_is_taken_in(session: Session, clock: FixedClock) -> None:
    organisation.load_catalogue(session, SYSTEM, now=clock.now())
    resident = person(session, "Early Bird", Role.RESIDENT, now=clock.now())
    with pytest.raises(Unavailable, match="monitoring desk"):
        missed_bin(session, resident, now=clock.now(), service="complaint", answers={"about": "late", "what": "x"})


def test_every_enquiry_s_first_turn_is_kept_with_why(session: Session, council: Council, clock: FixedClock) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    lost = missed_bin(session, council.resident, now=clock.now(), service="pothole", answers=POTHOLE)
    assert queries.decision_of(session, row.id) is Outcome.INTAKE
    assert queries.decision_of(session, lost.id) is Outcome.DESK
    assert [line.reference for line in queries.trouble(session, PageRequest()).items] == [lost.reference]


def test_a_rule_by_area_language_and_need_is_followed(session: Session, council: Council, clock: FixedClock) -> None:
    card = RuleCard(
        "waste-intake", "pothole", area_kind=AreaKind.POSTCODE, area="hm1", language=Language.ENGLISH,
        need_question="surface", need_values=("road",),
    )  # fmt: skip
    services.enter_rule(session, council.administrator, card, now=clock.now())
    row = missed_bin(session, council.resident, now=clock.now(), service="pothole", answers=POTHOLE)
    assert row.queue_name == "Waste intake"
    elsewhere = missed_bin(
        session, council.resident, now=clock.now(), service="pothole", answers=POTHOLE | {"surface": "cycle"}
    )
    assert elsewhere.queue_name == "Monitoring desk"


def test_what_may_be_out_of_date_is_marked_with_why(session: Session, council: Council, clock: FixedClock) -> None:
    assert council.officer.account_id is not None
    card = RuleCard("waste-intake", "pothole", focal_account_id=council.officer.account_id, review_on=date(2026, 3, 12))
    rule_id = services.enter_rule(session, council.administrator, card, now=clock.now())
    assert queries.rule(session, rule_id, now=clock.now()).warnings == ()
    later = clock.now() + timedelta(days=91)
    accounts.suspend(session, SYSTEM, council.officer.account_id, now=later)
    assert council.leader.account_id is not None
    accounts.suspend(session, SYSTEM, council.leader.account_id, now=later)
    session.execute(text("UPDATE service SET questions = '[]', active = false WHERE slug = 'pothole'"))
    session.execute(text("""UPDATE routing_rule SET need = '{"question": "surface", "values": ["road"]}'"""))
    session.expire_all()
    assert {mark.kind for mark in queries.rule(session, rule_id, now=later).warnings} == {
        Stale.BROKEN, Stale.SERVICE_GONE, Stale.OWNER_GONE, Stale.FOCAL_GONE, Stale.REVIEW_OVERDUE, Stale.NEVER_HIT,
    }  # fmt: skip
    assert [row.id for row in queries.stale_rules(session, now=later)] == [rule_id]


def test_a_line_of_the_table_is_whole_in_the_database_too(
    session: Session, council: Council, clock: FixedClock
) -> None:
    services.set_rule(session, council.administrator, service="pothole", queue="waste-intake", now=clock.now())
    for damage in (
        "UPDATE routing_rule SET area = 'HM1'", "UPDATE routing_rule SET hours = '{}'",
        "UPDATE routing_rule SET cover_queue_id = queue_id",
        """INSERT INTO routing_rule (id, service_id, queue_id, created_at, set_at, set_by, hits)
        SELECT gen_random_uuid(), service_id, queue_id, created_at, set_at, set_by, 0 FROM routing_rule""",
    ):  # fmt: skip
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(damage))
