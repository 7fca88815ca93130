"""The catalogue that comes with Firstpoint: complete, askable and translatable."""

from io import BytesIO

import pytest

from app.organisation import catalogue_files
from app.organisation.catalogue_texts import extract
from app.organisation.enums import QuestionType
from app.organisation.questions import Option, Question, ShowIf
from app.organisation.rows import ServiceDefinition

DEFINITIONS = catalogue_files.services()
UNITS = {unit["slug"] for unit in catalogue_files.units()}


def test_there_are_fifteen_services() -> None:
    assert sorted(definition.slug for definition in DEFINITIONS) == [
        "bin-order", "blue-badge", "bulky-waste", "complaint", "council-tax-balance", "council-tax-move", "fly-tipping",
        "graffiti", "housing-application", "housing-repair", "missed-bin", "pest-control", "pothole", "street-light",
        "tip-permit",
    ]  # fmt: skip


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.slug)
def test_each_service_can_be_asked_for_promised_and_handed_on(definition: ServiceDefinition) -> None:
    assert definition.questions
    assert definition.script
    assert definition.intake_queue
    assert definition.lgsl
    assert {definition.unit, definition.handoff_unit or definition.unit} <= UNITS
    assert definition.silence_working_days <= definition.standard_working_days or definition.standard_working_days < 10


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.slug)
def test_a_condition_names_an_earlier_question_and_answers_that_it_can_have(definition: ServiceDefinition) -> None:
    earlier: dict[str, set[str]] = {}
    for question in definition.questions:
        if question.show_if:
            assert set(question.show_if.values) <= earlier[question.show_if.question]
        earlier[question.id] = {option.value for option in question.options}


def test_a_question_survives_being_written_down() -> None:
    question = Question(
        "other",
        QuestionType.RADIOS,
        "What else?",
        "A hint",
        False,
        (Option("a", "A"),),
        ShowIf("what", ("x", "y")),
        20,
        "Say it",
    )
    assert Question.from_json(question.to_json()) == question


def test_a_question_comes_up_only_for_the_answers_that_call_for_it() -> None:
    question = Question("other", QuestionType.TEXT, "What else?", show_if=ShowIf("what", ("other",)))
    assert question.asked({"what": "other"})
    assert question.asked({"what": ["bags", "other"]})
    assert not question.asked({"what": ["bags"]})
    assert not question.asked({})


def test_translators_get_every_sentence_with_its_line() -> None:
    source = b'name = "Report it"\n[[question]]\nlabel = "What?"\n[[question.options]]\nlabel = "This"\n[[script]]\nsay = "Well"\n'
    assert [(line, text) for line, _, text, _ in extract(BytesIO(source), [], [], {})] == [
        (1, "Report it"), (3, "What?"), (5, "This"), (7, "Well"),
    ]  # fmt: skip
