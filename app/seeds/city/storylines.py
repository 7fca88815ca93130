"""The stories told by hand.

Twelve people and a pothole, a bin missed every fortnight, a badge on its way, a letter lost for 80 days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final, TypedDict

import polars as pl

from app.seeds.city.course import Clock, run
from app.seeds.city.model import City, Source, person_index
from app.seeds.city.plan import Channel, PlannedEnquiry, PlannedHandoff
from app.seeds.city.story_services import PROFILES
from app.seeds.city.working_days import add_days, add_hours, at, is_working, office_moment

STUCK_DAYS: Final = 80
STUCK_QUEUE: Final = "finance-incidents"  # made for a project, never watched


class Place(TypedDict, total=False):
    """Where an enquiry points: a property and its coordinates; empty for those about a person."""

    uprn: str
    latitude: float
    longitude: float


@dataclass
class Stage:
    """What every story needs.

    The city, the date, the clock, one stream of chance, and who can be verified against what.
    """

    city: City
    today: date
    clock: Clock
    random: Random
    verifiable: dict[str, tuple[Source, str]]
    _places: list[Place] = field(default_factory=list)
    _homes: list[tuple[int, int, date | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        rows = self.city.properties.select("uprn", "latitude", "longitude").iter_rows()
        self._places = [Place(uprn=uprn, latitude=latitude, longitude=longitude) for uprn, latitude, longitude in rows]
        people = self.city.people
        self._homes = list(zip(people["property"], people["former_property"], people["moved_on"], strict=True))

    def place(self, person: str, day: date) -> Place:
        """Where a person lived on that day."""
        home, former, moved_on = self._homes[person_index(person)]
        return self._places[former if moved_on and day < moved_on else home]

    def day(self, back: int) -> date:
        return self.today - timedelta(days=back)


def storylines(stage: Stage) -> list[PlannedEnquiry]:
    """Every hand-made enquiry; ``story`` names the tale."""
    return [*_pothole(stage), *_missed_bins(stage), *_blue_badge(stage), _stuck(stage), *_demo_resident(stage)]


def _pothole(stage: Stage) -> Iterator[PlannedEnquiry]:
    """One hole, twelve people in a week; highways has accepted the first report and the others hang on to it."""
    people, random = stage.city.cast.pothole, stage.random
    home = stage.place(people[0], stage.today)
    channels: tuple[Channel, ...] = (
        "phone",
        "web",
        "web",
        "phone",
        "email",
        "web",
        "phone",
        "web",
        "visit",
        "web",
        "phone",
        "web",
    )
    first = add_hours(office_moment(stage.day(17), random), 0.1)
    for number, (person, channel) in enumerate(zip(people, channels, strict=True)):
        received = add_hours(first, 4.4 * number)
        spot = Place(
            uprn=home["uprn"],
            latitude=round(home["latitude"] + random.gauss(0, 5e-5), 6),
            longitude=round(home["longitude"] + random.gauss(0, 8e-5), 6),
        )
        answers = {
            "where": random.choice(("Outside number 12", "By the pelican crossing", "Left lane, before the shop")),
            "surface": "road",
            "depth": "deep",
        }
        fresh = PlannedEnquiry(
            f"hole{number}", "pothole", received, channel, "triage", person, answers=answers, story="pothole", **spot
        )
        reply = add_hours(received, 0.4)
        if number == 0:
            handoff = PlannedHandoff("highways", reply, accepted=add_hours(reply, 3.5))
            yield replace(fresh, status="with_service", first_response=reply, handoff=handoff, handled_by="officer")
        else:
            text = "This hole is known. We will tell you when it is filled."
            yield replace(
                fresh,
                status="duplicate",
                first_response=reply,
                resolved=reply,
                closed=reply,
                disposition="duplicate",
                outcome_text=text,
                duplicate_of="hole0",
            )


def _missed_bins(stage: Stage) -> Iterator[PlannedEnquiry]:
    """The round passes every fortnight and passes her by.

    She rings the next morning, each time but once or twice a year.
    """
    person, random = stage.city.cast.missed_bin, stage.random
    home = stage.place(person, stage.today)
    weekday = int(stage.city.properties.filter(pl.col("uprn") == home["uprn"])["collection_day"][0])
    day = stage.day(364)
    day += timedelta(days=(weekday - day.weekday()) % 7)
    for number, back in enumerate(range(0, (stage.day(2) - day).days, 14)):
        collection = day + timedelta(days=back)
        if number in {9, 20}:
            continue
        received = office_moment(collection + timedelta(days=1), random)
        answers: dict[str, str | tuple[str, ...]] = {
            "bin": ("recycling" if number % 2 else "refuse",), "collection_day": collection.isoformat(),
            "out_in_time": "yes", "whole_street": "no",
            "where_left": "Behind the gate, as agreed",
        }  # fmt: skip
        fresh = PlannedEnquiry(
            f"bin{number}",
            "missed-bin",
            received,
            "phone",
            "triage",
            person,
            answers=answers,
            story="repeat-missed-bin",
            **home,
        )
        if received < stage.clock.now:
            yield run(fresh, stage.clock, random, at_once=False, days=1.2)


def _blue_badge(stage: Stage) -> Iterator[PlannedEnquiry]:
    """Applied five weeks ago at the library desk, accepted, waiting for the assessment.

    He has rung once to ask how far it is.
    """
    person, random = stage.city.cast.blue_badge, stage.random
    proof = stage.verifiable[person]
    received = office_moment(stage.day(36), random)
    reply = received + timedelta(minutes=24)
    handoff = PlannedHandoff("adult-social-care", reply, accepted=add_hours(reply, 11))
    answers: dict[str, str | tuple[str, ...]] = {
        "kind": "new",
        "for_whom": "me",
        "grounds": ("walking",),
        "details": "My hip; a hundred yards takes ten minutes",
    }
    application = PlannedEnquiry(
        "badge0",
        "blue-badge",
        received,
        "visit",
        "with_service",
        person,
        answers=answers,
        verified=True,
        verified_against=proof,
    )
    yield replace(application, first_response=reply, handoff=handoff, handled_by="officer", story="blue-badge")
    asked = office_moment(stage.day(9), random)
    chase = PlannedEnquiry(
        "badge1",
        "blue-badge",
        asked,
        "phone",
        "triage",
        person,
        answers=answers,
        verified=True,
        verified_against=proof,
        story="blue-badge",
    )
    yield run(chase, stage.clock, random, at_once=True)


def _stuck(stage: Stage) -> PlannedEnquiry:
    """A payment booked to the wrong account.

    Acknowledged by a machine, moved to a project's queue, chased once, read by nobody.
    """
    received = _moment_on(stage, STUCK_DAYS)
    answers = {
        "about": "payment",
        "paid_on": stage.day(STUCK_DAYS + 24).isoformat(),
        "details": "My payment was recorded under the wrong account number and I now get reminders.",
    }
    return PlannedEnquiry(
        "stuck", "council-tax-balance", received, "email", "triage", stage.city.cast.stuck, answers=answers,
        handled_by="nobody", queue=STUCK_QUEUE,
        moved_to_queue=add_days(received, 1.5), chased=(add_days(received, 21),), story="stuck",
    )  # fmt: skip


def _moment_on(stage: Stage, back: int) -> datetime:
    """A moment in office hours exactly so many days ago.

    On a closed day, an e-mail written at the kitchen table at ten.
    """
    day = stage.day(back)
    return office_moment(day, stage.random) if is_working(day) else at(day, time(10, 4, 31))


def _demo_resident(stage: Stage) -> Iterator[PlannedEnquiry]:
    """A believable account: things finished, something under way, something that waits for her, from three channels."""
    person, random = stage.city.cast.demo_resident, stage.random
    proof = stage.verifiable[person]
    plan: tuple[tuple[int, str, Channel, bool, float], ...] = (
        (610, "council-tax-balance", "phone", True, 1), (402, "bulky-waste", "web", False, 6), (233, "missed-bin",
        "web", False, 1),
        (120, "housing-repair", "phone", False, 7), (48, "tip-permit", "web", False, 0.5), (12, "housing-repair",
        "web", False, 30),
    )  # fmt: skip
    for number, (back, service, channel, at_once, days) in enumerate(plan):
        received = office_moment(stage.day(back), random)
        profile = PROFILES[service]
        verified = profile.verify or number == 3
        where = stage.place(person, received.date()) if profile.property else Place()
        fresh = PlannedEnquiry(f"demo{number}", service, received, channel, "triage", person,
        answers=profile.ask(received.date(), random), verified=verified,
                               verified_against=proof if verified else None, story="demo-resident",
                               **where)  # fmt: skip
        yield run(fresh, stage.clock, random, at_once=at_once, days=days)
    asked = office_moment(stage.day(5), random)
    reply = add_hours(asked, 2)
    answers = {"kind": "recycling", "reason": "damaged"}
    fresh = PlannedEnquiry(
        "demo9",
        "bin-order",
        asked,
        "web",
        "awaiting_customer",
        person,
        answers=answers,
        story="demo-resident",
        **stage.place(person, asked.date()),
    )
    yield replace(fresh, first_response=reply)
