"""Splink 5 on DuckDB, with settings after its own tutorials: what ours is measured beside."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import polars as pl
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.internals.duckdb.database_api import DuckDBAPI

THRESHOLD = 0.95
"""The match probability at which the tutorials form clusters."""

MAX_PAIRS = 1e6
"""Pairs for estimating u; 10⁷ takes 2 to 6 times as long and changes no F1 here."""


@dataclass(frozen=True)
class Recipe:
    """Comparisons, blocking rules, the rules of the two EM runs, and the deterministic rules for the prior."""

    comparisons: list[Any]
    blocking: list[Any]
    training: list[Any]
    certain: list[Any]
    recall: float


def _names(first: str, last: str) -> Any:
    return cl.ForenameSurnameComparison(first, last)


def _frequent(comparison: Any) -> Any:
    return comparison.configure(term_frequency_adjustments=True)


def _rules(*columns: str) -> list[Any]:
    return [block_on(*rule.split("+")) for rule in columns]


RECIPES = {
    "historical": lambda: Recipe(
        [
            _names("first_name", "surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            _frequent(cl.ExactMatch("birth_place")),
            _frequent(cl.ExactMatch("occupation")),
        ],
        _rules(
            "substr(first_name,1,3)+substr(surname,1,4)", "surname+dob", "first_name+dob", "postcode_fake+first_name",
            "postcode_fake+surname", "dob+birth_place", "substr(postcode_fake,1,3)+dob",
            "substr(postcode_fake,1,3)+first_name", "substr(postcode_fake,1,3)+surname",
            "substr(first_name,1,2)+substr(surname,1,2)+substr(dob,1,4)",
        ),
        _rules("first_name+surname", "dob"),
        _rules("first_name+surname+dob", "postcode_fake+dob"),
        0.6,
    ),
    "fake": lambda: Recipe(
        [
            _names("first_name", "surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            _frequent(cl.ExactMatch("city")),
            cl.EmailComparison("email"),
        ],
        _rules("first_name+city", "surname", "dob", "email"),
        _rules("first_name+surname", "dob"),
        _rules("first_name+dob", "email"),
        0.7,
    ),
    "febrl": lambda: Recipe(
        [
            _frequent(cl.NameComparison("given_name")),
            _frequent(cl.NameComparison("surname")),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            _frequent(cl.ExactMatch("street_number")),
            _frequent(cl.DamerauLevenshteinAtThresholds("postcode", [1, 2])),
        ],
        _rules("given_name+surname", "soc_sec_id", "date_of_birth", "postcode+given_name", "postcode+surname",
               "street_number+postcode"),
        _rules("date_of_birth", "postcode"),
        _rules("soc_sec_id", "given_name+surname+date_of_birth"),
        0.9,
    ),
    "city": lambda: Recipe(
        [
            _names("given_name", "family_name"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.EmailComparison("email"),
            _frequent(cl.LevenshteinAtThresholds("phone", [1, 2])),
            cl.LevenshteinAtThresholds("national_id", [1, 2]),
            _frequent(cl.LevenshteinAtThresholds("postcode", [1, 2])),
            _frequent(cl.JaroWinklerAtThresholds("address_line", [0.9])),
            cl.ExactMatch("house_number"),
        ],
        _rules(
            "given_name+family_name", "family_name+date_of_birth", "given_name+date_of_birth", "postcode+given_name",
            "postcode+family_name", "email", "phone", "national_id", "date_of_birth+postcode",
            "substr(given_name,1,2)+substr(family_name,1,3)+substr(date_of_birth,1,4)",
        ),
        _rules("given_name+family_name", "date_of_birth"),
        _rules("national_id", "email", "given_name+family_name+date_of_birth"),
        0.7,
    ),
}  # fmt: skip


class Splink:
    """One run: train, predict, cluster at the tutorials' threshold; other thresholds can be asked for afterwards."""

    def __init__(self, frame: pl.DataFrame, family: str, identity: str, seed: int) -> None:
        logging.getLogger("splink").setLevel(logging.ERROR)
        recipe = RECIPES[family]()
        api = DuckDBAPI()
        settings = SettingsCreator(
            link_type="dedupe_only",
            comparisons=recipe.comparisons,
            blocking_rules_to_generate_predictions=recipe.blocking,
            unique_id_column_name=identity,
            retain_matching_columns=False,
        )
        self._linker = Linker(api.register(frame.to_arrow()), settings, log_level=logging.ERROR)
        training = self._linker.training
        training.estimate_probability_two_random_records_match(recipe.certain, recall=recipe.recall)
        training.estimate_u_using_random_sampling(max_pairs=MAX_PAIRS, seed=seed)
        for rule in recipe.training:
            training.estimate_parameters_using_expectation_maximisation(rule)
        self._identity = identity
        self._pairs = self._linker.inference.predict(threshold_match_probability=0.01)

    def completeness(self, truth: dict[str, str]) -> float:
        """The share of true pairs that blocking found and that were given at least p = .01."""
        sides = [f"{self._identity}_{side}" for side in "lr"]
        pairs = pl.DataFrame(pl.from_arrow(self._pairs.as_pyarrow_table())).select(pl.col(sides).cast(pl.String))
        who = pl.DataFrame({"id": list(truth), "who": list(truth.values())})
        for side in sides:
            pairs = pairs.join(who.rename({"id": side, "who": f"{side}_who"}), on=side)
        sizes = who.group_by("who").len()["len"].cast(pl.Int64)
        found = pairs.filter(pl.col(f"{sides[0]}_who") == pl.col(f"{sides[1]}_who")).height
        return found / int((sizes * (sizes - 1) // 2).sum())

    def clusters(self, threshold: float = THRESHOLD) -> dict[str, str]:
        found = self._linker.clustering.cluster_pairwise_predictions_at_threshold(self._pairs, threshold)
        frame = pl.DataFrame(pl.from_arrow(found.as_pyarrow_table()))
        return dict(zip(frame[self._identity].cast(pl.String), frame["cluster_id"].cast(pl.String), strict=True))
