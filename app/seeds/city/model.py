"""What a city is: plain frames of places and people, and the few people by name that screens and tests refer to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args
from zlib import crc32

import numpy as np
import polars as pl

Noise = Literal["easy", "normal", "heavy"]
Source = Literal["council_tax", "housing", "crm"]
SOURCES: tuple[Source, ...] = get_args(Source)
NOISES: tuple[Noise, ...] = get_args(Noise)


@dataclass(frozen=True)
class Cast:
    """The residents that the demo tells stories about; every value is a person id such as ``P0000123``.

    Everybody here is an adult and has records, so that seeds and tests can look them up in the extracts.
    """

    demo_resident: str  # in all three sources, never twice the same; signs in to My Account
    demo_partner: str
    twins: tuple[str, str]  # Ella and Emma: one birthday, one address, one initial
    father: str
    son: str  # his father's name and address, no suffix to tell them apart
    mover: str  # two council-tax accounts, old address in the CRM
    married: str  # a maiden name in the older records
    shared_phone: tuple[str, str]  # a couple with one landline between them
    students: tuple[str, ...]  # one house in multiple occupation
    hostel: tuple[str, ...]  # one telephone for everybody
    care_home: tuple[str, ...]
    missed_bin: str  # reports nearly every collection round
    blue_badge: str  # application in progress
    stuck: str  # waiting for 80 days
    pothole: tuple[str, ...]  # twelve people, one hole


@dataclass(frozen=True, eq=False)
class City:
    """A fictional city at one date. Frames are never changed after ``generate``; everything else derives from them."""

    name: str
    today: date
    seed: int
    noise: Noise
    wards: pl.DataFrame  # ward, name, latitude, longitude
    streets: pl.DataFrame  # street, name, ward, usrn
    properties: (
        pl.DataFrame
    )  # property, uprn, kind, tenure, unit, house_number, building, street_name, ward, postcode, …
    households: (
        pl.DataFrame
    )  # household, kind, community, property, former_property, since, moved_on, left_on, landline
    people: pl.DataFrame  # person, household, role, sex, born, names, contact details, student, institution
    cast: Cast

    @property
    def residents(self) -> pl.DataFrame:
        """Those who live here today; ``people`` also holds those who have left but are still in somebody's files."""
        return self.people.filter(pl.col("left_on").is_null())

    def rng(self, stage: str) -> np.random.Generator:
        return stage_rng(self.seed, stage)


def stage_rng(seed: int, stage: str) -> np.random.Generator:
    """A stream for one stage, so that a change in one stage never reshuffles the others."""
    return np.random.default_rng([seed, crc32(stage.encode())])


def person_id(index: int) -> str:
    return f"P{index:07d}"


def person_index(person: str) -> int:
    return int(person[1:])
