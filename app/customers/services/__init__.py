"""What can be done here: loading, matching, looking, verifying, deciding."""

from app.customers.loading.load import ingest_file
from app.customers.loading.places import load_gazetteer
from app.customers.loading.register import register_sources
from app.customers.matching.run import match_all
from app.customers.services.restricting import restrict, unrestrict
from app.customers.services.stewardship import decide, lift, unlink
from app.customers.services.verifying import prove, verify
from app.customers.services.viewing import single_view

__all__ = [
    "decide",
    "ingest_file",
    "lift",
    "load_gazetteer",
    "match_all",
    "prove",
    "register_sources",
    "restrict",
    "single_view",
    "unlink",
    "unrestrict",
    "verify",
]
