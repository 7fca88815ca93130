"""Every table of the room; importing this registers them all, and the guards that the database holds over them."""

from app.enquiries import guards
from app.enquiries.models.attachments import Attachment, AttachmentContent
from app.enquiries.models.core import Contact, Enquiry, EnquiryEntry, EnquiryMessage, EnquiryPlace
from app.enquiries.models.silence import SilenceAlarm
from app.enquiries.models.tools import ChecklistStep, EnquiryLink, EnquiryPresence, EnquiryTask, EnquiryUrgency

__all__ = [
    "Attachment", "AttachmentContent", "ChecklistStep", "Contact", "Enquiry", "EnquiryEntry", "EnquiryLink",
    "EnquiryMessage", "EnquiryPlace", "EnquiryPresence", "EnquiryTask", "EnquiryUrgency", "SilenceAlarm",
]  # fmt: skip

guards.attach(Enquiry.metadata)
