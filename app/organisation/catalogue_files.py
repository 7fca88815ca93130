"""The catalogue that comes with Firstpoint: one TOML file per service, and one with the units."""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from app.organisation.enums import DuplicateScope
from app.organisation.questions import Question, ScriptStep
from app.organisation.rows import ServiceDefinition

FOLDER = files("app.organisation").joinpath("catalogue")
UNITS = "units.toml"


def units() -> list[dict[str, Any]]:
    """The units, parents before their parts."""
    read: list[dict[str, Any]] = _read(UNITS)["unit"]
    return read


def services() -> list[ServiceDefinition]:
    names = sorted(path.name for path in FOLDER.iterdir() if path.name.endswith(".toml") and path.name != UNITS)
    return [definition(_read(name)) for name in names]


def definition(written: dict[str, Any]) -> ServiceDefinition:
    """One service as its file tells it. Raises TypeError for a key that no service has."""
    questions = tuple(Question.from_json(question) for question in written.pop("question", ()))
    script = tuple(ScriptStep(**step) for step in written.pop("script", ()))
    scope = DuplicateScope(written.pop("duplicate_scope", "none"))
    skills = tuple(written.pop("skills", ()))
    return ServiceDefinition(questions=questions, script=script, duplicate_scope=scope, skills=skills, **written)


def texts(written: dict[str, Any]) -> Iterator[str]:
    """Everything in a file that somebody will read, and that translators need."""
    units = written.get("unit", ())  # a service's file names its unit, the units' file lists them
    yield from (unit["name"] for unit in units if isinstance(unit, dict))
    yield from (written[key] for key in ("name", "summary", "emergency_text") if written.get(key))
    for question in written.get("question", ()):
        yield from (question[key] for key in ("label", "hint", "error") if question.get(key))
        yield from (option["label"] for option in question.get("options", ()))
    for step in written.get("script", ()):
        yield from (step[key] for key in ("say", "note") if step.get(key))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(FOLDER.joinpath(name).read_text(encoding="utf-8"))
