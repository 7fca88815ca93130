"""Reads of contacts and enquiries, as frozen rows."""

from app.enquiries.queries.acting import acting_enquiries, acting_enquiry
from app.enquiries.queries.addressees import addressee, writes_to
from app.enquiries.queries.at_property import enquiries_at_property, services_at_property
from app.enquiries.queries.contacts import contact, first_contact_resolution, open_contact_of
from app.enquiries.queries.of_customers import open_counts
from app.enquiries.queries.reading import (
    enquiry,
    enquiry_id_of,
    entries,
    my_enquiries,
    my_enquiry,
    opens_survivor,
    places,
    track,
)
from app.enquiries.queries.silence import about_to_be_silent, silence_counts
from app.enquiries.queries.timelines import filed_for, open_at_property, open_duplicates, open_for, timeline_for
from app.enquiries.queries.tools import (
    checklist,
    file_content,
    files,
    joined_to,
    links,
    looking_at,
    my_tasks,
    tasks,
    urgency,
    urgent,
    urgent_counts,
)
from app.enquiries.queries.worklists import waiting_counts, worklist

__all__ = [
    "about_to_be_silent",
    "acting_enquiries",
    "acting_enquiry",
    "addressee",
    "checklist",
    "contact",
    "enquiries_at_property",
    "enquiry",
    "enquiry_id_of",
    "entries",
    "file_content",
    "filed_for",
    "files",
    "first_contact_resolution",
    "joined_to",
    "links",
    "looking_at",
    "my_enquiries",
    "my_enquiry",
    "my_tasks",
    "open_at_property",
    "open_contact_of",
    "open_counts",
    "open_duplicates",
    "open_for",
    "opens_survivor",
    "places",
    "services_at_property",
    "silence_counts",
    "tasks",
    "timeline_for",
    "track",
    "urgency",
    "urgent",
    "urgent_counts",
    "waiting_counts",
    "worklist",
    "writes_to",
]  # fmt: skip
