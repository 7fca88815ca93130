"""A fictional city of any size, its three untidy source extracts, and two years of what its people asked for.

Everything is a pure function of residents, seed, date and noise: no clock, no database, no network. Nothing in it
points at a real person or place: see ``places`` for the ground, ``reach`` for telephones and addresses.
"""

from app.seeds.city.extracts import FILES, extract_tables, planned_rejects, write_extracts, write_truth
from app.seeds.city.gazetteer import write_gazetteer
from app.seeds.city.generate import DEFAULT_SEED, generate
from app.seeds.city.model import NOISES, SOURCES, Cast, City, Noise, Source
from app.seeds.city.plan import PlannedEnquiry, PlannedHandoff
from app.seeds.city.rejects import Reject
from app.seeds.city.story import story

__all__ = [
    "DEFAULT_SEED", "FILES", "NOISES", "SOURCES", "Cast", "City", "Noise", "PlannedEnquiry", "PlannedHandoff",
    "Reject", "Source", "extract_tables",
    "generate", "planned_rejects", "story", "write_extracts", "write_gazetteer", "write_truth",
]  # fmt: skip
