"""The house's words as a resident reads them: themes of the catalogue, and what each line of a timeline says to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.enquiries.enums import EntryKind
from app.enquiries.rows import Answer, EntryRow
from app.kernel.i18n import N_
from app.organisation.rows import ServiceRow
from app.web.dates import PLAIN, write_day
from app.web.i18n import current, gettext
from app.web.timelines import said

K = EntryKind

THEMES: Mapping[str, str] = {
    "waste": N_("Bins, recycling and waste"),
    "highways": N_("Roads and street lights"),
    "environmental-health": N_("Clean streets and pests"),
    "revenues": N_("Council tax"),
    "housing": N_("Housing"),
    "adult-social-care": N_("Parking badges and care"),
    "customer-relations": N_("Complaints and praise"),
}
OTHER = N_("Other services")

TO_THE_CUSTOMER: Mapping[EntryKind, str] = {
    K.RECEIVED: N_("We received your enquiry"),
    K.AWAITING_CUSTOMER: N_("We asked you for something"),
    K.CUSTOMER_REPLIED: N_("You replied"),
    K.AWAITING_THIRD_PARTY: N_("We are waiting for somebody outside the council"),
    K.DUPLICATE: N_("We are dealing with this together with another report of the same thing"),
    K.WITHDRAWN: N_("This enquiry was withdrawn"),
    K.MESSAGE_OUT: N_("We wrote to you"),
    K.MESSAGE_IN: N_("You wrote to us"),
    K.TOLD: N_("We sent you an e-mail"),
    K.NOT_TOLD: N_("We have no e-mail address for you"),
    K.CONTACT: N_("You got in touch"),
    K.CALLED: N_("We spoke to you"),
    K.WORD_PROMISED: N_("We promised to write to you by %(day)s"),
}
"""Where the house's own words speak of "the customer", the customer is spoken to."""

FROM_THE_CUSTOMER = frozenset({K.CUSTOMER_REPLIED, K.MESSAGE_IN, K.CONTACT})


def to_the_customer(entry: EntryRow) -> str:
    """The line in words for the one who asked."""
    return said(entry, TO_THE_CUSTOMER.get(entry.kind, ""))


def answered(answer: Answer) -> str:
    """An answer in words: what was chosen is translated, what was written stays as it is."""
    if answer.day is not None:
        return write_day(answer.day, current(), PLAIN)
    return ", ".join(gettext(value) if answer.chosen else value for value in answer.values)


def is_from_the_customer(entry: EntryRow) -> bool:
    return entry.kind in FROM_THE_CUSTOMER


@dataclass(frozen=True, slots=True)
class Theme:
    """A heading of the catalogue and the services under it."""

    title: str
    services: tuple[ServiceRow, ...]


def themes(services: Sequence[ServiceRow]) -> list[Theme]:
    """The catalogue under headings that a resident would look for, in a fixed order."""
    under: dict[str, list[ServiceRow]] = {title: [] for title in [*THEMES.values(), OTHER]}
    for service in services:
        under[THEMES.get(service.handoff_unit_slug or service.unit_slug, OTHER)].append(service)
    return [Theme(title, tuple(found)) for title, found in under.items() if found]
