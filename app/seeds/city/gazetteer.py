"""The council's address gazetteer as a file: every property with its UPRN, address, ward and coordinates."""

from pathlib import Path

import polars as pl

from app.seeds.city.model import City

FILE = "gazetteer.csv"


def write_gazetteer(city: City, folder: Path) -> Path:
    """Write `gazetteer.csv` (UTF-8, header, one row a property) and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    wards = city.wards.select("ward", ward_name="name")
    rows = city.properties.join(wards, on="ward", how="left", maintain_order="left").select(
        "uprn", "unit", number=pl.coalesce("house_number", "building"), street="street_name", town=pl.lit(city.name),
        postcode="postcode", ward="ward_name", latitude="latitude", longitude="longitude",
    )  # fmt: skip
    rows.write_csv(folder / FILE)
    return folder / FILE
