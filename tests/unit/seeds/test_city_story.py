"""Two years of enquiries with a shape: seasons, a backlog, and the stories that the demo tells."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.seeds.city import City, PlannedEnquiry, generate, story
from app.seeds.city.story import after_bank_holiday, snow
from app.seeds.city.story_services import PROFILES
from app.seeds.city.storylines import STUCK_QUEUE
from app.seeds.city.working_days import LONDON, add_hours, bank_holidays, is_working
from tests.unit.seeds.conftest import TODAY

Planned = list[PlannedEnquiry]


def told(planned: Planned, name: str) -> Planned:
    return [enquiry for enquiry in planned if enquiry.story == name]


def test_about_four_thousand_enquiries_over_fifteen_services(planned: Planned) -> None:
    assert 3_700 < len(planned) < 4_300
    assert set(PROFILES) == {enquiry.service for enquiry in planned}
    assert len(PROFILES) == 15
    assert sum(profile.share for profile in PROFILES.values()) == pytest.approx(1.0, abs=0.02)


def test_they_come_in_order_over_two_years_and_end_yesterday(planned: Planned) -> None:
    received = [enquiry.received for enquiry in planned]
    assert received == sorted(received)
    assert received[0].date() < TODAY - timedelta(days=720)
    midnight = datetime.combine(TODAY, time(0), UTC)
    for enquiry in planned:
        handoff = enquiry.handoff
        steps = [enquiry.received, enquiry.first_response, enquiry.resolved, enquiry.closed, *enquiry.chased]
        steps += [handoff.offered, handoff.accepted, handoff.completed] if handoff else []
        assert all(step < midnight for step in steps if step)
        assert all(step >= enquiry.received for step in steps if step)


def test_calls_and_visits_come_in_office_hours(planned: Planned) -> None:
    live = [enquiry.received.astimezone(LONDON) for enquiry in planned if enquiry.channel in {"phone", "visit"}]
    assert all(is_working(moment.date()) and 8 <= moment.hour <= 17 for moment in live)
    online = [enquiry.received.astimezone(LONDON) for enquiry in planned if enquiry.channel == "web"]
    assert sum(moment.hour >= 18 for moment in online) > len(online) / 5


def test_every_channel_is_used(planned: Planned) -> None:
    channels = Counter(enquiry.channel for enquiry in planned)
    assert set(channels) == {"phone", "web", "email", "visit", "post"}
    assert channels["phone"] > channels["web"] > channels["email"]


def test_bins_are_missed_after_bank_holidays_and_in_snow(planned: Planned) -> None:
    days = Counter(e.received.date() for e in planned if e.service == "missed-bin" and e.story is None)
    calendar = [TODAY - timedelta(days=back) for back in range(1, 731)]

    def per_day(chosen: list[date]) -> float:
        return sum(days[day] for day in chosen) / len(chosen)

    quiet = per_day([day for day in calendar if not after_bank_holiday(day) and not snow(day)])
    assert per_day([day for day in calendar if after_bank_holiday(day)]) > 2 * quiet
    assert per_day([day for day in calendar if snow(day)]) > 3 * quiet


def test_one_household_reports_nearly_every_round(planned: Planned, city: City) -> None:
    hers = told(planned, "repeat-missed-bin")
    assert {enquiry.person for enquiry in hers} == {city.cast.missed_bin}
    assert len({enquiry.uprn for enquiry in hers}) == 1
    assert 20 <= len(hers) <= 26


def test_twelve_people_report_one_pothole(planned: Planned, city: City) -> None:
    hole = told(planned, "pothole")
    assert tuple(enquiry.person for enquiry in hole) == city.cast.pothole
    first, *others = hole
    assert first.is_open
    assert {enquiry.duplicate_of for enquiry in others} == {first.key}
    assert max(abs(e.latitude - first.latitude) for e in others if e.latitude and first.latitude) < 0.0005


def test_one_enquiry_has_been_stuck_for_eighty_days(planned: Planned, city: City) -> None:
    (stuck,) = told(planned, "stuck")
    assert (TODAY - stuck.received.date()).days == 80
    assert stuck.person == city.cast.stuck
    assert stuck.queue == STUCK_QUEUE
    assert stuck.first_response is None
    assert len(stuck.chased) == 1


def test_the_blue_badge_is_in_progress_and_was_asked_after(planned: Planned) -> None:
    application, chase = told(planned, "blue-badge")
    assert application.is_open
    assert application.handoff
    assert application.handoff.accepted
    assert chase.resolved_first_contact


def test_the_backlog_is_of_the_last_three_weeks(planned: Planned) -> None:
    waiting = [enquiry for enquiry in planned if enquiry.is_open]
    assert 40 <= len(waiting) <= 140
    old = [enquiry.story for enquiry in waiting if (TODAY - enquiry.received.date()).days > 22]
    assert sorted(map(str, old)) == ["blue-badge", "stuck"]


def test_the_demo_resident_has_something_in_every_state(planned: Planned, city: City) -> None:
    hers = [enquiry for enquiry in planned if enquiry.person == city.cast.demo_resident]
    assert {"closed", "with_service", "awaiting_customer"} <= {enquiry.status for enquiry in hers}
    assert {"phone", "web"} <= {enquiry.channel for enquiry in hers}


def test_the_verified_are_verified_against_a_record_that_exists(planned: Planned, truth: object) -> None:
    records = {(source, key): person for source, key, person in truth.iter_rows()}  # type: ignore[attr-defined]  # - polars leaves the type of a value open
    verified = [enquiry for enquiry in planned if enquiry.verified]
    assert len(verified) > 400
    assert all(enquiry.verified_against and records[enquiry.verified_against] == enquiry.person for enquiry in verified)


def test_finished_ones_say_how_and_some_were_settled_at_once(planned: Planned) -> None:
    finished = [enquiry for enquiry in planned if not enquiry.is_open]
    assert all(enquiry.disposition and enquiry.outcome_text and enquiry.resolved for enquiry in finished)
    live = [enquiry for enquiry in planned if enquiry.channel in {"phone", "visit"}]
    assert 0.25 < sum(enquiry.resolved_first_contact for enquiry in live) / len(live) < 0.6
    declined = [enquiry for enquiry in planned if enquiry.handoff and enquiry.handoff.declined]
    assert len(declined) > 80


def test_the_story_repeats_to_the_letter() -> None:
    one, two = (story(generate(2_000, today=TODAY), TODAY) for _ in range(2))
    assert one == two


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2026, 1, 2), date(2027, 8, 31)])
def test_it_is_the_same_story_on_any_day(today: date) -> None:
    planned = story(generate(1_000, today=today), today)
    counts = Counter(enquiry.story for enquiry in planned)
    assert (counts["pothole"], counts["stuck"], counts["blue-badge"]) == (12, 1, 2)
    (stuck,) = told(planned, "stuck")
    assert (today - stuck.received.date()).days == 80


def test_bank_holidays_fall_where_they_should() -> None:
    assert {
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 4),
        date(2026, 5, 25),
        date(2026, 8, 31),
        date(2026, 12, 28),
    } <= bank_holidays(2026)
    assert {date(2027, 12, 27), date(2027, 12, 28)} <= bank_holidays(2027)
    assert len(bank_holidays(2026)) == 8


def test_office_hours_skip_nights_and_weekends() -> None:
    friday_evening = datetime(2026, 5, 8, 18, 0, tzinfo=UTC)
    assert add_hours(friday_evening, 1).astimezone(LONDON) == datetime(2026, 5, 11, 9, 30, tzinfo=LONDON)
