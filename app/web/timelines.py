"""Says a line of an enquiry's timeline in the page's language, with its dates and names filled in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from flask import Flask

from app.web.dates import write_day
from app.web.i18n import current, gettext


class Line(Protocol):
    """What is needed of a timeline's line."""

    @property
    def text(self) -> str: ...

    @property
    def params(self) -> Mapping[str, Any]: ...


def said(line: Line, text: str = "") -> str:
    """The line's own text, or another one with the same placeholders."""
    return gettext(text or line.text, **{name: _fill(value) for name, value in line.params.items()})


def init_app(app: Flask) -> None:
    app.jinja_env.filters["said"] = said


def _fill(value: Any) -> str:
    """Moments are kept as ISO text; names of units and services are messages of their own."""
    text = str(value)
    if len(text) < len("2026-03-11T10:00:00") or text[4:5] != "-":
        return gettext(text) if text else ""
    try:
        return write_day(datetime.fromisoformat(text), current())
    except ValueError:
        return text
