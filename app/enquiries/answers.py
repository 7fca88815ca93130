"""Checks what somebody answered against the questions of a service. Pure: no session, no clock."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.kernel.i18n import N_
from app.organisation.enums import QuestionType
from app.organisation.questions import Answers, Question

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
PHONE = re.compile(r"\+?[0-9 ()\-]{7,20}")
UPRN = re.compile(r"[0-9]{1,12}")

Checked = str | list[str]


@dataclass(frozen=True, slots=True)
class Examined:
    """The answers that count, cleaned, and what is wrong with the others."""

    answers: Mapping[str, Checked]
    errors: Mapping[str, str]


def examine(questions: Iterable[Question], given: Answers) -> Examined:
    """Keep the answers to the questions that were asked. An answer to a question that does not come up is dropped."""
    kept: dict[str, Checked] = {}
    errors: dict[str, str] = {}
    for question in questions:
        if not question.asked(kept):
            continue
        value = _clean(given.get(question.id, ""), question)
        problem = _problem(value, question)
        if problem:
            errors[question.id] = problem
        elif value:
            kept[question.id] = value
    return Examined(kept, errors)


def _clean(value: str | Sequence[str], question: Question) -> Checked:
    if question.type is QuestionType.CHECKBOXES:
        chosen = [value] if isinstance(value, str) else list(value)
        return [item for item in dict.fromkeys(chosen) if item]
    text = value if isinstance(value, str) else (value[0] if value else "")
    return text.replace("\r\n", "\n").replace("\x00", "").strip()


def _problem(value: Checked, question: Question) -> str | None:
    """What is wrong with an answer, or None."""
    if not value:
        return (question.error or _NOTHING[question.type]) if question.required else None
    if question.options:
        known = {option.value for option in question.options}
        chosen = {value} if isinstance(value, str) else set(value)
        return None if chosen <= known else N_("Choose from the list")
    text = str(value)
    if len(text) > question.max_length:
        return N_("Your answer is too long")
    check = _CHECKS.get(question.type)
    return None if check is None or check(text) else _WRONG[question.type]


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2026-03-11")


def is_email(text: str) -> bool:
    return len(text) <= 254 and EMAIL.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    return PHONE.fullmatch(text) is not None


_CHECKS: Mapping[QuestionType, Callable[[str], bool]] = {
    QuestionType.DATE: _is_date,
    QuestionType.EMAIL: is_email,
    QuestionType.PHONE: is_phone,
    QuestionType.PROPERTY: lambda text: UPRN.fullmatch(text) is not None,
}
_WRONG = {
    QuestionType.DATE: N_("Enter a real date"),
    QuestionType.EMAIL: N_("Enter an e-mail address in the correct format, like name@example.com"),
    QuestionType.PHONE: N_("Enter a phone number, like 01632 960001"),
    QuestionType.PROPERTY: N_("Choose an address from the list"),
}
_NOTHING = {
    QuestionType.TEXT: N_("Enter an answer"),
    QuestionType.TEXTAREA: N_("Enter an answer"),
    QuestionType.RADIOS: N_("Select an answer"),
    QuestionType.CHECKBOXES: N_("Select at least one answer"),
    QuestionType.DATE: N_("Enter a date"),
    QuestionType.PROPERTY: N_("Choose an address"),
    QuestionType.EMAIL: N_("Enter an e-mail address"),
    QuestionType.PHONE: N_("Enter a phone number"),
}
