"""Made-up people whose truth is known, from a fixed seed: what the tests of the engine are measured on."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

KINDS = {
    "id": "id", "system": "source", "first": "given_name", "last": "family_name", "born": "date_of_birth",
    "mail": "email", "post": "postcode", "town": "city",
}  # fmt: skip
SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ren",
    "tas",
    "bel",
    "dor",
    "fin",
    "gar",
    "hul",
    "jen",
    "pel",
    "ros",
    "vin",
    "war",
    "zel",
]


def people(count: int = 400, seed: int = 1, noise: float = 0.15, systems: int = 2) -> tuple[pa.Table, dict[str, int]]:
    """A table of one to three records per person, and the person behind each id."""
    rng = np.random.default_rng(seed)
    given, family = _names(rng, 60), _names(rng, 150)
    rows = []
    for person in range(count):
        first, last = given[int(rng.integers(60) * rng.random())], family[rng.integers(150)]
        born = f"{rng.integers(1930, 2010)}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}"
        post = f"ab{rng.integers(1, 40)} {rng.integers(1, 10)}{'abcdefgh'[rng.integers(8)]}z"
        true = {"first": first, "last": last, "born": born, "mail": f"{first}.{last}{rng.integers(99)}@post.org",
                "post": post, "town": family[rng.integers(20)] + "ton"}  # fmt: skip
        for _ in range(1 + rng.binomial(2, 0.5)):
            record = {field: _copied(value, rng, noise) for field, value in true.items()}
            rows.append({"system": f"s{rng.integers(systems)}", **record, "person": person})
    order = rng.permutation(len(rows))
    named = [{"id": f"r{place:05d}", **rows[row]} for place, row in enumerate(order)]
    truth = {row["id"]: row.pop("person") for row in named}
    return pa.Table.from_pylist(named), truth


def _names(rng: np.random.Generator, count: int) -> list[str]:
    return sorted({"".join(rng.choice(SYLLABLES, 2 + rng.integers(2))) for _ in range(count * 3)})[:count]


def _copied(value: str, rng: np.random.Generator, noise: float) -> str | None:
    """The value as another system has it: as it was, missing, or with a typing error."""
    chance = rng.random()
    if chance < noise / 2:
        return None
    if chance > noise:
        return value
    place = int(rng.integers(len(value)))
    letter = str(rng.integers(10)) if value[place].isdigit() else "etaoin"[rng.integers(6)]
    return value[:place] + letter + value[place + 1 :]


def pair_scores(clusters: pa.Table, truth: dict[str, int]) -> tuple[float, float]:
    """Precision and recall over pairs within clusters."""
    found = dict(zip(clusters["id"].to_pylist(), clusters["cluster"].to_pylist(), strict=True))
    both = _pairs([(found[name], person) for name, person in truth.items()])
    return both / max(_pairs(list(found.values())), 1), both / max(_pairs(list(truth.values())), 1)


def _pairs(groups: list[object]) -> int:
    sizes = np.unique(np.array([str(group) for group in groups]), return_counts=True)[1]
    return int((sizes * (sizes - 1) // 2).sum())
