"""``crm.jsonl``: twenty years of contact cards, one JSON object per line, as the retiring CRM's export tool writes
them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

from app.seeds.city.model import City
from app.seeds.city.rejects import Reason, with_rejects
from app.seeds.city.words import NOTES, TOPICS


def write(city: City, records: pl.DataFrame, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for line in with_rejects(_lines(city, records), "crm", records.height, _broken):
            file.write(line + "\n")


def _lines(city: City, records: pl.DataFrame) -> Iterator[str]:
    random = Random(city.seed + 2)
    for record in records.iter_rows(named=True):
        yield json.dumps(_card(record, city.today, random), ensure_ascii=False)


def _card(record: dict[str, Any], today: date, random: Random) -> dict[str, Any]:
    created = _moment(record["when"], random)
    updated = created
    if random.random() < 0.3:
        updated = _moment(
            min(today - timedelta(days=1), record["when"] + timedelta(days=random.randrange(1, 2000))), random
        )
    topic = random.choice(TOPICS)
    return {
        "contact_id": record["key"], "created": created.isoformat(), "updated": max(created, updated).isoformat(),
        "name": _name(record, random), "dob": record["born"] and record["born"].isoformat(), "gender": record["gender"],
        "address": _address(record), "phones": _phones(record["phone"]),
        "emails": [record["email"]] if record["email"] else [],
        "channel": random.choices(("phone", "email", "visit", "web", "post"), (62, 14, 12, 8, 4))[0], "topic": topic,
        "notes": random.choice(NOTES).format(topic=topic.replace("-", " ")),
    }  # fmt: skip


def _moment(day: date, random: Random) -> datetime:
    return datetime.combine(day, time(8 + random.randrange(10), random.randrange(60), random.randrange(60)), tzinfo=UTC)


def _name(record: dict[str, Any], random: Random) -> dict[str, Any]:
    given, family = record["given"], record["family"]
    if given and not record["middle"] and random.random() < 0.12:
        return {"full": f"{given} {family}" if random.random() < 0.7 else f"{family}, {given}"}
    return {"title": record["title"].title(), "first": given, "middle": record["middle"], "last": family}


def _address(record: dict[str, Any]) -> dict[str, Any] | None:
    if record["street_name"] is None:
        return None
    fields = {
        "unit": "unit",
        "number": "house_number",
        "street": "street_name",
        "town": "town",
        "postcode": "postcode",
        "uprn": "uprn",
    }
    return {name: record[column] for name, column in fields.items()}


def _phones(number: str | None) -> list[dict[str, str]]:
    if not number:
        return []
    digits = "".join(letter for letter in number if letter.isdigit()).removeprefix("0044").removeprefix("44")
    return [{"type": "landline" if digits.lstrip("0").startswith("1") else "mobile", "number": number}]


def _broken(line: str, reason: Reason, number: int) -> str:
    if reason == "too_short":
        return line[: len(line) // 2]
    card = json.loads(line) | {"contact_id": f"CRM-9{number:06d}"}
    card |= {"dob": "1975-02-31"} if reason == "impossible_date" else {"contact_id": None}
    return json.dumps(card, ensure_ascii=False)
