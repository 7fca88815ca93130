"""Text of this room that is about no customer."""

from app.kernel.personal import MACHINE, OURS, STAFF

_BY = (
    "desk_case.answered_by_name", "desk_claim.claimed_by_name", "desk_judgement.account_name", "desk_opinion.given_by_name",
    "desk_opinion.settled_by_name", "desk_suspect.fine_by_name", "erased_key.readmitted_by_name", "golden_merge.merged_by_name",
    "golden_merge.undone_by_name", "golden_pin.pinned_by_name", "golden_pin.lifted_by_name", "match_model.made_by",
    "match_run.actor_name", "match_run.rolled_back_by", "source_load.actor_name", "source_load.confirmed_by",
    "steward_decision.decided_by_name", "steward_decision.lifted_by_name", "survivorship_rules.made_by", "match_limits.made_by",
    "verification.revoked_by_name", "relationship.recorded_by_name", "relationship.ended_by_name", "relationship.evidence_seen_by",
)  # fmt: skip
PLAIN = {
    **dict.fromkeys(_BY, STAFF),
    **dict.fromkeys(
        (
            "desk_audit.*", "desk_stake.*", "desk_suspect.conflicts", "erased_key.key_hash", "golden_pin.source",
            "golden_pin.attribute", "golden_pin.from_source", "match_limits.*", "match_model.*", "match_run.*", "source_load.*", "source_quality.*",
            "steward_decision.left_source", "steward_decision.right_source", "survivorship_rules.*", "verification.actor_kind",
            "source_file.sha256", "possible_match.weight", "possible_match.probability",
        ),
        MACHINE,
    ),
    "erased_key.readmitted_reason": "Why a record may come again; it is kept beside a hash and names nobody",
    "property.*": "Addresses of the gazetteer, whoever lives there",
    "search_word.*": "Single words of names, without whose they are",
    "source_draft.*": OURS,
    "source_system.*": "The register of sources; `contact` is an address at work",
}  # fmt: skip
"""Column → why it needs no exporter and no eraser."""
