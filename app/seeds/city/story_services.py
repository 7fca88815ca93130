"""The fifteen services as the story needs them: how often, by which channel, answered how, worked by whom and how
fast.

Slugs, questions and options are those of the service catalogue; an answer is a string, or a tuple where several may
be ticked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final, Literal

Answers = Mapping[str, "str | tuple[str, ...]"]
Ask = Callable[[date, Random], Answers]
Season = Literal["none", "bins", "winter roads", "dark", "pests", "billing", "spring", "after christmas"]


@dataclass(frozen=True)
class Profile:
    """``share`` of all enquiries.

    ``at_once`` is the share of live contacts settled there and then; ``days`` the usual working days.
    """

    share: float
    unit: str
    days: float
    at_once: float
    online: float
    verify: bool
    property: bool
    season: Season
    ask: Ask
    finished: str


def _missed_bin(day: date, random: Random) -> Answers:
    bins: tuple[str, ...] = (random.choices(("refuse", "recycling", "garden", "food"), (45, 32, 13, 10))[0],)
    whole = random.choices(("no", "yes", "unknown"), (62, 20, 18))[0]
    left = random.choice(("At the kerb", "In the bin store", "Behind the gate", "End of the drive"))
    return {
        "bin": bins,
        "collection_day": (day - timedelta(days=1)).isoformat(),
        "out_in_time": "yes",
        "whole_street": whole,
        "where_left": left,
    }


def _bin_order(_day: date, random: Random) -> Answers:
    reason = random.choices(("damaged", "lost", "new", "more"), (42, 30, 18, 10))[0]
    answers = {"kind": random.choice(("refuse", "recycling", "garden", "caddy")), "reason": reason}
    return answers | ({"people": str(random.randrange(6, 9))} if reason == "more" else {})


def _bulky(_day: date, random: Random) -> Answers:
    items = random.choice(
        (
            "One sofa and two armchairs",
            "A double mattress and its base",
            "A washing machine",
            "Fridge freezer",
            "Wardrobe, in pieces",
        )
    )
    return {"items": items, "fridge": "yes" if "Fridge" in items else "no", "access": "On the drive, by the wall"}


def _pothole(_day: date, random: Random) -> Answers:
    where = random.choice(
        ("In the left lane by the bus stop", "Outside the corner shop", "Just past the junction", "By the drain cover")
    )
    return {
        "where": where,
        "surface": random.choices(("road", "pavement", "cycle"), (80, 16, 4))[0],
        "depth": random.choice(("shallow", "deep", "unknown")),
    }


def _street_light(_day: date, random: Random) -> Answers:
    answers = {"fault": random.choices(("out", "flickering", "day", "damaged"), (66, 17, 11, 6))[0]}
    return answers | ({"column": f"{random.randrange(1, 60)}A"} if random.random() < 0.5 else {})


def _fly_tipping(_day: date, random: Random) -> Answers:
    what = tuple(random.sample(("bags", "furniture", "rubble", "tyres"), random.choice((1, 1, 2))))
    answers: dict[str, str | tuple[str, ...]] = {
        "where": random.choice(("In the alley", "On the verge", "By the garages")),
        "what": what,
        "seen": "no",
    }
    if random.random() < 0.08:
        answers |= {"seen": "yes", "evidence": "A white van at about eleven at night"}
    return answers


def _graffiti(_day: date, random: Random) -> Answers:
    where = random.choice(
        ("The wall of the bus shelter", "The underpass", "The electricity box", "The library's side wall")
    )
    return {"where": where, "offensive": "yes" if random.random() < 0.15 else "no"}


def _balance(day: date, random: Random) -> Answers:
    about = random.choices(("balance", "payment", "discount", "arrears"), (40, 24, 22, 14))[0]
    details = {
        "balance": "How much is left to pay this year?",
        "payment": "I paid at the post office and it does not show",
        "discount": "I live alone now, do I get money off?",
        "arrears": "I lost my job and cannot pay this month",
    }[about]
    paid = {"paid_on": (day - timedelta(days=random.randrange(4, 30))).isoformat()} if about == "payment" else {}
    return {"about": about, "details": details} | paid


def _move(day: date, random: Random) -> Answers:
    kind = random.choices(("in", "within", "out"), (35, 45, 20))[0]
    moved = (day - timedelta(days=random.randrange(-14, 30))).isoformat()
    answers = {"kind": kind, "moved_on": moved, "owner": random.choice(("own", "rent", "rent"))}
    return answers | ({"forwarding": "c/o my sister, 1 Example Street, Elsewhere"} if kind == "out" else {})


def _repair(_day: date, random: Random) -> Answers:
    room, problem = random.choice(
        (
            ("kitchen", "The tap does not stop dripping"),
            ("bathroom", "The extractor fan is broken"),
            ("heating", "The boiler shows a fault and there is no hot water"),
            ("electric", "Two sockets do not work"),
            ("outside", "A roof tile has slipped"),
            ("other", "The front door does not lock"),
        )
    )
    return {
        "room": room,
        "problem": problem,
        "damp": random.choices(("no", "yes"), (82, 18))[0],
        "access": "Any weekday morning",
    }


def _housing(_day: date, random: Random) -> Answers:
    about = random.choices(("new", "change", "progress"), (38, 17, 45))[0]
    situation = random.choice(
        ("We share two rooms between five", "My landlord wants the flat back", "The stairs have become too much")
    )
    return {"about": about, "situation": situation} | (
        {} if about == "progress" else {"people": str(random.randrange(1, 7))}
    )


def _badge(_day: date, random: Random) -> Answers:
    kind = random.choices(("new", "renew", "lost"), (48, 44, 8))[0]
    answers: dict[str, str | tuple[str, ...]] = {
        "kind": kind,
        "for_whom": random.choices(("me", "other", "child"), (80, 14, 6))[0],
    }
    return answers | (
        {} if kind == "lost" else {"grounds": (random.choice(("benefit", "walking", "hidden", "blind")),)}
    )


def _tip(day: date, random: Random) -> Answers:
    vehicle = random.choices(("van", "pickup", "trailer"), (62, 18, 20))[0]
    # No plate has the age mark 99 or ends in a Q, so this is nobody's van.
    visit = (day + timedelta(days=random.randrange(1, 10))).isoformat()
    answers = {"vehicle": vehicle, "registration": f"ZF99 Q{random.choice('ABCDEFGH')}Q", "visit_on": visit}
    return answers | ({"trailer_length": random.choice(("short", "long"))} if vehicle == "trailer" else {})


def _pest(day: date, random: Random) -> Answers:
    pests = ("rats", "mice", "wasps", "bedbugs") if day.month in {6, 7, 8, 9} else ("rats", "mice", "bedbugs")
    return {
        "pest": random.choice(pests),
        "inside": random.choice(("inside", "outside", "both")),
        "vulnerable": random.choices(("no", "yes"), (85, 15))[0],
    }


def _complaint(_day: date, random: Random) -> Answers:
    about, what = random.choice(
        (
            ("late", "I was promised a call within a week and nobody rang"),
            ("staff", "The person at the desk was short with me"),
            ("decision", "I was refused and nobody told me why"),
            ("late", "My bin has been missed three times"),
            ("other", "The form asks the same thing twice"),
        )
    )
    return {"about": about, "what": what, "put_right": "An apology and an answer"}


PROFILES: Final[dict[str, Profile]] = {
    "missed-bin": Profile(0.21, "waste", 1.4, 0.18, 0.42, False, True,
        "bins", _missed_bin, "The crew came back and emptied it."),
    "bin-order": Profile(0.08, "waste", 7, 0.15, 0.5, False, True,
        "none", _bin_order, "Your bin was delivered."),
    "bulky-waste": Profile(0.08, "waste", 7, 0.2, 0.5, False, True,
        "spring", _bulky, "The items were collected."),
    "pothole": Profile(0.06, "highways", 7, 0.03, 0.55, False, True,
        "winter roads", _pothole, "The hole was filled."),
    "street-light": Profile(0.045, "highways", 3.5, 0.04, 0.5, False, True,
        "dark", _street_light, "The lamp was replaced."),
    "fly-tipping": Profile(0.06, "environmental-health", 2, 0.03, 0.5, False, True,
        "after christmas", _fly_tipping, "The waste was cleared."),
    "graffiti": Profile(0.025, "environmental-health", 3.5, 0.03, 0.5, False, True,
        "none", _graffiti, "It was cleaned off."),
    "council-tax-balance": Profile(0.14, "revenues", 3, 0.78, 0.2, True, False,
        "billing", _balance, "We have corrected your account."),
    "council-tax-move": Profile(0.06, "revenues", 6, 0.5, 0.45, True, True,
        "spring", _move, "Your account now has the new address."),
    "housing-repair": Profile(0.09, "housing", 10, 0.08, 0.2, False, True,
        "dark", _repair, "The repair was done."),
    "housing-application": Profile(0.04, "housing", 13, 0.6, 0.25, True, False,
        "none", _housing, "Your application was decided."),
    "blue-badge": Profile(0.035, "adult-social-care", 20, 0.55, 0.25, True, False,
        "none", _badge, "Your badge is in the post."),
    "tip-permit": Profile(0.04, "waste", 1, 0.85, 0.7, False, True,
        "spring", _tip, "Your permit was sent by e-mail."),
    "pest-control": Profile(0.025, "environmental-health", 3.5, 0.08, 0.35, False, True,
        "pests", _pest, "The visit took place."),
    "complaint": Profile(0.02, "customer-relations", 8, 0.0, 0.4, False, False,
        "none", _complaint, "We have written to you with our answer."),
}  # fmt: skip
