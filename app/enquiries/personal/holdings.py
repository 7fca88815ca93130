"""The classes of records of this room, and the text that is about no customer."""

from app.enquiries.models import Attachment, EnquiryEntry, EnquiryMessage
from app.enquiries.personal import erasing, exporting
from app.kernel.i18n import N_
from app.kernel.personal import MACHINE, OURS, STAFF, Holding, Retention

_SIX_YEARS = N_("Limitation Act 1980: claims can be made for six years")
_WITH = Retention(72, N_("the enquiry was closed"), N_("blanked with the enquiry"), _SIX_YEARS)
_WHY = N_("To answer what you asked, and to show what was promised and done")
_WHO = N_("The services named in each row, and the systems that they work with")

HOLDINGS = (
    Holding(
        "enquiries", N_("Your enquiries"),
        (
            "enquiry.raiser_name", "enquiry.raiser_email", "enquiry.raiser_phone", "enquiry.locale", "enquiry.answers", "enquiry.asked",
            "enquiry.outcome", "enquiry.received_by", "enquiry.client_token", "enquiry_urgency.reason", "enquiry_urgency.refusal", "enquiry_task.title",
            "enquiry_task.dropped_because",
        ),
        Retention(
            72, N_("the enquiry was closed"), N_("blanked; what, when and how it ended stays for the count"), _SIX_YEARS,
            erasing.count_old, erasing.expire_old,
        ),
        _WHY, _WHO, export=exporting.export_enquiries, assess=erasing.assess_enquiries, erase=erasing.erase_enquiries,
    ),
    Holding(
        "acted-enquiries", N_("What you asked for somebody else"), (),
        Retention(72, N_("the enquiry was closed"), N_("blanked with the enquiry"), _SIX_YEARS), _WHY, _WHO,
        export=exporting.export_acted, assess=erasing.assess_acted, erase=erasing.erase_acted,
    ),
    Holding(
        "timeline", N_("What happened with them, line by line"),
        ("enquiry_entry.body", "enquiry_entry.detail", "enquiry_entry.actor_name"), _WITH, _WHY, _WHO,
        export=exporting.export_timeline, assess=erasing.assess_of(EnquiryEntry), erase=erasing.erase_timeline,
    ),
    Holding(
        "correspondence", N_("What you and we have written"),
        ("enquiry_message.body", "enquiry_message.sent_to", "enquiry_message.author_name"), _WITH, _WHY, _WHO,
        export=exporting.export_correspondence, assess=erasing.assess_of(EnquiryMessage), erase=erasing.erase_correspondence,
    ),
    Holding(
        "files", N_("Files that go with them"),
        (
            "attachment.name", "attachment.actor_name", "attachment.digest", "attachment.hidden_because", "attachment_content.content",
            "attachment_content.digest",
        ),
        _WITH, _WHY, _WHO, export=exporting.export_files, assess=erasing.assess_of(Attachment), erase=erasing.erase_files,
        enclose=exporting.file_bytes,
    ),
    Holding(
        "contacts", N_("Calls, visits and letters"),
        ("contact.caller_name", "contact.caller_email", "contact.caller_phone", "contact.note"),
        Retention(72, N_("the contact"), N_("blanked"), _SIX_YEARS, erasing.count_old_contacts, erasing.expire_old_contacts),
        _WHY, N_("Staff who answer enquiries"),
        export=exporting.export_contacts, assess=erasing.assess_contacts, erase=erasing.erase_contacts,
    ),
)  # fmt: skip

PLAIN = {
    **dict.fromkeys(
        (
            "contact.advisor_name", "enquiry_link.by_name", "enquiry_task.created_by", "enquiry_task.ended_by",
            "enquiry_urgency.asked_by", "enquiry_urgency.authorised_by", "silence_alarm.given_to",
        ),
        STAFF,
    ),
    "enquiry.reference": MACHINE,
    "enquiry.acting_kind": MACHINE,
    "checklist_step.title": OURS,
}  # fmt: skip
"""Column → why it needs no exporter and no eraser."""
