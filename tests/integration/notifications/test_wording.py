"""Every message says what it must, links to us only, and says the same in text and HTML."""

from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest

from app.notifications.enums import Template
from app.notifications.letterhead import Letterhead
from app.notifications.wording import NEEDS, render

HEAD = Letterhead("Hallowmere City Council", "https://my.hallowmere.example", "hallowmere.example")
CONTEXT = {
    "name": "Riley Stone",
    "reference": "FP-7K3Q-92MX",
    "service": "Missed bin",
    "path": "/enquiries/FP-7K3Q-92MX",
    "reset_path": "/forgotten-password",
    "with_whom": "Waste Services",
    "promised_on": date(2026, 3, 13),
    "previously": date(2026, 3, 12),
    "reply_by": date(2026, 3, 20),
    "answer_by": datetime(2026, 3, 20, 12, 0, tzinfo=UTC),
    "reason": "The lorry broke down.",
    "outcome": "We emptied your bin.\n\nIt was contaminated.",
    "question": "Which colour is the bin?",
    "text": "Hello <b>there</b>\n- one\n\n- two\n- three",
    "sender": "Ada",
    "hours": 48,
    "days": 7,
    "at": datetime(2026, 7, 1, 12, 30, tzinfo=UTC),
    "day": date(2026, 3, 16),
    "word_by": date(2026, 3, 17),
    "hear_by": datetime(2026, 3, 17, 17, 0, tzinfo=UTC),
    "about": "Finance incidents",
    "kind": "Queue with a misleading name",
    "said": "None of its people can open it.",
    "again": True,
    "change": "recorded",
    "acts": True,
    "who": "Lee Der",
    "right": "access",
    "due_on": date(2026, 4, 11),
    "until": date(2026, 5, 11),
    "met": True,
    "source": "Council tax",
    "key": "700000001-1",
    "what": "Family name",
    "should_say": "Tallis",
    "starts_at": datetime(2026, 3, 17, 9, 0, tzinfo=UTC),
    "change_until": datetime(2026, 3, 16, 9, 0, tzinfo=UTC),
    "place": "Harbour Road",
    "bring": "Bring the permit",
    "phone": "01632 960100",
    "topic": "Bin collections",
    "title": "Late on Friday",
    "own": True,
    "places": [
        {"place": "Waste", "unattended": 1, "late": 2, "silent": 3, "ownerless": 1, "custody": 2, "anomalies": 1},
        {"place": "", "unattended": 0, "late": 0, "silent": 0, "ownerless": 0, "custody": 0, "anomalies": 2},
    ],
}


class Words(HTMLParser):
    """The words and the links of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words += data.split()


@pytest.mark.parametrize("template", Template)
def test_every_template_can_be_written_in_every_language(template: Template) -> None:
    for locale in ("en", "fr", "es"):
        wording = render(template, CONTEXT, locale, HEAD)
        assert wording.subject
        assert "\n" not in wording.subject
        assert "Hallowmere City Council" in wording.text
        assert f'<html lang="{locale}">' in wording.html


@pytest.mark.parametrize("template", Template)
def test_the_html_says_what_the_text_says(template: Template) -> None:
    wording = render(template, CONTEXT, "en", HEAD)

    words = " ".join(Words(wording.html).words)

    assert all(word in words for word in wording.text.split() if word != "-")


@pytest.mark.parametrize("template", Template)
def test_the_html_has_no_inline_style_and_leads_only_to_us(template: Template) -> None:
    page = Words(render(template, CONTEXT, "en", HEAD).html)

    assert "style" not in page.attributes
    assert "img" not in page.tags
    assert page.links
    assert all(link.startswith("https://my.hallowmere.example/") for link in page.links)


@pytest.mark.parametrize("template", Template)
def test_a_missing_value_is_named(template: Template) -> None:
    for key in NEEDS[template]:
        with pytest.raises(TypeError, match=key):
            render(template, {name: value for name, value in CONTEXT.items() if name != key}, "en", HEAD)


@pytest.mark.parametrize(
    "template",
    [Template.ENQUIRY_RECEIVED, Template.ENQUIRY_ACCEPTED, Template.PROMISE_CHANGED, Template.ENQUIRY_REASSIGNED],
)
def test_what_is_not_known_is_left_out(template: Template) -> None:
    nothing = dict.fromkeys(("name", "with_whom", "promised_on", "previously", "reason"))

    wording = render(template, CONTEXT | nothing, "en", HEAD)

    assert "None" not in wording.text
    assert "\n\n\n" not in wording.text
    assert wording.text.startswith("Hello,\n")


def test_dates_are_written_out_and_times_are_those_of_london() -> None:
    assert "Friday 13 March 2026" in render(Template.ENQUIRY_RECEIVED, CONTEXT, "en", HEAD).text
    assert "1 July 2026 13:30" in render(Template.PASSWORD_CHANGED, CONTEXT, "en", HEAD).text


def test_a_customers_words_cannot_become_markup() -> None:
    html = render(Template.CUSTOMER_MESSAGE, CONTEXT | {"text": "<script>alert(1)</script>"}, "en", HEAD).html

    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_another_sites_address_in_a_message_is_no_link() -> None:
    page = Words(render(Template.CUSTOMER_MESSAGE, CONTEXT | {"text": "https://evil.example/pay"}, "en", HEAD).html)

    assert "https://evil.example/pay" not in page.links


def test_a_subject_stays_on_one_line() -> None:
    wording = render(Template.ENQUIRY_RECEIVED, CONTEXT | {"reference": "FP\r\nBcc: everybody@example.org"}, "en", HEAD)

    assert wording.subject == "We have your enquiry FP Bcc: everybody@example.org"


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "enquiries",
        "https://my.hallowmere.example.evil/",
    ],
)
def test_a_message_never_leads_elsewhere(path: str) -> None:
    with pytest.raises(ValueError, match="our own pages"):
        render(Template.ENQUIRY_RECEIVED, CONTEXT | {"path": path}, "en", HEAD)


def test_the_last_letter_of_the_address_is_right_with_or_without_the_host() -> None:
    for path in ("/track/1", "https://my.hallowmere.example/track/1"):
        assert (
            "\nhttps://my.hallowmere.example/track/1\n"
            in render(Template.ENQUIRY_RECEIVED, CONTEXT | {"path": path}, "en", HEAD).text
        )
