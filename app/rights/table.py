"""The table of the handbook: for each personal column its class, exporter, eraser and retention."""

from collections.abc import Callable, Iterator
from typing import Any

from app.kernel.personal import Holding, PersonalData
from app.rights.writing import kept_for


def table_of(personal: PersonalData) -> str:
    """In Markdown, by class from the bottom of the house up; then the text that is about nobody, with the reason."""
    lines = ["| column | class | exporter | eraser | kept |", "|---|---|---|---|---|"]
    for holding in personal.holdings:
        lines += _lines(holding)
    lines += ["", "| text that is about no customer | why |", "|---|---|"]
    plain = {name: why for room in personal.rooms for name, why in room.plain.items()}
    lines += [f"| `{name}` | {why} |" for name, why in sorted(plain.items())]
    return "\n".join(lines) + "\n"


def _lines(holding: Holding) -> Iterator[str]:
    exporter = _name(holding.export) or f"none: {holding.unshared}"
    eraser = _name(holding.erase) or f"none: {holding.unerased}"
    for column in holding.columns:
        yield f"| `{column}` | {holding.slug} | {exporter} | {eraser} | {kept_for(holding)} |"


def _name(function: Callable[..., Any] | None) -> str:
    return f"`{function.__module__.removeprefix('app.')}.{function.__name__}`" if function else ""
