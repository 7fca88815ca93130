"""Two years of a front office, as a plan: about one enquiry a year for every ten residents, and a few stories worth
telling.

The everyday part is drawn by season (missed bins after bank holidays and in snow, potholes after frost, bills in
spring); ``storylines`` are told by hand. A replay makes real records of the plan by calling the services in order
of time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final

import polars as pl

from app.seeds.city.course import LIVE, Clock, run
from app.seeds.city.model import SOURCES, City, Source
from app.seeds.city.plan import Channel, PlannedEnquiry
from app.seeds.city.records import source_records
from app.seeds.city.story_services import PROFILES, Season
from app.seeds.city.storylines import Place, Stage, storylines
from app.seeds.city.working_days import at, bank_holidays, is_working, office_moment

DAYS: Final = 730
PER_RESIDENT: Final = 0.1925  # enquiries of the everyday part in two years
_SEASON_MONTHS: Final[dict[Season, dict[int, float]]] = {
    "winter roads": {1: 2.2, 2: 2.6, 3: 2.0, 4: 1.3}, "dark": {10: 1.6, 11: 2.0, 12: 2.0, 1: 1.9, 2: 1.5},
    "pests": {6: 2.0, 7: 2.8, 8: 2.8, 9: 2.0},
    "billing": {3: 2.8, 4: 2.4}, "spring": {4: 1.6, 5: 1.6, 6: 1.4, 8: 1.3, 9: 1.3}, "after christmas": {1: 1.9},
}  # fmt: skip


def story(city: City, today: date) -> list[PlannedEnquiry]:
    """All planned enquiries in order of time, with keys ``E00001``…; nothing happens on ``today`` itself or later."""
    clock = Clock(datetime.combine(today, time(0), UTC) - timedelta(hours=4))
    stage = Stage(city, today, clock, Random(city.seed + 7), _verifiable(city))
    told = storylines(stage)
    planned = sorted([*told, *_everyday(stage)], key=lambda enquiry: (enquiry.received, enquiry.key))
    keys = {enquiry.key: f"E{number:05d}" for number, enquiry in enumerate(planned, start=1)}
    return [
        replace(
            enquiry, key=keys[enquiry.key], duplicate_of=keys[enquiry.duplicate_of] if enquiry.duplicate_of else None
        )
        for enquiry in planned
    ]


def _verifiable(city: City) -> dict[str, tuple[Source, str]]:
    """For each person one source record that they could be verified against: the most trusted system first."""
    found: dict[str, tuple[Source, str]] = {}
    for source in SOURCES:
        latest = (
            source_records(city, source)
            .group_by("person", maintain_order=True)
            .agg(pl.col("key").sort_by("when").last())
        )
        for person, key in latest.iter_rows():
            found.setdefault(person, (source, key))
    return found


def _everyday(stage: Stage) -> Iterator[PlannedEnquiry]:
    random, total = stage.random, stage.city.residents.height * PER_RESIDENT
    callers = _callers(stage.city)
    days = [stage.today - timedelta(days=back) for back in range(DAYS, 0, -1)]
    number = 0
    for service, profile in PROFILES.items():
        pool = callers["council"] if service == "housing-repair" else callers["everybody"]
        for day in random.choices(days, [_weight(day, profile.season) for day in days], k=round(total * profile.share)):
            number += 1
            fresh = _fresh(stage, f"d{number}", service, day, random.choice(pool))
            if fresh.received < stage.clock.now:
                yield run(fresh, stage.clock, random)


def _weight(day: date, season: Season) -> float:
    base = (1.25, 1.1, 1.0, 1.0, 0.95, 0.3, 0.25)[day.weekday()] * (
        1.0 if is_working(day) or day.weekday() > 4 else 0.3
    )
    if season == "bins":
        return base * (6.0 if snow(day) else 4.0 if after_bank_holiday(day) else 1.0)
    return base * _SEASON_MONTHS.get(season, {}).get(day.month, 1.0)


def snow(day: date) -> bool:
    """Each winter of this city has one week of snow, in which no round is complete."""
    first = 9 + day.year * 7 % 16
    return day.month == 1 and first <= day.day < first + 7


def after_bank_holiday(day: date) -> bool:
    """The five days after a bank holiday, when rounds run a day late."""
    return any((day - timedelta(days=back)) in bank_holidays((day - timedelta(days=back)).year) for back in range(1, 6))


def _callers(city: City) -> dict[str, list[str]]:
    """Adults of today, some far likelier to call than others.

    Council tenants apart. The cast's own stories stay their own.
    """
    adults = city.residents.filter(pl.col("born") < date(city.today.year - 18, 1, 1)).join(
        city.properties.select("property", "tenure"), on="property", maintain_order="left"
    )
    told = {
        city.cast.demo_resident,
        city.cast.demo_partner,
        city.cast.missed_bin,
        city.cast.blue_badge,
        city.cast.stuck,
    }
    adults = adults.filter(~pl.col("person").is_in(list(told)))
    eager = adults.filter(pl.int_range(pl.len()) % 9 == 0)
    everybody = [*adults["person"], *(person for person in eager["person"] for _ in range(4))]
    return {"everybody": everybody, "council": adults.filter(pl.col("tenure") == "council")["person"].to_list()}


def _fresh(stage: Stage, key: str, service: str, day: date, person: str) -> PlannedEnquiry:
    random, profile = stage.random, PROFILES[service]
    channel: Channel = (
        "web"
        if random.random() < profile.online
        else random.choices(("phone", "email", "visit", "post"), (74, 14, 9, 3))[0]
    )
    received = office_moment(day, random) if channel in LIVE or channel == "post" else _any_moment(day, random)
    unknown = channel == "web" and not profile.verify and random.random() < 0.25
    verified = profile.verify and channel in LIVE and person in stage.verifiable and random.random() < 0.93
    place = stage.place(person, received.date()) if profile.property else Place()
    return PlannedEnquiry(
        key, service, received, channel, "triage", None if unknown else person, answers=profile.ask(received.date(),
        random), verified=verified,
        verified_against=stage.verifiable[person] if verified else None, **place,
    )  # fmt: skip


def _any_moment(day: date, random: Random) -> datetime:
    """Online there is no closing time, but most people sleep."""
    minutes = (
        int(random.triangular(6.5 * 60, 23.5 * 60, 19 * 60))
        if random.random() < 0.55
        else int(random.uniform(8 * 60, 18 * 60))
    )
    return at(day, time(minutes // 60, minutes % 60, random.randrange(60)))
