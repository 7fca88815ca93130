"""What can be asked here."""

from app.customers.finding.box import read_box
from app.customers.finding.find import find, suggest
from app.customers.queries.bridges import how_many_suspects, suspects
from app.customers.queries.canonical import canonical
from app.customers.queries.cases import case, cases, cases_of, held_records
from app.customers.queries.desk import desk_counts, next_pair, worklist
from app.customers.queries.desk_pair import audit_pair, desk_pair
from app.customers.queries.drift import drift
from app.customers.queries.erased import kept_out, kept_out_counts, readmitted
from app.customers.queries.golden import (
    golden_of_source_record,
    golden_of_source_records,
    resolve,
    source_records_of_golden,
)
from app.customers.queries.golden_history import golden_as_at, golden_history
from app.customers.queries.golden_view import LABELS
from app.customers.queries.limits import limits_history, match_limits
from app.customers.queries.loads import load, loads, rejects, rejects_csv, sent_with
from app.customers.queries.match_runs import (
    match_model_parameters,
    match_models,
    match_run,
    match_runs,
    old_versions,
    records_waiting,
)
from app.customers.queries.merging import blast_radius, merges_of, pins_of, unmerge_plan
from app.customers.queries.moved_away import moved_away
from app.customers.queries.organisations import ORGANISATION_ORDERS, organisations
from app.customers.queries.people import held_by_ids, people, person, record_by_key, source_of_record
from app.customers.queries.places import household, property_by_id, property_by_uprn, search_properties
from app.customers.queries.properties import HELD_ORDERS, household_page, occupants, organisation, properties_of
from app.customers.queries.quality import quality, quality_now, quality_records, quality_sheets
from app.customers.queries.reaching import reach
from app.customers.queries.recent import recently_seen
from app.customers.queries.relationships import (
    accepted_relationship,
    acting_by_account,
    acting_by_record,
    acting_by_siblings,
    acting_for_account,
    how_many_relationships,
    relationship,
    relationships,
    relationships_of,
    same_arrangement,
    usable_relationship,
)
from app.customers.queries.ruling import rule_table
from app.customers.queries.said import said_about
from app.customers.queries.sampling import accuracy, next_in_sample
from app.customers.queries.searching import customer_line, search
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
    "HELD_ORDERS",
    "LABELS",
    "ORGANISATION_ORDERS",
    "accepted_relationship",
    "account_of_source_record",
    "accounts_of_source_records",
    "accuracy",
    "acting_by_account",
    "acting_by_record",
    "acting_by_siblings",
    "acting_for_account",
    "audit_pair",
    "blast_radius",
    "canonical",
    "case",
    "cases",
    "cases_of",
    "customer_line",
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
    "held_by_ids",
    "held_records",
    "household",
    "household_page",
    "how_many_relationships",
    "how_many_suspects",
    "kept_out",
    "kept_out_counts",
    "limits_history",
    "load",
    "loads",
    "match_limits",
    "match_model_parameters",
    "match_models",
    "match_run",
    "match_runs",
    "merges_of",
    "moved_away",
    "next_in_sample",
    "next_pair",
    "occupants",
    "old_versions",
    "organisation",
    "organisations",
    "people",
    "person",
    "pins_of",
    "possible_match",
    "possible_matches",
    "proof_questions",
    "properties_of",
    "property_by_id",
    "property_by_uprn",
    "provable_sources",
    "quality",
    "quality_now",
    "quality_records",
    "quality_sheets",
    "questions_for",
    "reach",
    "read_box",
    "readmitted",
    "recently_seen",
    "record_by_key",
    "records_waiting",
    "register_entry",
    "rejects",
    "rejects_csv",
    "relationship",
    "relationships",
    "relationships_of",
    "resolve",
    "rule_table",
    "runs",
    "said_about",
    "same_arrangement",
    "search",
    "search_properties",
    "sent_with",
    "source",
    "source_of_record",
    "source_records_of_golden",
    "sources",
    "suggest",
    "suspects",
    "unmerge_plan",
    "usable_relationship",
    "verifications_of",
    "worklist",
]
