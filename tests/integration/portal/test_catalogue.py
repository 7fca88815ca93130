"""Looking for a service, and reading what it does."""

import pytest
from flask.testing import FlaskClient

from tests.support.pages import read


def test_the_front_page_offers_every_service_under_a_theme(visitor: FlaskClient) -> None:
    page = read(visitor.get("/"))
    assert page.heading == "What can we help you with?"
    links = [link["href"] for link in page.attributes("a") if link.get("href", "").startswith("/services/")]
    assert len(links) == len(set(links)) == 15
    assert "Bins, recycling and waste" in list(page.words("h2"))


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("missed bin", "Report a missed bin"),
        ("POTHOLE", "Report a pothole"),
        ("pothoel", "Report a pothole"),
        ("bed bugs", "Get help with pests"),
    ],
)
def test_a_service_is_found_by_its_words_even_misspelt(visitor: FlaskClient, typed: str, first: str) -> None:
    page = read(visitor.get("/services", query_string={"q": typed}))
    assert next(page.words("h2")) == first


def test_a_word_that_fits_nothing_still_shows_all_services(visitor: FlaskClient) -> None:
    page = read(visitor.get("/services?q=xylophone"))
    assert "We found no service for “xylophone”" in page.text
    assert "Report a pothole" in page.text


def test_what_was_searched_for_is_shown_as_text(visitor: FlaskClient) -> None:
    assert "<script>alert(1)" not in visitor.get("/services?q=<script>alert(1)</script>").get_data(as_text=True)


def test_a_service_says_by_when(visitor: FlaskClient) -> None:
    page = read(visitor.get("/services/missed-bin"))
    assert "we promise to deal with it by Friday 13 March 2026" in page.text
    assert [link["href"] for link in page.attributes("a", role="button")] == ["/services/missed-bin/report"]


def test_danger_is_spoken_of_first(visitor: FlaskClient) -> None:
    assert "ring us at once" in read(visitor.get("/services/pothole")).text


def test_danger_is_spoken_of_before_the_first_question_too(visitor: FlaskClient) -> None:
    """Whoever comes by a link from elsewhere has not seen the service's own page."""
    page = visitor.get("/services/pothole/report").get_data(as_text=True)
    assert page.index("people in danger") < page.index('<form method="post"')
    assert "people in danger" not in visitor.get("/services/missed-bin/report").get_data(as_text=True)


@pytest.mark.parametrize("address", ["/services/levitation", "/services/levitation/report"])
def test_a_service_that_there_is_not_is_not_found(visitor: FlaskClient, address: str) -> None:
    assert visitor.get(address).status_code == 404


@pytest.mark.parametrize(
    ("language", "heading"), [("fr", "Que pouvons-nous faire pour vous ?"), ("es", "¿En qué podemos ayudarle?")]
)
def test_the_front_page_speaks_three_languages(visitor: FlaskClient, language: str, heading: str) -> None:
    page = read(visitor.get("/", headers={"Accept-Language": language}))
    assert page.lang == language
    assert page.heading.replace("\u00a0", " ") == heading
    assert "Report a missed bin" not in page.text
