"""Turns a template and its context into a subject, a text and an HTML version, in the recipient's language.

The templates are plain text; the HTML is made from the text, so that the two can never say different things. A template sets
`subject` first. Paragraphs are parted by an empty line; a paragraph that is one of our own addresses becomes a button,
one whose lines begin with "- " a list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.kernel.catalogues import read_catalogue
from app.kernel.clock import LONDON, london_date
from app.notifications.enums import Template
from app.notifications.letterhead import Letterhead

HERE = Path(__file__).parent
TRANSLATIONS = HERE / "translations"

_ENQUIRY = frozenset({"name", "reference", "service", "path"})
_BOOKING = frozenset(
    {"name", "reference", "what", "starts_at", "place", "bring", "phone", "change_until", "own", "path"}
)
_RIGHT = frozenset({"name", "reference", "right", "path", "due_on"})
NEEDS: Mapping[Template, frozenset[str]] = {
    Template.CONFIRM_EMAIL: frozenset({"name", "path", "hours"}),
    Template.ALREADY_REGISTERED: frozenset({"name", "path", "reset_path"}),
    Template.RESET_PASSWORD: frozenset({"name", "path", "hours"}),
    Template.PASSWORD_CHANGED: frozenset({"name", "path", "at"}),
    Template.STAFF_INVITATION: frozenset({"name", "path", "days"}),
    Template.ENQUIRY_RECEIVED: _ENQUIRY | {"with_whom", "promised_on"},
    Template.ENQUIRY_ACCEPTED: _ENQUIRY | {"with_whom", "promised_on"},
    Template.PROMISE_CHANGED: _ENQUIRY | {"promised_on", "previously", "reason"},
    Template.ENQUIRY_FINISHED: _ENQUIRY | {"outcome"},
    Template.ENQUIRY_NEEDS_YOU: _ENQUIRY | {"question", "reply_by"},
    Template.ENQUIRY_REASSIGNED: _ENQUIRY | {"with_whom", "promised_on"},
    Template.ENQUIRY_JOINED: _ENQUIRY | {"promised_on"},
    Template.STILL_WITH_US: _ENQUIRY | {"with_whom", "word_by"},
    Template.CUSTOMER_MESSAGE: _ENQUIRY | {"text", "sender"},
    Template.BULLETIN: frozenset({"name", "path", "topic", "title", "text"}),
    Template.RECORD_ANSWERED: frozenset({"name", "path", "day", "outcome", "text"}),
    Template.HANDOFF_OFFERED: _ENQUIRY | {"answer_by"},
    Template.SILENCE_WARNED: _ENQUIRY | {"hear_by", "promised_on"},
    Template.OVERSIGHT_ESCALATED: _ENQUIRY | {"reason", "promised_on"},
    Template.OVERSIGHT_ALARM: frozenset({"name", "path", "kind", "about", "said", "again"}),
    Template.OVERSIGHT_DIGEST: frozenset({"name", "path", "day", "places"}),
    Template.RELATIONSHIP_CHANGED: frozenset({"name", "path", "change", "acts", "day"}),
    Template.RESTRICTED_OPENED: frozenset({"name", "path", "who", "at"}),
    Template.RIGHTS_RECEIVED: _RIGHT,
    Template.RIGHTS_EXTENDED: _RIGHT | {"text"},
    Template.RIGHTS_READY: _RIGHT | {"until"},
    Template.RIGHTS_ANSWERED: _RIGHT | {"met", "text", "day"},
    Template.RIGHTS_CORRECTION: frozenset(
        {"name", "path", "reference", "source", "key", "what", "should_say", "due_on", "again"}
    ),
    Template.BOOKING_MADE: _BOOKING,
    Template.BOOKING_MOVED: _BOOKING,
    Template.BOOKING_CANCELLED: _BOOKING,
    Template.BOOKING_CALLED_OFF: _BOOKING | {"reason"},
    Template.BOOKING_REMINDER: _BOOKING,
}
"""What each template's context must hold. `path` is where the button leads, on our own pages; dates and `with_whom` may be None."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A message in words, ready to send."""

    subject: str
    text: str
    html: str


def render(template: Template, context: Mapping[str, object], locale: str, letterhead: Letterhead) -> Wording:
    """The message in the language asked for, or in English where there is no translation. Raises TypeError for a missing value."""
    missing = NEEDS[template] - context.keys()
    if missing:
        raise TypeError(f"The message {template} needs {', '.join(sorted(missing))}")
    links = {key: letterhead.url(str(value)) for key, value in context.items() if key in {"path", "reset_path"}}
    environment, catalogue = _environment(locale), read_catalogue(TRANSLATIONS, locale)
    names = {key: catalogue.gettext(str(context[key])) for key in ("service", "with_whom") if context.get(key)}
    values = {"body_name": letterhead.body_name, **context, **links, **names}
    module = environment.get_template(f"{template}.txt.j2").make_module(values)
    subject = " ".join(str(getattr(module, "subject", "")).split())
    text = environment.get_template("letter.txt.j2").render(values, body=str(module).strip()).strip() + "\n"
    html = environment.get_template("letter.html.j2").render(
        values, subject=subject, language=locale, blocks=_blocks(text, letterhead)
    )
    return Wording(subject, text, html)


def _blocks(text: str, letterhead: Letterhead) -> list[tuple[str, list[str]]]:
    """The paragraphs with what each is: a link to us, a list, or words."""
    paragraphs = [part.strip().splitlines() for part in text.split("\n\n") if part.strip()]
    return [(_kind(lines, letterhead), [line.removeprefix("- ") for line in lines]) for lines in paragraphs]


def _kind(lines: list[str], letterhead: Letterhead) -> str:
    if len(lines) == 1 and lines[0].startswith(letterhead.base_url + "/") and " " not in lines[0]:
        return "link"
    return "list" if all(line.startswith("- ") for line in lines) else "words"


@lru_cache(maxsize=16)
def _environment(locale: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=lambda name: bool(name and name.endswith(".html.j2")),  # noqa: S701 - text has nothing to escape; the HTML letter is escaped
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    installer: Any = environment
    installer.install_gettext_translations(read_catalogue(TRANSLATIONS, locale), newstyle=True)
    speech = Locale.parse({"en": "en_GB"}.get(locale, locale), sep="_")
    environment.filters["day"] = lambda value: _day(value, speech)
    environment.filters["moment"] = lambda value: format_datetime(value, "d MMMM y HH:mm", tzinfo=LONDON, locale=speech)
    return environment


def _day(value: date | datetime, locale: Locale) -> str:
    day = london_date(value) if isinstance(value, datetime) else value
    return str(format_date(day, "EEEE d MMMM y", locale=locale))
