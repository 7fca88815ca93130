"""Which language a page is in, and how a reader changes it."""

import pytest
from flask.testing import FlaskClient

from tests.support.pages import read


@pytest.mark.parametrize(
    ("asks_for", "gets"),
    [("", "en"), ("fr", "fr"), ("es-MX,es;q=0.9", "es"), ("de,fr;q=0.5", "fr"), ("de", "en"), ("xx;;q=;", "en")],
)
def test_a_page_is_in_the_language_the_browser_asks_for(browser: FlaskClient, asks_for: str, gets: str) -> None:
    assert read(browser.get("/form", headers={"Accept-Language": asks_for})).lang == gets


def test_a_choice_is_kept_and_outranks_the_browser(browser: FlaskClient) -> None:
    response = browser.get("/language/fr?next=/form")
    assert response.location == "/form"
    assert read(browser.get("/form", headers={"Accept-Language": "es"})).lang == "fr"


def test_the_switch_leads_back_to_the_page_with_its_filters(browser: FlaskClient) -> None:
    page = read(browser.get("/form?a=1&b=two%20words"))
    link = page.attributes("a", hreflang="es")[0]["href"]
    assert browser.get(link).location == "/form?a=1&b=two%20words"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil", ""]
)
def test_the_switch_never_leads_elsewhere(browser: FlaskClient, elsewhere: str) -> None:
    assert browser.get("/language/fr", query_string={"next": elsewhere}).location == "/"


def test_a_language_that_is_not_offered_is_not_found(browser: FlaskClient) -> None:
    assert browser.get("/language/de").status_code == 404


def test_errors_speak_the_readers_language_too(browser: FlaskClient) -> None:
    page = read(browser.get("/nothing", headers={"Accept-Language": "fr"}))
    assert page.heading == "Page introuvable"
