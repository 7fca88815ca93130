"""The table of the handbook: for each personal column its class, exporter, eraser and retention."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.kernel.personal import Holding, PersonalData
from app.rights.writing import kept_for


def table_of(personal: PersonalData, columns: Mapping[str, Sequence[str]]) -> str:
    """In Markdown, by class from the bottom of the house up; then the text that is about nobody, with the reason.

    `columns`: of each table those that can hold a person. Where a whole table is about nobody they are named all the same, so that
    nobody adds one without looking here.
    """
    lines = ["| column | class | exporter | eraser | kept |", "|---|---|---|---|---|"]
    for holding in personal.holdings:
        lines += _lines(holding)
    lines += ["", "| text that is about no customer | why |", "|---|---|"]
    plain = {name: why for room in personal.rooms for name, why in room.plain.items()}
    named = {column for holding in personal.holdings for column in holding.columns} | set(plain)
    for name, why in sorted(plain.items()):
        table, _, column = name.partition(".")
        rest = [one for one in columns.get(table, ()) if f"{table}.{one}" not in named] if column == "*" else []
        lines.append(f"| `{name}`{' (' + ', '.join(rest) + ')' if rest else ''} | {why} |")
    return "\n".join(lines) + "\n"


def _lines(holding: Holding) -> Iterator[str]:
    exporter = _name(holding.export) or f"none: {holding.unshared}"
    eraser = _name(holding.erase) or f"none: {holding.unerased}"
    for column in holding.columns:
        yield f"| `{column}` | {holding.slug} | {exporter} | {eraser} | {kept_for(holding)} |"


def _name(function: Callable[..., Any] | None) -> str:
    return f"`{function.__module__.removeprefix('app.')}.{function.__name__}`" if function else ""
