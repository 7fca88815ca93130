"""Picks the few residents with a story and dresses them: names, birthdays, numbers that a presenter can remember."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from app.seeds.city.model import Cast, person_id

Frames = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]


@dataclass
class _Wardrobe:
    """Changes to make, by frame, row and column, applied at once at the end."""

    people: pl.DataFrame
    households: pl.DataFrame
    today: date
    taken: set[int] = field(default_factory=set)
    changes: dict[tuple[str, str], dict[int, Any]] = field(default_factory=dict)

    def find(self, kind: str, roles: str = "", size: int = 1) -> list[int]:
        """People (row numbers, the head first) of the first free household of this kind.

        ``roles`` gives the sexes wanted in order, such as ``FM``; only ``M`` and ``F`` bind.
        """
        homes = self.households.filter((pl.col("kind") == kind) & pl.col("left_on").is_null())["household"]
        for home in homes.to_list():
            if home in self.taken:
                continue
            members = self.members(home)
            sexes = "".join("M" if self.people["male"][row] else "F" for row in members)
            if len(members) >= size and all(want in ("?", has) for want, has in zip(roles, sexes, strict=False)):
                self.taken.add(home)
                return members
        raise ValueError(f"the city is too small for its cast: no free {kind} household; use 1,000 residents or more")

    def members(self, home: int) -> list[int]:
        start = int(self.people["household"].search_sorted(home, side="left"))
        end = int(self.people["household"].search_sorted(home, side="right"))
        return list(range(start, end))

    def home_of(self, row: int) -> int:
        return int(self.people["household"][row])

    def dress(self, row: int, **values: Any) -> None:
        self._change("people", row, values)

    def rehouse(self, row: int, **values: Any) -> None:
        self._change("households", self.home_of(row), values)

    def surname(self, rows: list[int], family: str) -> None:
        for row in rows:
            self.dress(row, family=family, previous_family=None, changed_on=None)

    def _change(self, frame: str, row: int, values: dict[str, Any]) -> None:
        for column, value in values.items():
            self.changes.setdefault((frame, column), {})[row] = value

    def years_ago(self, years: int, month: int, day: int) -> date:
        return date(self.today.year - years, month, day)

    def days_ago(self, days: int) -> date:
        return self.today - timedelta(days=days)


def cast_city(
    people: pl.DataFrame, households: pl.DataFrame, properties: pl.DataFrame, today: date
) -> tuple[Frames, Cast]:
    wardrobe = _Wardrobe(people, households, today)
    demo, partner = _demo(wardrobe)
    father, son = _father_and_son(wardrobe)
    students = wardrobe.find("students", size=3)
    cast = Cast(
        demo_resident=person_id(demo), demo_partner=person_id(partner), twins=_twins(wardrobe), father=father, son=son,
        mover=_mover(wardrobe), married=_married(wardrobe), shared_phone=_shared_phone(wardrobe),
        students=tuple(map(person_id, students)), hostel=_inmates(wardrobe, "hostel"), care_home=_inmates(wardrobe,
        "care_home"),
        missed_bin=_elder(
            wardrobe, "F", given="Marjorie", middle="Jean", family="Threlfall", mobile="07700 900317",
            email="marjorie.threlfall@resident.example"
        ),
        blue_badge=_elder(wardrobe, "M", given="Walter", family="Entwistle"),
        stuck=_stuck(wardrobe), pothole=_neighbours(wardrobe, properties),
    )  # fmt: skip
    council = pl.col("property") == int(households["property"][wardrobe.home_of(demo)])
    properties = properties.with_columns(pl.when(council).then(pl.lit("council")).otherwise("tenure").alias("tenure"))
    return (_apply(people, "people", wardrobe), _apply(households, "households", wardrobe), properties), cast


def _demo(wardrobe: _Wardrobe) -> tuple[int, int]:
    """Josephine, called Josie, once Tallis.

    Nine letters to mistype, a maiden name, an old address, day and month that swap.
    """
    rows = wardrobe.find("family", "FM", size=3)
    wardrobe.surname(rows, "Merriweather")
    wardrobe.dress(
        rows[0], given="Josephine", middle="Anne", previous_family="Tallis", changed_on=wardrobe.days_ago(5 * 365 + 40),
        born=wardrobe.years_ago(41, 4, 9), email="josephine@resident.example",
        previous_email="josie.tallis@post.example",
        mobile="07700 900123", previous_mobile="07700 900871",
    )  # fmt: skip
    wardrobe.dress(
        rows[1], given="Daniel", middle="Piers", born=wardrobe.years_ago(43, 11, 23), mobile="07700 900124",
        email="daniel.merriweather@resident.example", previous_email=None, previous_mobile=None,
    )  # fmt: skip
    other = wardrobe.households.filter(pl.col("moved_on").is_not_null())["former_property"]
    wardrobe.rehouse(
        rows[0], moved_on=wardrobe.days_ago(3 * 365 + 17), since=wardrobe.days_ago(3 * 365 + 17),
        landline="01632 960123",
        former_since=wardrobe.days_ago(9 * 365), former_property=int(other[0]),
    )  # fmt: skip
    return rows[0], rows[1]


def _twins(wardrobe: _Wardrobe) -> tuple[str, str]:
    rows = wardrobe.find("grown family", "????", size=4)
    wardrobe.surname(rows, "Ravensby")
    born = wardrobe.years_ago(25, 2, 6)
    for row, given, middle, number in (
        (rows[2], "Ella", "Rose", "07700 900411"),
        (rows[3], "Emma", "Ruth", "07700 900412"),
    ):
        wardrobe.dress(row, given=given, middle=middle, male=False, born=born, mobile=number, previous_mobile=None)
        wardrobe.dress(row, email=f"{given.lower()}.ravensby@resident.example", previous_email=None)
    return person_id(rows[2]), person_id(rows[3])


def _father_and_son(wardrobe: _Wardrobe) -> tuple[str, str]:
    rows = wardrobe.find("grown family", "MFM", size=3)
    wardrobe.surname(rows, "O'Shaughnessy")
    for row, years, number in ((rows[0], 58, "07700 900511"), (rows[2], 29, "07700 900512")):
        wardrobe.dress(
            row, given="Patrick", middle="Joseph" if row == rows[0] else None, born=wardrobe.years_ago(years, 3, 17)
        )
        wardrobe.dress(row, mobile=number, previous_mobile=None, email=None, previous_email=None)
    return person_id(rows[0]), person_id(rows[2])


def _mover(wardrobe: _Wardrobe) -> str:
    rows = wardrobe.find("couple", "FM", size=2)
    former = int(wardrobe.households["property"][wardrobe.home_of(wardrobe.find("single")[0])])
    wardrobe.surname(rows, "Wiśniewska")
    wardrobe.dress(rows[1], family="Wiśniewski", given="Tomasz")
    wardrobe.dress(rows[0], given="Zofia", middle=None, mobile="07700 900620", email="zofia.w@resident.example")
    wardrobe.rehouse(
        rows[0], former_property=former, moved_on=wardrobe.days_ago(240), since=wardrobe.days_ago(240),
        former_since=wardrobe.days_ago(2900),
    )  # fmt: skip
    return person_id(rows[0])


def _married(wardrobe: _Wardrobe) -> str:
    rows = wardrobe.find("couple", "MF", size=2)
    wardrobe.surname(rows, "Whitlock")
    wardrobe.dress(
        rows[1], given="Priya", middle="Nisha", previous_family="Desai", changed_on=wardrobe.days_ago(500),
        mobile="07700 900733", previous_mobile=None, email="priya@resident.example",
    )  # fmt: skip
    return person_id(rows[1])


def _shared_phone(wardrobe: _Wardrobe) -> tuple[str, str]:
    rows = wardrobe.find("elder couple", "MF", size=2)
    wardrobe.surname(rows, "Pemberton")
    for row, given in zip(rows, ("Arthur", "Edith"), strict=True):
        wardrobe.dress(row, given=given, mobile=None, previous_mobile=None, email=None, previous_email=None)
    wardrobe.rehouse(rows[0], landline="01632 960777")
    return person_id(rows[0]), person_id(rows[1])


def _elder(
    wardrobe: _Wardrobe,
    sex: str,
    *,
    given: str,
    middle: str | None = None,
    family: str,
    mobile: str | None = None,
    email: str | None = None,
) -> str:
    rows = wardrobe.find("elder", sex)
    wardrobe.surname(rows, family)
    wardrobe.dress(
        rows[0], given=given, middle=middle, mobile=mobile, email=email, previous_mobile=None, previous_email=None
    )
    wardrobe.rehouse(rows[0], landline="01632 960318" if mobile else "01632 960319")
    return person_id(rows[0])


def _stuck(wardrobe: _Wardrobe) -> str:
    rows = wardrobe.find("single", "F")
    wardrobe.surname(rows, "Abernathy")
    wardrobe.dress(
        rows[0], given="Gwen", middle="Louise", mobile="07700 900808", email="gwen.abernathy@resident.example"
    )
    return person_id(rows[0])


def _inmates(wardrobe: _Wardrobe, kind: str) -> tuple[str, ...]:
    homes = wardrobe.households.filter(pl.col("kind") == kind)
    one = homes.filter(pl.col("property") == homes["property"][0])["household"].to_list()
    return tuple(person_id(wardrobe.members(home)[0]) for home in one)


def _neighbours(wardrobe: _Wardrobe, properties: pl.DataFrame) -> tuple[str, ...]:
    """Twelve householders of neighbouring streets in one ward: those who drive over the same hole."""
    living = wardrobe.households.filter(
        pl.col("left_on").is_null() & pl.col("kind").is_in(["single", "couple", "family", "grown family", "elder"])
        & ~pl.col("household").is_in(list(wardrobe.taken))
    ).join(properties.select("property", "ward", "street"), on="property", maintain_order="left")  # fmt: skip
    ward = int(np.bincount(living["ward"].to_numpy()).argmax())
    near = living.filter(pl.col("ward") == ward).sort("street", "household")
    start = max(0, near.height // 2 - 6)
    return tuple(person_id(wardrobe.members(home)[0]) for home in near["household"][start : start + 12].to_list())


def _apply(frame: pl.DataFrame, name: str, wardrobe: _Wardrobe) -> pl.DataFrame:
    changed = []
    for (of, column), values in wardrobe.changes.items():
        if of == name:
            cells = frame[column].to_list()
            for row, value in values.items():
                cells[row] = value
            changed.append(pl.Series(column, cells, dtype=frame[column].dtype))
    return frame.with_columns(changed)
