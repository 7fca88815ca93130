"""Who stands in which system, since when, with which address: the rows of the three sources before any layout.

One frame per source. Columns that all share: key, person, title, given, middle, family, born, gender, national_id,
email, phone, unit, house_number, building, street_name, postcode, uprn, ``when`` (the date the row was last
touched, which decides between old and new names, numbers and addresses) and what the layout needs besides.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from app.seeds.city.dialects import speak
from app.seeds.city.errors import spoil
from app.seeds.city.model import City, Source, person_index

ROWS_PER_RESIDENT: Final = 2.25
CRM_OPENED: Final = date(2004, 4, 1)
SHARED_HOMES: Final = ("sharers", "care_home", "hostel")

Ints = npt.NDArray[np.int64]


def source_records(city: City, source: Source) -> pl.DataFrame:
    """The rows of one source with that source's errors, sorted by key."""
    build = {"council_tax": council_tax, "housing": housing, "crm": crm}[source]
    rows = _values(city, build(city))
    spoilt = spoil(rows, source, city.noise, city.rng(f"{source} errors"))
    return _dress_demo(city, source, speak(spoilt, source, city.rng(f"{source} dialect")))


def council_tax(city: City) -> pl.DataFrame:
    """One row per liable party: columns account, party, person_row, property, starts, ends, when, discount."""
    rng = city.rng("council tax")
    homes = city.households.filter(~pl.col("kind").is_in(SHARED_HOMES))
    accounts = _spells(homes)
    accounts = accounts.with_columns(
        account=700_000_000 + pl.Series(rng.permutation(accounts.height)) * 7 + pl.int_range(pl.len()) % 7
    )
    adults = _adults(city)
    alone = adults.group_by("household").len().filter(pl.col("len") == 1)["household"]
    parties = accounts.join(adults, on="household", maintain_order="left")
    listed = (
        (pl.col("role") == "head")
        | ((pl.col("role") == "partner") & (pl.Series(rng.random(parties.height)) < 0.88))
        | (pl.col("role").is_in(["elder", "sharer"]) & (pl.Series(rng.random(parties.height)) < 0.5))
    )
    parties = parties.filter(listed).with_columns(party=pl.int_range(pl.len()).over("account") + 1)
    discount = (
        pl.when(pl.col("kind") == "students").then(pl.lit("EXEMPT-N"))
        .when(pl.col("household").is_in(alone.implode())).then(pl.lit("SPD25"))
        .when(pl.Series(rng.random(parties.height)) < 0.015).then(pl.lit("DISABLED"))
    )  # fmt: skip
    parties = _touched(parties.with_columns(discount=discount), city, rng, "account")
    return parties.with_columns(key=pl.format("{}-{}", "account", "party")).sort("account", "party")


def housing(city: City) -> pl.DataFrame:
    """One row per tenant: columns tenancy, party (1 main, 2 joint), person_row, property, starts, ends, when,
    members.
    """
    rng = city.rng("housing")
    council = city.properties.filter(pl.col("tenure") == "council")["property"]
    spells = _spells(city.households.filter(pl.col("kind") != "care_home")).filter(
        pl.col("property").is_in(council.implode())
    )
    spells = spells.with_columns(tenancy=pl.Series(rng.permutation(spells.height * 3)[: spells.height]) + 10_000)
    members = city.people.group_by("household").len("members")
    tenants = spells.join(_adults(city), on="household", maintain_order="left").join(
        members, on="household", maintain_order="left"
    )
    joint = pl.Series(rng.random(tenants.height)) < 0.75
    tenants = tenants.filter((pl.col("role") == "head") | (pl.col("role").is_in(["partner", "sharer"]) & joint))
    tenants = tenants.with_columns(party=pl.int_range(pl.len()).over("tenancy") + 1).filter(pl.col("party") <= 2)
    tenants = _touched(tenants, city, rng, "tenancy")
    return tenants.with_columns(key=pl.format("T{}/{}", pl.col("tenancy").cast(pl.String).str.zfill(7), "party")).sort(
        "tenancy", "party"
    )


def crm(city: City) -> pl.DataFrame:
    """One row per contact card since 2004; most people have one or two, some have a dozen."""
    rng = city.rng("crm")
    adults = _adults(city)
    others = council_tax(city).height + housing(city).height
    weight = rng.gamma(0.9, 1.0, adults.height)
    cards = rng.poisson(
        weight / weight.sum() * max(0.3 * adults.height, ROWS_PER_RESIDENT * city.residents.height - others)
    )
    row_of = {row: at for at, row in enumerate(adults["person_row"].to_list())}
    for person, least in _least_cards(city).items():
        at = row_of[person_index(person)]
        cards[at] = max(cards[at], least)
    rows = adults[np.repeat(np.arange(adults.height), cards)]
    now = np.datetime64(city.today)
    start = np.maximum(np.datetime64(CRM_OPENED), rows["born"].to_numpy() + np.timedelta64(18 * 365 + 5, "D"))
    end = rows["left_on"].fill_null(city.today).to_numpy().astype("datetime64[D]") - np.timedelta64(1, "D")
    span = np.maximum((np.minimum(end, now) - start.astype("datetime64[D]")).astype(np.int64), 1)
    when = np.minimum(start + (np.sqrt(rng.random(rows.height)) * span).astype(np.int64), now - 1)
    rows = rows.with_columns(when=pl.Series(when.astype("datetime64[D]")).cast(pl.Date))
    # Cards keep the old address for a while after a move, one in four for as long as a year and a half.
    stale = pl.Series(rng.random(rows.height)) < 0.25
    before = pl.col("when") < pl.col("moved_on") + pl.when(stale).then(pl.duration(days=540)).otherwise(
        pl.duration(days=0)
    )
    rows = rows.with_columns(property=pl.when(before).then("former_property").otherwise("property")).sort(
        "when", maintain_order=True
    )
    number = np.cumsum(rng.integers(1, 5, rows.height)) + 1000
    return rows.with_columns(key=pl.format("CRM-{}", pl.Series(number).cast(pl.String).str.zfill(7)))


def _least_cards(city: City) -> dict[str, int]:
    cast = city.cast
    wanted = dict.fromkeys(
        (*cast.twins, cast.father, cast.son, cast.mover, cast.married, *cast.shared_phone, *cast.students), 2
    )
    wanted |= dict.fromkeys(
        (*cast.pothole, cast.blue_badge, cast.stuck, cast.demo_partner, *cast.hostel[:8], *cast.care_home[:6]), 1
    )
    return wanted | {cast.missed_bin: 6, cast.demo_resident: 4}


def _adults(city: City) -> pl.DataFrame:
    """People who are or were of age.

    Columns person_row, household and everything ``_values`` needs later by row number.
    """
    of_age = city.today.replace(year=city.today.year - 18, day=min(city.today.day, 28))
    last_day = pl.coalesce(pl.col("born").dt.offset_by("18y") < pl.col("left_on"), pl.lit(value=True))
    return city.people.with_row_index("person_row").filter((pl.col("born") <= of_age) & last_day).select(
        pl.col("person_row").cast(pl.Int64), "household", "role", "born", "property", "former_property", "moved_on",
        "left_on"
    )  # fmt: skip


def _spells(homes: pl.DataFrame) -> pl.DataFrame:
    """A household's time at a property: the present one (or the last) and, for movers, the one before."""
    present = homes.select("household", "kind", "property", starts="since", ends="left_on")
    before = homes.filter(pl.col("moved_on").is_not_null()).select(
        "household",
        "kind",
        pl.col("former_property").alias("property"),
        pl.col("former_since").alias("starts"),
        pl.col("moved_on").alias("ends"),
    )
    return pl.concat([present, before])


def _touched(rows: pl.DataFrame, city: City, rng: np.random.Generator, group: str) -> pl.DataFrame:
    """``when``: closed rows were last touched at their end, current ones at some time since they began."""
    ids, inverse = np.unique(rows[group].to_numpy(), return_inverse=True)
    share = rng.beta(1.6, 1.0, len(ids))[inverse]
    days = (pl.lit(city.today) - pl.col("starts")).dt.total_days()
    open_row = pl.col("starts") + pl.duration(days=(days * pl.Series(share)).cast(pl.Int64))
    return rows.drop(
        "role", "born", "former_property", "moved_on", "left_on", "property_right", strict=False
    ).with_columns(when=pl.coalesce("ends", open_row))


def _values(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """True values at the date of the row: maiden names, numbers given up, the property of the time."""
    people = city.people.select(
        "person", "given", "middle", "family", "previous_family", "changed_on", "born", "male", "national_id", "email",
        "previous_email",
        "mobile", "previous_mobile", "landline", "role",
    )[rows["person_row"].to_numpy()]  # fmt: skip
    places = city.properties.select(
        "unit",
        "house_number",
        "building",
        "street_name",
        "postcode",
        "uprn",
        "band",
        "revenues_ref",
        "housing_ref",
        "tenure",
    )
    keep = rows.drop("person_row", "role", "born", "former_property", "moved_on", "left_on", strict=False)
    frame = keep.hstack(people).hstack(places[rows["property"].to_numpy()])
    rng = city.rng(f"values {rows.height}")
    home = pl.Series(rng.random(frame.height)) < 0.25
    old = pl.lit(city.today) - pl.col("when")
    mobile = pl.when(old > pl.duration(days=1200)).then(pl.coalesce("previous_mobile", "mobile")).otherwise("mobile")
    mail = pl.when(old > pl.duration(days=1800)).then(pl.coalesce("previous_email", "email")).otherwise("email")
    return frame.with_columns(
        family=pl.when(pl.col("when") < pl.col("changed_on")).then("previous_family").otherwise("family"),
        title=_title(pl.Series(rng.random(frame.height))),
        gender=pl.when("male").then(pl.lit("M")).otherwise(pl.lit("F")),
        phone=pl.when(home).then(pl.coalesce("landline", mobile)).otherwise(pl.coalesce(mobile, "landline")),
        email=mail,
    ).drop("previous_family", "changed_on", "male", "previous_email", "mobile", "previous_mobile", "landline",
    "role")  # fmt: skip


def _title(chance: pl.Series) -> pl.Expr:
    married = pl.col("previous_family").is_not_null() & (pl.col("when") >= pl.col("changed_on"))
    woman = pl.when(married).then(pl.lit("MRS")).when(chance < 0.45).then(pl.lit("MS")).otherwise(pl.lit("MISS"))
    learned = (
        pl.when(chance > 0.985)
        .then(pl.lit("DR"))
        .when(chance > 0.982)
        .then(pl.lit("REV"))
        .when(chance > 0.98)
        .then(pl.lit("MX"))
    )
    return pl.coalesce(learned, pl.when("male").then(pl.lit("MR")).otherwise(woman))


def _dress_demo(city: City, source: Source, rows: pl.DataFrame) -> pl.DataFrame:
    """The demo resident differs in every system, each time the same way, so that a presenter knows what to point at."""
    swapped = date(city.today.year - 41, 9, 4)
    spots: dict[Source, dict[str, list[Any]]] = {
        "council_tax": {"born": [None, swapped], "given": ["JOSEPHINE"], "middle": ["A"], "family": ["TALLIS",
        "MERRIWEATHER"], "email": [None],
                        "phone": [None, "07700 900123"]},
        "housing": {"given": ["Josephine"], "middle": ["Anne"], "phone": ["07700 900132"],
        "email": ["josephine@resident.example"]},
        "crm": {"given": ["Josie", "Josephine", "J", "Jospehine"], "family": ["Tallis", "Tallis", "Merriweather",
        "Meriweather"],
                "born": [None, date(city.today.year - 41, 4, 9)], "phone": ["07700 900871", None, "07700 900123"],
                "email": ["josie.tallis@post.example", "josephine@resident.example", None,
                "josephine@resident.example"]},
    }  # fmt: skip
    at = (rows["person"] == city.cast.demo_resident).arg_true()
    at = at.gather(rows["when"].gather(at).arg_sort())
    for column, values in spots[source].items():
        cells = [values[min(n, len(values) - 1)] for n in range(at.len())]
        rows = rows.with_columns(rows[column].scatter(at.to_list(), pl.Series(cells, dtype=rows[column].dtype)))
    return rows
