"""What a service asks: questions as frozen values, written to and read from plain JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.organisation.enums import QuestionType

Answers = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a radio or checkbox question."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class ShowIf:
    """The question is asked only if another one was answered with one of these values."""

    question: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a service. Texts are English and are translated where they are shown."""

    id: str
    type: QuestionType
    label: str
    hint: str = ""
    required: bool = True
    options: tuple[Option, ...] = ()
    show_if: ShowIf | None = None
    max_length: int = 500
    error: str = ""

    def asked(self, answers: Answers) -> bool:
        """Whether what was answered so far brings this question up."""
        if self.show_if is None:
            return True
        given = answers.get(self.show_if.question, "")
        chosen = {given} if isinstance(given, str) else set(given)
        return not chosen.isdisjoint(self.show_if.values)

    def to_json(self) -> dict[str, Any]:
        written: dict[str, Any] = {
            "id": self.id,
            "type": self.type.value,
            "label": self.label,
            "required": self.required,
        }
        written |= {"hint": self.hint, "max_length": self.max_length, "error": self.error}
        written["options"] = [{"value": option.value, "label": option.label} for option in self.options]
        if self.show_if:
            written["show_if"] = {"question": self.show_if.question, "values": list(self.show_if.values)}
        return written

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> "Question":
        """Raises KeyError or ValueError for what is no question."""
        condition = written.get("show_if")
        return cls(
            id=written["id"],
            type=QuestionType(written["type"]),
            label=written["label"],
            hint=written.get("hint", ""),
            required=written.get("required", True),
            options=tuple(Option(option["value"], option["label"]) for option in written.get("options", ())),
            show_if=ShowIf(condition["question"], tuple(condition["values"])) if condition else None,
            max_length=written.get("max_length", 500),
            error=written.get("error", ""),
        )


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """What the advisor says, and a remark for the advisor's eyes only."""

    say: str
    note: str = ""
