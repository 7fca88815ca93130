"""What can be asked here."""

from app.customers.finding.find import find
from app.customers.queries.bridges import how_many_suspects, suspects
from app.customers.queries.canonical import canonical
from app.customers.queries.cases import case, cases, cases_of, held_records
from app.customers.queries.desk import desk_counts, next_pair, worklist
from app.customers.queries.desk_pair import audit_pair, desk_pair
from app.customers.queries.drift import drift
from app.customers.queries.golden import (
    golden_of_source_record,
    golden_of_source_records,
    resolve,
    source_records_of_golden,
)
from app.customers.queries.golden_history import golden_as_at, golden_history
from app.customers.queries.golden_view import LABELS
from app.customers.queries.loads import load, loads, rejects, rejects_csv
from app.customers.queries.match_runs import (
    match_model_parameters,
    match_models,
    match_run,
    match_runs,
    old_versions,
    records_waiting,
)
from app.customers.queries.merging import blast_radius, merges_of, pins_of, unmerge_plan
from app.customers.queries.people import people, person, record_by_key
from app.customers.queries.places import household, property_by_id, property_by_uprn, search_properties
from app.customers.queries.quality import quality, quality_now, quality_records, quality_sheets
from app.customers.queries.recent import recently_seen
from app.customers.queries.ruling import rule_table
from app.customers.queries.sampling import accuracy, next_in_sample
from app.customers.queries.sources import register_entry, source, sources
from app.customers.queries.stewardship import decisions_about, possible_match, possible_matches, runs
from app.customers.queries.verifications import (
    account_of_source_record,
    accounts_of_source_records,
    granted_source_records,
    proof_questions,
    provable_sources,
    questions_for,
    verifications_of,
)

__all__ = [
    "LABELS",
    "account_of_source_record",
    "accounts_of_source_records",
    "accuracy",
    "audit_pair",
    "blast_radius",
    "canonical",
    "case",
    "cases",
    "cases_of",
    "decisions_about",
    "desk_counts",
    "desk_pair",
    "drift",
    "find",
    "golden_as_at",
    "golden_history",
    "golden_of_source_record",
    "golden_of_source_records",
    "granted_source_records",
    "held_records",
    "household",
    "how_many_suspects",
    "load",
    "loads",
    "match_model_parameters",
    "match_models",
    "match_run",
    "match_runs",
    "merges_of",
    "next_in_sample",
    "next_pair",
    "old_versions",
    "people",
    "person",
    "pins_of",
    "possible_match",
    "possible_matches",
    "proof_questions",
    "property_by_id",
    "property_by_uprn",
    "provable_sources",
    "quality",
    "quality_now",
    "quality_records",
    "quality_sheets",
    "questions_for",
    "recently_seen",
    "record_by_key",
    "records_waiting",
    "register_entry",
    "rejects",
    "rejects_csv",
    "resolve",
    "rule_table",
    "runs",
    "search_properties",
    "source",
    "source_records_of_golden",
    "sources",
    "suspects",
    "unmerge_plan",
    "verifications_of",
    "worklist",
]
