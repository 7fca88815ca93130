"""A steward parts a customer that is two people, by keyboard alone, after seeing what it does."""

import time
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import text

from app.customers import services
from app.customers.matching.waiting import match_waiting
from app.kernel.clock import SystemClock
from tests.journeys.keyboard import Keyboard
from tests.support.browser import Person
from tests.support.live import Live

pytestmark = pytest.mark.browser


FITTING = text(
    "SELECT g.id FROM golden_record g JOIN link l ON l.golden_id = g.id JOIN source_record r ON r.id = l.source_record_id "
    "WHERE g.live AND NOT g.restricted AND g.kind = 'person' AND g.size = 2 AND g.date_of_birth IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM link m JOIN steward_decision d ON m.source_record_id IN (d.left_id, d.right_id) WHERE m.golden_id = g.id) "
    "AND EXISTS (SELECT 1 FROM link m JOIN link n ON n.golden_id = m.golden_id JOIN match_edge e "
    "ON e.left_id = m.source_record_id AND e.right_id = n.source_record_id WHERE m.golden_id = g.id AND e.weight > 4) "
    "AND g.id IS DISTINCT FROM CAST(:than AS uuid) "
    "AND NOT EXISTS (SELECT 1 FROM link m JOIN match_edge e ON m.source_record_id IN (e.left_id, e.right_id) "
    "JOIN link n ON n.source_record_id IN (e.left_id, e.right_id) WHERE m.golden_id = g.id AND n.golden_id = CAST(:than AS uuid)) "
    "ORDER BY md5(r.key) LIMIT 1"
)
"""Somebody of two records that clearly belong together, of whom no steward has said anything; and another, to whom no record of
theirs is near. By what their source calls them: each town draws the same."""


def two_in_one(live: Live) -> tuple[UUID, list[UUID]]:
    """Two people of this town, each of two records or more, wrongly kept together by one weak link."""
    with live.database.transaction() as session:
        one = session.scalars(FITTING, {"than": None}).first()
        other = session.scalars(FITTING, {"than": one}).first()
        assert one
        assert other
        ids = {
            golden: list(
                session.scalars(
                    text("SELECT source_record_id FROM link WHERE golden_id = :g ORDER BY 1"), {"g": golden}
                )
            )
            for golden in (one, other)
        }
        left, right = sorted((ids[one][0], ids[other][0]))
        session.execute(
            text("UPDATE link SET golden_id = :one, changed_at = clock_timestamp() WHERE golden_id = :other"),
            {"one": one, "other": other},
        )
        session.execute(
            text("UPDATE golden_record SET retired_at = clock_timestamp(), retired_into = :one WHERE id = :other"),
            {"one": one, "other": other},
        )
        session.execute(
            text("UPDATE golden_record SET size = 4, changed_at = clock_timestamp() WHERE id = :one"), {"one": one}
        )
        session.execute(
            text(
                "INSERT INTO match_edge (left_id, right_id, weight) VALUES (:l, :r, 0.3) ON CONFLICT (left_id, right_id) DO UPDATE SET weight = 0.3"
            ),
            {"l": left, "r": right},
        )
    while True:
        with live.database.transaction() as session:
            if not services.look_for_weak_bridges(session, now=SystemClock().now()):
                return one, ids[one] + ids[other]


def parted_within_seconds(live: Live, records: list[UUID]) -> bool:
    """The town's own worker may have the records in hand; then it is waited for."""
    where = text("SELECT count(DISTINCT golden_id) FROM link WHERE source_record_id = ANY(:ids)")
    for _ in range(120):
        match_waiting(live.database, clock=SystemClock())
        with live.database.reading() as session:
            if (session.scalar(where, {"ids": records}) or 0) >= 2:
                return True
        time.sleep(0.5)
    return False


def test_a_customer_that_is_two_people_is_split(town: Live, colleague: Callable[[str], Person]) -> None:
    golden, records = two_in_one(town)
    felix = colleague("steward")
    keys = Keyboard(felix)
    felix.goes_to("/console/possible-matches")
    keys.follows("Split desk", "a")
    keys.follows("", f"main a[href$='{golden}']")
    felix.sees("Weak bridges")
    felix.sees("+0.3")
    felix.sees("the chance that all 4 records are one person is 57 %")
    assert felix.page.locator("input[name=record]:checked").count() == 2, "one side of the weakest bridge is ticked"
    keys.follows("See what that would do")
    felix.sees("Becomes a customer of its own")
    felix.sees("Open enquiries")
    keys.follows("Split", "main button")
    felix.sees("There is a problem")
    keys.types("How do you know?", "Father and son")
    keys.follows("Split")
    felix.sees("They are two customers within seconds")
    assert parted_within_seconds(town, records)


def test_the_size_over_which_nothing_merges_is_set_by_keyboard(town: Live, colleague: Callable[[str], Person]) -> None:
    felix = colleague("steward")
    keys = Keyboard(felix)
    felix.goes_to("/console/match-runs")
    keys.follows("Size over which nothing merges by itself", "main a")
    before = felix.page.locator("input[name=people]").input_value()
    keys.types("Records of one person", "1")
    keys.follows("Save the sizes")
    felix.sees("There is a problem")
    keys.types("Records of one person", "24" if before == "25" else "25")
    keys.types("Reason", "Records of a hostel")
    keys.follows("Save the sizes")
    felix.sees("hold from the next run over everything on")
    felix.sees("are set, and wait for the next run over everything")
