"""What can be asked here."""

from app.customers.finding.find import find
from app.customers.queries.golden import (
    golden_of_source_record,
    golden_of_source_records,
    resolve,
    source_records_of_golden,
)
from app.customers.queries.golden_view import LABELS
from app.customers.queries.loads import load, loads, rejects, rejects_csv, source, sources
from app.customers.queries.people import people, person, record_by_key
from app.customers.queries.places import household, property_by_id, property_by_uprn, search_properties
from app.customers.queries.recent import recently_seen
from app.customers.queries.stewardship import decisions_about, possible_match, possible_matches, runs
from app.customers.queries.verifications import (
    PROOF_QUESTIONS,
    account_of_source_record,
    accounts_of_source_records,
    granted_source_records,
    provable_sources,
    questions_for,
    verifications_of,
)

__all__ = [
    "LABELS",
    "PROOF_QUESTIONS",
    "account_of_source_record",
    "accounts_of_source_records",
    "decisions_about",
    "find",
    "golden_of_source_record",
    "golden_of_source_records",
    "granted_source_records",
    "household",
    "load",
    "loads",
    "people",
    "person",
    "possible_match",
    "possible_matches",
    "property_by_id",
    "property_by_uprn",
    "provable_sources",
    "questions_for",
    "recently_seen",
    "record_by_key",
    "rejects",
    "rejects_csv",
    "resolve",
    "runs",
    "search_properties",
    "source",
    "source_records_of_golden",
    "sources",
    "verifications_of",
]
