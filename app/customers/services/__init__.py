"""What can be done here: loading, matching, looking, verifying, deciding."""

from app.customers.connecting.reach import Reach
from app.customers.connecting.refresh import fetcher_of
from app.customers.loading.load import ingest_file
from app.customers.loading.places import load_gazetteer
from app.customers.loading.register import register_sources
from app.customers.matching.rehearsal import Proposed, Rehearsed, rehearse
from app.customers.matching.rollback import roll_back
from app.customers.matching.run import match_all
from app.customers.matching.waiting import match_waiting, queue_run
from app.customers.services.adding import add_customer
from app.customers.services.breaking_glass import note_opened
from app.customers.services.cases import answer_case, tell_us
from app.customers.services.claiming import claim, opened_reason, release
from app.customers.services.drafting import choose, draft, look_at, register_draft, relearn, unused_columns
from app.customers.services.erasing import erase_records, readmit
from app.customers.services.judging import join_many, judge, open_restricted_pair, skip
from app.customers.services.lifting import lift_said
from app.customers.services.limiting import set_limits
from app.customers.services.listing import export_organisations
from app.customers.services.loads import (
    confirm_gone,
    discard,
    let_in,
    queue_file,
    queue_refresh,
    queue_sample,
    take_back,
)
from app.customers.services.looking_back import look_back, note_look, note_property_look
from app.customers.services.looking_up import OURS, match_organisation, match_person
from app.customers.services.merging import merge, unmerge
from app.customers.services.pinning import lift_pin, pin
from app.customers.services.pushing import MOST as MOST_PUSHED
from app.customers.services.pushing import push
from app.customers.services.quality import export_quality, first_rows, look_at_quality
from app.customers.services.registering import connect, edit_entry, forget_watermark, schedule
from app.customers.services.relating import (
    accept_relationship,
    end_relationship,
    expire_relationships,
    note_acting_look,
    record_relationship,
)
from app.customers.services.relationship_letters import remind_of_relationships
from app.customers.services.restricting import restrict, unrestrict
from app.customers.services.ruling import preview_rules, save_rules
from app.customers.services.sampling import draw_sample, judge_sample
from app.customers.services.splitting import open_restricted_split, open_split, preview_split, split
from app.customers.services.staking import weigh_stakes
from app.customers.services.stewardship import decide, lift, part, unlink
from app.customers.services.suspecting import call_it_fine, look_for_weak_bridges
from app.customers.services.trusting import preview_trust, set_trust
from app.customers.services.undoing import undo
from app.customers.services.verifying import prove, verify
from app.customers.services.viewing import single_view

__all__ = [
    "MOST_PUSHED",
    "OURS",
    "Proposed",
    "Reach",
    "Rehearsed",
    "accept_relationship",
    "add_customer",
    "answer_case",
    "call_it_fine",
    "choose",
    "claim",
    "confirm_gone",
    "connect",
    "decide",
    "discard",
    "draft",
    "draw_sample",
    "edit_entry",
    "end_relationship",
    "erase_records",
    "expire_relationships",
    "export_organisations",
    "export_quality",
    "fetcher_of",
    "first_rows",
    "forget_watermark",
    "ingest_file",
    "join_many",
    "judge",
    "judge_sample",
    "let_in",
    "lift",
    "lift_pin",
    "lift_said",
    "load_gazetteer",
    "look_at",
    "look_at_quality",
    "look_back",
    "look_for_weak_bridges",
    "match_all",
    "match_organisation",
    "match_person",
    "match_waiting",
    "merge",
    "note_acting_look",
    "note_look",
    "note_opened",
    "note_property_look",
    "open_restricted_pair",
    "open_restricted_split",
    "open_split",
    "opened_reason",
    "part",
    "pin",
    "preview_rules",
    "preview_split",
    "preview_trust",
    "prove",
    "push",
    "queue_file",
    "queue_refresh",
    "queue_run",
    "queue_sample",
    "readmit",
    "record_relationship",
    "register_draft",
    "register_sources",
    "rehearse",
    "relearn",
    "release",
    "remind_of_relationships",
    "restrict",
    "roll_back",
    "save_rules",
    "schedule",
    "set_limits",
    "set_trust",
    "single_view",
    "skip",
    "split",
    "take_back",
    "tell_us",
    "undo",
    "unlink",
    "unmerge",
    "unrestrict",
    "unused_columns",
    "verify",
    "weigh_stakes",
]
