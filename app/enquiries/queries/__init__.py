"""Reads of contacts and enquiries, as frozen rows."""

from app.enquiries.queries.contacts import contact, first_contact_resolution, open_contact_of
from app.enquiries.queries.reading import enquiry, enquiry_id_of, entries, my_enquiries, my_enquiry, places, track
from app.enquiries.queries.timelines import open_at_property, open_duplicates, open_for, timeline_for
from app.enquiries.queries.worklists import waiting_counts, worklist

__all__ = [
    "contact", "enquiry", "enquiry_id_of", "entries", "first_contact_resolution", "my_enquiries", "my_enquiry",
    "open_at_property", "open_contact_of", "open_duplicates", "open_for", "places", "timeline_for", "track",
    "waiting_counts", "worklist",
]  # fmt: skip
