"""Forms say what is wrong, where, and in the reader's language; and they forget nothing."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.kernel.errors import Invalid
from app.web import forms
from tests.integration.web.conftest import StoryForm
from tests.support.pages import read


def test_an_empty_form_names_its_problem_twice_and_links_to_the_field(browser: FlaskClient) -> None:
    response = browser.post("/form", data={})
    page = read(response)
    assert response.status_code == 422
    assert page.title.startswith("Error: ")
    assert "Enter your name" in list(page.words("a", href="#name"))
    assert page.attributes("input", id="name")[0]["aria-describedby"] == "name-error"


def test_browsers_do_not_cut_in_with_messages_of_their_own(browser: FlaskClient) -> None:
    page = read(browser.get("/form"))
    assert "novalidate" in page.attributes("form", method="post")[-1]
    assert "required" not in page.attributes("input", name="name")[0]


def test_spaces_around_an_answer_are_dropped(kit_app: Flask) -> None:
    with kit_app.test_request_context(method="POST", data={"name": "  Ada  "}):
        form = StoryForm()
        assert form.validate()
        assert form.name.data == "Ada"


def test_only_spaces_are_no_answer(kit_app: Flask) -> None:
    with kit_app.test_request_context(method="POST", data={"name": "   "}):
        form = StoryForm()
        assert not form.validate()


@pytest.mark.parametrize(
    ("typed", "found"),
    [(["27", "3", "1980"], date(1980, 3, 27)), (["01", "02", "2026"], date(2026, 2, 1)), (["", "", ""], None)],
)
def test_a_date_is_read_from_three_boxes(kit_app: Flask, typed: list[str], found: date | None) -> None:
    with kit_app.test_request_context(method="POST", data={"name": "Ada", "born": typed}):
        form = StoryForm()
        assert form.validate(), form.errors
        assert form.born.data == found


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (["27", "", "1980"], "The date must include a month"),
        (["31", "2", "1980"], "Enter a real date, like 27 3 2026"),
        (["x", "2", "1980"], "Enter a real date, like 27 3 2026"),
        (["1", "2", "80"], "The year must have 4 numbers"),
        (["1", "2", "99999"], "Enter a real date, like 27 3 2026"),
    ],
)
def test_a_date_that_is_none_says_why_and_keeps_what_was_typed(
    browser: FlaskClient, typed: list[str], says: str
) -> None:
    response = browser.post("/form", data={"name": "Ada", "born": typed})
    page = read(response)
    assert response.status_code == 422
    assert says in list(page.words("a", href="#born"))
    assert [box.get("value", "") for box in page.attributes("input", name="born")] == typed


def test_too_long_a_story_is_refused_and_kept(browser: FlaskClient) -> None:
    page = read(browser.post("/form", data={"name": "Ada", "story": "x" * 51}))
    assert "Enter 50 characters or fewer" in page.text
    assert page.value("story") == "\n" + "x" * 51 or page.value("story") == "x" * 51


def test_what_a_service_refuses_stands_at_its_field(kit_app: Flask) -> None:
    with kit_app.test_request_context(method="POST", data={"name": "Ada"}):
        form = StoryForm()
        form.validate()
        form.refuse(Invalid({"raiser_name": "Enter a name", "unknown": "Something else"}), {"raiser_name": "name"})
        assert form.errors == {"name": ["Enter a name", "Something else"]}


def test_what_is_refused_to_a_form_without_fields_is_said_of_the_form(kit_app: Flask) -> None:
    with kit_app.test_request_context(method="POST"):
        form = forms.Form()
        form.refuse(Invalid({"chosen": "Choose at least %(least)s", "other": "And another thing"}, least=1))
        assert form.form_errors == ["Choose at least 1", "And another thing"]
        assert form.errors == {"": ["Choose at least 1", "And another thing"]}
        summary = kit_app.jinja_env.from_string(
            "{% from 'web/components/form.html' import error_summary %}{{ error_summary(form) }}"
        ).render(form=form)
    assert "Choose at least 1" in summary
    assert "And another thing" in summary
    assert 'href="#' not in summary, "there is no field to lead to"


def test_what_is_refused_at_a_field_that_the_form_has_not_stands_at_its_first(kit_app: Flask) -> None:
    with kit_app.test_request_context(method="POST"):
        form = StoryForm()
        form.refuse(Invalid({"nowhere": "Not like this"}))
    (first, *_) = [name for name in form._fields if name != "csrf_token"]
    assert form.errors[first] == ["Not like this"]


class ColourForm(forms.Form):
    colour = forms.Choice(
        "Colour", choices=[("r", "Red"), ("g", "Green")], validators=[forms.needed("Choose a colour")]
    )


@pytest.mark.parametrize(("sent", "says"), [("", "Choose a colour"), ("blue", "Choose from the answers shown")])
def test_only_what_was_offered_can_be_chosen(kit_app: Flask, sent: str, says: str) -> None:
    with kit_app.test_request_context(method="POST", data={"colour": sent} if sent else {}):
        form = ColourForm()
        assert not form.validate()
        assert form.errors == {"colour": [says]}


def test_a_notice_is_shown_once(browser: FlaskClient) -> None:
    assert "Your story was sent" in read(browser.post("/form", data={"name": "Ada"})).text
    assert "Your story was sent" not in read(browser.get("/form")).text
