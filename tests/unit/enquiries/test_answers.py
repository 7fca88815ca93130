"""Answers against questions: what is kept, what is refused, and that nothing makes it fall over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.enquiries.answers import examine
from app.organisation import catalogue_files
from app.organisation.enums import QuestionType
from app.organisation.questions import Option, Question, ShowIf

SERVICES = catalogue_files.services()
CHOICE = Question("what", QuestionType.CHECKBOXES, "What?", options=(Option("bags", "Bags"), Option("other", "Other")))
OTHER = Question("other", QuestionType.TEXT, "What else?", max_length=10, show_if=ShowIf("what", ("other",)))
WHEN = Question("when", QuestionType.DATE, "When?", required=False)

anything = st.one_of(st.text(), st.lists(st.text(), max_size=3))


def test_good_answers_are_kept_without_the_space_around_them() -> None:
    result = examine([CHOICE, OTHER, WHEN], {"what": ["other"], "other": "  sand ", "when": "2026-03-10"})
    assert result.errors == {}
    assert result.answers == {"what": ["other"], "other": "sand", "when": "2026-03-10"}


def test_an_answer_to_a_question_that_does_not_come_up_is_dropped() -> None:
    assert examine([CHOICE, OTHER], {"what": ["bags"], "other": "sand"}).answers == {"what": ["bags"]}


def test_every_missing_answer_is_named_at_once() -> None:
    assert examine([CHOICE, OTHER, WHEN], {"what": ["other"]}).errors.keys() == {"other"}
    assert examine([CHOICE, OTHER, WHEN], {}).errors.keys() == {"what"}


@pytest.mark.parametrize(
    ("kind", "wrong", "right"),
    [
        (QuestionType.DATE, "2026-02-30", "2026-02-28"),
        (QuestionType.DATE, "20260228", "2024-02-29"),
        (QuestionType.EMAIL, "jo@example", "jo@example.com"),
        (QuestionType.PHONE, "ring me", "01632 960 001"),
        (QuestionType.PROPERTY, "1 High Street", "100090000001"),
    ],
)
def test_each_kind_of_answer_has_its_own_form(kind: QuestionType, wrong: str, right: str) -> None:
    question = Question("q", kind, "Q?")
    assert examine([question], {"q": wrong}).errors.keys() == {"q"}
    assert examine([question], {"q": right}).answers == {"q": right}


def test_a_choice_that_was_not_offered_and_a_text_that_is_too_long_are_refused() -> None:
    assert examine([CHOICE], {"what": ["bags", "gold"]}).errors.keys() == {"what"}
    assert examine([CHOICE, OTHER], {"what": ["other"], "other": "x" * 11}).errors.keys() == {"other"}


@given(service=st.sampled_from(SERVICES), data=st.data())
def test_whatever_is_sent_each_question_is_either_answered_refused_or_optional(
    service: object, data: st.DataObject
) -> None:
    questions = service.questions  # type: ignore[attr-defined]  # - sampled from the catalogue
    given_answers = {question.id: data.draw(anything) for question in questions}
    result = examine(questions, given_answers)
    assert not result.answers.keys() & result.errors.keys()
    for question in questions:
        if question.asked(result.answers) and question.required:
            assert question.id in result.answers.keys() | result.errors.keys()
